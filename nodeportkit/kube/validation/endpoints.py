"""What the API server checks of Endpoints, which came before EndpointSlices.

pkg/apis/core/validation/validation.go, `ValidateEndpoints`.
"""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.parts import Object, mappings, number, text
from nodeportkit.kube.validation.addresses import address_warnings, check_address, check_not_special
from nodeportkit.kube.validation.field import FieldError, invalid, required
from nodeportkit.kube.validation.metadata import check_metadata, check_metadata_update
from nodeportkit.kube.validation.names import dns1123_label, dns1123_subdomain, port_number
from nodeportkit.kube.validation.services.ports import check_app_protocol, check_protocol

__all__ = ["DEPRECATED", "check_endpoints", "check_endpoints_update", "endpoints_warnings"]

# staging/src/k8s.io/api/core/v1, `Endpoints.APILifecycleDeprecated`.
DEPRECATED: Final = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"


def check_endpoints(endpoints: Object) -> list[FieldError]:
    """What is wrong with new Endpoints."""
    return [*check_metadata(endpoints, dns1123_subdomain), *_subsets(endpoints)]


def check_endpoints_update(endpoints: Object, old: Object) -> list[FieldError]:
    """What is wrong with Endpoints that are to replace others of their name."""
    return [*check_metadata_update(endpoints, old), *_subsets(endpoints)]


def endpoints_warnings(endpoints: Object) -> list[str]:
    """What the server accepts of Endpoints with a warning."""
    return [
        said
        for position, subset in enumerate(mappings(endpoints, "subsets"))
        for key in ("addresses", "notReadyAddresses")
        for at, address in enumerate(mappings(subset, key))
        for said in address_warnings(f"subsets[{position}].{key}[{at}].ip", text(address, "ip"))
    ]


def _subsets(endpoints: Object) -> list[FieldError]:
    wrong: list[FieldError] = []
    for position, subset in enumerate(mappings(endpoints, "subsets")):
        field = f"subsets[{position}]"
        if not mappings(subset, "addresses") and not mappings(subset, "notReadyAddresses"):
            wrong.append(required(field, "must specify `addresses` or `notReadyAddresses`"))
        for key in ("addresses", "notReadyAddresses"):
            for at, address in enumerate(mappings(subset, key)):
                wrong += _address(f"{field}.{key}[{at}]", address)
        ports = mappings(subset, "ports")
        for at, port in enumerate(ports):
            wrong += _port(f"{field}.ports[{at}]", port, alone=len(ports) == 1)
    return wrong


def _address(field: str, address: Object) -> list[FieldError]:
    ip, host, node = text(address, "ip"), text(address, "hostname"), address.get("nodeName")
    wrong = check_address(f"{field}.ip", ip)
    special = [] if wrong else check_not_special(f"{field}.ip", ip)
    wrong += [invalid(f"{field}.hostname", host, message) for message in dns1123_label(host) if host]
    if node is not None:
        wrong += [invalid(f"{field}.nodeName", node, message) for message in dns1123_subdomain(node)]
    return wrong + special


def _port(field: str, port: Object, *, alone: bool) -> list[FieldError]:
    name, value = text(port, "name"), number(port, "port")
    wrong = [invalid(f"{field}.name", name, message) for message in dns1123_label(name) if name]
    if not name and not alone:
        wrong.append(required(f"{field}.name"))
    wrong += [invalid(f"{field}.port", value, message) for message in port_number(value)]
    return wrong + check_protocol(field, port) + check_app_protocol(field, port)
