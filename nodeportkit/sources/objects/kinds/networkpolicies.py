"""NetworkPolicies, with the defaults that the API server fills in (pkg/apis/networking/v1/defaults.go)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Metadata, Typed, Whole, labels

__all__ = ["KINDS", "TYPE", "columns"]

KINDS: Final = {"NetworkPolicy": ("networking.k8s.io", "extensions")}


class Requirement(Typed):
    """An entry of matchExpressions."""

    key: str | None = None
    operator: str | None = None
    values: list[str] | None = None


class Selector(Typed):
    """A label selector."""

    match_labels: dict[str, str | None] | None = None
    match_expressions: list[Requirement] | None = None


class Block(Typed):
    """A range of addresses, and the ranges within it that are left out."""

    cidr: str | None = None
    except_: list[str] | None = msgspec.field(default=None, name="except")


class Peer(Typed):
    """Whom a rule admits: pods, pods of namespaces, or addresses."""

    pod_selector: Selector | None = None
    namespace_selector: Selector | None = None
    ip_block: Block | None = None


class PolicyPort(Typed):
    """A port, or a range of ports, that a rule admits."""

    protocol: str | None = None
    port: Whole | str | None = None
    end_port: Whole | None = None


class IngressRule(Typed):
    """Who may connect to which ports."""

    from_: list[Peer] | None = msgspec.field(default=None, name="from")
    ports: list[PolicyPort] | None = None


class EgressRule(Typed):
    """To whom pods may connect, and to which ports."""

    to: list[Peer] | None = None
    ports: list[PolicyPort] | None = None


class PolicySpec(Typed):
    """What the policy is to do."""

    pod_selector: Selector | None = None
    policy_types: list[str] | None = None
    ingress: list[IngressRule] | None = None
    egress: list[EgressRule] | None = None


class NetworkPolicy(KubernetesObject):
    """A policy of networking.k8s.io; those of network plug-ins (Calico, Cilium) have groups of their own."""

    spec: PolicySpec | None = None


TYPE: Final = NetworkPolicy
_NO_METADATA, _NO_SPEC = Metadata(), PolicySpec()


def columns(policies: Sequence[NetworkPolicy], namespace: str) -> list[Part]:
    """The rows of `policies`."""
    metas = [policy.metadata or _NO_METADATA for policy in policies]
    specs = [policy.spec or _NO_SPEC for policy in policies]
    rows: dict[str, list[Any]] = {
        "namespace": [meta.namespace or namespace for meta in metas],
        "name": [meta.name for meta in metas],
        "pod_selector": [_selector(spec.pod_selector) for spec in specs],
        "policy_types": [_types(spec) for spec in specs],
        "ingress": [[_rule("from", rule.from_, rule.ports) for rule in spec.ingress or ()] for spec in specs],
        "egress": [[_rule("to", rule.to, rule.ports) for rule in spec.egress or ()] for spec in specs],
        "labels": [labels(meta) for meta in metas],
        "created": [meta.creation_timestamp for meta in metas],
    }
    return [Part("policies", rows)]


def _types(spec: PolicySpec) -> list[str]:
    """What the policy restricts: ingress always, egress where there are rules of it, unless the policy says so itself."""
    return spec.policy_types or ["Ingress", *(["Egress"] if spec.egress else [])]


def _rule(side: str, peers: Sequence[Peer] | None, ports: Sequence[PolicyPort] | None) -> dict[str, Any]:
    """A rule with both its lists; an empty one admits everybody, or every port."""
    return {side: [_peer(peer) for peer in peers or ()], "ports": [_port(port) for port in ports or ()]}


def _peer(peer: Peer) -> dict[str, Any]:
    selectors = {"podSelector": peer.pod_selector, "namespaceSelector": peer.namespace_selector}
    told: dict[str, Any] = {name: _selector(found) for name, found in selectors.items() if found is not None}
    if peer.ip_block is not None:
        told["ipBlock"] = msgspec.to_builtins(peer.ip_block)
    return told


def _port(port: PolicyPort) -> dict[str, Any]:
    return {"protocol": "TCP"} | _plain(port)


def _selector(selector: Selector | None) -> dict[str, Any]:
    """The selector as the API has it, without what it leaves empty: `{}` selects everything."""
    if selector is None:
        return {}
    told = {name: value for name, value in _plain(selector).items() if value}
    if "matchLabels" in told:
        told["matchLabels"] = {key: value or "" for key, value in told["matchLabels"].items()}
    return told


def _plain(value: Typed) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return plain
