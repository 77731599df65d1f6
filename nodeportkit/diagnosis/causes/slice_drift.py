"""EndpointSlices differ from what selector, pods and ports give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.once import derived
from nodeportkit.kube.columns import cell_lists
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.wording import listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("slice-drift", 37, ("refused", "timeout", "http", "uneven"))


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
    given = case.cluster.given
    told = given[true(given["namespace"].eq(case.namespace) & given["service"].eq(case.name))]
    made = derived(case.cluster, case.namespace, case.name)
    if told.empty or case.facts.ports.empty or told[["slice", "address", "port", "ready"]].isna().any(axis=None):
        return
    if made[["address", "port", "ready"]].isna().any(axis=None):
        return
    there, wanted = _ends(told), _ends(made)
    stale = sorted(str(end) for key, end in there.items() if key not in wanted and (end.ready or end.serving))
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
    made_by = "endpointslice.kubernetes.io/managed-by=endpointslice-controller.k8s.io"
    yield CAUSE.fact(
        object=f"EndpointSlice {case.namespace}/{told['slice'].iloc[0]}", field="endpoints", evidence="; ".join(shown),
        explanation="kube-proxy sends where the slices say, whatever the pods are by now. The endpoint slice controller is behind "
        "or stuck, or somebody wrote the slice by hand. Delete it, and it is made anew from the selector:",
        fix=case.command("delete endpointslices", "-l", f"kubernetes.io/service-name={case.name},{made_by}"),
        verify=case.listing("endpointslices"), partial=right,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _End:
    """An endpoint: where, what stands behind it, and how it is."""

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
            end["address"], end["port"], end["pod"], bool(end["ready"]), bool(end["serving"])
        )
        for end in cell_lists(rows, ("address", "port", "port_name", "protocol", "pod", "ready", "serving"))
    }
