"""The same service as type LoadBalancer."""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.validation.names import qualified_name
from nodeportkit.migration.asked import check_class
from nodeportkit.migration.given import Given
from nodeportkit.migration.manifests import Manifests
from nodeportkit.migration.saying import of_the_service

__all__ = ["NAME", "write"]

NAME: Final = "LoadBalancer"


def write(given: Given, *, port: int | str | None, host: str | None, class_name: str | None) -> Manifests:
    """The service as type LoadBalancer; its node ports stay until its clients have moved."""
    if port is not None or host is not None:
        raise NodePortKitError(
            "a load balancer takes every port of the service, for any host",
            hint="Leave out port and host, or migrate to Ingress or Gateway.",
        )
    check_class("loadBalancerClass", class_name, qualified_name)
    service = given.service("LoadBalancer")
    for made, known in zip(service["spec"]["ports"], given.ports, strict=True):
        if known.node_port:
            made["nodePort"] = known.node_port
    if given.row["external_traffic_policy"] == "Local":
        service["spec"]["externalTrafficPolicy"] = "Local"
    if given.row["load_balancer_source_ranges"]:
        service["spec"]["loadBalancerSourceRanges"] = list(given.row["load_balancer_source_ranges"])
    if class_name:
        service["spec"]["loadBalancerClass"] = class_name
    title = f"Service {given.namespace}/{given.name} as a LoadBalancer, for `kubectl apply -f`. What changes:"
    return Manifests(title, [service], _changes(given, service["spec"]))


def _changes(given: Given, spec: dict[str, Any]) -> list[str]:
    ports = ", ".join(str(port) for port in given.ports)
    wait = f"`kubectl get service {given.name} -n {given.namespace} --watch` shows it under EXTERNAL-IP"
    changes = [
        f"Clients dial one address of the load balancer, port {ports}, instead of {given.addresses}; {wait}. It stays "
        "<pending> where nothing provides load balancers: a cloud's controller, MetalLB or the like.",
    ]
    if any(port.node_port for port in given.ports):
        changes.append(
            "The node ports stay as they are, so that nobody is cut off. When no client dials them any more, and if the "
            "load balancer does without them, remove `nodePort` and set `allocateLoadBalancerNodePorts: false`: until "
            "then they are open on every node."
        )
    if spec.get("externalTrafficPolicy") == "Local":
        changes.append(
            "externalTrafficPolicy Local stays: pods see the client's address if the load balancer passes it on. It asks "
            "each node's healthCheckNodePort, which the API server allocates, and leaves out nodes without a ready "
            "pod; on a bare node port their connections are lost."
        )
    elif given.row["external_traffic_policy"] == "Cluster":
        changes.append(
            "externalTrafficPolicy Cluster stays: any node takes any connection, pods see a node's address instead of the "
            "client's, and most connections take a second hop. `Local` does without both."
        )
    if spec.get("sessionAffinity") == "ClientIP":
        changes.append(
            "Session affinity goes by the source address that arrives at the node: a load balancer that puts its own in "
            "place of the client's sends everybody to one pod."
        )
    if len({port.protocol for port in given.ports}) > 1:
        changes.append(
            "TCP and UDP on one load balancer are more than some providers can do: they refuse it, or serve one of them."
        )
    return changes + of_the_service(given)
