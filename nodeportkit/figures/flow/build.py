"""From shares, or from what was counted, to what the picture of a flow has to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from nodeportkit.errors import NodePortKitError
from nodeportkit.figures.flow.folding import fold_ends, fold_entries
from nodeportkit.figures.flow.scene import Ribbon, Scene, Totals
from nodeportkit.figures.flow.titles import subtitle, title
from nodeportkit.figures.verdict import foot_of, judged
from nodeportkit.traffic.sharing import shares

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster
    from nodeportkit.traffic.comparison import Comparison
    from nodeportkit.traffic.entry import Entry

__all__ = ["build"]

_PORT: Final = ["namespace", "service", "port_name", "protocol"]
_NEEDED: Final = ["node", "pod", "address", "pod_node", "connections"]


def build(
    cluster: Cluster,
    service: str,
    port: int | str | None,
    counts: pd.DataFrame | None,
    entry: Entry,
    predicted: pd.DataFrame | None = None,
    found: Comparison | None = None,
) -> Scene:
    """What is to be shown of one port of a service: the first, if no other is asked for.

    `predicted` is what `shares` gives for this cluster, service, port and entry, and `found` what `compare` says of the
    counts, if these are known already.
    """
    predicted = shares(cluster, service, port, entry=entry) if predicted is None else predicted
    ports = predicted[_PORT].drop_duplicates()
    key = ports.iloc[0]
    predicted = _of_port(predicted, key)
    predicted["value"] = predicted["share"].astype(float)
    rows, total = (predicted, None) if counts is None else _counted(counts, key, predicted)
    entry_of, entries = fold_entries(rows, cluster.nodes)
    end_of, ends = fold_ends(rows, total)
    crosses = rows["hop"].map({"same-node": 0, "cross-node": 1}).fillna(-1).astype(int)
    places = pd.DataFrame({"entry": entry_of, "end": end_of, "crosses": crosses.to_numpy(), "value": rows["value"]})
    flows = places[places["value"] > 0].groupby(["entry", "end", "crosses"], as_index=False)["value"].sum()
    ribbons = tuple(
        Ribbon(int(start), None if end < 0 else int(end), float(value), None if hop < 0 else bool(hop))
        for start, end, hop, value in flows[["entry", "end", "crosses", "value"]].to_numpy()
    )
    number, on_node_port = _number(cluster, key)
    totals = _totals(rows)
    expected = None if total is None else _totals(predicted)
    return Scene(
        title=title(rows, totals, expected, total),
        subtitle=subtitle(cluster, rows, key, total, others=len(ports) - 1, on_node_port=on_node_port),
        number=number,
        on_node_port=on_node_port,
        entries=entries,
        ends=ends,
        ribbons=ribbons,
        totals=totals,
        lost=_lost(rows),
        lost_at=_lost_at(rows),
        counted=total,
        expected=expected,
        foot="" if total is None else foot_of(found or _compared(predicted, rows, total)),
    )


def _compared(predicted: pd.DataFrame, rows: pd.DataFrame, total: int) -> Comparison | None:
    """What `compare` says of the pods, however their connections came to them."""
    both = pd.concat([predicted[["address", "pod"]], rows[["address", "pod"]]]).dropna(subset="address")
    pods = both.drop_duplicates("address").set_index("address")["pod"]
    shares, counts = (
        frame.dropna(subset="address").groupby("address", sort=False)["value"].sum() for frame in (predicted, rows)
    )
    return judged(shares, (counts * total).round(), pods)


def _of_port(frame: pd.DataFrame, key: Any) -> pd.DataFrame:
    mine = pd.Series(True, index=frame.index)
    for column in _PORT:
        if column in frame:
            mine &= frame[column].eq(key[column]).fillna(False).astype(bool)
    return frame[mine].reset_index(drop=True)


def _counted(counts: pd.DataFrame, key: Any, predicted: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Counts of this port as fractions of all, with what was lost among them."""
    missing = [column for column in _NEEDED if column not in counts]
    if missing:
        raise NodePortKitError(
            f"the counts have no column {', '.join(missing)}",
            hint=f"Give a frame with the columns {', '.join(_NEEDED)}: a row for each entry node and endpoint.",
        )
    rows = _of_port(counts, key)
    number = rows["connections"].astype(float) + (rows["lost"].astype(float) if "lost" in rows else 0.0)
    total = int(number.sum())
    if total <= 0:
        raise NodePortKitError(
            f"the counts hold no connection to {key['namespace']}/{key['service']}", hint="Count some first."
        )
    hop = rows["node"].eq(rows["pod_node"]).map({True: "same-node", False: "cross-node"}, na_action="ignore")
    verdicts = predicted[predicted["address"].isna()].drop_duplicates("node").set_index("node")["verdict"]
    return rows.assign(value=number / total, hop=hop, verdict=rows["node"].map(verdicts)), total


def _number(cluster: Cluster, key: Any) -> tuple[str, bool]:
    """The port that clients dial, and whether it is a node port."""
    ports = cluster.ports
    mine = ports["namespace"].eq(key["namespace"]) & ports["service"].eq(key["service"])
    if ports["port_name"].notna().any():
        mine &= ports["port_name"].fillna("").eq(key["port_name"])
    mine &= ports["protocol"].fillna("TCP").eq(key["protocol"])
    row = ports[mine.fillna(False).to_numpy(dtype=bool)].iloc[0]
    if pd.notna(row["node_port"]):
        return str(int(row["node_port"])), True
    return ("?" if pd.isna(row["port"]) else str(int(row["port"]))), False


def _totals(rows: pd.DataFrame) -> Totals:
    lost = rows["address"].isna()
    stays, crosses = rows["hop"].eq("same-node").fillna(False), rows["hop"].eq("cross-node").fillna(False)

    def part(mask: Any) -> float:
        return float(rows.loc[mask.to_numpy(dtype=bool), "value"].sum())

    return Totals(part(stays), part(crosses), part(~(lost | stays | crosses)), part(lost))


def _lost(rows: pd.DataFrame) -> str:
    """What happens to connections that reach no pod: the one thing that happens to all of them, or else `lost`."""
    verdicts = list(rows.loc[rows["address"].isna(), "verdict"].unique())
    return (
        {"REJECT": "refused", "UNHANDLED": "unanswered"}.get(str(verdicts[0]), "lost") if len(verdicts) == 1 else "lost"
    )


def _lost_at(rows: pd.DataFrame) -> str:
    nodes = rows.loc[(rows["address"].isna() & (rows["value"] > 0)).to_numpy(dtype=bool), "node"].unique()
    if not len(nodes):
        return ""
    return (str(nodes[0]) if pd.notna(nodes[0]) else "every node") if len(nodes) == 1 else f"{len(nodes):,} nodes"
