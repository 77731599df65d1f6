"""`minikube service list`, and the table of `minikube service NAME`.

TARGET PORT shows the name and number of the *service's* port, `http/80` or `80`, not the pods' target port
(printURLsForService in kubernetes/minikube pkg/minikube/service/service.go; minikube 1.5 to 1.8 showed the name alone,
earlier ones nothing). URL is made of the node's address and the node port, one line a port; it is blank where the driver
needs a tunnel, and the table that is printed once a tunnel stands has a blank TARGET PORT and an address of this machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from nodeportkit.frames import conform
from nodeportkit.sources.minikube.addresses import node_port
from nodeportkit.sources.minikube.box import Box, box_table, read_box
from nodeportkit.sources.reader import Context, Finding, Fragment

__all__ = ["find"]

_COLUMNS: Final = (("NAMESPACE", "NAME", "TARGET PORT", "URL"), ("NAMESPACE", "NAME", "URL"))
_TARGET: Final = re.compile(r"(?:([a-z0-9-]{1,63})/)?(\d{1,5})")
_PORT_NAME: Final = re.compile(r"(?=.*[a-z])[a-z0-9-]{1,63}")


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The list of services whose box begins at `lines[at]`, or None."""
    box = read_box(lines, at, lambda columns: tuple(columns) in _COLUMNS)
    if box is None:
        return None
    return Finding(at, box.end, box_table(box, "minikube-services"), fragments=lambda: _fragments(box, context))


def _fragments(box: Box, context: Context) -> list[Fragment]:
    """The services, and of their ports those that have a node port: `No node port` says only that there is none of these.

    Neither protocol nor target port are shown.
    """
    services: dict[tuple[str, str], None] = {}
    ports: list[tuple[str, str, Any, Any, Any]] = []
    for namespace, name, target, url in _lines(box):
        services[namespace, name] = None
        port_name, port = _target(target)
        number = node_port(url)
        if port is not None or port_name is not None or number is not None:
            ports.append((namespace, name, port_name, port, number))
    names = ("namespace", "service", "port_name", "port", "node_port")
    rows = {name: list(cells) for name, cells in zip(names, zip(*ports, strict=True), strict=True)} if ports else {}
    listed = conform("services", {"namespace": [n for n, _ in services], "name": [n for _, n in services]})
    return [
        Fragment("services", listed, complete=_complete(box, context)),
        Fragment("ports", conform("ports", rows)),
    ]


def _lines(box: Box) -> Iterator[tuple[str, str, str, str]]:
    """Each line with its service: further ports of a service stand on lines that do not name it."""
    namespace = name = ""
    for cells in box.rows:
        if cells[1]:
            namespace, name = cells[:2]
        if name:
            yield namespace, name, cells[2] if len(cells) == 4 else "", cells[-1]


def _target(cell: str) -> tuple[str | None, int | None]:
    """The name and the number of a service's port."""
    found = _TARGET.fullmatch(cell)
    if found and 1 <= int(found[2]) <= 65535:
        return found[1] or "", int(found[2])
    return (cell, None) if _PORT_NAME.fullmatch(cell) else (None, None)


def _complete(box: Box, context: Context) -> tuple[str, ...]:
    """The namespaces of which all services are listed: those that `service list` was asked for, all of them without -n."""
    command = context.command
    if command is None or command.verb != "service list" or command.filtered or not box.closed:
        return ()
    return (command.namespace,) if command.namespace else ("*",)
