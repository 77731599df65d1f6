"""What the API server checks of a NetworkPolicy.

pkg/apis/networking/validation/validation.go, `ValidateNetworkPolicy`, `ValidateNetworkPolicyUpdate`; warnings:
pkg/registry/networking/networkpolicy/strategy.go, `networkPolicyWarnings`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from nodeportkit.kube.parts import Object, mapping, mappings, strings, text
from nodeportkit.kube.validation.addresses import Network, check_range, network, range_warnings
from nodeportkit.kube.validation.field import FieldError, forbidden, invalid, not_supported, required
from nodeportkit.kube.validation.metadata import check_metadata, check_metadata_update
from nodeportkit.kube.validation.names import dns1123_subdomain, port_number
from nodeportkit.kube.validation.selectors import check_selector
from nodeportkit.kube.validation.services.ports import check_port_reference

__all__ = ["check_network_policy", "check_network_policy_update", "network_policy_warnings"]

_PROTOCOLS: Final = ("TCP", "UDP", "SCTP")
_TYPES: Final = ("Ingress", "Egress")
_PEERS: Final = {"ingress": "from", "egress": "to"}


def check_network_policy(policy: Object) -> list[FieldError]:
    """What is wrong with a new NetworkPolicy.

    Examples
    --------
    >>> rule = {"from": [{}]}
    >>> print(check_network_policy({"metadata": {"name": "web"}, "spec": {"ingress": [rule]}})[0])
    spec.ingress[0].from[0]: Required value: must specify a peer
    """
    return [*check_metadata(policy, dns1123_subdomain), *_spec(mapping(policy, "spec"))]


def check_network_policy_update(policy: Object, old: Object) -> list[FieldError]:
    """What is wrong with a NetworkPolicy that is to replace another; ranges that it had before are let through."""
    known = {cidr for _, cidr in _ranges(mapping(old, "spec"))}
    return [*check_metadata_update(policy, old), *_spec(mapping(policy, "spec"), known)]


def network_policy_warnings(policy: Object) -> list[str]:
    """What the server accepts of a NetworkPolicy with a warning."""
    return [said for field, cidr in _ranges(mapping(policy, "spec")) for said in range_warnings(field, cidr)]


def _ranges(spec: Object) -> Iterator[tuple[str, str]]:
    """The ranges of a policy, each with its field."""
    for direction, peers in _PEERS.items():
        for position, rule in enumerate(mappings(spec, direction)):
            for at, peer in enumerate(mappings(rule, peers)):
                field, block = f"spec.{direction}[{position}].{peers}[{at}].ipBlock", mapping(peer, "ipBlock")
                yield f"{field}.cidr", text(block, "cidr")
                yield from ((f"{field}.except[{n}]", part) for n, part in enumerate(strings(block, "except")))


def _spec(spec: Object, known: Collection[str] = ()) -> list[FieldError]:
    wrong = check_selector("spec.podSelector", mapping(spec, "podSelector"))
    for direction, peers in _PEERS.items():
        for position, rule in enumerate(mappings(spec, direction)):
            field = f"spec.{direction}[{position}]"
            for at, port in enumerate(mappings(rule, "ports")):
                wrong += _port(f"{field}.ports[{at}]", port)
            for at, peer in enumerate(mappings(rule, peers)):
                wrong += _peer(f"{field}.{peers}[{at}]", peer, known)
    types = strings(spec, "policyTypes")
    if len(types) > len(_TYPES):
        return [*wrong, invalid("spec.policyTypes", types, "may not specify more than two policyTypes")]
    return wrong + [
        not_supported(f"spec.policyTypes[{position}]", one, _TYPES)
        for position, one in enumerate(types)
        if one not in _TYPES
    ]


def _port(field: str, port: Object) -> list[FieldError]:
    protocol, value, last = port.get("protocol"), port.get("port"), port.get("endPort")
    wrong: list[FieldError] = []
    if protocol is not None and protocol not in _PROTOCOLS:
        wrong.append(not_supported(f"{field}.protocol", protocol, _PROTOCOLS))
    if last is not None and not isinstance(value, int):
        missing = "not specified" if value is None else "non-numeric"
        wrong.append(invalid(f"{field}.endPort", last, f"may not be specified when `port` is {missing}"))
    if value is not None:
        wrong += check_port_reference(f"{field}.port", value)
    if last is not None and isinstance(value, int):
        if last < value:
            wrong.append(invalid(f"{field}.endPort", last, "must be greater than or equal to `port`"))
        wrong += [invalid(f"{field}.endPort", last, message) for message in port_number(last)]
    return wrong


def _peer(field: str, peer: Object, known: Collection[str]) -> list[FieldError]:
    """Pods chosen by labels of their own, of their namespace or of both; or a range of addresses."""
    wrong: list[FieldError] = []
    chosen = [key for key in ("podSelector", "namespaceSelector") if peer.get(key) is not None]
    for key in chosen:
        wrong += check_selector(f"{field}.{key}", mapping(peer, key))
    block = peer.get("ipBlock")
    if block is None:
        return wrong if chosen else [required(field, "must specify a peer")]
    wrong += _block(f"{field}.ipBlock", block, known)
    return [*wrong, forbidden(field, "may not specify both ipBlock and another peer")] if chosen else wrong


def _block(field: str, block: Any, known: Collection[str]) -> list[FieldError]:
    cidr = text(block, "cidr")
    if not cidr:
        return [required(f"{field}.cidr")]
    wrong = [] if cidr in known else check_range(f"{field}.cidr", cidr)
    whole = network(cidr)
    for position, part in enumerate(strings(block, "except") if whole else ()):
        at = f"{field}.except[{position}]"
        wrong += [] if part in known else check_range(at, part)
        inner = network(part)
        if whole and inner and not _is_within(inner, whole):
            wrong.append(invalid(at, part, "must be a strict subset of `cidr`"))
    return wrong


def _is_within(inner: Network, whole: Network) -> bool:
    return inner.prefixlen > whole.prefixlen and inner.network_address in whole
