"""What is asked of an API server: the kinds that the frames tell of, and never Secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["KINDS", "PROXY", "Kind"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object that is asked for.

    Attributes
    ----------
    kind, api_version, plural
        Its names.
    namespaced
        Whether its objects stand in namespaces.
    needed
        Whether nothing can be said without it; of others, a refusal is told and the rest goes on.
    """

    kind: str
    plural: str
    api_version: str = "v1"
    namespaced: bool = True
    needed: bool = False

    def path(self, namespace: str | None) -> str:
        """Where the objects of a namespace are listed; of all namespaces without one."""
        root = f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"
        within = f"/namespaces/{namespace}" if namespace and self.namespaced else ""
        return f"{root}{within}/{self.plural}"


KINDS: Final = (
    Kind("Service", "services", needed=True),
    Kind("Pod", "pods"),
    Kind("EndpointSlice", "endpointslices", "discovery.k8s.io/v1"),
    Kind("Node", "nodes", namespaced=False),
    Kind("Deployment", "deployments", "apps/v1"),
    Kind("ReplicaSet", "replicasets", "apps/v1"),
    Kind("DaemonSet", "daemonsets", "apps/v1"),
    Kind("StatefulSet", "statefulsets", "apps/v1"),
    Kind("NetworkPolicy", "networkpolicies", "networking.k8s.io/v1"),
    Kind("Ingress", "ingresses", "networking.k8s.io/v1"),
    Kind("Namespace", "namespaces", namespaced=False),
    Kind("Event", "events"),
)
PROXY: Final = "/api/v1/namespaces/kube-system/configmaps/kube-proxy"  # how kube-proxy is set up, where kubeadm did it
