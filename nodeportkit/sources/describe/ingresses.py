"""`kubectl describe ingress` -> backends (describeIngressV1 in staging/src/k8s.io/kubectl/pkg/describe/describe.go).

The columns of the rules are not those of their header: a host stands alone on its line, and below it each path with its
backend, `web:80 (10.244.1.10:8080)`. Before 1.19 an Ingress without a default backend was printed with one that was thought
to stand in kube-system, `default-http-backend:80`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.describe.layout import Entry
from nodeportkit.sources.describe.rows import Rows

__all__ = ["KINDS", "kind_of", "tell"]

KINDS: Final = ("ingresses.networking.k8s.io",)
_BACKEND: Final = re.compile(r"(?P<service>[a-z0-9][-a-z0-9]*):(?P<port>[a-z0-9][-a-z0-9]*)(?: \(.*\))?")
_INHERITED: Final = re.compile(r"default-http-backend:80 \(<(?:none>|error)")
_TLS: Final = re.compile(r"(?:\S+ terminates|SNI routes) ?(.*)")


def kind_of(tree: Entry) -> str | None:
    """Whether these are the labels of an Ingress."""
    return KINDS[0] if tree.get("Rules") is not None and tree.get("Default backend") is not None else None


def tell(description: Description, rows: Rows) -> None:
    """Add the backends of the Ingress."""
    tree = description.tree
    key = {"namespace": description.namespace or rows.namespace, "ingress": description.name}
    class_ = tree.text("Ingress Class")
    same = key | {"class": "" if class_ == "<none>" else class_}
    certified = _certified(tree.get("TLS"))
    for host, path, backend in _backends(tree):
        match = _BACKEND.fullmatch(backend)
        service, port = (match["service"], match["port"]) if match else ("", "")
        told = {"host": host, "path": path, "service": service, "port": port, "tls": _has_tls(certified, host)}
        rows.add("backends", same | told)
    if tree.get("Annotations") is not None:  # they stand below the rules
        rows.cover("backends", key)


def _backends(tree: Entry) -> Iterator[tuple[str, str, str]]:
    """Host, path and backend of each line; "" for the host of every rule that names none."""
    default = tree.text("Default backend") or ""
    if default and default != "<default>" and not _INHERITED.match(default):
        yield "", "", default
    host = ""
    rules = tree.get("Rules")
    grid = rules.grid if rules is not None else None
    for cells in grid.rows if grid is not None else ():
        words = " ".join(cell for cell in cells[1:] if cell)
        if cells[0] and not words:
            host = "" if cells[0] == "*" else cells[0]
        elif not cells[0]:
            path, _, backend = words.partition(" ")
            # Of a rule without a path, only the backend is printed.
            yield (host, path, backend.strip()) if not _BACKEND.fullmatch(words) else (host, "", words)


def _certified(entry: Entry | None) -> list[list[str]]:
    """The hosts of each certificate."""
    matches = [_TLS.fullmatch(line.value) for line in (entry.children if entry is not None else ())]
    return [[host for host in match[1].split(",") if host] for match in matches if match]


def _has_tls(certified: list[list[str]], host: str) -> bool:
    above = host.partition(".")[2]
    return any(not hosts or host in hosts or (above and f"*.{above}" in hosts) for hosts in certified)
