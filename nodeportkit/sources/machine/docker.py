"""Ports of the machine that lead to a kind node: `docker ps` and `docker port kind-control-plane`.

docker shows `0.0.0.0:8080->30080/tcp, [::]:8080->30080/tcp` in PORTS, and turns it round for `docker port`. The port of the
API server, 6443, always has one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from nodeportkit.sources.reader import Context, Finding
from nodeportkit.sources.tables import reader as tables

__all__ = ["find"]

_HEADER: Final = re.compile(r"CONTAINER ID +IMAGE +")
_MAPPING: Final = re.compile(r"(?:\S+:)?[\d-]+->(?P<port>[\d-]+)/\w+")
_PORT: Final = re.compile(r"(?P<port>\d{1,5})/(?P<protocol>tcp|udp|sctp) -> (?P<at>\S+:\d{1,5})$")
_API_SERVER: Final = "6443"


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The table of containers, or the ports of one container, that begin at `lines[at]`."""
    if _HEADER.match(lines[at]):
        return _containers(lines, at, context)
    return _ports(lines, at, context)


def _containers(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The rows of containers, as the table that they are, or else one by one: those that are not of kind are left unread."""
    end = at + 1
    while end < len(lines) and lines[end]:
        end += 1
    ours = [place for place in range(at + 1, end) if "kindest/node" in lines[place]]
    if not ours or "PORTS" not in lines[at]:
        return None
    found = [match for place in ours for match in _MAPPING.finditer(lines[place])]
    mappings = tuple(match[0] for match in found if match["port"] != _API_SERVER)
    unread = tuple(place for place in range(at + 1, end) if place not in ours)
    table = tables.find(lines, at, context) or Finding(at, end, unread=unread)
    return replace(table, settings={"port_mappings": mappings})


def _ports(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    command = context.command
    if command is None or command.program != "docker" or not command.text.startswith("docker port"):
        return None
    end = at
    mappings = []
    while end < len(lines) and (match := _PORT.match(lines[end])):
        if match["port"] != _API_SERVER:
            mappings.append(f"{match['at']}->{match['port']}/{match['protocol']}")
        end += 1
    return Finding(at, end, settings={"port_mappings": tuple(mappings)}) if end > at else None
