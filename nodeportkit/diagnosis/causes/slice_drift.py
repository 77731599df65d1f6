"""EndpointSlices differ from what selector, pods and ports give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.once import derived
from nodeportkit.diagnosis.shown import of_target, unlisted
from nodeportkit.kube.columns import cell_lists
from nodeportkit.kube.service_ports import family_of
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.wording import agree, listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause(
    "slice-drift", 37, ("refused", "timeout", "http", "uneven"), "its EndpointSlices are not what its pods are"
)


def find(case: Case) -> Iterator[Finding]:
    """Whole slices only: other lists of endpoints leave some out."""
    if case.headless and not case.facts.selector:
        return
    for port in case.ports:
        about, standing = case.judged(port)
        if about == "slice-drift" and not case.family_gap(port):
            yield CAUSE.fact(
                object=_slice(case, port), field="ports[].name" if case.facts.selector == {} else "endpoints",
                evidence=standing.reason, explanation=standing.explanation, fix=standing.fix, verify=standing.verify,
                explains=("refused",),
            )  # fmt: skip
            return
    if case.facts.selector and case.facts.stated and case.facts.pods_listed and case.facts.labels_shown:
        given = case.cluster.given
        told = given[true(given["namespace"].eq(case.namespace) & given["service"].eq(case.name))]
        whole = told[["slice", "address", "port", "ready"]].notna().all(axis=None)
        yield from _differences(case, told) if whole else _of_tables(case, told)
    elif case.symptom in ("refused", "timeout"):
        yield from _unseen(case)


def _slice(case: Case, port: Facts) -> str:
    names = port.endpoints["slice"].dropna()
    return f"EndpointSlice {case.namespace}/{names.iloc[0]}" if len(names) else case.object


def _differences(case: Case, told: pd.DataFrame) -> Iterator[Finding]:
    """Addresses that stand in the slices and belong to no pod of the service, and pods that stand in none."""
    made = derived(case.cluster, case.namespace, case.name)
    if told.empty or case.facts.ports.empty or made[["address", "port", "ready"]].isna().any(axis=None):
        return
    there, wanted = _ends(told), _ends(made)
    gone = [end for key, end in there.items() if key not in wanted and (end.ready or end.serving)]
    stale = sorted(str(end) for end in gone)
    missing = sorted(str(end) for key, end in wanted.items() if key not in there and end.ready)
    other = sorted(str(end) for key, end in there.items() if key in wanted and end.ready != wanted[key].ready)
    shown = []
    if stale:
        shown.append(f"the slice sends to {listed(stale)}, where the service has no such pod")
    if missing:
        shown.append(f"no slice lists {listed(missing)}, which is ready")
    if other:
        shown.append(f"slice and pod differ in whether {listed(other)} is ready")
    if not shown:
        return
    right = any(end.ready and key in wanted and wanted[key].ready for key, end in there.items())
    slices = list(dict.fromkeys(end.slice for end in gone)) or [str(told["slice"].iloc[0])]
    made_by = "endpointslice.kubernetes.io/managed-by=endpointslice-controller.k8s.io"
    which = slices if gone else ["-l", f"kubernetes.io/service-name={case.name},{made_by}"]
    yield CAUSE.fact(
        object=f"EndpointSlice {case.namespace}/{slices[0]}", field="endpoints", evidence="; ".join(shown),
        explanation="kube-proxy sends where the slices say, whatever the pods are by now. The endpoint slice controller is behind "
        "or stuck, or somebody wrote the slice by hand. Delete it: what the controller makes, it makes anew from the selector:",
        fix=case.command(f"delete endpointslice{'s' * (len(which) > 1)}", *which),
        verify=case.listing("endpointslices"), partial=right,
    )  # fmt: skip


def _of_tables(case: Case, told: pd.DataFrame) -> Iterator[Finding]:
    """Tables show addresses only, and not which of them are ready: one that no pod has points to a stale slice."""
    shown = told.dropna(subset=["slice", "address"])
    ips = [ip for each in case.facts.all_pods["ips"] if isinstance(each, list) for ip in each[:1]]
    if shown.empty or shown["ready"].notna().all() or case.facts.all_pods["ips"].isna().any():
        return
    families = {family_of(ip) for ip in ips}
    every = {ip for each in case.facts.all_pods["ips"] for ip in each}
    stale = [str(ip) for ip in shown["address"].unique() if ip not in every and family_of(ip) in families]
    said = {"object": f"EndpointSlice {case.namespace}/{shown['slice'].iloc[0]}", "field": "endpoints"}
    if stale:
        yield CAUSE.hint(
            **said, evidence=f"the slice lists {listed(stale)}, which no pod of {case.namespace} has",
            explanation="kube-proxy sends where the slices say. If slices and pods were printed at different moments, print both again; "
            "else the endpoint slice controller is behind or stuck:",
            verify=case.command("get pods,endpointslices", "-o", "wide", "--show-labels"),
            partial=len(stale) < shown["address"].nunique(),
        )  # fmt: skip
    elif told["address"].isna().any() and case.symptom in CAUSE.symptoms:
        yield CAUSE.possible(
            **said, evidence=f"the table of slices leaves out {told['address'].isna().sum()} addresses", partial=True,
            explanation="kube-proxy sends where the slices say; tables end after three addresses. Paste what this prints:",
            verify=case.command("get endpointslices", "-l", f"kubernetes.io/service-name={case.name}", "-o", "yaml"),
        )  # fmt: skip
    for port in case.ports:
        if not stale and (missing := unlisted(case, port)) and (verify := of_target(case, port)):
            yield CAUSE.possible(
                **said, evidence=f"no slice lists {listed(missing)}, which {agree(len(missing), 'is', 'are')} ready",
                explanation="Unless these pods lack the port that the service sends to, the slices are behind. Paste what this prints:",
                verify=verify, partial=True,
            )  # fmt: skip
            return


def _unseen(case: Case) -> Iterator[Finding]:
    """Endpoints that were worked out are those that there should be."""
    for port in case.ports:
        by_hand = case.facts.selector == {} and case.facts.stated and bool(port.endpoints["port_name"].isna().any())
        if not by_hand and (case.facts.endpoints_listed or port.used.empty):
            continue
        what = "the names of the ports in its slices were not shown" if by_hand else "its EndpointSlices were not shown"
        yield CAUSE.possible(
            object=case.object, field="spec.ports[].name" if by_hand else "", evidence=what,
            explanation="kube-proxy sends where the slices say, and pairs their ports with the service's by name. Paste what this prints:",
            verify=case.command("get services,endpointslices", "-o", "yaml") if by_hand else case.listing("endpointslices"),
            partial=not by_hand,
        )  # fmt: skip
        return


@dataclass(frozen=True, slots=True)
class _End:
    """An endpoint: in which slice and where, what stands behind it, and how it is."""

    slice: str
    address: str
    port: int
    pod: str | None
    ready: bool
    serving: bool

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}" + (f" ({self.pod})" if self.pod else "")


def _ends(rows: pd.DataFrame) -> dict[tuple[str, int, str, str], _End]:
    """The endpoints by address, number, and the name and protocol of the service port."""
    return {
        (end["address"], end["port"], end["port_name"] or "", end["protocol"] or "TCP"): _End(
            str(end["slice"]), end["address"], end["port"], end["pod"], bool(end["ready"]), bool(end["serving"])
        )
        for end in cell_lists(rows, ("slice", "address", "port", "port_name", "protocol", "pod", "ready", "serving"))
    }
