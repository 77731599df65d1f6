"""What the API server checks of a service's type, and of fields that only some types have.

pkg/apis/core/validation/validation.go, `ValidateService` and `validateLoadBalancerClassField`.
"""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.parts import Object, mapping, strings, text
from nodeportkit.kube.validation.addresses import check_address, check_not_special, check_range
from nodeportkit.kube.validation.field import FieldError, forbidden, invalid, not_supported, required
from nodeportkit.kube.validation.names import dns1123_subdomain, qualified_name
from nodeportkit.kube.validation.services.cluster_ips import is_headless

__all__ = [
    "TYPES",
    "check_allocation_wish",
    "check_external_ips",
    "check_load_balancer_class",
    "check_source_ranges",
    "check_topology",
    "check_type",
    "check_type_fields",
]

TYPES: Final = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_ONLY_LOAD_BALANCER: Final = "may only be used when `type` is 'LoadBalancer'"
_RANGES_ANNOTATION: Final = "service.beta.kubernetes.io/load-balancer-source-ranges"
_TOPOLOGY: Final = ("service.kubernetes.io/topology-mode", "service.kubernetes.io/topology-aware-hints")


def check_topology(service: Object) -> list[FieldError]:
    """Two annotations that say the same must not differ."""
    annotations = mapping(service, "metadata", "annotations")
    mode, hints = (annotations.get(name) for name in _TOPOLOGY)
    if mode is None or hints is None or mode == hints:
        return []
    detail = f"must match annotations[{_TOPOLOGY[1]}] when both are specified"
    return [invalid(f"metadata.annotations[{_TOPOLOGY[0]}]", mode, detail)]


def check_type_fields(service: Object) -> list[FieldError]:
    """What a service of its type must not have, or must."""
    spec = mapping(service, "spec")
    kind = text(spec, "type")
    if kind in ("LoadBalancer", "NodePort") and is_headless(service):
        return [invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {kind} services")]
    if kind != "ExternalName":
        return []
    wrong = [
        forbidden(f"spec.{key}", "may not be set for ExternalName services")
        for key in ("clusterIPs", "ipFamilies", "ipFamilyPolicy")
        if spec.get(key)
    ]
    target = text(spec, "externalName").removesuffix(".")
    if not target:
        return [*wrong, required("spec.externalName")]
    return wrong + [invalid("spec.externalName", target, message) for message in dns1123_subdomain(target)]


def check_type(service: Object) -> list[FieldError]:
    """Whether the type is one of the four."""
    kind = text(mapping(service, "spec"), "type")
    if not kind:
        return [required("spec.type")]
    return [] if kind in TYPES else [not_supported("spec.type", kind, TYPES)]


def check_external_ips(service: Object, old: Object) -> list[FieldError]:
    """What is wrong with externalIPs; those of the service that it replaces may be written as they are."""
    wrong: list[FieldError] = []
    known = strings(mapping(old, "spec"), "externalIPs")
    for position, ip in enumerate(strings(mapping(service, "spec"), "externalIPs")):
        field = f"spec.externalIPs[{position}]"
        wrong += ([] if ip in known else check_address(field, ip)) or check_not_special(field, ip)
    return wrong


def check_source_ranges(service: Object, old: Object) -> list[FieldError]:
    """What is wrong with loadBalancerSourceRanges, or the annotation that came before it.

    Ranges of the service that it replaces pass as they are, and so does an annotation that stays as it was.
    """
    spec = mapping(service, "spec")
    ranges = strings(spec, "loadBalancerSourceRanges")
    annotation = mapping(service, "metadata", "annotations").get(_RANGES_ANNOTATION)
    field = "spec.LoadBalancerSourceRanges"  # the server's own spelling
    if ranges:
        known = {one.strip() for one in strings(mapping(old, "spec"), "loadBalancerSourceRanges")}
        checks = [
            (f"{field}[{position}]", one.strip()) for position, one in enumerate(ranges) if one.strip() not in known
        ]
    elif annotation is not None:
        field = f"metadata.annotations[{_RANGES_ANNOTATION}]"
        stays = annotation == mapping(old, "metadata", "annotations").get(_RANGES_ANNOTATION)
        checks = [] if stays or not annotation.strip() else [(field, one.strip()) for one in annotation.split(",")]
    else:
        return []
    wrong = [] if text(spec, "type") == "LoadBalancer" else [forbidden(field, _ONLY_LOAD_BALANCER)]
    return wrong + [error for where, one in checks for error in check_range(where, one)]


def check_allocation_wish(service: Object) -> list[FieldError]:
    """Whether allocateLoadBalancerNodePorts stands where it means something."""
    spec = mapping(service, "spec")
    given, balanced = spec.get("allocateLoadBalancerNodePorts") is not None, text(spec, "type") == "LoadBalancer"
    if given and not balanced:
        return [forbidden("spec.allocateLoadBalancerNodePorts", _ONLY_LOAD_BALANCER)]
    return [required("allocateLoadBalancerNodePorts")] if balanced and not given else []


def check_load_balancer_class(service: Object) -> list[FieldError]:
    """What is wrong with loadBalancerClass."""
    spec = mapping(service, "spec")
    name = spec.get("loadBalancerClass")
    if name is None:
        return []
    if text(spec, "type") != "LoadBalancer":
        return [forbidden("spec.loadBalancerClass", _ONLY_LOAD_BALANCER)]
    return [invalid("spec.loadBalancerClass", name, message) for message in qualified_name(name)]
