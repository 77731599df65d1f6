"""`minikube ip`: the address of a node, alone on a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nodeportkit.frames import conform
from nodeportkit.sources.minikube.addresses import is_address
from nodeportkit.sources.reader import Context, Finding, Fragment, Outcome
from nodeportkit.sources.tables.options import option

__all__ = ["find"]


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The address that `minikube ip` printed, as an outcome `address`.

    It says whose address that is only with `-p`: the first control plane's node has the name of the profile
    (MachineName in kubernetes/minikube pkg/minikube/config/profile.go).
    """
    command = context.command
    if command is None or command.program != "minikube" or command.verb != "ip" or not is_address(lines[at]):
        return None
    address = lines[at]
    profile = option(command, "--profile", "-p")
    named = profile if profile and option(command, "--node", "-n") is None else None

    def fragments() -> list[Fragment]:
        rows: dict[str, list[Any]] = {"name": [named], "internal_ips": [[address]]}
        return [Fragment("nodes", conform("nodes", rows))] if named else []

    details = {"address": address, **({"node": named} if named else {})}
    return Finding(at, at + 1, outcomes=(Outcome("address", at + 1, address, details),), fragments=fragments)
