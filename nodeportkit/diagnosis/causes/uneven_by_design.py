"""One pod gets most, and that is what kube-proxy gives: by affinity, policy, hints, long connections, or chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.errors import NodePortKitError
from nodeportkit.frames import STRING
from nodeportkit.standings.facts import Facts, true
from nodeportkit.traffic.comparison import Comparison, compare
from nodeportkit.traffic.sharing import shares

__all__ = ["CAUSE", "find"]

CAUSE = Cause("uneven-by-design", 64, ("uneven",), "the spread is what kube-proxy makes of it")


def find(case: Case) -> Iterator[Finding]:
    """Counts against what kube-proxy gives, up to chance; without counts, what makes it give unequal shares."""
    if case.symptom != "uneven" or case.headless:
        return
    port = next((port for port in case.ports if port.used["pod"].nunique() > 1), None)
    if port is None:
        return
    if case.observed is None:
        yield from _by_design(case, port)
        return
    expected = _expected(case, port)
    unsure = expected is None or case.row["session_affinity"] is None
    expected = _equal(port) if expected is None else expected
    found = compare(_with_others(case, expected), _counts(case.observed, expected))
    if found.p >= 0.05:
        yield _by_chance(case, port, found)
    elif case.row["session_affinity"] == "ClientIP":
        yield CAUSE.fact(
            object=case.object, field="spec.sessionAffinity", evidence=f"spec.sessionAffinity=ClientIP; {found.verdict.rstrip('.')}",
            explanation="A client stays with its pod, so a few clients (or all behind one address) fill a few pods. Spread is over "
            "clients, not requests: count these, or let connections go anywhere:",
            fix=case.command("patch service", case.name, "-p", '{"spec": {"sessionAffinity": "None"}}'),
        )  # fmt: skip
    elif unsure:
        yield CAUSE.possible(
            object=case.object, field="spec.sessionAffinity", evidence=f"{found.verdict.rstrip('.')}; its affinity and policy were not shown",
            explanation="With session affinity or externalTrafficPolicy: Local kube-proxy gives unequal shares, by design. "
            "Paste what this prints:",
            verify=case.command("get service", case.name, "-o", "yaml"),
        )  # fmt: skip
    else:
        yield CAUSE.possible(
            object=case.object, field="spec.ports", evidence=found.verdict,
            explanation="kube-proxy chooses a pod once a connection, not once a request: clients that keep connections open (HTTP/2, "
            "gRPC, pools) stay where they are. Count connections, each request on a new one:",
            verify=_fresh(case, port),
        )  # fmt: skip


def _by_chance(case: Case, port: Facts, found: Comparison) -> Finding:
    design = next((shown for _, shown in _reasons(case, port)), "")
    said = {
        "object": case.object, "field": next((field for field, _ in _reasons(case, port)), "spec.ports"),
        "evidence": f"{found.verdict.rstrip('.')}; {found.total} connections" + (f"; {design}" if design else ""),
        "explanation": "This is the spread that kube-proxy gives: nothing is broken."
        + (f" {found.more} more connections would show a real difference." if found.more else ""),
    }  # fmt: skip
    return CAUSE.hint(**said, verify=_fresh(case, port)) if found.more else CAUSE.fact(**said)


def _by_design(case: Case, port: Facts) -> Iterator[Finding]:
    for field, shown in _reasons(case, port):
        yield CAUSE.fact(
            object=case.object, field=field, evidence=shown,
            explanation="With this kube-proxy gives pods unequal shares, by design. Give counts (observed=, --observed) to tell whether it is just that.",
        )  # fmt: skip
        return
    yield CAUSE.possible(
        object=case.object, field="spec.ports", evidence="no counts were given",
        explanation="kube-proxy chooses a pod once a connection, at random: few connections, or long ones, spread unevenly. Count "
        "new connections for each pod, and give the counts (observed=, --observed):",
        verify=_fresh(case, port),
    )  # fmt: skip


def _reasons(case: Case, port: Facts) -> Iterator[tuple[str, str]]:
    """The fields that make shares unequal."""
    if case.row["session_affinity"] == "ClientIP":
        yield "spec.sessionAffinity", "spec.sessionAffinity=ClientIP: a client stays with its pod"
    per_node = port.used.groupby("pod_node")["pod"].nunique()
    if case.row["external_traffic_policy"] == "Local" and per_node.nunique() > 1:
        on = ", ".join(f"{number} on {node}" for node, number in per_node.items())
        yield (
            "spec.externalTrafficPolicy",
            f"spec.externalTrafficPolicy=Local: each node's part goes to its own pods ({on})",
        )
    hinted = [bool(hints) for hints in port.used["hints"] if isinstance(hints, Mapping)]
    if any(hinted):
        yield (
            "spec.trafficDistribution",
            f"endpoints carry hints (trafficDistribution={case.row['traffic_distribution']}): traffic stays near",
        )


def _expected(case: Case, port: Facts) -> pd.DataFrame | None:
    """The shares that kube-proxy gives; None where too little was shown to tell."""
    number = port.ports["port"].iloc[0]
    try:
        found = shares(
            case.cluster, f"{case.namespace}/{case.name}", None if pd.isna(number) else int(number),
            entry=case.dial.node, source=case.client.kind, by="pod",
        )  # fmt: skip
    except NodePortKitError:
        return None
    protocol = port.ports["protocol"].iloc[0]
    found = found[found["pod"].notna() & (found["protocol"].eq(protocol) if pd.notna(protocol) else True)]
    return found if len(found) and found["share"].sum() > 0 else None


def _equal(port: Facts) -> pd.DataFrame:
    """Equal shares of its pods: what kube-proxy gives unless affinity, policy or hints say otherwise."""
    pods = port.used["pod"].dropna().unique()
    share = np.full(len(pods), 1 / len(pods))
    return pd.DataFrame(
        {"pod": pd.array(pods, dtype=STRING), "address": pd.array([pd.NA] * len(pods), dtype=STRING), "share": share}
    )


def _with_others(case: Case, expected: pd.DataFrame) -> pd.DataFrame:
    """The expected shares, and none of pods that got some all the same: they may have been ready before."""
    if not isinstance(case.observed, Mapping):
        return expected
    known = set(expected["pod"]) | set(expected["address"])
    pods = set(case.facts.all_pods["name"].dropna())
    others = [pod for pod, count in case.observed.items() if count and pod not in known and pod in pods]
    if not others:
        return expected
    rows = expected.iloc[np.zeros(len(others), dtype=int)].assign(pod=others, address=None, share=0.0)
    return pd.concat([expected, rows.astype(expected.dtypes)], ignore_index=True)


def _counts(observed: Any, expected: pd.DataFrame) -> Any:
    """The counts of pods that can get any: others got theirs from elsewhere, or got none."""
    if not isinstance(observed, Mapping):
        return observed
    known = set(expected["pod"]) | set(expected["address"])
    return {pod: count for pod, count in observed.items() if count or pod in known}


def _fresh(case: Case, port: Facts) -> str:
    """The command that makes many new connections and counts who answered, as far as the answer tells."""
    number = port.ports["node_port"].iloc[0]
    node = case.node or (case.node_named(case.entry_nodes[0]) if case.entry_nodes else None)
    address = next(iter((node or {}).get("internal_ips") or ()), None)
    if address is None or pd.isna(number) or not true(port.used["ready"]).any():
        return case.listing("endpointslices")
    host = f"[{address}]" if ":" in address else address
    return f"for i in $(seq 200); do curl -s http://{host}:{number}/; done | sort | uniq -c"
