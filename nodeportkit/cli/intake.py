"""The cluster that a command is about: from files, standard input, or a live cluster."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any, Final, TypeVar

import click

from nodeportkit.cli.collecting import collected
from nodeportkit.cluster import Cluster
from nodeportkit.errors import ReadError

__all__ = ["about_a_cluster", "content", "read_sources"]

_T = TypeVar("_T")
_HEAD: Final = 1 << 16
# More than a table of 150,000 pods takes; only objects of a very large cluster take more.
_TEXT_TRIED: Final = 8 << 20
_MOST: Final = 4 << 30
_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b")  # UTF-16, as PowerShell writes it, and gzip
_OBJECTS: Final = (b"{", b"[")


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
        cluster = _live(context, kubeconfig, namespace) if live else read_sources(sources)
        return function(*args, cluster=cluster, **options)

    return run


def _live(context: str | None, kubeconfig: str | None, namespace: str | None) -> Cluster:
    from datetime import UTC, datetime

    from nodeportkit.sources.read import read

    return read(*collected(context, kubeconfig, namespace), now=datetime.now(UTC))


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
        if sys.stdin.isatty():
            raise click.UsageError(
                "Name files, pipe what kubectl prints (kubectl get svc,pods -A -o json | nodeportkit ... -), or give --context."
            )
        named = ["-"]
    if named.count("-") > 1:
        raise click.UsageError("Standard input can be read once.")
    return read(*(_Named("standard input", content("-")) if name == "-" else _file(name) for name in named))


class _Named:
    """Bytes with a name, as `read` takes open files."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self._data = data

    def read(self) -> bytes:
        return self._data


def _file(name: str) -> Any:
    """A file as bytes; folders and globs are left to `read`."""
    path = Path(name).expanduser()
    if path.is_dir() or (not path.exists() and any(mark in name for mark in "*?[")):
        return path if path.is_dir() else name
    return _Named(name, content(name))


def content(name: str) -> bytes:
    """The bytes of a file, or of standard input for `-`, if a reader may make something of them.

    Raises
    ------
    ReadError
        For what cannot be opened, is empty, binary, larger than the objects of any cluster, or a long text of nothing that
        a reader knows: before it is read to its end.
    """
    if name == "-":
        return _sound(sys.stdin.buffer, "standard input")
    try:
        with Path(name).expanduser().open("rb") as stream:
            return _sound(stream, name)
    except FileNotFoundError as error:
        raise ReadError("there is no such file", source=name) from error
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}", source=name) from error


def _sound(stream: IO[bytes], source: str) -> bytes:
    head = stream.read(_HEAD)
    if not head.strip():
        hint = "Pipe what kubectl prints: kubectl get svc,pods,nodes -A -o json"
        raise ReadError("is empty", source=source, hint=hint)
    if b"\0" in head and not head.startswith(_MARKS):
        raise ReadError("is binary, no text", source=source, hint="Give what kubectl prints, or YAML or JSON.")
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_OBJECTS) and not head.startswith(_MARKS):
        head += stream.read(_TEXT_TRIED - len(head))
        if len(head) == _TEXT_TRIED:
            _must_tell(head, source)
    parts, size = [head], len(head)
    while part := stream.read(1 << 24):
        parts.append(part)
        size += len(part)
        if size > _MOST:
            raise ReadError(f"is larger than {_MOST >> 30} GB", source=source, hint="Give the objects of one cluster.")
    return b"".join(parts)


def _must_tell(head: bytes, source: str) -> None:
    """Raise if a long text's beginning holds nothing that a reader knows: reading the rest would take long, for nothing."""
    from nodeportkit.frames import SCHEMAS
    from nodeportkit.sources.read import read

    whole = head[: head.rfind(b"\n") + 1] or head
    tried = read(_Named(source, whole))
    if not tried.steps and not any(len(getattr(tried, name)) for name in SCHEMAS):
        raise ReadError(
            f"nothing in its first {_TEXT_TRIED >> 20} MB is what kubectl, minikube or curl print",
            source=source,
            hint="Give what they print, or YAML or JSON.",
        )
