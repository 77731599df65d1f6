"""Two snapshots compared: what was exposed, closed, moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from nodeportkit.auditing.words import port_text
from nodeportkit.frames import STRING
from nodeportkit.kube.columns import objects
from nodeportkit.kube.endpoints.numbering import positions

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["compare_exposure"]

_KEY: Final = ["namespace", "service", "what", "port"]
# What of a service changes who reaches it, and the words for it.
_POLICIES: Final = {
    "type": "type",
    "external_traffic_policy": "external traffic policy",
    "session_affinity": "session affinity",
    "load_balancer_source_ranges": "source ranges",
}
_ADDRESSES: Final = {"external_ips": "external IP", "load_balancer_ips": "load balancer address"}


def compare_exposure(before: Cluster, after: Cluster) -> pd.DataFrame:
    """What was exposed, closed or moved from one snapshot of a cluster to another.

    Parameters
    ----------
    before, after
        The cluster at two moments. What only one of them shows is no change: a policy that a table leaves out, say.

    Returns
    -------
    DataFrame
        A row for each change: change (`exposed`, `closed`, `moved`), namespace, service, what (`node port`, `health check node
        port`, `external IP`, `load balancer address`, `type`, `external traffic policy`, `session affinity`, `source ranges`),
        port (of a node port: `80/TCP`, else ""), before, after (missing where there was none), message in words.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> def shop(number):
    ...     ports = {
    ...         "namespace": ["shop"],
    ...         "service": ["web"],
    ...         "protocol": ["TCP"],
    ...         "port": [80],
    ...         "node_port": [number],
    ...     }
    ...     return Cluster(services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"]}, ports=ports)
    >>> compare_exposure(shop(30080), shop(30081))[["change", "service", "what", "before", "after"]]
      change service       what before  after
    0  moved     web  node port  30080  30081
    """
    one, other = _exposure(before), _exposure(after)
    both = one.merge(other, on=_KEY, how="outer", suffixes=("_before", "_after"))
    rows = []
    for row in both.itertuples(index=False):
        old, new = (value if isinstance(value, str) else None for value in (row.value_before, row.value_after))
        if old == new or (row.what in _POLICIES.values() and (old is None or new is None)):
            continue
        change = "moved" if old and new else "exposed" if new else "closed"
        rows.append((change, *row[:4], old, new, _message(change, row, old, new)))
    columns = ["change", *_KEY, "before", "after", "message"]
    frame = pd.DataFrame({name: pd.array([row[i] for row in rows], dtype=STRING) for i, name in enumerate(columns)})
    order = frame["change"].map({"exposed": 0, "moved": 1, "closed": 2})
    ordered = frame.assign(order=order).sort_values(["order", *_KEY], kind="stable").drop(columns="order")
    return ordered.reset_index(drop=True)


def _exposure(cluster: Cluster) -> pd.DataFrame:
    """Everything by which services are reached from outside, and what decides who reaches them; a row each."""
    services, ports = cluster.services, cluster.ports
    rows: list[tuple[Any, ...]] = []
    own = positions(ports[["namespace", "service"]], services[["namespace", "name"]]) >= 0
    held = ports[own & ports["node_port"].notna().to_numpy()]
    for row in held.itertuples(index=False):
        rows.append((row.namespace, row.service, "node port", port_text(row.port, row.protocol), str(row.node_port)))
    names = list(zip(objects(services["namespace"]), objects(services["name"]), strict=True))
    for (namespace, name), number in zip(names, objects(services["health_check_node_port"]), strict=True):
        if number:
            rows.append((namespace, name, "health check node port", "", str(number)))
    for column, what in _ADDRESSES.items():
        for (namespace, name), values in zip(names, objects(services[column]), strict=True):
            if values:
                rows.append((namespace, name, what, "", ", ".join(sorted(values))))
    for column, what in _POLICIES.items():
        for (namespace, name), value in zip(names, objects(services[column]), strict=True):
            text = ", ".join(sorted(value)) or "everybody" if isinstance(value, list) else value
            if text is not None:
                rows.append((namespace, name, what, "", text))
    frame = pd.DataFrame(rows, columns=[*_KEY, "value"], dtype=object)
    return frame.drop_duplicates(_KEY)


def _message(change: str, row: Any, old: str | None, new: str | None) -> str:
    of = f"{row.namespace}/{row.service}" + (f" port {row.port}" if row.port else "")
    if change == "exposed":
        return f"{of} is open by {row.what} {new}."
    if change == "closed":
        return f"{of} is no longer open by {row.what} {old}."
    return f"The {row.what} of {of} was {old}, and is {new}."
