"""Services. Their cluster IPs and node ports are given out by `nodeportkit.kube.allocation`."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource(
    "Service",
    "services",
    short_names=("svc",),
    categories=("all",),
    subresources=("status",),
    fields={"spec.clusterIP": ("spec", "clusterIP"), "spec.type": ("spec", "type")},
    answers_object=True,
    initial_status={"loadBalancer": {}},
)
