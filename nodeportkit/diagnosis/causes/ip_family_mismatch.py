"""Client, service and pods speak different IP families."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.shown import families_shown
from nodeportkit.diagnosis.telling import patch
from nodeportkit.kube.service_ports import family_of
from nodeportkit.standings.wording import listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("ip-family-mismatch", 26, ("refused", "timeout"), "client, service and pods do not share an IP family")


def find(case: Case) -> Iterator[Finding]:
    """The family dialled against the service's, and the service's against the pods'."""
    families = case.families
    if case.headless or not families:
        return
    shown = (
        f"spec.ipFamilies={','.join(families)}"
        if case.row["ip_families"]
        else f"its cluster IP is {', '.join(case.row['cluster_ips'])}"
    )
    wanted = case.dial.family
    if wanted is None and case.client.address is not None:
        wanted = family_of(case.client.address)
    asked = case.dial.kind in ("node", "nothing", "loopback", "stranger")
    if wanted is not None and asked and wanted not in families:
        who = f"dialled {case.dial}" if case.dial.family else f"the client is {case.client.address}"
        if not case.row["ip_families"]:
            if case.symptom:
                yield _unseen(case, who)
            return
        yield CAUSE.fact(
            object=case.object, field="spec.ipFamilies", evidence=f"{who}; {shown}",
            explanation=f"The service speaks {listed(families)} only: nobody opens its node port for {wanted}. Dial an "
            f"{families[0]} address, or let the service speak both:",
            fix=patch(case, {"ipFamilyPolicy": "PreferDualStack"}),
        )  # fmt: skip
        return
    for port in case.ports:
        if not (gap := case.family_gap(port)):
            continue
        if wanted is not None and wanted not in gap and len(gap) < len(families):
            continue
        if len(gap) < len(families) and wanted is None:
            continue  # a service that prefers two families works in the one that its pods have
        unsure = not families_shown(case, port)
        if unsure and (len(port.ends) or not case.symptom):
            continue
        # Pods with an address of that family would stand in the slices.
        told = CAUSE.fact if not unsure else CAUSE.hint if case.facts.stated else CAUSE.possible
        have = sorted({family_of(ip) for ips in port.running["ips"] if isinstance(ips, list) for ip in ips})
        yield told(
            object=case.object, field="spec.ipFamilies", evidence=f"{shown}; its pods have {listed(have)} addresses only",
            explanation=f"No pod of the service has an {listed(gap)} address, so it has no endpoints in that family. Let it have "
            "both families; in a cluster of one only, make the service anew with that of its pods:",
            fix=patch(case, {"ipFamilyPolicy": "PreferDualStack"}) if len(families) == 1 and have else "",
            verify=case.command("get services,pods", "-o", "json") if unsure else case.listing("pods", "-o", "wide"),
        )  # fmt: skip


def _unseen(case: Case, who: str) -> Finding:
    """A table shows the first cluster IP only: there may be another, of the other family."""
    return CAUSE.possible(
        object=case.object, field="spec.ipFamilies", evidence=f"{who}; the cluster IP shown is {', '.join(case.row['cluster_ips'])}",
        explanation="A service of one IP family has no node port in the other. Which families it has was not shown. "
        "Paste what this prints:",
        verify=case.command("get service", case.name, "-o", "yaml"), place=13,
    )  # fmt: skip
