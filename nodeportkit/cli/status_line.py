"""The line that tells, on a terminal, how far long work is: there after a second, gone when the work is done."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from typing import Final, TextIO

import click

from nodeportkit.progress import heard_by
from nodeportkit.untrusted import seen

__all__ = ["status_line", "worded"]

_AFTER: Final = 1.0  # what is done sooner needs no words
_EVERY: Final = 0.2
_ERASE: Final = "\r\x1b[K"
_MEGA: Final = 1_000_000


@contextlib.contextmanager
def status_line() -> Iterator[None]:
    """A block whose work is told of on the terminal at standard error, if there is one, and nobody said --quiet."""
    stream = sys.stderr
    told = click.get_current_context().obj or {}
    if told.get("quiet") or not _is_terminal(stream):
        yield
        return
    line = _Line(stream)
    with heard_by(line.hear):
        line.start()
        try:
            yield
        finally:
            line.end()


def worded(what: str, done: int | None, total: int | None, unit: str) -> str:
    """How far the work is, in words.

    Examples
    --------
    >>> worded("Reading pods.json", 312_000_000, 700_000_000, "bytes")
    'Reading pods.json: 44 %, 312 of 700 MB'
    >>> worded("Reading standard input", 1_500_000, None, "bytes"), worded("Asking for pods", 1_500, None, "objects")
    ('Reading standard input: 1.5 MB', 'Asking for pods: 1,500 objects')
    >>> worded("Checking", 3, 40, "checks"), worded("Joining", None, None, "")
    ('Checking: 7 %, 3 of 40 checks', 'Joining ...')
    """
    if done is None:
        return f"{what} ..."
    if unit == "bytes":
        told, of, unit = _megabytes(done), None if total is None else _megabytes(total), "MB"
    else:
        told, of = f"{done:,}", None if total is None else f"{total:,}"
    if of is None or not total:
        return f"{what}: {told} {unit}"
    return f"{what}: {min(100 * done // total, 100)} %, {told} of {of} {unit}"


def _megabytes(count: int) -> str:
    return f"{count / _MEGA:,.0f}" if count >= 100 * _MEGA or not count % _MEGA else f"{count / _MEGA:.1f}"


class _Line:
    """What is heard, painted now and then by a thread: so the work itself only takes notes, and silence is seen to last."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._told: tuple[str, int | None, int | None, str] = ("", None, None, "")
        self._over = threading.Event()
        self._painted = False
        self._thread = threading.Thread(target=self._paint_on, name="status-line", daemon=True)

    def hear(self, what: str, done: int | None, total: int | None, unit: str) -> None:
        """See `nodeportkit.progress.Listener`."""
        self._told = what, done, total, unit

    def start(self) -> None:
        """Begin to paint, in a while."""
        self._thread.start()

    def end(self) -> None:
        """Leave nothing behind."""
        self._over.set()
        self._thread.join()
        if self._painted:
            self._write(_ERASE)

    def _paint_on(self) -> None:
        wait = _AFTER
        while not self._over.wait(wait):
            wait = _EVERY
            told = self._told
            if told[0] and _in_front(self._stream):
                # The last column stays free: a terminal that has filled it may go on to the next line.
                text = _fitting(seen(" ".join(worded(*told).split())), _columns(self._stream) - 1)
                self._write(f"{_ERASE}{text}")
                self._painted = True
            elif not told[0] and self._painted:
                self._write(_ERASE)
                self._painted = False

    def _write(self, text: str) -> None:
        # A terminal that is gone, or that has not these letters, is no reason to end the work.
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()


def _fitting(text: str, room: int) -> str:
    """The text within so many columns: what it is about gives way to how far it is."""
    text = text.encode("ascii", "replace").decode()  # every terminal has these, each one column wide
    if len(text) <= room:
        return text
    what, colon, far = text.rpartition(": ")
    left = room - len(colon) - len(far) - 3
    return f"{what[:left]}...{colon}{far}" if left > 0 else far[:room] if colon else text[:room]


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:  # closed
        return False


def _in_front(stream: TextIO) -> bool:
    """Whether the terminal is ours at this moment, and not that of another job of the shell."""
    try:
        return os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    except (OSError, AttributeError):  # not our terminal, or a system that has no jobs
        return True


def _columns(stream: TextIO) -> int:
    try:
        found = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        found = 0
    return found or shutil.get_terminal_size().columns
