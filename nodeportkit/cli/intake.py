"""The cluster that a command is about: from files, standard input, or a live cluster."""

from __future__ import annotations

import functools
import os
import stat
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any, Final, TypeVar

import click

from nodeportkit.cli.collecting import collected
from nodeportkit.cli.status_line import status_line
from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError, ReadError
from nodeportkit.kube.host import Host
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.progress import report
from nodeportkit.untrusted import seen

__all__ = ["about_a_cluster", "read_sources", "text_of"]

_T = TypeVar("_T")
_HEAD: Final = 1 << 16
_PART: Final = 1 << 20
# More than a table of 150,000 pods takes; only objects of a very large cluster take more.
_TEXT_TRIED: Final = 8 << 20
_MOST: Final = 4 << 30
_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b")  # UTF-16, as PowerShell writes it, and gzip
_OBJECTS: Final = (b"{", b"[")
_WANTED: Final = "what kubectl, minikube or curl print"
_GIVE: Final = "Give what they print, or YAML or JSON."


def about_a_cluster(function: Callable[..., _T]) -> Callable[..., _T]:
    """Give the function the `cluster` that the arguments SOURCES, or --context, stand for."""

    @click.argument("sources", nargs=-1)
    @click.option("--context", help="A context of the kubeconfig: ask that cluster by way of kubectl.")
    @click.option("--kubeconfig", type=click.Path(), help="The kubeconfig to use with it.")
    @click.option(
        "-n", "--namespace", help="The namespace of services named without one; of a live cluster, read it alone."
    )
    @functools.wraps(function)
    def run(
        *args: Any,
        sources: tuple[str, ...],
        context: str | None,
        kubeconfig: str | None,
        namespace: str | None,
        **options: Any,
    ) -> _T:
        if options.get("service") and namespace and "/" not in options["service"]:
            options["service"] = f"{namespace}/{options['service']}"
        live = context or kubeconfig or (not sources and (click.get_current_context().obj or {}).get("live"))
        if live and sources:
            raise click.UsageError("Give files or --context, not both.")
        with status_line():
            cluster, refused = _live(context, kubeconfig, namespace) if live else (read_sources(sources), [])
        for problem in refused:
            click.echo(f"Not everything could be read: {seen(str(problem))}", err=True)
        return function(*args, cluster=cluster, **options)

    return run


def _live(context: str | None, kubeconfig: str | None, namespace: str | None) -> tuple[Cluster, list[NodePortKitError]]:
    from datetime import UTC, datetime

    from nodeportkit.sources.read import read

    found, refused = collected(context, kubeconfig, namespace)
    return read(*found, now=datetime.now(UTC)), refused


def read_sources(sources: Iterable[str]) -> Cluster:
    """The cluster that files, folders, globs and `-` tell of; standard input where nothing is named.

    Raises
    ------
    ReadError
        For what is empty, binary, or nothing that a reader knows.
    click.UsageError
        If nothing is named and a person sits at the terminal.
    """
    from nodeportkit.sources.read import read

    named = list(sources)
    if not named:
        if sys.stdin is not None and sys.stdin.isatty():
            raise click.UsageError(
                "Name files, pipe what kubectl prints (kubectl get svc,pods -A -o json | nodeportkit ... -), or give --context."
            )
        named = ["-"]
    if named.count("-") > 1:
        raise click.UsageError("Standard input can be read once.")
    cluster = read(*(_Named("standard input", content("-")) if name == "-" else _file(name) for name in named))
    if _tells_nothing(cluster):
        # An audit of it would find nothing wrong.
        where = "standard input" if named == ["-"] else ", ".join(named)
        raise ReadError(f"nothing in it is {_WANTED}", source=where, hint=_GIVE)
    return cluster


def _tells_nothing(cluster: Cluster) -> bool:
    """Whether there was text, and no reader made anything of it. A list of nothing is something."""
    told = bool(cluster.steps or cluster.collected or cluster.proxy != ProxyConfig() or cluster.host != Host())
    return len(cluster.unread) > 0 and not told


class _Named:
    """Bytes with a name, as `read` takes open files."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self._data = data

    def read(self) -> bytes:
        return self._data


def _file(name: str) -> Any:
    """A file as bytes; folders and globs are left to `read`."""
    path = _path(name)
    try:
        if name and path.is_dir():
            return path
        if any(mark in name for mark in "*?[") and not path.exists():
            return name
    except OSError:  # a name too long, which `content` tells
        pass
    return _Named(name, content(name))


def _path(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # nobody is called so
        return Path(name)


def content(name: str) -> bytes:
    """The bytes of a file, or of standard input for `-`, if a reader may make something of them.

    Raises
    ------
    ReadError
        For what cannot be opened, is empty, binary, larger than the objects of any cluster, or a long text of nothing that
        a reader knows: before it is read to its end.
    """
    if name == "-":
        if sys.stdin is None:
            raise ReadError("is closed", source="standard input", hint="Name files, or pipe what kubectl prints.")
        return _sound(sys.stdin.buffer, "standard input")
    if not name:
        raise ReadError("a name of a file is empty", hint="Is a variable of the shell not set?")
    try:
        with _path(name).open("rb") as stream:
            return _sound(stream, name)
    except FileNotFoundError as error:
        raise ReadError("there is no such file", source=name) from error
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}", source=name) from error


class _Telling:
    """A stream that tells how much of it was read."""

    def __init__(self, stream: IO[bytes], source: str) -> None:
        # A person who types or pastes is not to be interrupted.
        self._what = "" if stream.isatty() else f"Reading {source}"
        self._stream = stream
        about = os.fstat(stream.fileno())
        self._total = about.st_size if stat.S_ISREG(about.st_mode) else None
        self._size = 0
        self._ended = False  # who asks a terminal again waits for another Ctrl-D

    def take(self, most: int) -> bytes:
        """So many bytes, or all that are left."""
        parts, left = [], most
        while left and not self._ended:
            report(self._what, self._size, self._total, "bytes")
            part = self._stream.read1(min(left, _PART))  # type: ignore[attr-defined]
            self._ended = not part
            parts.append(part)
            left -= len(part)
            self._size += len(part)
        return b"".join(parts)


def _sound(given: IO[bytes], source: str) -> bytes:
    stream = _Telling(given, source)
    head = stream.take(_HEAD)
    if not head.strip():
        hint = "Pipe what kubectl prints: kubectl get svc,pods,nodes -A -o json"
        raise ReadError("is empty", source=source, hint=hint)
    if b"\0" in head and not head.startswith(_MARKS):
        raise ReadError("is binary, no text", source=source, hint="Give what kubectl prints, or YAML or JSON.")
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_OBJECTS) and not head.startswith(_MARKS):
        head += stream.take(_TEXT_TRIED - len(head))
        if len(head) == _TEXT_TRIED:
            _must_tell(head, source)
    parts, size = [head], len(head)
    while part := stream.take(_TEXT_TRIED):
        parts.append(part)
        size += len(part)
        if size > _MOST:
            raise ReadError(f"is larger than {_MOST >> 30} GB", source=source, hint="Give the objects of one cluster.")
    return b"".join(parts)


def _must_tell(head: bytes, source: str) -> None:
    """Raise if a long text's beginning holds nothing that a reader knows: reading the rest would take long, for nothing."""
    from nodeportkit.sources.read import read

    whole = head[: head.rfind(b"\n") + 1] or head
    if _tells_nothing(read(_Named(source, whole))):
        raise ReadError(f"nothing in its first {_TEXT_TRIED >> 20} MB is {_WANTED}", source=source, hint=_GIVE)


def text_of(name: str) -> str:
    """The text of a file, or of standard input for `-`; errors as for `content`."""
    from nodeportkit.sources.text import decode

    return decode(content(name), "standard input" if name == "-" else name)
