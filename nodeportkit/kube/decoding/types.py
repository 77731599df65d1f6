"""The fields of every type that the kinds we know are made of, as Go declares them.

`types.txt` has a line a type: its name, then `field:type`. Source: the OpenAPI description of Kubernetes 1.37. A type that
no line tells of is a text by another name (`ServiceType`). Of two types of one name, that of the younger group carries it
behind an `@`.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from functools import cache
from typing import Final

__all__ = ["ROOTS", "fields_of", "types"]

ROOTS: Final = (
    "ConfigMap",
    "ControllerRevision",
    "DaemonSet",
    "Deployment",
    "EndpointSlice",
    "Endpoints",
    "Event",
    "Ingress",
    "Lease",
    "Namespace",
    "NetworkPolicy",
    "Node",
    "Pod",
    "ReplicaSet",
    "Secret",
    "Service",
    "ServiceAccount",
    "StatefulSet",
)


@cache
def types() -> Mapping[str, Mapping[str, str]]:
    """Every type with its fields, each with its own type in Go's notation: `string`, `[]ServicePort`, `map[string]string`.

    Examples
    --------
    >>> types()["ServicePort"]["nodePort"], types()["ServiceSpec"]["ports"]
    ('int32', '[]ServicePort')
    """
    table = importlib.resources.files("nodeportkit.kube.decoding").joinpath("types.txt").read_text(encoding="utf-8")
    found = {}
    for line in table.splitlines():
        name, *fields = line.split(" ")
        found[name] = dict(field.split(":") for field in fields)
    return found


def fields_of(name: str) -> Mapping[str, str] | None:
    """The fields of a type; None for one that has none."""
    return types().get(name)
