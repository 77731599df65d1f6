"""The rows of a cluster's frames that are of one service or namespace, found once for all of them."""

from __future__ import annotations

from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.chains.pairing import join
from nodeportkit.cluster import Cluster

__all__ = ["Part", "part", "places"]

Part = Literal["ports", "endpoints", "links", "pods", "containers", "workloads"]
_OF_SERVICE: Final = ["namespace", "service"]
_KEYS: Final[dict[Part, Any]] = {
    "ports": _OF_SERVICE,
    "endpoints": _OF_SERVICE,
    "links": _OF_SERVICE,
    "pods": "namespace",
    "containers": "namespace",
    "workloads": "namespace",
}
_Places = dict[Any, npt.NDArray[np.intp]]
_HELD: Final[WeakKeyDictionary[Cluster, dict[Part, tuple[pd.DataFrame, _Places]]]] = WeakKeyDictionary()


def part(cluster: Cluster, frame: Part, namespace: str, service: str | None = None) -> pd.DataFrame:
    """The rows of a frame that are of a service, or of a namespace for pods, containers and workloads.

    Examples
    --------
    >>> cluster = Cluster(pods={"namespace": ["shop", "lab", "shop"], "name": ["web-0", "web-0", "web-1"]})
    >>> part(cluster, "pods", "shop")["name"].tolist()
    ['web-0', 'web-1']
    """
    table, _ = _held(cluster, frame)
    return table.take(places(cluster, frame, namespace, service))


def places(cluster: Cluster, frame: Part, namespace: str, service: str | None = None) -> npt.NDArray[np.intp]:
    """The positions of these rows in the frame, in order.

    Examples
    --------
    >>> cluster = Cluster(pods={"namespace": ["shop", "lab", "shop"], "name": ["web-0", "web-0", "web-1"]})
    >>> places(cluster, "pods", "shop").tolist()
    [0, 2]
    """
    _, found = _held(cluster, frame)
    return found.get(namespace if service is None else (namespace, service), np.empty(0, dtype=np.intp))


def _held(cluster: Cluster, frame: Part) -> tuple[pd.DataFrame, _Places]:
    held = _HELD.setdefault(cluster, {})
    if frame not in held:
        table = join(cluster.ports, cluster.endpoints) if frame == "links" else getattr(cluster, frame)
        found = table.groupby(_KEYS[frame], sort=False).indices
        held[frame] = table, {key: np.asarray(rows, dtype=np.intp) for key, rows in found.items()}
    return held[frame]
