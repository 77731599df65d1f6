"""What is known of the service that is to be written anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError

__all__ = ["Given", "Port"]

_HTTP_PROTOCOLS: Final = (
    "http",
    "https",
    "grpc",
    "grpc-web",
    "kubernetes.io/h2c",
    "kubernetes.io/ws",
    "kubernetes.io/wss",
)
_HTTP_NAMES: Final = ("http", "http2", "grpc")
_HTTP_NUMBERS: Final = (80, 8080)  # http and http-alt of IANA's registry
_TLS_PROTOCOLS: Final = ("https", "kubernetes.io/wss", "tls")
# What a first guess at a service's settings rests on when no print showed them.
_ASKED: Final = ("external_traffic_policy", "session_affinity", "ip_families")
_DEFAULT_TIMEOUT: Final = 10_800


@dataclass(frozen=True, slots=True)
class Port:
    """A port of the service; what is missing in the frames is None here."""

    name: str
    protocol: str
    port: int
    target_port: str | None
    node_port: int | None
    app_protocol: str | None

    @property
    def is_http(self) -> bool:
        """Whether it speaks HTTP, as far as appProtocol, the port's name or else its number tell."""
        if self.protocol != "TCP":
            return False
        if self.app_protocol:
            return self.app_protocol.lower() in _HTTP_PROTOCOLS
        if self.name:
            return self.name.split("-")[0] in _HTTP_NAMES
        return self.port in _HTTP_NUMBERS

    @property
    def is_tls(self) -> bool:
        """Whether the pods themselves end TLS."""
        said = self.app_protocol or self.name.split("-")[0]
        return said.lower() in _TLS_PROTOCOLS or self.port == 443

    def __str__(self) -> str:
        return f"{self.port}/{self.protocol}"


@dataclass(frozen=True, slots=True)
class Given:
    """A service, as far as the frames tell of it.

    Attributes
    ----------
    row
        Its row of the services frame, with None for what is missing.
    nodes
        How many nodes there are; 0 where none were shown.
    unknown
        The settings that no print showed.
    """

    namespace: str
    name: str
    row: dict[str, Any]
    ports: tuple[Port, ...]
    nodes: int = 0
    unknown: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, cluster: Cluster, service: str) -> Given:
        """What `cluster` tells of `service`; raises what keeps it from being written anew."""
        namespace, name = cluster.key(service)
        services = cluster.services
        found = services[(services["namespace"] == namespace) & (services["name"] == name)]
        row = {str(column): _plain(cell) for column, cell in found.iloc[0].items()}
        ports = cluster.ports[(cluster.ports["namespace"] == namespace) & (cluster.ports["service"] == name)]
        given = cls(
            namespace,
            name,
            row,
            tuple(_port(cells) for cells in ports.to_dict("records") if not pd.isna(cells["port"])),
            len(cluster.nodes),
            tuple(column for column in _ASKED if row[column] is None),
        )
        given._refuse()
        return given

    def _refuse(self) -> None:
        here = f"{self.namespace}/{self.name}"
        show = f"Add what `kubectl get service {self.name} -n {self.namespace} -o yaml` prints."
        if self.row["type"] not in ("NodePort", "LoadBalancer"):
            kind = self.row["type"] or "not known"
            raise NodePortKitError(
                f"{here} is no NodePort service: its type is {kind}",
                hint=show if self.row["type"] is None else "Only what clients reach on a node port can move elsewhere.",
            )
        if not self.ports:
            raise NodePortKitError(f"the ports of {here} were not shown", hint=show)
        if self.row["selector"] is None:
            raise NodePortKitError(f"the selector of {here} was not shown", hint=show)

    @property
    def addresses(self) -> str:
        """Words for the addresses that clients dial today."""
        numbers = ", ".join(str(port.node_port) for port in self.ports if port.node_port)
        nodes = f"any of {self.nodes:,} nodes" if self.nodes > 1 else "the node" if self.nodes else "a node"
        return f"{nodes}, port {numbers}" if numbers else "its load balancer"

    def service(self, kind: str) -> dict[str, Any]:
        """The service as an object of type `kind`, with what does not depend on its type."""
        row = self.row
        metadata: dict[str, Any] = {"name": self.name, "namespace": self.namespace}
        if row["labels"]:
            metadata["labels"] = dict(row["labels"])
        spec: dict[str, Any] = {"type": kind}
        if row["selector"]:
            spec["selector"] = dict(row["selector"])
        spec["ports"] = [_port_object(port) for port in self.ports]
        if row["session_affinity"] == "ClientIP":
            spec["sessionAffinity"] = "ClientIP"
            if row["affinity_timeout"] not in (None, _DEFAULT_TIMEOUT):
                spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": row["affinity_timeout"]}}
        if row["internal_traffic_policy"] == "Local":
            spec["internalTrafficPolicy"] = "Local"
        if row["traffic_distribution"]:
            spec["trafficDistribution"] = row["traffic_distribution"]
        if row["publish_not_ready"]:
            spec["publishNotReadyAddresses"] = True
        if row["ip_family_policy"] not in (None, "SingleStack") or row["ip_families"] == ["IPv6"]:
            spec |= {"ipFamilyPolicy": row["ip_family_policy"]} if row["ip_family_policy"] else {}
            spec |= {"ipFamilies": list(row["ip_families"])} if row["ip_families"] else {}
        if row["external_ips"]:
            spec["externalIPs"] = list(row["external_ips"])
        return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def _plain(cell: Any) -> Any:
    """A cell as Python knows it; None for a missing one."""
    if isinstance(cell, list | dict):
        return cell
    return None if pd.isna(cell) else cell.item() if hasattr(cell, "item") else cell


def _port(cells: dict[Any, Any]) -> Port:
    told = {str(column): _plain(cell) for column, cell in cells.items()}
    return Port(
        told["port_name"] or "",
        told["protocol"] or "TCP",
        int(told["port"]),
        told["target_port"],
        None if told["node_port"] is None else int(told["node_port"]),
        told["app_protocol"],
    )


def _port_object(port: Port) -> dict[str, Any]:
    target = port.target_port
    made: dict[str, Any] = {"name": port.name} if port.name else {}
    if port.protocol != "TCP":
        made["protocol"] = port.protocol
    made["port"] = port.port
    if target is not None:
        made["targetPort"] = int(target) if target.isdecimal() else target
    if port.app_protocol:
        made["appProtocol"] = port.app_protocol
    return made
