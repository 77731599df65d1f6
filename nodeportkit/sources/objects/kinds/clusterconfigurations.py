"""What kubeadm sets a cluster up with: ClusterConfiguration of kubeadm.k8s.io."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Typed
from nodeportkit.sources.settings import Settings, listed_ranges

__all__ = ["KINDS", "TYPE", "columns", "reads", "settings"]

KINDS: Final = {"ClusterConfiguration": ("kubeadm.k8s.io", "")}  # patches for kind leave the version out


class Argument(Typed):
    """A flag of a component, as v1beta4 writes it."""

    name: str | None = None
    value: str | None = None


class Component(Typed):
    """How a component is started: a mapping of flags until v1beta3, a list of them since."""

    extra_args: dict[str, str] | list[Argument] | None = None


class Networking(Typed):
    """The ranges of addresses."""

    pod_subnet: str | None = None
    service_subnet: str | None = None


class ClusterConfiguration(KubernetesObject):
    """The part of a configuration that holds for the whole cluster."""

    networking: Networking | None = None
    api_server: Component | None = None


TYPE: Final = ClusterConfiguration


def reads(name: str | None) -> bool:  # noqa: ARG001
    """It has no name."""
    return True


def columns(files: Sequence[ClusterConfiguration], namespace: str) -> list[Part]:  # noqa: ARG001 (it is in no frame)
    """No rows."""
    return []


def settings(files: Sequence[ClusterConfiguration]) -> Settings:
    """What the last one says. kubeadm gives kube-proxy the pods' range as its clusterCIDR."""
    networking = files[-1].networking or Networking()
    flags = _flags(files[-1].api_server or Component())
    told: dict[str, Any] = {
        "cluster_cidrs": listed_ranges(networking.pod_subnet),
        "service_cidrs": listed_ranges(networking.service_subnet or flags.get("service-cluster-ip-range")),
        "node_port_range": flags.get("service-node-port-range"),
    }
    return {name: value for name, value in told.items() if value}


def _flags(component: Component) -> dict[str, str | None]:
    found = component.extra_args or {}
    return dict(found) if isinstance(found, dict) else {flag.name or "": flag.value for flag in found}
