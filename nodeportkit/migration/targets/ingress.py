"""The same service as ClusterIP, behind an Ingress."""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.validation.names import dns1123_subdomain, port_name
from nodeportkit.migration.asked import check_class, check_host
from nodeportkit.migration.given import Given, Port
from nodeportkit.migration.manifests import Manifests
from nodeportkit.migration.saying import of_the_service

__all__ = ["NAME", "write"]

NAME: Final = "Ingress"


def write(given: Given, *, port: int | str | None, host: str | None, class_name: str | None) -> Manifests:
    """The service as ClusterIP, and an Ingress that sends every path of the host to one of its ports."""
    check_host(host)
    check_class("ingressClassName", class_name, dns1123_subdomain)
    chosen = _chosen(given, port)
    rule: dict[str, Any] = {"host": host} if host else {}
    backend = {"service": {"name": given.name, "port": _reference(chosen)}}
    rule["http"] = {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}
    spec: dict[str, Any] = {"ingressClassName": class_name} if class_name else {}
    spec["rules"] = [rule]
    ingress = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": given.name, "namespace": given.namespace},
        "spec": spec,
    }
    title = f"Service {given.namespace}/{given.name} behind an Ingress, for `kubectl apply -f`. What changes:"
    return Manifests(title, [given.service("ClusterIP"), ingress], _changes(given, chosen, host, class_name))


def _reference(port: Port) -> dict[str, Any]:
    # An Ingress takes names of 15 characters; those of a Service's ports may be longer.
    return {"name": port.name} if port.name and not port_name(port.name) else {"number": port.port}


def _chosen(given: Given, wanted: int | str | None) -> Port:
    """The port that the Ingress sends requests to."""
    over_tcp = [port for port in given.ports if port.protocol == "TCP"]
    here = f"{given.namespace}/{given.name}"
    if wanted is not None:
        found = [port for port in over_tcp if str(wanted) in (port.name, str(port.port))]
        if not found:
            offered = ", ".join(str(port) for port in given.ports)
            raise NodePortKitError(f"{here} has no port {wanted} over TCP", hint=f"Its ports: {offered}.")
        return found[0]
    likely = [port for port in over_tcp if port.is_http]
    if len(likely) == 1 or len(over_tcp) == 1:
        return (likely or over_tcp)[0]
    if not over_tcp:
        raise NodePortKitError(
            f"an Ingress carries HTTP alone, and {here} has no port over TCP",
            hint="Migrate to LoadBalancer or Gateway.",
        )
    offered = ", ".join(f"{port.name or port.port}" for port in likely or over_tcp)
    raise NodePortKitError(f"{here} has several ports that may speak HTTP", hint=f"Say which with port=: {offered}.")


def _changes(given: Given, chosen: Port, host: str | None, class_name: str | None) -> list[str]:
    address = f"`kubectl get ingress {given.name} -n {given.namespace}` shows under ADDRESS"
    name = f"http://{host}/, whose DNS must lead to what {address}," if host else f"what {address}"
    changes = [
        f"Clients ask {name} instead of {given.addresses}; these node ports close as soon as this is applied, so move the "
        "clients first, or keep a NodePort service of another name meanwhile.",
        "It needs an ingress controller"
        + (
            f" of class {class_name}."
            if class_name
            else " and a default IngressClass (`kubectl get ingressclass`), or spec.ingressClassName."
        ),
        "Pods see the controller's address; the client's comes in the header X-Forwarded-For.",
    ]
    if not chosen.is_http:
        changes.append(f"Nothing shows that port {chosen} speaks HTTP; an Ingress carries nothing else.")
    if chosen.is_tls:
        changes.append(f"Port {chosen} seems to speak TLS: tell the controller so, or it asks in plain HTTP.")
    if not host:
        changes.append("Without a host the rule takes the requests for every host that no other rule takes.")
    changes.append("For HTTPS add spec.tls with a Secret that holds the certificate.")
    if given.row["session_affinity"] == "ClientIP":
        changes.append(
            "Session affinity by client address ends: most controllers send to pods directly. Ask the controller for a "
            "sticky cookie."
        )
    if given.row["external_traffic_policy"] == "Local":
        changes.append(
            "externalTrafficPolicy Local goes: it belongs to node ports. No node loses connections any more."
        )
    closed = [str(port) for port in given.ports if port is not chosen]
    if closed:
        changes.append(
            f"Port {', '.join(closed)} is reached inside the cluster only: the Ingress carries {chosen} alone."
        )
    return changes + of_the_service(given)
