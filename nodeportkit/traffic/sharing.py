"""`shares`: which part of the new connections each pod gets, by entry node; exact, nothing is sampled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.arrays import FloatingArray

from nodeportkit.errors import NodePortKitError
from nodeportkit.frames import STRING
from nodeportkit.traffic.service_spreads import service_spreads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nodeportkit.cluster import Cluster
    from nodeportkit.kube.columns import Objects
    from nodeportkit.kube.service_ports import Family
    from nodeportkit.traffic.asking import Destination, Source
    from nodeportkit.traffic.entry import Entry
    from nodeportkit.traffic.spread import Spread

__all__ = ["MOST_PATHS", "cells", "port_cells", "shares", "strings", "too_many_paths"]

MOST_PATHS: Final = 1_000_000
_PORT: Final = ["namespace", "service", "port_name", "protocol"]


def shares(
    cluster: Cluster,
    service: str,
    port: int | str | None = None,
    *,
    entry: Entry = None,
    source: Source | None = None,
    destination: Destination | None = None,
    by: Literal["path", "pod"] = "path",
    family: Family | None = None,
    mode: str | None = None,
) -> pd.DataFrame:
    """Which part of the new connections each pod gets, by the node they enter at, and which part is lost.

    kube-proxy decides once a connection, never once a request: with connections kept alive, requests may spread otherwise.
    With session affinity ClientIP it decides once a client: then these are the shares of clients, not of connections.

    Parameters
    ----------
    cluster
        Services, endpoints and nodes; `cluster.proxy` says how kube-proxy is set up.
    service
        `"name"` or `"namespace/name"`.
    port
        Only this port of the service: its name, its number, or its node port. Without it all of them, each on its own.
    entry
        Where connections enter. None: at every node alike, but those known to be not ready. A node's name: at that node.
        A mapping of node names to weights: in proportion. For `source="pod"` and `"node"`, the node that the client is on.
    source
        Who dials: `"outside"`, a `"pod"`, or a `"node"` itself. The latter two take kube-proxy's short cuts past policy
        Local; pods only if `cluster.proxy.cluster_cidrs` tells kube-proxy which addresses are theirs. None: outside, or a
        pod where clients outside reach nothing.
    destination
        What they dial: `"node-port"`, `"external-ip"`, `"load-balancer"` or `"cluster-ip"`. None: pods the cluster IP, others
        the first of these that there is. A load balancer with source ranges is taken to be dialled from within them.
    by
        `"path"`: a row for each entry node and endpoint. `"pod"`: a row for each endpoint, whatever the entry node.
    family
        `IPv4` or `IPv6`; without it that of the service's first cluster IP.
    mode
        `iptables`, `nftables` or `ipvs`; without it that of `cluster.proxy`, or `iptables` if no source told it.

    Returns
    -------
    DataFrame
        Shares are fractions of all new connections to the service port, 0 to 1; in each port they sum to 1.

        - namespace, service, port_name, protocol: the service port
        - node, weight: the entry node, and the share of connections that enter there (by path)
        - verdict: `FORWARD`; for what is lost `DROP` (no answer), `REJECT` (refused) or `UNHANDLED` (kube-proxy has no rule)
        - pod, address (`ip:port`), pod_node: the endpoint; missing where connections are lost
        - hop: `same-node` or `cross-node` (by path)
        - cross_node: the part of the share that comes from another node; missing if nodes are not known (by pod)
        - share
        - masquerade: whether the pod sees a node's address in place of the client's (by path; a client that is sent to
          itself apart); missing where it depends on what was not shown

        An endpoint that could take connections and gets none has a row with share 0, without node and verdict.

    Raises
    ------
    NotFound
        If there is no such service, port or node.
    NodePortKitError
        If the shares depend on what was not shown, if kube-proxy has nothing to do with the service (headless, ExternalName),
        or if there are more than a million paths: then ask for one `entry` node, or `by="pod"`.

    Notes
    -----
    Every usable endpoint of an entry node gets the same share of what enters there: rule i of n matches with probability
    1/(n-i) in iptables mode, nftables mode draws one of n, and in ipvs mode each node takes them in turn (kubernetes/kubernetes
    pkg/proxy/iptables/proxier.go, KEP-3866, pkg/proxy/ipvs/README.md; its default scheduler, rr, is taken for granted).

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> pods = ["web-0", "web-1", "web-2"]
    >>> cluster = Cluster(
    ...     nodes={"name": ["node-1", "node-2", "node-3"]},
    ...     services={
    ...         "namespace": ["shop"],
    ...         "name": ["web"],
    ...         "cluster_ips": [["10.96.7.20"]],
    ...         "external_traffic_policy": ["Local"],
    ...     },
    ...     ports={"namespace": ["shop"], "service": ["web"], "port": [80], "node_port": [30080]},
    ...     endpoints={
    ...         "namespace": ["shop"] * 3,
    ...         "service": ["web"] * 3,
    ...         "address": ["10.1.0.4", "10.1.0.5", "10.1.1.4"],
    ...         "port": [8080] * 3,
    ...         "pod": pods,
    ...         "node": ["node-1", "node-1", "node-2"],
    ...         "ready": [True] * 3,
    ...     },
    ... )
    >>> found = shares(cluster, "web", entry={"node-1": 2, "node-2": 1, "node-3": 1})
    >>> found[["node", "weight", "verdict", "pod", "hop", "share"]]
         node  weight  verdict    pod        hop  share
    0  node-1     0.5  FORWARD  web-0  same-node   0.25
    1  node-1     0.5  FORWARD  web-1  same-node   0.25
    2  node-2    0.25  FORWARD  web-2  same-node   0.25
    3  node-3    0.25     DROP   <NA>       <NA>   0.25
    """
    spreads = service_spreads(
        cluster, service, port, entry=entry, source=source, destination=destination, family=family, mode=mode
    )
    if by == "pod":
        return together([_by_pod(spread) for spread in spreads])
    if by != "path":
        raise NodePortKitError(f"shares cannot be given by {by!r}", hint='Give by="path" or by="pod".')
    too_many_paths(spreads)
    return together([_by_path(spread) for spread in spreads])


def too_many_paths(spreads: list[Spread]) -> None:
    """Refuse frames of a size that serves nobody."""
    paths = sum(int(np.maximum(spread.groups.sizes[spread.groups.of_node], 1).sum()) for spread in spreads)
    if paths > MOST_PATHS:
        raise NodePortKitError(
            f"there are {paths:,} paths from nodes to pods, more than {MOST_PATHS:,}",
            hint='Ask for one entry node, or by="pod".',
        )


def cells(spread: Spread, member: npt.NDArray[np.intp]) -> dict[str, Any]:
    """The columns pod, address and pod_node of these endpoints, missing for -1."""
    ends = spread.endpoints
    columns = {"pod": ends.pod, "address": ends.text, "pod_node": ends.node}
    return {name: strings(_or_none(values, member)) for name, values in columns.items()}


def port_cells(spread: Spread, rows: int) -> dict[str, Any]:
    """The columns that name the service port, for so many rows."""
    port = spread.port
    named = (port.namespace, port.service, port.port_name, port.protocol)
    return {key: strings(np.full(rows, value, dtype=object)) for key, value in zip(_PORT, named, strict=True)}


def _or_none(values: Iterable[Any], at: npt.NDArray[np.intp]) -> Objects:
    """The values at these positions, None at -1."""
    return np.array([*values, None], dtype=object)[at]


def strings(values: Objects) -> Any:
    """A column of text, missing for None."""
    return pd.array(values, dtype=STRING)


def together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One frame below the other."""
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _by_path(spread: Spread) -> pd.DataFrame:
    at, member = spread.pairs()
    idle = np.flatnonzero(spread.eligible & ~np.isin(np.arange(len(spread.eligible)), member))
    rows, lost = len(at), member < 0
    size = np.maximum(spread.groups.sizes[spread.groups.of_node], 1)[at]
    at, member = (np.concatenate(pair) for pair in ((at, np.full(len(idle), -1)), (member, idle)))
    unused = at < 0
    ends = cells(spread, member)
    node, home = _or_none(spread.node, at), _or_none(spread.endpoints.node, member)
    hop = np.where(np.asarray(node == home, dtype=np.bool_), "same-node", "cross-node").astype(object)
    hop[np.asarray((node == None) | (home == None), dtype=np.bool_)] = None  # noqa: E711 - elementwise
    masquerade = _or_none([answer.masquerade for answer in spread.answer], at)
    masquerade[:rows][lost] = None
    weight = np.append(spread.weight, 0.0)[at]
    return pd.DataFrame(
        {
            **port_cells(spread, len(at)),
            "node": strings(node),
            "weight": FloatingArray(weight, unused),
            "verdict": strings(_or_none([answer.verdict for answer in spread.answer], at)),
            **ends,
            "hop": strings(hop),
            "share": np.append(spread.weight[at[:rows]] / size, np.zeros(len(idle))),
            "masquerade": pd.array(masquerade.tolist(), dtype="boolean"),
        }
    )


def _by_pod(spread: Spread) -> pd.DataFrame:
    member = np.flatnonzero(spread.eligible)
    lost: dict[str, float] = {}
    for at in np.flatnonzero(spread.lost):
        verdict = spread.answer[at].verdict
        lost[verdict] = lost.get(verdict, 0.0) + float(spread.weight[at])
    rows = np.concatenate([member, np.full(len(lost), -1)])
    share = spread.per_endpoint()[member]
    cross = np.maximum(share - spread.same_node()[member], 0.0)
    homeless = np.asarray(spread.endpoints.node == None, dtype=np.bool_)[member]  # noqa: E711 - elementwise
    unknown = (share > 0) & (homeless | (None in spread.node))
    verdicts = np.array([*("FORWARD" if some else None for some in share > 0), *lost], dtype=object)
    none = np.zeros(len(lost))
    return pd.DataFrame(
        {
            **port_cells(spread, len(rows)),
            "verdict": strings(verdicts),
            **cells(spread, rows),
            "cross_node": FloatingArray(np.append(cross, none), np.append(unknown, none == 0)),
            "share": np.append(share, list(lost.values())),
        }
    )
