"""The target port is a name that pods do not declare."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.causes.selector_too_wide import strangers
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.shown import of_target, portless, unlisted
from nodeportkit.diagnosis.telling import change, some_of
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.wording import agree, all_of, listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("named-port-missing", 42, ("refused",), "its target port is a name that pods do not have")


def find(case: Case) -> Iterator[Finding]:
    """All pods lack it, or some: these get nothing, and nobody says so."""
    for port in case.ports:
        _, standing = case.judged(port)
        if standing.cause == "named-port-missing":
            target = port.ports["target_port"].iloc[0]
            names = sorted(set(case.declared["port_name"].dropna()) - {""})
            yield CAUSE.fact(
                object=case.object, field=case.field(port, "targetPort"),
                evidence=f"{case.field(port, 'targetPort')}={target}; {all_of(len(port.running), 'pod').lower()} "
                f"{agree(len(port.running), 'declares', 'declare')} {f'ports named {listed(names)}' if names else 'no port name'}",
                explanation=f"{standing.reason} {standing.explanation}", fix=standing.fix, verify=standing.verify,
            )  # fmt: skip
        else:
            yield from _some(case, port)
            yield from _unseen(case, port)


def _unseen(case: Case, port: Facts) -> Iterator[Finding]:
    """Tables do not show by which name a service sends: slices do show whom it leaves out."""
    target = port.ports["target_port"].iloc[0]
    verify = of_target(case, port)
    if not verify or case.headless or (isinstance(target, str) and target.isdecimal()):
        return
    said = {"object": case.object, "field": case.field(port, "targetPort"), "verify": verify}
    explanation = (
        "If the target port is a name, pods that do not declare a port of that name get nothing, and nothing says so. "
        "Paste what this prints:"
    )
    if bare := portless(case, port):
        some = len(port.ends) > 0
        looked_up = (
            "A target port that is a name is looked up in each pod, by name and protocol: pods without it get nothing. "
        )
        yield CAUSE.possible(
            **said, explanation=f"{looked_up}Paste what this prints:", partial=some, explains=("uneven", "refused") if some else CAUSE.symptoms,
            evidence=f"its slices list {some_of(bare)} without a port",
        )  # fmt: skip
    elif left_out := unlisted(case, port):
        evidence = f"{len(left_out)} of {len(case.pods)} pods are ready and in no slice: {some_of(left_out)}"
        yield CAUSE.possible(
            **said, evidence=evidence, explanation=explanation, explains=("uneven", "refused"), partial=True
        )
    elif case.symptom == "refused" and port.used["pod_port"].isna().any():
        evidence = "neither the target port nor the names of the pods' ports were shown"
        yield CAUSE.possible(**said, evidence=evidence, explanation=explanation)


def _some(case: Case, port: Facts) -> Iterator[Finding]:
    target, protocol = (port.ports[column].fillna("").iloc[0] for column in ("target_port", "protocol"))
    if not target or target.isdecimal() or case.facts.selector is None or case.headless:
        return
    rows = case.declared
    named = rows[true(rows["port_name"].eq(target))]
    have = set(named.loc[true(named["protocol"].fillna("TCP").eq(protocol or "TCP")), "pod"])
    # Those that have it for another protocol are another cause's, those of another application too.
    known = case.pods[true(case.pods["host_network"].notna() | case.pods["name"].isin(rows["pod"]))]
    known = known[~true(known["terminating"]) & ~true(known["name"].isin(strangers(case)))]
    lack = [name for name in known["name"] if name not in have and name not in set(named["pod"])]
    if not have or not lack:
        return
    theirs = rows.loc[true(rows["pod"].isin(lack)), ["container_port", "port_name"]].drop_duplicates()
    ports = [f"{number} ({name})" if name else str(number) for number, name in theirs.itertuples(index=False)]
    numbers = set(named["container_port"].dropna())
    fix = change(case, port, "targetPort", int(next(iter(numbers)))) if len(numbers) == 1 else ""
    yield CAUSE.fact(
        object=f"Pod {case.namespace}/{lack[0]}", field="spec.containers[].ports[].name",
        evidence=f"{case.field(port, 'targetPort')}={target}; {len(lack)} of {len(known)} pods declare no port of that name: {some_of(lack)}",
        explanation=f"{agree(len(lack), 'This pod gets', 'These pods get')} no connection, and nothing says so. "
        f"{agree(len(lack), 'It declares', 'They declare')} {listed(ports) if ports else 'no port'}. Name the port in "
        f"{agree(len(lack), 'its', 'their')} template" + (", or send to its number:" if fix else "."),
        fix=fix, explains=("uneven", "refused"), partial=True,
    )  # fmt: skip
