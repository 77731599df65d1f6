"""Which IP families a service has, before it gets its addresses.

pkg/registry/core/service/storage/alloc.go, `initIPFamilyFields`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from nodeportkit.kube.parts import Object, mapping, strings, text
from nodeportkit.kube.validation.addresses import family
from nodeportkit.kube.validation.field import FieldError, invalid
from nodeportkit.kube.validation.services.cluster_ips import check_cluster_ips

__all__ = ["fill_families", "stays_dual"]

_POLICY = "spec.ipFamilyPolicy"


def fill_families(service: dict[str, Any], old: Object | None, configured: Collection[str]) -> list[FieldError]:
    """Fill in ipFamilyPolicy and ipFamilies, or say why the cluster cannot.

    Parameters
    ----------
    service
        The service, with its defaults; it is changed.
    old
        The service that it replaces; None for a new one.
    configured
        The families of the cluster's services, its first first.
    """
    spec = service["spec"]
    if text(spec, "type") == "ExternalName" or (old is not None and stays_dual(service, old)):
        return []
    headless_by_hand = text(spec, "clusterIP") == "None" and not mapping(spec, "selector")
    if spec.get("ipFamilyPolicy") is None:
        before = mapping(old or {}, "spec").get("ipFamilyPolicy")
        spec["ipFamilyPolicy"] = before or ("RequireDualStack" if headless_by_hand else "SingleStack")
    wrong = check_cluster_ips(service, old or {})
    wrong = wrong or [*_downgrade(spec, old), *_several(spec), *_infer(spec, configured)]
    if wrong:
        return wrong
    if headless_by_hand:
        # Nobody knows its endpoints' families, so it may have both on any cluster.
        spec["ipFamilies"] = strings(spec, "ipFamilies") or [next(iter(configured))]
        if len(spec["ipFamilies"]) == 1 and spec["ipFamilyPolicy"] != "SingleStack":
            spec["ipFamilies"].append(_other(spec["ipFamilies"][0]))
        return []
    if spec["ipFamilyPolicy"] == "RequireDualStack" and len(configured) < 2:
        detail = "this cluster is not configured for dual-stack services"
        wrong.append(invalid(_POLICY, spec["ipFamilyPolicy"], detail))
    for position, one in enumerate(strings(spec, "ipFamilies")):
        if one not in configured:
            wrong.append(invalid(f"spec.ipFamilies[{position}]", one, "not configured on this cluster"))
    if wrong:
        return wrong
    spec["ipFamilies"] = strings(spec, "ipFamilies") or [next(iter(configured))]
    if spec["ipFamilyPolicy"] != "SingleStack" and len(spec["ipFamilies"]) == 1 and len(configured) == 2:
        spec["ipFamilies"].append(_other(spec["ipFamilies"][0]))
    return []


def stays_dual(service: Object, old: Object) -> bool:
    """Whether both prefer dual stack and are alike in it: then a cluster that got or lost a family changes nothing."""
    spec, before = mapping(service, "spec"), mapping(old, "spec")
    return (
        spec.get("ipFamilyPolicy") == "PreferDualStack"
        and before.get("ipFamilyPolicy") in (None, "PreferDualStack")
        and text(spec, "type") == text(before, "type") != "ExternalName"
        and all(strings(spec, key) == strings(before, key) for key in ("clusterIPs", "ipFamilies"))
    )


def _downgrade(spec: dict[str, Any], old: Object | None) -> list[FieldError]:
    """The second address and family go when the policy says so, and only then."""
    before = mapping(old or {}, "spec")
    wrong: list[FieldError] = []
    for key, what in (("clusterIPs", "cluster IP"), ("ipFamilies", "IP family")):
        new, was = strings(spec, key), strings(before, key)
        if old is None or not new:
            continue
        if spec["ipFamilyPolicy"] == "SingleStack":
            if new == was and len(new) > 1:
                spec[key] = new[:1]
        elif len(new) < len(was):
            detail = f"must be 'SingleStack' to release the secondary {what}"
            wrong.append(invalid(_POLICY, spec["ipFamilyPolicy"], detail))
    return wrong


def _several(spec: Object) -> list[FieldError]:
    wrong: list[FieldError] = []
    for key, what in (("clusterIPs", "cluster IPs"), ("ipFamilies", "IP families")):
        if spec.get("ipFamilyPolicy") == "SingleStack" and len(strings(spec, key)) == 2:
            detail = f"must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified"
            wrong.append(invalid(_POLICY, "SingleStack", detail))
    return wrong


def _infer(spec: dict[str, Any], configured: Collection[str]) -> list[FieldError]:
    """Families that the addresses tell."""
    ips, families = strings(spec, "clusterIPs"), strings(spec, "ipFamilies")
    if ips == ["None"]:
        return []
    wrong: list[FieldError] = []
    for position, ip in enumerate(ips[len(families) :], len(families)):
        one = family(ip) or "unknown"
        if one in configured:
            families.append(one)
        else:
            wrong.append(invalid(f"spec.clusterIPs[{position}]", ips, f"{one} is not configured on this cluster"))
    spec["ipFamilies"] = families
    return wrong


def _other(family: str) -> str:
    return "IPv6" if family == "IPv4" else "IPv4"
