"""What the picture of a flow says in its head."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from nodeportkit.figures.flow.scene import Totals
from nodeportkit.figures.fractions import connections

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["evenness", "subtitle", "title"]

_UNEVEN = 1.5  # times the share of another that is worth a word


def title(rows: pd.DataFrame, totals: Totals, expected: Totals | None, total: int | None) -> str:
    """The answer: what is lost, else what takes an extra hop, else how even it is."""
    lost = _spoken(totals.lost, None if expected is None else expected.lost, total)
    if totals.lost > 0:
        return _lost(rows, lost)
    even, uneven = evenness(rows, predicted=total is None)
    if totals.unknown > 0:
        return even[:1].upper() + even[1:]
    if totals.crosses == 0:
        if rows.loc[(rows["value"] > 0).to_numpy(dtype=bool), "node"].nunique(dropna=False) == 1:
            return even[:1].upper() + even[1:]
        return f"No connection takes an extra hop, {'but' if uneven else 'and'} {even}"
    crosses = _spoken(totals.crosses, None if expected is None else expected.crosses, total)
    return f"{connections(crosses, 'takes', 'take')} an extra hop"


def _spoken(found: float, predicted: float | None, total: int | None) -> float:
    """The share to speak of: what was predicted, as long as chance explains the difference to what was counted."""
    if predicted is None or total is None:
        return found
    allowed = 1.96 * math.sqrt(predicted * (1 - predicted) / total)
    return predicted if abs(found - predicted) <= allowed else found


def _lost(rows: pd.DataFrame, share: float) -> str:
    lost = rows[(rows["address"].isna() & (rows["value"] > 0)).to_numpy(dtype=bool)]
    if lost["verdict"].eq("REJECT").all():
        return f"{connections(share, 'is', 'are')} refused: no pod takes any"
    if lost["verdict"].eq("UNHANDLED").all():
        return f"{connections(share, 'finds', 'find')} nobody: kube-proxy does not answer on this port there"
    nodes = lost["node"].unique()
    one = len(nodes) == 1
    who = f"{nodes[0]} has" if one and pd.notna(nodes[0]) else f"{len(nodes):,} nodes have"
    return f"{connections(share, 'is', 'are')} lost: {who} no pod that takes {'it' if share == 1 else 'them'}"


def evenness(rows: pd.DataFrame, *, predicted: bool) -> tuple[str, bool]:
    """How the pods stand to each other, and whether that is uneven."""
    reached = rows[rows["address"].notna()]
    each = reached.groupby("address")["value"].sum()
    names = reached.drop_duplicates("address").set_index("address")["pod"]
    least, most = str(each.idxmin()), str(each.idxmax())
    if len(each) == 1:
        return "the only pod gets every connection", False
    if each[least] == 0:
        none = int((each == 0).sum())
        return (f"{none:,} pods get none" if none > 1 else f"{_name(names, least)} gets none"), True
    times = each[most] / each[least]
    if times >= _UNEVEN:
        return f"{_name(names, most)} gets {times:.3g} times the share of {_name(names, least)}", True
    alike = "the same" if predicted else "nearly the same"
    return f"all {len(each):,} pods get {alike} share", False


def _name(names: pd.Series, address: str) -> str:
    return address if pd.isna(names[address]) else str(names[address])


def subtitle(
    cluster: Cluster, rows: pd.DataFrame, key: Any, total: int | None, *, others: int, on_node_port: bool
) -> str:
    """What is drawn: the service, its traffic policy, and how connections enter."""
    services = cluster.services
    mine = services["namespace"].eq(key["namespace"]) & services["name"].eq(key["service"])
    row = services[mine.fillna(False).to_numpy(dtype=bool)].iloc[0]
    word = "external" if on_node_port else "internal"
    policy = row[f"{word}_traffic_policy"]
    told = [f"{key['namespace']}/{key['service']}"]
    if key["port_name"]:
        told.append(f"port {key['port_name']}" + (f" (the first of {others + 1})" if others else ""))
    if pd.notna(policy):
        told.append(f"{word}TrafficPolicy: {policy}")
    what = "Predicted" if total is None else f"{total:,} connections" if total > 1 else "One connection"
    weight = rows[rows["value"] > 0].groupby("node", dropna=False)["value"].sum()
    if len(weight) == 1:
        enter = "entering anywhere" if pd.isna(weight.index[0]) else f"all entering at {weight.index[0]}"
    elif weight.max() - weight.min() < 1e-9:
        enter = f"as many entering at each of {len(weight):,} nodes"
    else:
        enter = f"entering at {len(weight):,} nodes"
    return f"{', '.join(told)}. {what}, {enter}"
