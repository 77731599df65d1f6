"""Services as a playground's API tells of them: found by name, their node ports, and who answers for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nodeportkit.errors import NodePortKitError, NotFound, nearest

__all__ = ["ends_of", "find_service", "key_of", "node_port_of"]


def key_of(service: str) -> tuple[str, str]:
    """Namespace and name of `"name"` or `"namespace/name"`."""
    namespace, _, name = service.rpartition("/")
    return namespace or "default", name


def find_service(call: Callable[..., dict[str, Any]], namespace: str, name: str) -> dict[str, Any]:
    """The service.

    Raises
    ------
    NotFound
        If there is none.
    """
    services = call("GET", "/api/v1/services")["items"]
    for service in services:
        if (service["metadata"]["namespace"], service["metadata"]["name"]) == (namespace, name):
            found: dict[str, Any] = service
            return found
    known = [f"{it['metadata']['namespace']}/{it['metadata']['name']}" for it in services]
    raise NotFound(f"There is no service {namespace}/{name} here", hint=nearest(f"{namespace}/{name}", known))


def node_port_of(service: Mapping[str, Any], wanted: str | int | None) -> dict[str, Any]:
    """The port of the service that is meant by a name or number, or by nothing if it is the only one.

    Raises
    ------
    NotFound
        If the service has no such port.
    NodePortKitError
        If that has no node port, or several ports may be meant.
    """
    ports = service["spec"].get("ports") or []
    name = f"{service['metadata']['namespace']}/{service['metadata']['name']}"
    found = [port for port in ports if wanted in (None, port.get("name"), port["port"])]
    if not found:
        raise NotFound(f"{name} has no port {wanted!r}", hint=nearest(str(wanted), [str(it["port"]) for it in ports]))
    if not found[0].get("nodePort"):
        raise NodePortKitError(f"{name} has no node port", hint="Give it the type NodePort.")
    if len(found) > 1:
        raise NodePortKitError(
            f"{name} has several ports", hint=f"Say which: {', '.join(str(it['port']) for it in found)}."
        )
    chosen: dict[str, Any] = found[0]
    return chosen


def ends_of(call: Callable[..., dict[str, Any]], namespace: str, service: str, port_name: str) -> dict[str, str]:
    """Where each pod takes the connections of a service port: `ip:port` by name."""
    slices = call("GET", f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices")["items"]
    return {
        end["targetRef"]["name"]: f"{end['addresses'][0]}:{port['port']}"
        for it in slices
        if (it["metadata"].get("labels") or {}).get("kubernetes.io/service-name") == service
        for port in it.get("ports") or ()
        if (port.get("name") or "") == port_name
        for end in it.get("endpoints") or ()
        if end.get("targetRef")
    }
