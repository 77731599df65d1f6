"""What a path names: a resource, an object of it, something beside the object."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from nodeportkit.playground.api.failures import nowhere, unserved
from nodeportkit.playground.resources import Resource, find
from nodeportkit.playground.store import Key

__all__ = ["Place", "place_of"]

_PATH: Final = re.compile(
    r"/(?:api/(?P<core>v1)|apis/(?P<group>[^/]+)/(?P<version>[^/]+))"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/))?/(?P<plural>[^/]+)(?:/(?P<name>[^/]+)(?:/(?P<sub>[^/]+)(?P<rest>/.*)?)?)?/?"
)
# What a cluster serves and a playground does not: who asks for these is told so, and others what a server would tell them.
_UNSERVED: Final = frozenset(
    """
    certificatesigningrequests clusterrolebindings clusterroles componentstatuses controllerrevisions cronjobs
    customresourcedefinitions horizontalpodautoscalers ingressclasses jobs limitranges persistentvolumeclaims
    persistentvolumes poddisruptionbudgets podtemplates priorityclasses replicationcontrollers resourcequotas rolebindings
    roles runtimeclasses storageclasses
    """.split()
)
_UNSERVED_BESIDE: Final = frozenset(
    {"attach", "ephemeralcontainers", "exec", "portforward", "proxy", "resize", "token"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a path names.

    Attributes
    ----------
    namespace
        None where no namespace is named.
    name
        "" for all objects of the resource.
    sub
        The subresource, "" for the object itself.
    """

    resource: Resource
    namespace: str | None
    name: str
    sub: str

    @property
    def key(self) -> Key:
        """Where the store has the object."""
        return Key(self.namespace or "", self.name)


def place_of(path: str) -> Place:
    """What a path names.

    Raises
    ------
    ApiError
        404, if there is nothing of it.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise nowhere()
    resource = find(match["group"] or "", match["core"] or match["version"], match["plural"])
    if resource is None:
        raise unserved(match["plural"]) if match["plural"] in _UNSERVED else nowhere()
    namespace = match["namespace"]
    if namespace and not resource.namespaced:
        raise nowhere()
    if resource.namespaced and not namespace and match["name"]:
        raise nowhere()
    sub = match["sub"] or ""
    unserved_beside = sub in _UNSERVED_BESIDE
    if (sub and sub not in resource.subresources and not unserved_beside) or (match["rest"] and not unserved_beside):
        raise nowhere()
    name = match["name"] or ""
    if sub == "proxy" and ":" in name:
        scheme_or_name, name_or_port, *port = name.split(":")  # NAME:PORT or SCHEME:NAME:PORT
        name = name_or_port if port else scheme_or_name
    return Place(resource, namespace, name, sub)
