"""What the API server checks of a service that is changed: what was given out once stays.

pkg/apis/core/validation/validation.go, `validateUpgradeDowngradeClusterIPs`, `validateUpgradeDowngradeIPFamilies`,
`validateLoadBalancerClassField`, `validateServiceExternalTrafficFieldsUpdate`.
"""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.parts import Object, mapping, number, strings, text
from nodeportkit.kube.validation.field import FieldError, forbidden, invalid
from nodeportkit.kube.validation.services.cluster_ips import is_headless
from nodeportkit.kube.validation.services.policies import needs_health_check

__all__ = ["check_changes"]

_FIXED: Final = "may not change once set"


def check_changes(service: Object, old: Object) -> list[FieldError]:
    """What is wrong with the difference between a service and the one that it replaces."""
    spec, before = mapping(service, "spec"), mapping(old, "spec")
    named = "ExternalName" in (text(spec, "type"), text(before, "type"))
    wrong: list[FieldError] = []
    if not named and not (is_headless(service) and is_headless(old)):
        wrong += _cluster_ips(spec, before)
    if not named and not is_headless(service) and not is_headless(old):
        wrong += _families(spec, before)
    if text(spec, "type") == text(before, "type") == "LoadBalancer":
        name = spec.get("loadBalancerClass")
        if name != before.get("loadBalancerClass"):
            wrong.append(invalid("spec.loadBalancerClass", name, _FIXED))
    if needs_health_check(service) and needs_health_check(old):
        ports = (number(spec, "healthCheckNodePort"), number(before, "healthCheckNodePort"))
        if ports[0] != ports[1]:
            wrong.append(forbidden("spec.healthCheckNodePort", "field is immutable"))
    return wrong


def _cluster_ips(spec: Object, before: Object) -> list[FieldError]:
    new, old = strings(spec, "clusterIPs"), strings(before, "clusterIPs")
    first = "spec.clusterIPs[0]"
    if len(new) == len(old):
        pairs = enumerate(zip(new, old, strict=True))
        return [invalid(f"spec.clusterIPs[{at}]", new, _FIXED) for at, (ip, was) in pairs if ip != was]
    wrong: list[FieldError] = []
    if not new:
        wrong.append(invalid(first, spec.get("clusterIPs"), "primary clusterIP can not be unset"))
    if new and old and new[0] != old[0]:
        wrong.append(invalid(first, new, _FIXED))
    if len(new) == 1 and len(old) > 1:
        wrong += _release(spec, "clusterIP")
    return wrong


def _families(spec: Object, before: Object) -> list[FieldError]:
    new, old = strings(spec, "ipFamilies"), strings(before, "ipFamilies")
    first = "spec.ipFamilies[0]"
    if len(new) == len(old):
        # The server names the first family whichever has changed.
        return [invalid(first, new, _FIXED) for family, was in zip(new, old, strict=True) if family != was]
    wrong: list[FieldError] = []
    if len(new) < len(old) and not strings(spec, "clusterIPs"):
        wrong.append(invalid(first, spec.get("ipFamilies"), "primary ipFamily can not be unset"))
    if new and old and new[0] != old[0]:
        wrong.append(invalid(first, strings(spec, "clusterIPs"), _FIXED))
    if len(new) == 1 and len(old) > 1:
        wrong += _release(spec, "ipFamily")
    return wrong


def _release(spec: Object, what: str) -> list[FieldError]:
    policy = spec.get("ipFamilyPolicy")
    if policy == "SingleStack":
        return []
    return [invalid("spec.ipFamilyPolicy", policy, f"must be set to 'SingleStack' when releasing the secondary {what}")]
