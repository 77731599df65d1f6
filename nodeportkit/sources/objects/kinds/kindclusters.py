"""What `kind create cluster --config` reads: Cluster of kind.x-k8s.io (kind.sigs.k8s.io/docs/user/configuration)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.objects.embedded import settings_in
from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Typed
from nodeportkit.sources.settings import Settings, listed_ranges

__all__ = ["KINDS", "TYPE", "columns", "reads", "settings"]

KINDS: Final = {"Cluster": ("kind.x-k8s.io", "kind.sigs.k8s.io")}
_MODES: Final = ("iptables", "ipvs", "nftables")


class PortMapping(Typed):
    """A port of the machine that leads to a port of the node."""

    container_port: int | None = None
    host_port: int | None = None
    listen_address: str | None = None
    protocol: str | None = None


class KindNode(Typed):
    """A node."""

    extra_port_mappings: list[PortMapping] | None = None
    kubeadm_config_patches: list[str] | None = None


class Networking(Typed):
    """The network of the cluster."""

    kube_proxy_mode: str | None = None
    pod_subnet: str | None = None
    service_subnet: str | None = None


class KindCluster(KubernetesObject):
    """A cluster of containers."""

    nodes: list[KindNode] | None = None
    networking: Networking | None = None
    kubeadm_config_patches: list[str] | None = None


TYPE: Final = KindCluster


def reads(name: str | None) -> bool:  # noqa: ARG001
    """Its name stands elsewhere."""
    return True


def columns(files: Sequence[KindCluster], namespace: str) -> list[Part]:  # noqa: ARG001 (it is in no frame)
    """No rows."""
    return []


def settings(files: Sequence[KindCluster]) -> Settings:
    """What the last one says."""
    file = files[-1]
    networking, nodes = file.networking or Networking(), file.nodes or []
    patches = [*(file.kubeadm_config_patches or ()), *(p for node in nodes for p in node.kubeadm_config_patches or ())]
    told: dict[str, Any] = {
        "mode": networking.kube_proxy_mode if networking.kube_proxy_mode in _MODES else None,
        "cluster_cidrs": listed_ranges(networking.pod_subnet),
        "service_cidrs": listed_ranges(networking.service_subnet),
    }
    told = {name: value for name, value in told.items() if value}
    for patch in patches:
        told |= settings_in(patch) if "ClusterConfiguration" in patch else {}
    mappings = tuple(_mapping(mapping) for node in nodes for mapping in node.extra_port_mappings or ())
    return told | {"port_mappings": mappings}


def _mapping(mapping: PortMapping) -> str:
    """The mapping as docker shows it; by default kind listens on every address, on a port that docker chooses."""
    address, port = mapping.listen_address or "0.0.0.0", mapping.host_port or "?"
    return f"{address}:{port}->{mapping.container_port}/{(mapping.protocol or 'TCP').lower()}"
