"""Endpoints. Here pods have addresses of the loopback range, which Kubernetes refuses."""

from nodeportkit.kube.validation.addresses import LOOPBACK
from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource("Endpoints", "endpoints", short_names=("ep",), excused=(LOOPBACK,))
