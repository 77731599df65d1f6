"""Objects as a terminal shows them: tables, which tell less than the objects do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from nodeportkit.faults.objects import Object, of_kind
from nodeportkit.kube.printing.objects import print_objects

__all__ = ["TABLES", "as_tables"]

TABLES: Final = ("Node", "Service", "Pod", "EndpointSlice", "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet")
"""The kinds that a person asked for tables of everything would list."""


def as_tables(objects: Iterable[Object], kinds: Sequence[str] = TABLES) -> str:
    """What `kubectl get KIND -A -o wide --show-labels` prints of these objects, one kind after the other.

    Examples
    --------
    >>> from nodeportkit.faults import healthy_cluster
    >>> as_tables(healthy_cluster(1, nodes=2), ["Service"]).split()[:4]
    ['NAMESPACE', 'NAME', 'TYPE', 'CLUSTER-IP']
    """
    held = list(objects)
    listed = [list(of_kind(held, kind)) for kind in kinds]
    return "\n".join(
        print_objects(things, wide=True, all_namespaces=True, show_labels=True) for things in listed if things
    )
