"""EndpointSlices differ from what selector, pods and ports give."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.kube.endpoints import derive
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.wording import listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("slice-drift", 37, ("refused", "timeout", "http", "uneven"))
_KEY = ["address", "port_name", "protocol", "port"]


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
        yield from _differences(case)


def _slice(case: Case, port: Facts) -> str:
    names = port.endpoints["slice"].dropna()
    return f"EndpointSlice {case.namespace}/{names.iloc[0]}" if len(names) else case.object


def _differences(case: Case) -> Iterator[Finding]:
    """Addresses that stand in the slices and belong to no pod of the service, and pods that stand in none."""
    facts, cluster = case.facts, case.cluster
    given = cluster.given
    told = given[true(given["namespace"].eq(case.namespace) & given["service"].eq(case.name))]
    if told.empty or told[["slice", "address", "port", "ready"]].isna().any(axis=None):
        return
    made = derive(
        facts.service.to_frame().T.astype(cluster.services.dtypes), facts.ports, facts.pods, cluster.containers
    )
    if made[["address", "port", "ready"]].isna().any(axis=None):
        return
    told, made = (
        frame.assign(port_name=frame["port_name"].fillna(""), protocol=frame["protocol"].fillna("TCP"))
        for frame in (told, made)
    )
    both = told.merge(made, on=_KEY, how="outer", suffixes=("", "_made"), indicator=True)
    stale = both[(both["_merge"] == "left_only") & (true(both["ready"]) | true(both["serving"]))]
    missing = both[(both["_merge"] == "right_only") & true(both["ready_made"])]
    shared = both[both["_merge"] == "both"]
    other = shared[true(shared["ready"].ne(shared["ready_made"]))]
    if stale.empty and missing.empty and other.empty:
        return
    shown = []
    if len(stale):
        shown.append(f"the slice sends to {listed(_ends(stale))}, where the service has no such pod")
    if len(missing):
        shown.append(f"no slice lists {listed(_ends(missing, 'pod_made'))}, which is ready")
    if len(other):
        shown.append(
            f"the slice calls {listed(_ends(other))} {'ready' if other['ready'].iloc[0] else 'not ready'}, the pod says otherwise"
        )
    used = told[true(told["ready"])]
    right = len(used) - len(used.merge(stale[_KEY], on=_KEY)) - len(other)
    name = next(iter(both["slice"].dropna()), "")
    yield CAUSE.fact(
        object=f"EndpointSlice {case.namespace}/{name}", field="endpoints", evidence="; ".join(shown),
        explanation="kube-proxy sends where the slices say, whatever the pods are by now. The endpoint slice controller is behind "
        "or stuck, or somebody wrote the slice by hand. Delete it, and it is made anew from the selector:",
        fix=case.command("delete endpointslices", "-l", f"kubernetes.io/service-name={case.name},endpointslice.kubernetes.io/managed-by=endpointslice-controller.k8s.io"),
        verify=case.listing("endpointslices"), partial=right > 0,
    )  # fmt: skip


def _ends(rows: pd.DataFrame, pod: str = "pod") -> list[str]:
    """Addresses with their ports, each once, and the pods where they are known."""
    found = {
        f"{f'[{address}]' if ':' in address else address}:{port}" + ("" if pd.isna(name) else f" ({name})")
        for address, port, name in zip(rows["address"], rows["port"], rows[pod], strict=True)
    }
    return sorted(found)
