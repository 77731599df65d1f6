"""The defaults of each kind."""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.kube.defaults.cluster import fill_namespace, fill_node, fill_secret
from nodeportkit.kube.defaults.networking import fill_endpoint_slice, fill_endpoints, fill_network_policy
from nodeportkit.kube.defaults.pods import fill_pod, fill_pod_spec
from nodeportkit.kube.defaults.services import fill_service
from nodeportkit.kube.defaults.workloads import WORKLOADS
from nodeportkit.kube.parts import Object, copied, text

__all__ = ["with_defaults"]

_FILL: Final = {
    "EndpointSlice": fill_endpoint_slice,
    "Endpoints": fill_endpoints,
    "Namespace": fill_namespace,
    "NetworkPolicy": fill_network_policy,
    "Node": fill_node,
    "Pod": fill_pod,
    "Secret": fill_secret,
    "Service": fill_service,
}


def with_defaults(thing: Object) -> dict[str, Any]:
    """Fill in what the API server fills in before it looks at an object; other kinds come back as they are.

    Parameters
    ----------
    thing
        An object, its fields of the right types.

    Returns
    -------
    dict
        A copy.

    Examples
    --------
    >>> service = {"kind": "Service", "spec": {"type": "NodePort", "ports": [{"port": 80}]}}
    >>> with_defaults(service)["spec"]["ports"]
    [{'port': 80, 'protocol': 'TCP', 'targetPort': 80}]
    """
    kind = text(thing, "kind")
    filled: dict[str, Any] = copied(dict(thing))
    if kind in _FILL:
        _FILL[kind](filled)
    elif kind in WORKLOADS:
        spec = part(filled, "spec")
        WORKLOADS[kind](spec)
        fill_pod_spec(part(part(spec, "template"), "spec"))
    return filled


def part(thing: dict[str, Any], key: str) -> dict[str, Any]:
    """The mapping at a key, made where there is none."""
    if not isinstance(thing.get(key), dict):
        thing[key] = {}
    found: dict[str, Any] = thing[key]
    return found
