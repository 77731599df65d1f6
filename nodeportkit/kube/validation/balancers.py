"""What the API server checks of the addresses that a load balancer got: the status of a Service or an Ingress.

pkg/apis/core/validation/validation.go, `ValidateLoadBalancerStatus`; pkg/apis/networking/validation/validation.go,
`ValidateIngressLoadBalancerStatus`.
"""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.parts import Object, mapping, mappings, text
from nodeportkit.kube.validation.addresses import address, check_address
from nodeportkit.kube.validation.field import FieldError, forbidden, invalid, not_supported, required
from nodeportkit.kube.validation.names import dns1123_subdomain

__all__ = ["check_balancer", "check_service_balancer"]

_FIELD: Final = "status.loadBalancer.ingress"
_MODES: Final = ("Proxy", "VIP")


def check_balancer(thing: Object, old: Object) -> list[FieldError]:
    """What is wrong with the addresses in a changed status, be it of a Service or of an Ingress."""
    known = {text(one, "ip") for one in _ingress(old)}
    wrong: list[FieldError] = []
    for position, one in enumerate(_ingress(thing)):
        ip, host = text(one, "ip"), text(one, "hostname")
        if ip and ip not in known:
            wrong += check_address(f"{_FIELD}[{position}].ip", ip)
        if host:
            field = f"{_FIELD}[{position}].hostname"
            wrong += [invalid(field, host, message) for message in dns1123_subdomain(host)]
            if address(host) is not None:
                wrong.append(invalid(field, host, "must be a DNS name, not an IP address"))
    return wrong


def check_service_balancer(service: Object, old: Object) -> list[FieldError]:
    """What is wrong with the changed status of a Service: only load balancers have such addresses."""
    ingress = _ingress(service)
    if ingress == _ingress(old):
        return []
    if text(mapping(service, "spec"), "type") != "LoadBalancer":
        return [forbidden(_FIELD, "may only be used when `spec.type` is 'LoadBalancer'")] if ingress else []
    wrong = check_balancer(service, old)
    for position, one in enumerate(ingress):
        field, ip, mode = f"{_FIELD}[{position}].ipMode", text(one, "ip"), one.get("ipMode")
        if mode is None:
            wrong += [required(field, "must be specified when `ip` is set")] if ip else []
        elif not ip:
            wrong.append(forbidden(field, "may not be specified when `ip` is not set"))
        elif mode not in _MODES:
            wrong.append(not_supported(field, mode, _MODES))
    return wrong


def _ingress(thing: Object) -> list[Object]:
    return list(mappings(mapping(thing, "status", "loadBalancer"), "ingress"))
