"""Namespaces: what each begins with, and how it ends.

pkg/controller/serviceaccount, pkg/controller/certificates/rootcacertpublisher, pkg/controller/namespace.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nodeportkit.playground.controllers.hands import Hands
from nodeportkit.playground.resources import resources
from nodeportkit.playground.store import Change, Key

__all__ = ["Controller"]


class Controller:
    """Fills new namespaces, and empties those that go."""

    NAME = "namespace-controller"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again

    def concerns(self, change: Change) -> Iterable[Key]:
        """The namespace itself, or that of what was deleted."""
        if change.resource == "namespaces":
            yield change.key
        elif change.type == "DELETED" and change.key.namespace:
            yield Key("", change.key.namespace)

    def care(self, key: Key) -> None:
        """Give the namespace its service account; if it goes, delete what is in it, and then it."""
        namespace = self._hands.get("namespaces", key)
        if namespace is None:
            return
        if not namespace["metadata"].get("deletionTimestamp"):
            if self._hands.get("serviceaccounts", Key(key.name, "default")) is None:
                metadata = {"name": "default", "namespace": key.name}
                account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
                self._hands.create("serviceaccounts", account)
            return
        left = [
            (resource.name, thing)
            for resource in resources()
            if resource.namespaced
            for thing in self._hands.all(resource.name, key.name)
        ]
        for resource, thing in left:
            if not thing["metadata"].get("deletionTimestamp"):
                self._hands.delete(resource, thing)
        if not any(self._hands.all(resource.name, key.name) for resource in resources() if resource.namespaced):
            self._hands.finalize(namespace)
