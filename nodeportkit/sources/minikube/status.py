"""`minikube status`: a block of `key: value` a node, below its name (kubernetes/minikube cmd/minikube/cmd/status.go)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nodeportkit.frames import conform
from nodeportkit.sources.reader import Context, Finding, Fragment, Outcome

__all__ = ["find"]

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_ENTRY: Final = re.compile(
    r"(type|host|kubelet|apiserver|kubeconfig|kubectl|minikube|cluster|timeToStop|docker-env|podman-env): ?(.*)"
)
_TYPES: Final = frozenset({"Control Plane", "Worker"})


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The block of one node from `lines[at]` on, as an outcome `status`.

    Without the command, only a name with `type: Control Plane` or `type: Worker` below is taken for one. Until minikube
    1.9 there was no `type`, and what stood above the block, if anything, was no name of a node.
    """
    command = context.command
    asked = command is not None and command.program == "minikube" and command.verb == "status"
    named = bool(_NAME.fullmatch(lines[at]))
    first = at + 1 if named else at
    end = first
    block: dict[str, str] = {}
    while end < len(lines) and (entry := _ENTRY.fullmatch(lines[end])) and entry[1] not in block:
        block[entry[1]] = entry[2]
        end += 1
    is_node = named and block.get("type") in _TYPES
    if not block or not (is_node or (asked and ("host" in block or "minikube" in block))):
        return None
    details = {**({"name": lines[at]} if named else {}), **block}

    def fragments() -> list[Fragment]:
        return [Fragment("nodes", conform("nodes", {"name": [lines[at]]}))] if is_node else []

    text = "\n".join(lines[at:end])
    return Finding(at, end, outcomes=(Outcome("status", at + 1, text, details),), fragments=fragments)
