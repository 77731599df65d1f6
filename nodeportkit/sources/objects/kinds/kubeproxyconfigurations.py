"""What kube-proxy is configured with: KubeProxyConfiguration of kubeproxy.config.k8s.io/v1alpha1.

Fields and defaults: kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1, and platformApplyDefaults of
cmd/kube-proxy/app/server_linux.go: on Linux an empty mode is iptables, an empty detectLocalMode ClusterCIDR.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Typed
from nodeportkit.sources.settings import Settings, listed_ranges

__all__ = ["KINDS", "TYPE", "columns", "reads", "settings"]

KINDS: Final = {"KubeProxyConfiguration": ("kubeproxy.config.k8s.io",)}
_MODES: Final = ("iptables", "ipvs", "nftables")


class Rules(Typed):
    """The settings of one mode."""

    masquerade_all: bool | None = None
    localhost_node_ports: bool | None = None


class KubeProxyConfiguration(KubernetesObject):
    """The file that kube-proxy reads with `--config`."""

    mode: str | None = None
    cluster_cidr: str | None = None
    node_port_addresses: list[str] | None = None
    detect_local_mode: str | None = None
    iptables: Rules | None = None
    nftables: Rules | None = None


TYPE: Final = KubeProxyConfiguration
_NO_RULES: Final = Rules()


def reads(name: str | None) -> bool:  # noqa: ARG001
    """It has no name."""
    return True


def columns(files: Sequence[KubeProxyConfiguration], namespace: str) -> list[Part]:  # noqa: ARG001 (it is in no frame)
    """No rows."""
    return []


def settings(files: Sequence[KubeProxyConfiguration]) -> Settings:
    """What the last one says; what it leaves out is as it is by default."""
    file = files[-1]
    mode = file.mode or "iptables"
    told: dict[str, Any] = {
        "cluster_cidrs": listed_ranges(file.cluster_cidr),
        "nodeport_addresses": tuple(file.node_port_addresses or ()),
        "detect_local": file.detect_local_mode or "ClusterCIDR",
    }
    if mode not in _MODES:  # of Windows, or from before 1.26
        return told
    rules = (file.nftables if mode == "nftables" else file.iptables) or _NO_RULES
    told |= {"mode": mode, "masquerade_all": rules.masquerade_all is True}
    if mode == "iptables":
        told["localhost_nodeports"] = rules.localhost_node_ports is not False
    return told
