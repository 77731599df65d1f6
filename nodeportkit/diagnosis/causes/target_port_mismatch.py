"""The numeric target port is not one that the container says it listens on."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.shown import of_target
from nodeportkit.diagnosis.telling import change
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.wording import listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("target-port-mismatch", 44, ("refused", "reset"), "its target port is not one that its pods listen on")


def find(case: Case) -> Iterator[Finding]:
    """A hint at most: a container may listen on ports that it does not declare. A probe that passes there shows that it does."""
    if case.headless or case.symptom not in (None, *CAUSE.symptoms):
        return
    answered = {each.port for each in case.tries if not each.symptom}
    for port in case.ports:
        row = port.ports.iloc[0]
        target = row["target_port"] if isinstance(row["target_port"], str) else ""
        if not true(port.ends["ready"]).any() or row["node_port"] in answered:
            continue
        if (not target or target.isdecimal()) and (verify := of_target(case, port)) and case.symptom:
            yield _unseen(case, port, verify)
            continue
        if not target.isdecimal():
            continue
        rows = case.declared
        if rows.empty or true(rows["container_port"].eq(int(target))).any() or case.probed(port):
            continue
        if set(case.pods["name"].dropna()) - set(rows["pod"]):
            continue  # some pods declare nothing: who knows what they listen on
        numbers = sorted({int(number) for number in rows["container_port"].dropna()})
        names = [str(number) for number in numbers]
        pod = str(case.pods["name"].iloc[0])
        yield CAUSE.hint(
            object=case.object, field=case.field(port, "targetPort"),
            evidence=f"{case.field(port, 'targetPort')}={target}; the pods declare {listed(names)}",
            explanation=f"The slices look right, but packets go to port {target}, and no container says that it listens there. If "
            f"the application listens on {listed(names, 'or')}, send to that:",
            fix=change(case, port, "targetPort", numbers[0]) if len(numbers) == 1 else "",
            verify=case.command("port-forward", f"pod/{pod}", f"{target}:{target}"),
        )  # fmt: skip


def _unseen(case: Case, port: Facts, verify: str) -> Finding:
    """Tables do not show which ports containers declare."""
    number = next((str(int(each)) for each in port.used["pod_port"].dropna()), "")
    return CAUSE.possible(
        object=case.object, field=case.field(port, "targetPort"),
        evidence=f"packets go to {f'port {number}' if number else 'a port'} of the pods; which ports these declare was not shown",
        explanation=f"Where nothing listens on {f'port {number}' if number else 'the target port'}, the pod itself refuses. "
        "Paste what this prints:",
        verify=verify,
    )  # fmt: skip
