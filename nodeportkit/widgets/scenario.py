"""One service of a cluster, and what if: other pods on other nodes, some failing, another policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, Final

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError
from nodeportkit.figures.known import pods_known
from nodeportkit.kube.proxy_config import ProxyConfig

__all__ = ["Scenario", "evenly", "example"]

# Addresses of pods that there are not: reserved for tests of devices (RFC 2544) and for documentation (RFC 3849).
_INVENTED: Final = {4: "198.18.{}.{}", 6: "2001:db8:a::{:x}:{:x}"}


def example() -> Cluster:
    """Three nodes with three, one and two pods of a service."""
    nodes = ["node-1", "node-2", "node-3"]
    homes = ["node-1", "node-1", "node-1", "node-2", "node-3", "node-3"]
    return Cluster(
        nodes={"name": nodes, "ready": [True] * 3, "internal_ips": [[f"192.168.1.{i}"] for i in (2, 3, 4)]},
        services={
            "namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "cluster_ips": [["10.96.7.20"]],
            "external_traffic_policy": ["Cluster"], "session_affinity": ["None"],
        },
        ports={
            "namespace": ["shop"], "service": ["web"], "port_name": [""], "protocol": ["TCP"], "port": [80],
            "target_port": ["8080"], "node_port": [30008],
        },
        endpoints={
            "namespace": ["shop"] * 6, "service": ["web"] * 6, "port_name": [""] * 6, "protocol": ["TCP"] * 6,
            "address": [f"10.244.{homes[i][-1]}.{i + 4}" for i in range(6)], "port": [8080] * 6,
            "pod": [f"web-{i}" for i in range(6)], "node": homes, "ready": [True] * 6, "serving": [True] * 6,
            "terminating": [False] * 6,
        },
        proxy=ProxyConfig(cluster_cidrs=("10.244.0.0/16",)),
    )  # fmt: skip


def evenly(pods: int, nodes: int) -> list[int]:
    """As many pods on each node as on the others, the first ones with one more where it does not come out.

    Examples
    --------
    >>> evenly(5, 3)
    [2, 2, 1]
    """
    return [pods // nodes + (i < pods % nodes) for i in range(nodes)]


class Scenario:
    """One port of a service, with its nodes and endpoints.

    Parameters
    ----------
    cluster
        The cluster.
    service
        `"name"` or `"namespace/name"`; its first port with a node port counts, or else its first.

    Raises
    ------
    NotFound
        If there is no such service.
    NodePortKitError
        If no nodes, no ports of the service, or not its pods were shown.
    """

    def __init__(self, cluster: Cluster, service: str) -> None:
        namespace, name = cluster.key(service)
        ports = _rows(cluster.ports, namespace, "service", name)
        if cluster.nodes["name"].dropna().empty:
            raise NodePortKitError("no nodes were shown", hint="Add what `kubectl get nodes -o wide` prints.")
        if ports.empty:
            raise NodePortKitError(
                f"the ports of {service!r} were not shown", hint="Add what `kubectl get services` prints."
            )
        if not pods_known(cluster, service):
            raise NodePortKitError(
                f"which pods are behind {service!r} was not shown",
                hint="Add what `kubectl get services -o wide` and `kubectl get pods -o wide --show-labels` print.",
            )
        port = ports.loc[[ports["node_port"].notna().idxmax()]]
        ends = _rows(cluster.endpoints, namespace, "service", name)
        for column in ("port_name", "protocol"):
            same = ends[column].isna() | ends[column].eq(port[column].iloc[0]) | pd.isna(port[column].iloc[0])
            ends = ends[same.fillna(False).to_numpy(dtype=bool)]
        self.service = f"{namespace}/{name}"
        self.row = _rows(cluster.services, namespace, "name", name)
        self.nodes = [str(node) for node in cluster.nodes["name"].dropna()]
        ends = ends.astype(object).where(ends.notna(), None).drop_duplicates("address")
        self._columns = list(ends.columns)
        # Those that are not ready come last: they are the first to fail.
        rows: list[Any] = sorted(ends.to_dict("records"), key=lambda row: row["ready"] is False)
        self._by_node: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            self._by_node.setdefault(row["node"], []).append(row)
        self.failing = sum(row["ready"] is False for row in rows)
        self.given = [len(self._on(node)) for node in self.nodes]
        self._port = port
        # The endpoints are stated, be there none.
        self._stated = self.row[["namespace", "name"]].rename(columns={"name": "service"})
        self._nodes, self._proxy = cluster.nodes, cluster.proxy

    def cluster(self, placed: Mapping[str, int], failing: int, policy: str, affinity: str) -> Cluster:
        """The cluster with so many pods on each node, so many of all failing, and these policies of the service."""
        local = {"external_traffic_policy": policy, "session_affinity": affinity}
        return Cluster(
            nodes=self._nodes,
            services=self.row.assign(**local),
            ports=self._port,
            endpoints=self._endpoints(placed, failing),
            stated=self._stated,
            proxy=self._proxy,
        )

    def _endpoints(self, placed: Mapping[str, int], failing: int) -> pd.DataFrame:
        rows = [row for node, number in placed.items() for row in self._on(node)[:number]]
        missing = [node for node, number in placed.items() for _ in range(number - len(self._on(node)))]
        place = {node: i for i, node in enumerate(placed)}
        rows += self._invented(missing)
        rows.sort(key=lambda row: (row["ready"] is False, place[row["node"]]))
        fails = [i >= len(rows) - failing for i in range(len(rows))]
        # What fails as it is stays so, and what was not shown: those that are leaving may serve on (KEP-1669).
        found = [
            row if row["ready"] == (None if not fail else False) else row | {"ready": not fail, "serving": not fail}
            for row, fail in zip(rows, fails, strict=True)
        ]
        return pd.DataFrame({column: [row[column] for row in found] for column in self._columns})

    def _on(self, node: str) -> list[dict[str, Any]]:
        return self._by_node.get(node, [])

    def _invented(self, nodes: list[str]) -> Iterator[dict[str, Any]]:
        """Endpoints of pods that there are not."""
        namespace, _, name = self.service.partition("/")
        known = {row["pod"] for rows in self._by_node.values() for row in rows}
        like = next((row for rows in self._by_node.values() for row in rows), {})
        text = _INVENTED[6 if ":" in (like.get("address") or "") else 4]
        free = (number for number in count() if f"{name}-{number}" not in known)
        for node, number in zip(nodes, free, strict=False):
            yield dict.fromkeys(self._columns) | {
                "namespace": namespace,
                "service": name,
                "port_name": self._port["port_name"].iloc[0],
                "protocol": self._port["protocol"].iloc[0],
                "address": text.format(*divmod(number, 250)),
                "port": like.get("port", 8080),
                "pod": f"{name}-{number}",
                "node": node,
                "ready": True,
                "serving": True,
                "terminating": False,
            }


def _rows(frame: pd.DataFrame, namespace: str, column: str, name: str) -> pd.DataFrame:
    mine = frame["namespace"].eq(namespace) & frame[column].eq(name)
    return frame[mine.fillna(False).to_numpy(dtype=bool)].reset_index(drop=True)
