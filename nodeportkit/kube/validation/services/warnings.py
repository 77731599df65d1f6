"""What the API server accepts of a service with a warning.

pkg/api/service/warnings.go, `GetWarningsForService`.
"""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.parts import Object, mapping, strings, text
from nodeportkit.kube.validation.addresses import address_warnings, range_warnings

__all__ = ["service_warnings"]

_HINTS: Final = "service.kubernetes.io/topology-aware-hints"


def service_warnings(service: Object) -> list[str]:
    """The warnings that come with the answer, in its order.

    Examples
    --------
    >>> service_warnings({"spec": {"type": "ClusterIP", "externalName": "db.example.com"}})
    ['spec.externalName is ignored when spec.type is not "ExternalName"']
    """
    spec = mapping(service, "spec")
    kind, external = text(spec, "type"), strings(spec, "externalIPs")
    told = []
    if _HINTS in mapping(service, "metadata", "annotations"):
        told.append(f"annotation {_HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead")
    headless = kind == "ClusterIP" and text(spec, "clusterIP") == "None"
    if headless:
        if text(spec, "loadBalancerIP"):
            told.append("spec.loadBalancerIP is ignored for headless services")
        if external:
            told.append("spec.externalIPs is ignored for headless services")
        if text(spec, "sessionAffinity") != "None":
            told.append("spec.SessionAffinity is ignored for headless services")
    for key in ("clusterIPs", "externalIPs"):
        for position, ip in enumerate(strings(spec, key)):
            told += address_warnings(f"spec.{key}[{position}]", ip)
    told += address_warnings("spec.loadBalancerIP", text(spec, "loadBalancerIP"))
    for position, cidr in enumerate(strings(spec, "loadBalancerSourceRanges")):
        told += range_warnings(f"spec.loadBalancerSourceRanges[{position}]", cidr)
    if kind == "ExternalName" and external:
        told.append('spec.externalIPs is ignored when spec.type is "ExternalName"')
    if kind != "ExternalName" and text(spec, "externalName"):
        told.append('spec.externalName is ignored when spec.type is not "ExternalName"')
    if spec.get("trafficDistribution") == "PreferClose":
        told.append('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
    return told
