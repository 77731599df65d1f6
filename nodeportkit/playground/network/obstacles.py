"""What packets meet on their way beside kube-proxy's rules: nodes that are off, firewalls, cut links, NetworkPolicies.

A node does not answer where its annotation `nodeportkit.io/stopped` is "true", drops what comes from outside where
`nodeportkit.io/firewall` is "true", and exchanges nothing with other nodes where `nodeportkit.io/isolated` is "true".
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from nodeportkit.kube.network_policy import Peer, admits, isolating
from nodeportkit.playground.machines import STOPPED
from nodeportkit.playground.network.addresses import Addresses
from nodeportkit.playground.network.doors import Door
from nodeportkit.playground.store import Change, Key, Object, Store

__all__ = ["FIREWALL", "ISOLATED", "STOPPED", "Obstacles"]

FIREWALL: Final = "nodeportkit.io/firewall"
ISOLATED: Final = "nodeportkit.io/isolated"
_POLICIES: Final = "networkpolicies.networking.k8s.io"


class Obstacles:
    """Tells which packets are lost.

    Parameters
    ----------
    store
        The objects.
    addresses
        The playground's.
    """

    def __init__(self, store: Store, addresses: Addresses) -> None:
        self._store = store
        self._addresses = addresses
        self._policies: pd.DataFrame | None = None  # read when they are asked for

    def look(self, change: Change) -> bool:
        """Take note of a change; gives whether other packets may be lost now."""
        if change.resource == _POLICIES:
            self._policies = None
        return change.resource == _POLICIES

    def before(self, node: str) -> bool:
        """Whether nothing from outside gets into a node."""
        return self._is(node, STOPPED) or self._is(node, FIREWALL)

    def behind(self, node: str, source: str, pod: Key, door: Door) -> bool:
        """Whether what a node sends on to a pod is lost.

        Parameters
        ----------
        node
            The node where the packet came in.
        source
            The address that the pod would see.
        pod, door
            The pod, and its port.
        """
        target = self._store.get("pods", pod)
        if target is None:
            return False
        home = target["spec"].get("nodeName", "")
        if self._is(home, STOPPED):
            return True
        if node != home and (self._is(node, ISOLATED) or self._is(home, ISOLATED)):
            return True
        return not self._admitted(target, source, door)

    def _admitted(self, pod: Object, source: str, door: Door) -> bool:
        """Whether the NetworkPolicies admit a packet to a pod."""
        if not self._store.all(_POLICIES) or pod["spec"].get("hostNetwork"):
            return True
        if source in (pod["status"].get("hostIP"), pod["status"].get("podIP")):
            return True  # from its own node, or itself
        labels = pod["metadata"].get("labels") or {}
        policies = isolating(self._read(), pod["metadata"]["namespace"], labels)
        if policies.empty:
            return True
        names = {
            port["name"]
            for container in pod["spec"]["containers"]
            for port in container.get("ports") or ()
            if (port["containerPort"], port.get("protocol", "TCP")) == (door.port, door.protocol) and port.get("name")
        }
        return bool(admits(policies, self._peer(source), door.port, door.protocol, names=names))

    def _peer(self, source: str) -> Peer:
        """Who has an address: a pod, or anybody else."""
        for pod in self._store.all("pods") if self._addresses.has(source) else ():
            if pod["status"].get("podIP") == source and not pod["spec"].get("hostNetwork"):
                namespace = pod["metadata"]["namespace"]
                of = self._store.get("namespaces", Key("", namespace))
                borne = (of["metadata"].get("labels") or {}) if of else {}
                return Peer(source, namespace, pod["metadata"].get("labels") or {}, borne)
        return Peer(source)

    def _read(self) -> pd.DataFrame:
        from nodeportkit.sources.read import read

        if self._policies is None:
            self._policies = read({"apiVersion": "v1", "kind": "List", "items": self._store.all(_POLICIES)}).policies
        return self._policies

    def _is(self, node: str, what: str) -> bool:
        found = self._store.get("nodes", Key("", node))
        return found is not None and (found["metadata"].get("annotations") or {}).get(what) == "true"
