"""What the API server makes of a Service that is created or changed: defaults, allocation, then the rules.

pkg/registry/core/service/storage/storage.go (`beginCreate`, `beginUpdate`, `patchAllocatedValues`, `normalizeClusterIPs`,
`defaultOnRead`) and pkg/registry/core/service/strategy.go (`dropTypeDependentFields`).
"""

from __future__ import annotations

import copy
from typing import Any, Final

from nodeportkit.kube.allocation.services import Allocators, Operation
from nodeportkit.kube.defaults import with_defaults
from nodeportkit.kube.parts import Object, mapping, mappings, number, strings, text
from nodeportkit.kube.validation.addresses import family
from nodeportkit.kube.validation.field import FieldError
from nodeportkit.kube.validation.services import check_service, check_service_update
from nodeportkit.kube.validation.services.policies import is_externally_accessible, needs_health_check

__all__ = ["Allocators", "admit_create", "admit_update", "release"]

_WITH_NODE_PORTS: Final = ("NodePort", "LoadBalancer")


def admit_create(service: Object, allocators: Allocators) -> tuple[dict[str, Any], list[FieldError]]:
    """A new service as the server stores it, and what is wrong with it.

    What cannot be allocated is told alone: the rules are not looked at then. Where anything is wrong, nothing is taken.

    Examples
    --------
    >>> wanted = {"kind": "Service", "metadata": {"name": "web"}, "spec": {"type": "NodePort", "ports": [{"port": 80}]}}
    >>> wanted["spec"]["ports"][0]["nodePort"] = 80
    >>> print(admit_create(wanted, Allocators())[1][0])
    spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is ...
    """
    made = with_defaults(service)
    spec = made["spec"]
    if text(spec, "clusterIP") and not strings(spec, "clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]]
    operation = Operation(allocators)
    wrong = operation.create(made) or check_service(made)
    if wrong:
        operation.revert()
    return made, wrong


def admit_update(service: Object, old: Object, allocators: Allocators) -> tuple[dict[str, Any], list[FieldError]]:
    """A service that replaces another as the server stores it, and what is wrong with it.

    What was allocated for the old one and is left out is kept.
    """
    made, before = with_defaults(service), _as_read(old)
    _keep_allocated(made["spec"], before)
    _normalize(made["spec"], mapping(before, "spec"))
    operation = Operation(allocators)
    wrong = operation.update(made, before)
    if not wrong:
        _drop(made["spec"], before)
        wrong = check_service_update(made, before)
    if wrong:
        operation.revert()
    else:
        operation.commit()
    return made, wrong


def release(service: Object, allocators: Allocators) -> None:
    """Give back what a service has that is deleted."""
    Operation(allocators).release_all(service)


def _as_read(old: Object) -> dict[str, Any]:
    """A stored service as the server reads it: with what earlier servers did not write."""
    read = with_defaults(old)
    spec = read["spec"]
    if text(spec, "clusterIP") and not strings(spec, "clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]]
    elif strings(spec, "clusterIPs") and not text(spec, "clusterIP"):
        spec["clusterIP"] = spec["clusterIPs"][0]
    ips = strings(spec, "clusterIPs")
    if text(spec, "type") != "ExternalName" and not strings(spec, "ipFamilies") and ips and ips != ["None"]:
        spec["ipFamilies"] = [family(ip) or "IPv4" for ip in ips]
        spec["ipFamilyPolicy"] = spec.get("ipFamilyPolicy") or ("SingleStack" if len(ips) == 1 else "RequireDualStack")
    return read


def _keep_allocated(spec: dict[str, Any], old: Object) -> None:
    before = mapping(old, "spec")
    if "ExternalName" not in (text(spec, "type"), text(before, "type")):
        for key in ("clusterIP", "clusterIPs"):
            if not spec.get(key) and before.get(key):
                spec[key] = copy.deepcopy(before[key])
    if text(spec, "type") in _WITH_NODE_PORTS and text(before, "type") in _WITH_NODE_PORTS:
        had = {text(port, "name"): number(port, "nodePort") for port in mappings(before, "ports")}
        used = {number(port, "nodePort") for port in mappings(spec, "ports")} & set(had.values())
        for port in mappings(spec, "ports"):
            was = had.get(text(port, "name"), 0)
            if not number(port, "nodePort") and was and was not in used:
                port["nodePort"] = was
    if needs_health_check({"spec": spec}) and needs_health_check(old) and not number(spec, "healthCheckNodePort"):
        spec["healthCheckNodePort"] = number(before, "healthCheckNodePort")


def _normalize(spec: dict[str, Any], before: Object) -> None:
    """Keep clusterIP and clusterIPs in step where only one of them was changed."""
    one, was = text(spec, "clusterIP"), text(before, "clusterIP")
    many, were = strings(spec, "clusterIPs"), strings(before, "clusterIPs")
    if were and not many and one == was:
        spec["clusterIPs"] = many = were
    if one != was and many == were:
        spec["clusterIPs"] = [one] if one else []


def _drop(spec: dict[str, Any], old: Object) -> None:
    """Leave out what only the old type had, where nobody tried to change it."""
    before = mapping(old, "spec")
    new_type, old_type = text(spec, "type"), text(before, "type")
    if old_type != "ExternalName" == new_type:
        if all(spec.get(key) == before.get(key) for key in ("clusterIP", "clusterIPs")):
            _without(spec, "clusterIP", "clusterIPs")
        for key in ("ipFamilies", "ipFamilyPolicy"):
            if spec.get(key) == before.get(key):
                _without(spec, key)
    if old_type in _WITH_NODE_PORTS and new_type not in _WITH_NODE_PORTS:
        ports = mappings(spec, "ports")
        had = {number(port, "nodePort") for port in mappings(before, "ports")}
        if {number(port, "nodePort") for port in ports} - {0} <= had:
            for port in ports:
                _without(port, "nodePort")
        same = spec.get("externalTrafficPolicy") == before.get("externalTrafficPolicy")
        if same and not is_externally_accessible({"spec": spec}):
            _without(spec, "externalTrafficPolicy")
    checked = needs_health_check(old) and not needs_health_check({"spec": spec})
    if checked and number(spec, "healthCheckNodePort") == number(before, "healthCheckNodePort"):
        _without(spec, "healthCheckNodePort")
    if old_type == "LoadBalancer" != new_type:
        for key in ("allocateLoadBalancerNodePorts", "loadBalancerClass"):
            if spec.get(key) == before.get(key):
                _without(spec, key)


def _without(thing: dict[str, Any], *keys: str) -> None:
    for key in keys:
        thing.pop(key, None)
