"""What the shares of a service port come to: what is lost, what crosses nodes, how much capacity they leave unused."""

from __future__ import annotations

from typing import Final

import pandas as pd

__all__ = ["summarize_shares"]

_PORT: Final = ["namespace", "service", "port_name", "protocol"]


def summarize_shares(found: pd.DataFrame) -> pd.DataFrame:
    """What `shares` found, in a row for each service port.

    Returns
    -------
    DataFrame
        - namespace, service, port_name, protocol: the service port
        - endpoints: how many could take connections
        - idle: how many of them get none
        - lost: the share of connections that reaches no pod
        - cross_node: the share that goes on to another node; missing if nodes are not known
        - largest: the largest share of one endpoint
        - capacity: which part of what all endpoints could take together fits in before the busiest one is full, if all
          can take as much: (1/endpoints)/largest. Missing if none gets any.

    Examples
    --------
    Four pods on one node and one on each of two others, under policy Local: a third of the connections enters at each.

    >>> ends = [(f"10.1.0.{i}:80", "node-1", 1 / 12) for i in range(4)]
    >>> ends += [("10.1.1.4:80", "node-2", 1 / 3), ("10.1.2.4:80", "node-3", 1 / 3)]
    >>> found = pd.DataFrame(ends, columns=["address", "node", "share"])
    >>> found = found.assign(namespace="shop", service="web", port_name="", protocol="TCP", hop="same-node")
    >>> summarize_shares(found)[["endpoints", "idle", "lost", "cross_node", "capacity"]]
       endpoints  idle  lost  cross_node  capacity
    0          6     0   0.0         0.0       0.5
    """
    reached = found[found["address"].notna()]
    each = reached.groupby([*_PORT, "address"], sort=False, dropna=False)["share"].sum().reset_index()
    every = found[_PORT].drop_duplicates()
    grouped = each.groupby(_PORT, sort=False, dropna=False)["share"]
    summary = pd.DataFrame(
        {
            "endpoints": grouped.size(),
            "idle": grouped.agg(lambda share: int((share == 0).sum())),
            "largest": grouped.max(),
        }
    )
    if "hop" in found:
        known = found["hop"].notna() | found["address"].isna() | (found["share"] == 0)
        part = found["share"].where(found["hop"].eq("cross-node").fillna(False), 0.0).astype("Float64").where(known)
    else:
        part = found["cross_node"].where(found["address"].notna(), 0.0)
    totals = found.assign(
        lost=found["share"].where(found["address"].isna(), 0.0),
        cross_node=part,
    ).groupby(_PORT, sort=False, dropna=False)
    summary = pd.DataFrame(
        {
            "lost": totals["lost"].sum(),
            "cross_node": totals["cross_node"].agg(lambda share: share.sum(skipna=False)).astype("Float64"),
        }
    ).join(summary)
    summary = summary.reindex(pd.MultiIndex.from_frame(every)).reset_index()
    for column in ("endpoints", "idle"):
        summary[column] = summary[column].fillna(0).astype("Int64")
    summary["largest"] = summary["largest"].fillna(0.0)
    even = 1 / summary["endpoints"].astype("Float64").mask(summary["endpoints"] == 0)
    summary["capacity"] = even / summary["largest"].astype("Float64").mask(summary["largest"] == 0)
    return summary[[*_PORT, "endpoints", "idle", "lost", "cross_node", "largest", "capacity"]]
