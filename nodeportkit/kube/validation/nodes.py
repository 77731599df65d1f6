"""What the API server checks of a Node.

pkg/apis/core/validation/validation.go, `ValidateNode`, `ValidateNodeUpdate`. Of a node's resources only that they are not
negative. The paths of taints lack `spec` there.
"""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.parts import Object, mapping, mappings, strings, text
from nodeportkit.kube.validation.addresses import check_range, network
from nodeportkit.kube.validation.field import (
    FieldError,
    Struct,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
)
from nodeportkit.kube.validation.metadata import check_metadata, check_metadata_update
from nodeportkit.kube.validation.names import dns1123_subdomain, label_value, qualified_name

__all__ = ["check_node", "check_node_update"]

_EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_TAINTS: Final = "metadata.taints"
_ONCE: Final = 'node updates may not change {} except from "" to valid'


def check_node(node: Object) -> list[FieldError]:
    """What is wrong with a new node.

    Examples
    --------
    >>> taint = {"key": "dedicated", "value": "web", "effect": "Never"}
    >>> print(check_node({"metadata": {"name": "n1"}, "spec": {"taints": [taint]}})[0])
    metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"
    """
    spec = mapping(node, "spec")
    return [
        *check_metadata(node, dns1123_subdomain),
        *_taints(spec),
        *_resources(mapping(node, "status")),
        *_pod_ranges(strings(spec, "podCIDRs")),
    ]


def check_node_update(node: Object, old: Object) -> list[FieldError]:
    """What is wrong with a node that is to replace another: what was given to it once stays."""
    spec, before = mapping(node, "spec"), mapping(old, "spec")
    wrong = [*check_metadata_update(node, old), *_resources(mapping(node, "status"))]
    seen: list[Object] = []
    for position, address in enumerate(mappings(mapping(node, "status"), "addresses")):
        if address in seen:
            shown = Struct(Type=text(address, "type"), Address=text(address, "address"))
            wrong.append(duplicate(f"status.addresses[{position}]", shown))
        seen.append(address)
    ranges = strings(before, "podCIDRs")
    if ranges and ranges != strings(spec, "podCIDRs"):
        wrong.append(forbidden("spec.podCIDRs", _ONCE.format("podCIDR")))
    provider = text(before, "providerID")
    if provider and provider != text(spec, "providerID"):
        wrong.append(forbidden("spec.providerID", _ONCE.format("providerID")))
    wrong += _taints(spec)
    if text(spec, "externalID") != text(before, "externalID"):
        wrong.append(forbidden("spec.externalID", "may not be updated"))
    return wrong


def _taints(spec: Object) -> list[FieldError]:
    wrong: list[FieldError] = []
    seen: set[tuple[str, str]] = set()
    for position, taint in enumerate(mappings(spec, "taints")):
        field = f"{_TAINTS}[{position}]"
        key, value, effect = (text(taint, part) for part in ("key", "value", "effect"))
        wrong += [invalid(f"{field}.key", key, message) for message in qualified_name(key)]
        if details := label_value(value):
            wrong.append(invalid(f"{field}.value", value, ";".join(details)))
        if not effect:
            wrong.append(required(f"{field}.effect"))
        elif effect not in _EFFECTS:
            wrong.append(not_supported(f"{field}.effect", effect, _EFFECTS))
        if (key, effect) in seen:
            shown = Struct(Key=key, Value=value, Effect=effect, TimeAdded=taint.get("timeAdded"))
            wrong.append(duplicate(field, shown, "taints must be unique by key and effect pair"))
        seen.add((key, effect))
    return wrong


def _resources(status: Object) -> list[FieldError]:
    return [
        invalid(f"status.{part}.{name}", str(amount), "must be greater than or equal to 0")
        for part in ("capacity", "allocatable")
        for name, amount in sorted(mapping(status, part).items())
        if str(amount).strip().startswith("-")
    ]


def _pod_ranges(ranges: list[str]) -> list[FieldError]:
    field = "spec.podCIDRs"
    wrong = [error for at, value in enumerate(ranges) for error in check_range(f"{field}[{at}]", value)]
    if len(ranges) > 1:
        read = [found for value in ranges if (found := network(value)) is not None]
        if len(ranges) > 2 or len(read) < len(ranges) or read[0].version == read[1].version:
            wrong.append(invalid(field, ranges, "may specify no more than one CIDR for each IP family"))
        wrong += [duplicate(f"{field}[{at}]", value) for at, value in enumerate(ranges) if value in ranges[:at]]
    return wrong
