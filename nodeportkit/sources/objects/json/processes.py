"""Spans of a long list, each read by a process of its own: Python decodes JSON on one processor at a time.

The process is another Python that imports no pandas, so that it is ready soon. It reads the items from the file, or from a
pipe where there is none, and answers with columns. It reads only what is read the quick way, items that are all of one
kind and fit, and says where it stopped; from there on, or from the first item if it gives no answer, the span is to be read
by whoever asked.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from threading import Thread
from typing import BinaryIO, Final

import msgspec

from nodeportkit.sources.garbage import no_garbage_collection
from nodeportkit.sources.large import LargeFile
from nodeportkit.sources.objects.alike import Columns, Identity, Stack, columns_of, decode_alike
from nodeportkit.sources.objects.json.lists import Seam, Span, pieces
from nodeportkit.sources.objects.kinds import kind_of
from nodeportkit.sources.settings import Settings

__all__ = ["SHARE_HERE", "SpanProcess", "processes_for"]

# A process is ready after 0.1 s, in which about 15 MB are read.
_WORTH_ANOTHER: Final = 24 << 20
_MOST: Final = 4
SHARE_HERE: Final = 1.4
"""How much more is best read here than by each other process, which has to start, and to send what it found."""


class _Task(msgspec.Struct):
    """What a process is told: where the items stand, whether it is given all the bytes or just these, and what they are."""

    start: int
    stop: int
    in_file: bool
    seam: Seam
    implied: tuple[str | None, str | None]
    namespace: str


def processes_for(size: int) -> int:
    """How many processes, this one among them, are best for reading so many bytes.

    Examples
    --------
    >>> processes_for(1_000_000)
    1
    """
    at_hand = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    # A frozen application would start itself again.
    able = sys.executable and not getattr(sys, "frozen", False)
    return max(1, min(at_hand, _MOST, size // _WORTH_ANOTHER)) if able else 1


class SpanProcess:
    """A process that reads a span while this one reads another; as a context it ends with the block, done or not.

    Parameters
    ----------
    span
        The items.
    implied
        API version and kind of items that do not say them.
    namespace
        The namespace of objects that say none.
    """

    def __init__(self, span: Span, implied: tuple[str | None, str | None], namespace: str) -> None:
        self._span = span
        file = span.data.opened_again() if isinstance(span.data, LargeFile) else None
        task = _Task(span.start, span.stop, file is not None, span.seam, implied, namespace)
        self._process = _started(task, file)
        if file is not None:
            file.close()
        elif self._process is not None:  # it reads as it goes, and a pipe holds little
            Thread(target=_feed, args=(self._process.stdin, span.view()), daemon=True).start()

    def answer(self) -> tuple[Columns | None, Span]:
        """What items tell, if anything is known of them, and the items that are left. Waits until the process is done."""
        if self._process is None or self._process.stdout is None:
            return None, self._span
        try:
            columns, stop = pickle.loads(self._process.stdout.read())
        except (EOFError, pickle.UnpicklingError):
            return None, self._span
        return columns, replace(self._span, start=stop)

    def __enter__(self) -> SpanProcess:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
            self._process.kill()
            self._process.wait()


def _started(task: _Task, file: BinaryIO | None) -> subprocess.Popen[bytes] | None:
    """The process, reading the file or else a pipe; None if there is no room for it, or none is allowed here."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONINSPECT"}
    path = os.pathsep.join(folder or str(Path.cwd()) for folder in sys.path)
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, msgspec.json.encode(task)],
            stdin=file or subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            env={**environment, "PYTHONPATH": path},
        )
    except OSError:
        return None


def _feed(pipe: BinaryIO, items: memoryview) -> None:
    with suppress(OSError), pipe:  # the process may end before it has read everything
        pipe.write(items)


def _columns(task: _Task, given: BinaryIO) -> tuple[Columns | None, int]:
    """What the items tell that are given, up to the first that is of another kind or does not fit, and where that stands."""
    at = task.start
    if task.in_file:
        given.seek(at)

    def read(size: int) -> bytes:
        nonlocal at
        chunk = given.read(min(size, task.stop - at))
        at += len(chunk)
        return chunk

    implied, every = Identity(*task.implied), pieces(read, task.seam, task.start)
    first = next(every)
    said = first.decode(Identity)[0]
    kind = kind_of(said.api_version or implied.api_version, said.kind or implied.kind)
    if kind is None:
        return None, task.start
    stack, settings = Stack(), list[Settings]()
    for piece in chain([first], every):
        if (decoded := decode_alike(piece.decode, kind, implied)) is None:
            at = piece.offset + 1
            break
        told = columns_of(kind, decoded, task.namespace)
        stack.add(told.parts)
        settings += told.settings
    return Columns(kind.__name__, stack.parts(), settings), at


def main() -> None:
    """Do the task of the command line, and answer with what the items on standard input tell."""
    task = msgspec.json.decode(sys.argv[1], type=_Task)
    with no_garbage_collection():
        # Made before it is sent: a pipe holds little, and the other end has work of its own.
        answer = pickle.dumps(_columns(task, sys.stdin.buffer), protocol=pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
