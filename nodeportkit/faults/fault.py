"""A cluster with one thing wrong that is known, and the question with which a person would come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from nodeportkit.cluster import Cluster
from nodeportkit.faults.objects import Object, as_list
from nodeportkit.faults.tables import TABLES, as_tables
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.sources.read import read

__all__ = ["Fault"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A cluster with one thing wrong that is known.

    Attributes
    ----------
    cause
        What is wrong: an id of `causes()`.
    variant
        In which of its forms.
    objects
        The Kubernetes objects of the cluster.
    service
        The service asked about, `namespace/name`.
    question
        What a person would say of it: symptom, node, address, port, observed, manifest, source, as far as they matter.
    certainty
        How certainly the objects and the question tell it: `fact`, `hint` or `possible`; several where it is a matter of
        opinion.
    also
        Causes that are true besides, as a consequence.
    checks
        The checks that an audit of these objects should raise because of it.
    around
        Whether it harms other services too.
    proxy
        How kube-proxy is set up, where that is a part of it.
    terminal
        What a terminal printed besides, where that is a part of it.
    """

    cause: str
    variant: str
    objects: list[Object] = field(repr=False)
    service: str
    question: dict[str, Any]
    certainty: tuple[str, ...] = ("fact",)
    also: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    around: bool = False
    proxy: ProxyConfig | None = None
    terminal: str = ""

    def cluster(self) -> Cluster:
        """The objects, and what the terminal printed, read."""
        return self._read(as_list(self.objects))

    def pasted(self, kinds: Sequence[str] = TABLES) -> Cluster:
        """The same from tables of these kinds, as a person would paste them; they tell less."""
        return self._read(as_tables(self.objects, kinds))

    def _read(self, objects: Any) -> Cluster:
        found = read(objects, *([self.terminal] if self.terminal else []))
        return found if self.proxy is None else found.replace(proxy=self.proxy)
