"""Leases: how kubelets say that they live."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource("Lease", "leases", "coordination.k8s.io")
