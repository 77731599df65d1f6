"""`minikube node list`: name, tab, address (kubernetes/minikube cmd/minikube/cmd/node_list.go)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.frames import conform
from nodeportkit.sources.minikube.addresses import is_address
from nodeportkit.sources.reader import Context, Finding, Fragment, Table

__all__ = ["find"]

_LINE: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]*)(?:(?:\t| {2})\s*([0-9a-fA-F.:]+))?")
_USUAL: Final = re.compile(r"minikube(?:-m\d+)?")


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The nodes that are listed from `lines[at]` on.

    Without the command, only lines that begin with minikube's usual names of nodes and end in an address are taken for it.
    """
    asked = context.command is not None and context.command.verb == "node list"
    found: list[tuple[str, str]] = []
    end = at
    while end < len(lines) and (match := _LINE.fullmatch(lines[end])):
        name, address = match[1], match[2] or ""
        # A machine that was never started has no address.
        if (address and not is_address(address)) or not (asked or (address and _USUAL.fullmatch(name))):
            break
        found.append((name, address))
        end += 1
    if not found:
        return None
    names, addresses = [name for name, _ in found], [address for _, address in found]

    def fragments() -> list[Fragment]:
        rows: dict[str, list[Any]] = {
            "name": names,
            "internal_ips": [[address] if address else None for address in addresses],
        }
        return [Fragment("nodes", conform("nodes", rows))]

    return Finding(at, end, Table("minikube-nodes", ("NAME", "IP"), (names, addresses), at + 1), fragments=fragments)
