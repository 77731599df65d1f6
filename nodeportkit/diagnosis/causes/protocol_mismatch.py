"""The service sends TCP to a port for UDP or SCTP, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.shown import of_target, portless
from nodeportkit.diagnosis.telling import change
from nodeportkit.standings.facts import Facts, mask, true
from nodeportkit.standings.wording import agree, listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("protocol-mismatch", 40, ("refused", "timeout"), "service and pods speak different protocols")


def find(case: Case) -> Iterator[Finding]:
    """Names decide: endpoints are made by name and protocol. Numbers are what the container says of itself, and only point to it."""
    if case.headless:
        return
    for port in case.ports:
        target, protocol = (port.ports[column].fillna("").iloc[0] for column in ("target_port", "protocol"))
        protocol = protocol or "TCP"
        if not target or not case.containers_shown:
            yield from _unseen(case, port, protocol)
        if not target:
            continue
        by_number = target.isdecimal()
        rows = case.declared
        same = rows[true(rows["container_port"].eq(int(target)) if by_number else rows["port_name"].eq(target))]
        fits = set(same.loc[true(same["protocol"].fillna("TCP").eq(protocol)), "pod"])
        others = same[mask(pod not in fits for pod in same["pod"])]
        if others.empty or (by_number and (fits or (protocol == "TCP" and case.probed(port)))):
            continue
        yield _told(
            case,
            port,
            others["pod"].nunique(),
            str(others["protocol"].dropna().iloc[0]),
            whole=not fits,
            by_number=by_number,
        )


def _unseen(case: Case, port: Facts, protocol: str) -> Iterator[Finding]:
    """Tables show neither target ports nor those of pods: slices without a port point to it, and so may the symptom."""
    silent = "refused" if protocol == "TCP" else "timeout"
    bare = port.ends.empty and bool(portless(case, port))
    if bare or (case.symptom in (silent, "refused") and len(port.used)):
        yield CAUSE.possible(
            object=case.object, field=case.field(port, "protocol"),
            evidence=("the slices list pods without a port; " if bare else "")
            + f"the service speaks {protocol}; for which protocol the pods declare their ports was not shown",
            explanation="Packets of one protocol never reach a port of another. Paste what this prints:",
            verify=of_target(case, port), place=45,
        )  # fmt: skip


def _told(case: Case, port: Facts, count: int, theirs: str, *, whole: bool, by_number: bool) -> Finding:
    target, ours = port.ports["target_port"].iloc[0], port.ports["protocol"].fillna("TCP").iloc[0]
    total = len(case.pods)
    said = {
        "object": case.object, "field": case.field(port, "protocol"),
        "evidence": f"{case.field(port, 'protocol')}={ours}; {count} of {total} {agree(total, 'pod', 'pods')} "
        f"{agree(count, 'declares', 'declare')} port {target} for {theirs} only",
        "explanation": f"Packets of one protocol never reach a port of another: {ours} goes where {listed([theirs])} is meant. If "
        f"{theirs} is right:",
        "fix": change(case, port, "protocol", theirs), "partial": not whole,
    }  # fmt: skip
    return CAUSE.hint(**said) if by_number else CAUSE.fact(**said)
