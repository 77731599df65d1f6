"""What there is to ask for: the documents below /api and /apis, aggregated or one by one."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

from nodeportkit.playground.resources import Resource, resources

__all__ = ["REVIEWS", "aggregated", "api_versions", "group_list", "resource_list", "version_info"]

_SUBRESOURCE_VERBS: Final = {
    "status": ("get", "patch", "update"),
    "scale": ("get", "patch", "update"),
    "log": ("get",),
    "eviction": ("create",),
    "binding": ("create",),
    "finalize": ("update",),
}
# What is read and written there, where it is not the resource's own kind.
_SUBRESOURCE_KINDS: Final = {
    "scale": ("autoscaling", "v1", "Scale"),
    "eviction": ("policy", "v1", "Eviction"),
    "binding": ("", "v1", "Binding"),
}
# Served, but not stored: kinds by group and resource.
REVIEWS: Final = {
    ("authentication.k8s.io", "selfsubjectreviews"): "SelfSubjectReview",
    ("authentication.k8s.io", "tokenreviews"): "TokenReview",
    ("authorization.k8s.io", "selfsubjectaccessreviews"): "SelfSubjectAccessReview",
    ("authorization.k8s.io", "selfsubjectrulesreviews"): "SelfSubjectRulesReview",
}
_VERSION: Final = "v1.37.0"


def version_info() -> dict[str, Any]:
    """The document at /version."""
    major, minor, _ = _VERSION.removeprefix("v").split(".")
    return {
        "major": major,
        "minor": minor,
        "gitVersion": f"{_VERSION}+nodeportkit",
        "gitCommit": "",
        "gitTreeState": "",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "none",
        "compiler": "none",
        "platform": "linux/amd64",
    }


def api_versions() -> dict[str, Any]:
    """The document at /api, as clients before aggregated discovery read it."""
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}


def group_list() -> dict[str, Any]:
    """The document at /apis, as clients before aggregated discovery read it."""
    groups = []
    for group, version in _versions():
        told = {"groupVersion": f"{group}/{version}", "version": version}
        groups.append({"name": group, "versions": [told], "preferredVersion": told})
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def _versions() -> list[tuple[str, str]]:
    named = {(resource.group, resource.version) for resource in resources() if resource.group}
    return sorted(named | {(group, "v1") for group, _ in REVIEWS})


def resource_list(group: str, version: str) -> dict[str, Any] | None:
    """The document at /api/v1 or /apis/GROUP/VERSION; None if there is nothing of it."""
    listed: list[dict[str, Any]] = []
    for resource in _of(group, version):
        listed.append(
            {
                "name": resource.plural,
                "singularName": resource.singular,
                "namespaced": resource.namespaced,
                "kind": resource.kind,
                "verbs": list(resource.verbs),
                **({"shortNames": list(resource.short_names)} if resource.short_names else {}),
                **({"categories": list(resource.categories)} if resource.categories else {}),
            }
        )
        listed += [_subresource(resource, name) for name in resource.subresources]
    listed += [
        {"name": plural, "singularName": kind.lower(), "namespaced": False, "kind": kind, "verbs": ["create"]}
        for (of, plural), kind in REVIEWS.items()
        if (of, "v1") == (group, version)
    ]
    if not listed:
        return None
    name = f"{group}/{version}" if group else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name, "resources": listed}


def _of(group: str, version: str) -> list[Resource]:
    return [resource for resource in resources() if (resource.group, resource.version) == (group, version)]


def _subresource(resource: Resource, name: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": f"{resource.plural}/{name}",
        "singularName": "",
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(_SUBRESOURCE_VERBS[name]),
    }
    if name in _SUBRESOURCE_KINDS:
        group, version, kind = _SUBRESOURCE_KINDS[name]
        told |= {"group": group, "version": version, "kind": kind}
    return told


def aggregated(*, core: bool) -> dict[str, Any]:
    """The document at /api (the core group) or /apis (the others) with everything in it: what kubectl asks for first."""
    by_group = groupby(sorted(resources(), key=lambda it: (it.group, it.plural)), key=lambda it: it.group)
    items = [_group(group, list(found)) for group, found in by_group if core is (group == "")]
    if not core:
        for group, found in groupby(REVIEWS.items(), key=lambda it: it[0][0]):
            reviews = [_review(group, plural, kind) for (_, plural), kind in found]
            versions = [{"version": "v1", "resources": reviews, "freshness": "Current"}]
            items.append({"metadata": {"name": group, "creationTimestamp": None}, "versions": versions})
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    }


def _review(group: str, plural: str, kind: str) -> dict[str, Any]:
    return {
        "resource": plural,
        "responseKind": {"group": group, "version": "v1", "kind": kind},
        "scope": "Cluster",
        "singularResource": kind.lower(),
        "verbs": ["create"],
    }


def _group(group: str, found: list[Resource]) -> dict[str, Any]:
    versions = [
        {
            "version": version,
            "resources": [_aggregated(resource) for resource in found if resource.version == version],
            "freshness": "Current",
        }
        for version in sorted({resource.version for resource in found})
    ]
    return {"metadata": {"name": group, "creationTimestamp": None}, "versions": versions}


def _aggregated(resource: Resource) -> dict[str, Any]:
    own = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    below = []
    for name in resource.subresources:
        group, version, kind = _SUBRESOURCE_KINDS.get(name, (resource.group, resource.version, resource.kind))
        below.append(
            {
                "subresource": name,
                "responseKind": {"group": group, "version": version, "kind": kind},
                "verbs": list(_SUBRESOURCE_VERBS[name]),
            }
        )
    return {
        "resource": resource.plural,
        "responseKind": own,
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
        **({"shortNames": list(resource.short_names)} if resource.short_names else {}),
        **({"categories": list(resource.categories)} if resource.categories else {}),
        **({"subresources": below} if below else {}),
    }
