"""Symptoms: those that a person names, and the tries that a transcript holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError
from nodeportkit.standings.facts import Facts
from nodeportkit.standings.symptoms import until_change

if TYPE_CHECKING:
    from nodeportkit.sources.transcript import Step

__all__ = ["SYMPTOMS", "Attempt", "attempts", "named_symptom"]

SYMPTOMS: Final = {
    "refused": "connection refused at once",
    "timeout": "no answer at all",
    "http": "an answer, but the wrong one",
    "reset": "connected, then cut off without an answer",
    "uneven": "one pod gets most",
}
_THIS_MACHINE: Final = ("127.0.0.1", "localhost", "::1")
# What programs call silence where a router on the way says that there is no way.
_SAME: Final = {"unreachable": "timeout"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try at the service in a transcript: what was dialled, and what came of it.

    `symptom` is a key of `SYMPTOMS`, or "" where the answer was a good one.
    """

    symptom: str
    address: str | None
    port: int | None
    status: int | None
    text: str


def named_symptom(symptom: str | None) -> str | None:
    """The symptom as it is known here.

    Raises
    ------
    NodePortKitError
        If there is no such symptom.
    """
    if symptom is None or symptom in SYMPTOMS:
        return symptom
    if symptom in _SAME:
        return _SAME[symptom]
    known = ", ".join(f"{name!r} ({means})" for name, means in SYMPTOMS.items())
    raise NodePortKitError(f"{symptom!r} is no symptom that is known here", hint=f"Give {known}, or none.")


def attempts(cluster: Cluster, facts: Facts | None) -> list[Attempt]:
    """The tries at a service in what was read, in order, up to the first change of it that was made after it was looked at."""
    if facts is None or not cluster.steps:
        return []
    ports = cluster.ports
    mine = facts.ports
    steps = until_change(cluster.steps, facts)
    numbers = {int(number) for number in mine["node_port"].dropna()}
    found = list(_tries(steps, numbers))
    if found:
        return found
    # A number that is no node port at all: still this service's, if it is one of its others.
    other = pd.to_numeric(mine["target_port"], errors="coerce")
    others = {int(number) for values in (mine["port"], other) for number in values.dropna()}
    low, _, high = cluster.proxy.node_port_range.partition("-")
    taken = {int(number) for number in ports["node_port"].dropna()}
    found = [each for each in _tries(steps, others - taken) if each.symptom]
    # A node port of nobody was meant to be one of its own.
    strange = set(range(int(low), int(high or low) + 1)) - others - taken
    found += [each for each in _tries(steps, strange) if each.symptom in ("refused", "timeout")]
    # So was a port of this machine that leads to none of a node.
    host = cluster.host
    away = {at for number in taken for at in host.mapped(number)}
    mapped = {int(at.rpartition(":")[2]) for at in host.single_ports if at not in away} - others - taken - strange
    return found + [each for each in _tries(steps, mapped) if each.symptom and each.address in _THIS_MACHINE]


def _tries(steps: Sequence[Step], numbers: Collection[int]) -> Iterator[Attempt]:
    for step in steps:
        if step.parsed.program == "kubectl":  # from inside a pod: another way
            continue
        for outcome in step.outcomes:
            details = outcome.details
            if details.get("port") not in numbers:
                continue
            kind = _SAME.get(outcome.kind, outcome.kind)
            status = details.get("status")
            if kind == "http":
                kind = "http" if isinstance(status, int) and status >= 400 else ""
            elif kind == "connected":
                kind = ""
            elif kind not in SYMPTOMS:
                continue
            yield Attempt(kind, details.get("address"), details.get("port"), status, outcome.text)
