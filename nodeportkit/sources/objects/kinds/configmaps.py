"""ConfigMaps that hold the configuration of a cluster's own components, and no others: they may hold secrets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from nodeportkit.sources.objects.embedded import settings_in
from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Metadata, Typed
from nodeportkit.sources.settings import Settings

__all__ = ["KINDS", "TYPE", "columns", "reads", "settings"]

KINDS: Final = {"ConfigMap": ("",)}
# kubeadm, kind and minikube have `kube-proxy` and `kubeadm-config`, Amazon EKS `kube-proxy-config`.
_NAMES: Final = frozenset({"kube-proxy", "kube-proxy-config", "kubeadm-config"})
_NO_METADATA: Final = Metadata()


class Data(Typed):
    """The keys that hold configuration; what stands beside them (`kubeconfig.conf`) is never read."""

    config_conf: str | None = msgspec.field(default=None, name="config.conf")
    config: str | None = None
    cluster_configuration: str | None = msgspec.field(default=None, name="ClusterConfiguration")


class ConfigMap(KubernetesObject):
    """A ConfigMap."""

    data: Data | None = None


TYPE: Final = ConfigMap


def reads(name: str | None) -> bool:
    """Whether a ConfigMap of that name is read."""
    return name in _NAMES


def columns(maps: Sequence[ConfigMap], namespace: str) -> list[Part]:  # noqa: ARG001 (they are in no frame)
    """No rows."""
    return []


def settings(maps: Sequence[ConfigMap]) -> Settings:
    """What the configuration in them says."""
    told: dict[str, Any] = {}
    for found in maps:
        data = found.data
        if data is not None and (found.metadata or _NO_METADATA).namespace == "kube-system":
            for text in (data.config_conf, data.config, data.cluster_configuration):
                told |= settings_in(text)
    return told
