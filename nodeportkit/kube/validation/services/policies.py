"""What the API server checks of traffic policies and the port of health checks.

pkg/apis/core/validation/validation.go, `validateServiceExternalTrafficPolicy` and its neighbours; pkg/api/service/util.go.
"""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.parts import Object, mapping, number, strings, text
from nodeportkit.kube.validation.field import FieldError, invalid, not_supported, required
from nodeportkit.kube.validation.names import port_number

__all__ = [
    "check_distribution",
    "check_external_policy",
    "check_health_check",
    "check_internal_policy",
    "is_externally_accessible",
    "needs_health_check",
]

_POLICIES: Final = ("Cluster", "Local")
# PreferSameZone and PreferSameNode since 1.34.
_DISTRIBUTIONS: Final = ("PreferClose", "PreferSameNode", "PreferSameZone")


def is_externally_accessible(service: Object) -> bool:
    """Whether the service can be reached from outside of the cluster."""
    spec = mapping(service, "spec")
    kind = text(spec, "type")
    return kind in ("NodePort", "LoadBalancer") or (kind == "ClusterIP" and bool(strings(spec, "externalIPs")))


def needs_health_check(service: Object) -> bool:
    """Whether every node answers on a port of its own that tells load balancers if it has endpoints."""
    spec = mapping(service, "spec")
    return text(spec, "type") == "LoadBalancer" and text(spec, "externalTrafficPolicy") == "Local"


def check_external_policy(service: Object) -> list[FieldError]:
    """What is wrong with externalTrafficPolicy."""
    field, policy = "spec.externalTrafficPolicy", text(mapping(service, "spec"), "externalTrafficPolicy")
    if not is_externally_accessible(service):
        return [invalid(field, policy, "may only be set for externally-accessible services")] if policy else []
    if not policy:
        return [required(field)]
    return [] if policy in _POLICIES else [not_supported(field, policy, _POLICIES)]


def check_health_check(service: Object) -> list[FieldError]:
    """What is wrong with healthCheckNodePort."""
    field, port = "spec.healthCheckNodePort", number(mapping(service, "spec"), "healthCheckNodePort")
    if not needs_health_check(service):
        detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        return [invalid(field, port, detail)] if port else []
    if not port:
        return [required(field)]
    return [invalid(field, port, message) for message in port_number(port)]


def check_internal_policy(service: Object) -> list[FieldError]:
    """What is wrong with internalTrafficPolicy."""
    field, spec = "spec.internalTrafficPolicy", mapping(service, "spec")
    policy = spec.get("internalTrafficPolicy")
    if policy is None:
        return [required(field)] if text(spec, "type") in ("ClusterIP", "NodePort", "LoadBalancer") else []
    return [] if policy in _POLICIES else [not_supported(field, policy, _POLICIES)]


def check_distribution(service: Object) -> list[FieldError]:
    """What is wrong with trafficDistribution."""
    value = mapping(service, "spec").get("trafficDistribution")
    if value is None or value in _DISTRIBUTIONS:
        return []
    return [not_supported("spec.trafficDistribution", value, _DISTRIBUTIONS)]
