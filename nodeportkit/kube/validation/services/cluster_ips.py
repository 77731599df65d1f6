"""What the API server checks of clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy.

pkg/apis/core/validation/validation.go, `ValidateServiceClusterIPsRelatedFields`; it runs before allocation and after it.
"""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.parts import Object, mapping, strings, text
from nodeportkit.kube.validation.addresses import check_address, family
from nodeportkit.kube.validation.field import FieldError, duplicate, invalid, not_supported, required

__all__ = ["check_cluster_ips", "is_headless"]

_FAMILIES: Final = ("IPv4", "IPv6")
_POLICIES: Final = ("PreferDualStack", "RequireDualStack", "SingleStack")
_FIELD: Final = "spec.clusterIPs"


def is_headless(service: Object) -> bool:
    """Whether the service has no cluster IP because it asks for none."""
    return strings(mapping(service, "spec"), "clusterIPs") == ["None"]


def check_cluster_ips(service: Object, old: Object) -> list[FieldError]:
    """What is wrong with the cluster IPs and their families; those of the service that it replaces pass as they are."""
    spec = mapping(service, "spec")
    if text(spec, "type") == "ExternalName":
        return []
    ips, families = strings(spec, "clusterIPs"), strings(spec, "ipFamilies")
    wrong = [*_in_step(text(spec, "clusterIP"), ips), *_families(families)]
    policy = spec.get("ipFamilyPolicy")
    if policy is not None and policy not in _POLICIES:
        wrong.append(not_supported("spec.ipFamilyPolicy", policy, _POLICIES))
    malformed = _malformed(ips, strings(mapping(old, "spec"), "clusterIPs"))
    wrong += malformed
    if len(ips) > 2:
        wrong.append(invalid(_FIELD, ips, "may only hold up to 2 values"))
    # With an address that is none, what follows would only confuse.
    return wrong if malformed else wrong + _dual(ips, families)


def _in_step(ip: str, ips: list[str]) -> list[FieldError]:
    if ip and not ips:
        return [required(_FIELD)]
    if ip and ips[0] != ip:
        return [invalid(_FIELD, ips, "first value must match `clusterIP`")]
    if ips and not ip:
        return [invalid(_FIELD, ips, "must be empty when `clusterIP` is not specified")]
    return []


def _families(families: list[str]) -> list[FieldError]:
    wrong: list[FieldError] = []
    for position, one in enumerate(families):
        field = f"spec.ipFamilies[{position}]"
        if one not in _FAMILIES:
            wrong.append(not_supported(field, one, _FAMILIES))
        if one in families[:position]:
            wrong.append(duplicate(field, one))
    return wrong


def _malformed(ips: list[str], known: list[str]) -> list[FieldError]:
    wrong: list[FieldError] = []
    for position, ip in enumerate(ips):
        if position == 0 and ip == "None":
            if len(ips) > 1:
                wrong.append(invalid(_FIELD, ips, "'None' must be the first and only value"))
            continue
        if ip not in known:
            wrong += check_address(f"{_FIELD}[{position}]", ip)
    return wrong


def _dual(ips: list[str], families: list[str]) -> list[FieldError]:
    wrong: list[FieldError] = []
    if len(ips) > 1 and len({family(ip) for ip in ips}) < 2:
        wrong.append(invalid(_FIELD, ips, "may specify no more than one IP for each IP family"))
    if ips == ["None"]:
        return wrong
    for position, (ip, wanted) in enumerate(zip(ips, families, strict=False)):
        if wanted in _FAMILIES and family(ip) != wanted:
            article = f"expected an {wanted} value as indicated by `ipFamilies[{position}]`"
            wrong.append(invalid(f"{_FIELD}[{position}]", ip, article))
    return wrong
