"""What is worked out once for a cluster, however many services of it are asked about."""

from __future__ import annotations

from typing import Final, get_args
from weakref import WeakKeyDictionary

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.kube.endpoints import derive
from nodeportkit.kube.packets import Mode
from nodeportkit.kube.proxy_pods import is_proxy
from nodeportkit.standings.facts import mask
from nodeportkit.standings.parts import part
from nodeportkit.traffic.tracing import Tracer

__all__ = ["derived", "proxies", "tracer"]

_DERIVED: Final[WeakKeyDictionary[Cluster, dict[tuple[str, str], pd.DataFrame]]] = WeakKeyDictionary()
_PROXIES: Final[WeakKeyDictionary[Cluster, pd.DataFrame]] = WeakKeyDictionary()
_TRACERS: Final[WeakKeyDictionary[Cluster, Tracer]] = WeakKeyDictionary()


def derived(cluster: Cluster, namespace: str, name: str) -> pd.DataFrame:
    """The endpoints that selector and pods give a service, whatever its slices say."""
    if cluster not in _DERIVED:
        made = derive(cluster.services, cluster.ports, cluster.pods, cluster.containers)
        _DERIVED[cluster] = {
            (str(key[0]), str(key[1])): rows for key, rows in made.groupby(["namespace", "service"], sort=False)
        }
    found = _DERIVED[cluster].get((namespace, name))
    return cluster.given.iloc[:0] if found is None else found


def proxies(cluster: Cluster) -> pd.DataFrame:
    """The pods that are kube-proxy's."""
    if cluster not in _PROXIES:
        system = part(cluster, "pods", "kube-system")
        _PROXIES[cluster] = system[mask(is_proxy(*each) for each in zip(system["name"], system["labels"], strict=True))]
    return _PROXIES[cluster]


def tracer(cluster: Cluster) -> Tracer:
    """What follows packets through its nodes."""
    if cluster not in _TRACERS:
        known = cluster.proxy.mode in get_args(Mode)
        _TRACERS[cluster] = Tracer(cluster, mode=cluster.proxy.mode if known else "iptables")
    return _TRACERS[cluster]
