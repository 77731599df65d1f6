"""The defaults of what leads to pods, or keeps away from them: NetworkPolicy, EndpointSlice, Endpoints.

pkg/apis/networking/v1/defaults.go, pkg/apis/discovery/v1/defaults.go, pkg/apis/core/v1/defaults.go. An Ingress has none.
"""

from __future__ import annotations

from typing import Any

from nodeportkit.kube.parts import mapping, mappings

__all__ = ["fill_endpoint_slice", "fill_endpoints", "fill_network_policy"]


def fill_network_policy(policy: dict[str, Any]) -> None:
    """Fill in the protocols of ports, and which directions a policy is about: ingress, and egress if it has rules for it."""
    spec = mapping(policy, "spec")
    for direction in ("ingress", "egress"):
        for rule in mappings(spec, direction):
            _protocols(rule)
    if not isinstance(policy.get("spec"), dict):
        policy["spec"] = spec
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if mappings(spec, "egress") else ["Ingress"]


def fill_endpoint_slice(slice_: dict[str, Any]) -> None:
    """Fill in the names and protocols of ports."""
    for port in mappings(slice_, "ports"):
        if port.get("name") is None:
            port["name"] = ""
    _protocols(slice_)


def fill_endpoints(endpoints: dict[str, Any]) -> None:
    """Fill in the protocols of ports."""
    for subset in mappings(endpoints, "subsets"):
        for port in mappings(subset, "ports"):
            port["protocol"] = port.get("protocol") or "TCP"


def _protocols(holder: dict[str, Any]) -> None:
    for port in mappings(holder, "ports"):
        if port.get("protocol") is None:
            port["protocol"] = "TCP"
