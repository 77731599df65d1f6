"""What the API server checks of an EndpointSlice.

pkg/apis/discovery/validation/validation.go, `ValidateEndpointSliceCreate`, `ValidateEndpointSliceUpdate`; warnings:
pkg/registry/discovery/endpointslice/strategy.go.
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.kube.parts import Object, mapping, mappings, strings, text
from nodeportkit.kube.validation.addresses import address_warnings, check_address, check_not_special, family
from nodeportkit.kube.validation.field import FieldError, duplicate, invalid, not_supported, required, too_many
from nodeportkit.kube.validation.metadata import (
    check_labels,
    check_metadata,
    check_metadata_update,
    immutable,
)
from nodeportkit.kube.validation.names import (
    dns1123_label,
    dns1123_subdomain,
    domain_name,
    label_value,
)
from nodeportkit.kube.validation.services.ports import PROTOCOLS, check_app_protocol

__all__ = ["check_endpoint_slice", "check_endpoint_slice_update", "endpoint_slice_warnings"]

_TYPES: Final = ("FQDN", "IPv4", "IPv6")
_MOST_ENDPOINTS: Final = 1000
_MOST_ADDRESSES: Final = 100
_MOST_PORTS: Final = 20_000
_MOST_TOPOLOGY: Final = 16
_MOST_HINTS: Final = 8


def check_endpoint_slice(slice_: Object) -> list[FieldError]:
    """What is wrong with a new EndpointSlice.

    Examples
    --------
    >>> wanted = {"metadata": {"name": "web-1"}, "addressType": "IPv4", "endpoints": [{"addresses": ["127.0.0.1"]}]}
    >>> print(check_endpoint_slice(wanted)[0])
    endpoints[0].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)
    """
    return [*check_metadata(slice_, dns1123_subdomain), *_content(slice_)]


def check_endpoint_slice_update(slice_: Object, old: Object) -> list[FieldError]:
    """What is wrong with an EndpointSlice that is to replace another: addresses of one sort stay of that sort."""
    wrong = [*check_metadata_update(slice_, old), *_content(slice_)]
    return wrong + immutable("addressType", text(slice_, "addressType"), text(old, "addressType"))


def endpoint_slice_warnings(slice_: Object) -> list[str]:
    """What the server accepts of an EndpointSlice with a warning."""
    if text(slice_, "addressType") == "FQDN":
        return ["spec.addressType: FQDN endpoints are deprecated"]
    return [
        said
        for position, endpoint in enumerate(mappings(slice_, "endpoints"))
        for at, ip in enumerate(strings(endpoint, "addresses"))
        for said in address_warnings(f"endpoints[{position}].addresses[{at}]", ip)
    ]


def _content(slice_: Object) -> list[FieldError]:
    kind, endpoints = text(slice_, "addressType"), mappings(slice_, "endpoints")
    wrong = [] if kind else [required("addressType")]
    if kind and kind not in _TYPES:
        wrong.append(not_supported("addressType", kind, _TYPES))
    if len(endpoints) > _MOST_ENDPOINTS:
        wrong.append(too_many("endpoints", len(endpoints), _MOST_ENDPOINTS))
    else:
        for position, endpoint in enumerate(endpoints):
            wrong += _endpoint(f"endpoints[{position}]", endpoint, kind)
    return wrong + _ports(mappings(slice_, "ports"))


def _endpoint(field: str, endpoint: Object, kind: str) -> list[FieldError]:
    addresses, topology = strings(endpoint, "addresses"), mapping(endpoint, "deprecatedTopology")
    wrong: list[FieldError] = []
    if not addresses:
        wrong.append(required(f"{field}.addresses", "must contain at least 1 address"))
    elif len(addresses) > _MOST_ADDRESSES:
        wrong.append(too_many(f"{field}.addresses", len(addresses), _MOST_ADDRESSES))
    for at, value in enumerate(addresses):
        wrong += _address(f"{field}.addresses[{at}]", value, kind)
    node, host = endpoint.get("nodeName"), endpoint.get("hostname")
    if node is not None:
        wrong += [invalid(f"{field}.nodeName", node, message) for message in dns1123_subdomain(node)]
    if len(topology) > _MOST_TOPOLOGY:
        wrong.append(too_many(f"{field}.deprecatedTopology", len(topology), _MOST_TOPOLOGY))
    wrong += check_labels(f"{field}.deprecatedTopology", topology)
    if host is not None:
        wrong += [invalid(f"{field}.hostname", host, message) for message in dns1123_label(host)]
    return wrong + _hints(f"{field}.hints", mapping(endpoint, "hints"))


def _address(field: str, value: str, kind: str) -> list[FieldError]:
    if kind == "FQDN":
        return [invalid(field, value, message) for message in domain_name(value)] if value else [required(field)]
    if kind not in _TYPES:
        return []
    if wrong := check_address(field, value):
        return wrong
    other = [] if family(value) == kind else [invalid(field, value, f"must be an {kind} address")]
    return other + check_not_special(field, value)


def _hints(field: str, hints: Object) -> list[FieldError]:
    """The zones and nodes whose clients an endpoint is for."""
    wrong: list[FieldError] = []
    for key, rule in (("forZones", label_value), ("forNodes", dns1123_subdomain)):
        given = [text(hint, "name") for hint in mappings(hints, key)]
        if len(given) > _MOST_HINTS:
            return [*wrong, too_many(f"{field}.{key}", len(given), _MOST_HINTS)]
        for at, name in enumerate(given):
            where = f"{field}.{key}[{at}].name"
            if name in given[:at]:
                wrong.append(duplicate(where, name))
            wrong += [invalid(where, name, message) for message in rule(name)]
    return wrong


def _ports(ports: list[dict[str, Any]]) -> list[FieldError]:
    if len(ports) > _MOST_PORTS:
        return [too_many("ports", len(ports), _MOST_PORTS)]
    wrong: list[FieldError] = []
    names: set[str] = set()
    for position, port in enumerate(ports):
        field, name, protocol = f"ports[{position}]", text(port, "name"), text(port, "protocol")
        wrong += [invalid(f"{field}.name", name, message) for message in dns1123_label(name) if name]
        if name in names:
            wrong.append(duplicate(f"{field}.name", name))
        names.add(name)
        if port.get("protocol") is None:
            wrong.append(required(f"{field}.protocol"))
        elif protocol not in PROTOCOLS:
            wrong.append(not_supported(f"{field}.protocol", protocol, PROTOCOLS))
        wrong += check_app_protocol(field, port)
    return wrong
