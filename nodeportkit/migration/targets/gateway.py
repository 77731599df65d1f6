"""The same service as ClusterIP, behind a Gateway of its own."""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.validation.names import dns1123_subdomain
from nodeportkit.migration.asked import check_class, check_host
from nodeportkit.migration.given import Given, Port
from nodeportkit.migration.manifests import Manifests
from nodeportkit.migration.saying import of_the_service

__all__ = ["NAME", "write"]

NAME: Final = "Gateway"
_API: Final = "gateway.networking.k8s.io/v1"
_PLACEHOLDER: Final = "example"


def write(given: Given, *, port: int | str | None, host: str | None, class_name: str | None) -> Manifests:
    """The service as ClusterIP, a Gateway that listens on its ports, and a route for each port."""
    if port is not None:
        raise NodePortKitError(
            "a Gateway listens on every port of the service", hint="Leave out port, or migrate to Ingress."
        )
    if any(known.protocol == "SCTP" for known in given.ports):
        raise NodePortKitError("Gateway API has no route for SCTP", hint="Migrate to LoadBalancer.")
    check_host(host)
    check_class("gatewayClassName", class_name, dns1123_subdomain)
    listeners = [_listener(known, host) for known in given.ports]
    gateway = {
        "apiVersion": _API,
        "kind": "Gateway",
        "metadata": {"name": given.name, "namespace": given.namespace},
        "spec": {"gatewayClassName": class_name or _PLACEHOLDER, "listeners": listeners},
    }
    routes = [_route(given, known, host) for known in given.ports]
    title = f"Service {given.namespace}/{given.name} behind a Gateway, for `kubectl apply -f`. What changes:"
    objects = [given.service("ClusterIP"), gateway, *routes]
    return Manifests(title, objects, _changes(given, host, class_name))


def _name(port: Port) -> str:
    return port.name or f"{port.protocol.lower()}-{port.port}"


def _kind(port: Port) -> str:
    """The kind of route: HTTPRoute where HTTP is to be seen, as TLS that pods end themselves is passed on unread."""
    return "HTTPRoute" if port.is_http and not port.is_tls else f"{port.protocol}Route"


def _listener(port: Port, host: str | None) -> dict[str, Any]:
    kind = _kind(port)
    listener: dict[str, Any] = {"name": _name(port)}
    if host and kind == "HTTPRoute":
        listener["hostname"] = host
    protocol = "HTTP" if kind == "HTTPRoute" else port.protocol
    return listener | {"port": port.port, "protocol": protocol, "allowedRoutes": {"kinds": [{"kind": kind}]}}


def _route(given: Given, port: Port, host: str | None) -> dict[str, Any]:
    kind = _kind(port)
    name = given.name if len(given.ports) == 1 else f"{given.name}-{_name(port)}"
    spec: dict[str, Any] = {"parentRefs": [{"name": given.name, "sectionName": _name(port)}]}
    if host and kind == "HTTPRoute":
        spec["hostnames"] = [host]
    spec["rules"] = [{"backendRefs": [{"name": given.name, "port": port.port}]}]
    return {
        "apiVersion": _API,
        "kind": kind,
        "metadata": {"name": name, "namespace": given.namespace},
        "spec": spec,
    }


def _changes(given: Given, host: str | None, class_name: str | None) -> list[str]:
    kinds = {port: _kind(port) for port in given.ports}
    ports = ", ".join(str(port) for port in given.ports)
    changes = [
        f"Clients dial the Gateway, port {ports}, instead of {given.addresses}; these node ports close as soon as this is "
        "applied, so move the clients first, or keep a NodePort service of another name meanwhile. "
        f"`kubectl get gateway {given.name} -n {given.namespace}` shows its ADDRESS.",
        f"It needs a controller of GatewayClass {class_name}."
        if class_name
        else f"Replace gatewayClassName: {_PLACEHOLDER} by a class of your cluster (`kubectl get gatewayclass`).",
        "Pods see the gateway's address; over HTTP the client's comes in the header X-Forwarded-For.",
    ]
    plain = [str(port) for port, kind in kinds.items() if kind != "HTTPRoute"]
    if plain:
        changes.append(
            f"Port {', '.join(plain)} is passed on as it is. TCPRoute and UDPRoute belong to the standard channel since "
            "Gateway API 1.6; before, they are v1alpha2 of the experimental channel."
        )
    if http := [str(port) for port, kind in kinds.items() if kind == "HTTPRoute"]:
        said = "appProtocol, name or number says so; for other protocols use a TCPRoute"
        changes.append(
            f"Port {', '.join(http)} is taken for HTTP ({said}). For HTTPS add a listener with a certificate."
        )
    if host and plain:
        changes.append(f"The host {host} counts for HTTP alone.")
    if given.row["session_affinity"] == "ClientIP":
        changes.append("Session affinity by client address ends: most gateways send to pods directly. Use theirs.")
    if given.row["external_traffic_policy"] == "Local":
        changes.append(
            "externalTrafficPolicy Local goes: it belongs to node ports. No node loses connections any more."
        )
    return changes + of_the_service(given)
