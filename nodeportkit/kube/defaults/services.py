"""The defaults of a Service.

pkg/apis/core/v1/defaults.go, `SetDefaults_Service`. What is allocated comes later: see `nodeportkit.kube.allocation`.
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.kube.parts import mapping, mappings
from nodeportkit.kube.validation.services.policies import is_externally_accessible

__all__ = ["fill_service"]

_STICKY_SECONDS: Final = 10800
_WITH_CLUSTER_IP: Final = ("ClusterIP", "NodePort", "LoadBalancer")


def fill_service(service: dict[str, Any]) -> None:
    """Fill in the defaults of a Service."""
    if not isinstance(service.get("spec"), dict):
        service["spec"] = {}
    spec: dict[str, Any] = service["spec"]
    _affinity(spec)
    kind = spec["type"] = spec.get("type") or "ClusterIP"
    for port in mappings(spec, "ports"):
        port["protocol"] = port.get("protocol") or "TCP"
        port["targetPort"] = port.get("targetPort") or port.get("port") or 0
    if is_externally_accessible(service):
        spec["externalTrafficPolicy"] = spec.get("externalTrafficPolicy") or "Cluster"
    if spec.get("internalTrafficPolicy") is None and kind in _WITH_CLUSTER_IP:
        spec["internalTrafficPolicy"] = "Cluster"
    if kind == "LoadBalancer":
        if spec.get("allocateLoadBalancerNodePorts") is None:
            spec["allocateLoadBalancerNodePorts"] = True
        for ingress in mappings(mapping(service, "status", "loadBalancer"), "ingress"):
            if ingress.get("ip") and ingress.get("ipMode") is None:
                ingress["ipMode"] = "VIP"


def _affinity(spec: dict[str, Any]) -> None:
    kind = spec["sessionAffinity"] = spec.get("sessionAffinity") or "None"
    if kind == "None":
        spec.pop("sessionAffinityConfig", None)
    elif kind == "ClientIP" and mapping(spec, "sessionAffinityConfig", "clientIP").get("timeoutSeconds") is None:
        spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": _STICKY_SECONDS}}
