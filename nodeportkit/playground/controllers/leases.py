"""The Lease of every node, which its kubelet renews for as long as it runs.

staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go and pkg/kubelet/kubelet.go (`nodeLeaseRenewIntervalFraction`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from nodeportkit.playground.controllers.hands import Hands
from nodeportkit.playground.machines import is_stopped
from nodeportkit.playground.store import Change, Key, Object

__all__ = ["Controller"]

_NAMESPACE: Final = "kube-node-lease"
_LEASES: Final = "leases.coordination.k8s.io"
_LASTS: Final = 40  # seconds, nodeLeaseDurationSeconds
_EVERY: Final = 10.0  # a quarter of that
_LEAST: Final = 1.0  # of our seconds between two renewals, however fast the clock runs


class Controller:
    """Renews the leases of nodes that are up."""

    NAME = "kubelet"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again
        self._pause = max(_EVERY, _LEAST / hands.clock.real(1.0))

    def concerns(self, change: Change) -> Iterable[Key]:
        """A node that is new, or is switched on; a lease that was deleted."""
        if change.resource == "nodes" and change.type != "DELETED":
            if change.before is None or is_stopped(change.before) != is_stopped(change.object):
                yield change.key
        elif change.resource == _LEASES and change.type == "DELETED" and change.key.namespace == _NAMESPACE:
            yield Key("", change.key.name)

    def care(self, key: Key) -> None:
        """Renew the node's lease; make it if there is none."""
        node = self._hands.store.get("nodes", key)
        if node is None or is_stopped(node):
            return
        at = f"{self._hands.clock.now():%Y-%m-%dT%H:%M:%S.%f}Z"
        lease = self._hands.get(_LEASES, Key(_NAMESPACE, key.name))
        if lease is None:
            self._hands.create(_LEASES, _lease(node, at))
        else:
            lease["spec"] |= {"holderIdentity": key.name, "leaseDurationSeconds": _LASTS, "renewTime": at}
            self._hands.update(_LEASES, lease)
        self._again(key, self._pause)


def _lease(node: Object, at: str) -> Object:
    name, uid = node["metadata"]["name"], node["metadata"]["uid"]
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {
            "name": name,
            "namespace": _NAMESPACE,
            "ownerReferences": [{"apiVersion": "v1", "kind": "Node", "name": name, "uid": uid}],
        },
        "spec": {"holderIdentity": name, "leaseDurationSeconds": _LASTS, "renewTime": at},
    }
