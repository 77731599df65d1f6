"""Which resources there are."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from nodeportkit.playground.resources import kinds
from nodeportkit.playground.resources.resource import Resource

__all__ = ["find", "resources"]


@cache
def resources() -> tuple[Resource, ...]:
    """Every resource, core ones first.

    Examples
    --------
    >>> [resource.name for resource in resources()][-1]
    'networkpolicies.networking.k8s.io'
    """
    found = [
        importlib.import_module(f"{kinds.__name__}.{entry.name}").RESOURCE
        for entry in pkgutil.iter_modules(kinds.__path__)
    ]
    return tuple(sorted(found, key=lambda resource: (resource.group, resource.plural)))


@cache
def find(group: str, version: str, plural: str) -> Resource | None:
    """The resource of that path, or None.

    Examples
    --------
    >>> find("apps", "v1", "deployments").kind
    'Deployment'
    """
    for resource in resources():
        if (resource.group, resource.version, resource.plural) == (group, version, plural):
            return resource
    return None
