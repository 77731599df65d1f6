"""What is asked of an object beside the object itself: its scale, and what is not served.

pkg/registry/apps/deployment/storage.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.kube.validation.status import failure
from nodeportkit.playground.api.failures import ApiError, bad_request
from nodeportkit.playground.resources import Resource
from nodeportkit.playground.store import Key, Object, Store, copied
from nodeportkit.selectors import format_selector

__all__ = ["SCALE", "as_scale", "scaled", "unserved_beside"]

# Programs that would dial, or ask for names.
_DIALS: Final = ("curl", "wget", "nc", "telnet")
_RESOLVES: Final = ("nslookup", "dig", "host", "getent")
_RESOLV_CONF: Final = "/etc/resolv.conf"
SCALE: Final = Resource("Scale", "scales", "autoscaling")


def as_scale(thing: Object) -> Object:
    """The object as `Scale` shows it: how many are wanted, and how many there are."""
    metadata = thing["metadata"]
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {name: metadata[name] for name in kept if name in metadata},
        "spec": {"replicas": thing["spec"].get("replicas", 0)},
        "status": {
            "replicas": thing.get("status", {}).get("replicas", 0),
            "selector": format_selector(thing["spec"].get("selector") or {}),
        },
    }


def scaled(thing: Object, scale: Any) -> Object:
    """The object with as many replicas as a `Scale` asks for."""
    spec, metadata = (scale.get(name) or {} for name in ("spec", "metadata")) if isinstance(scale, dict) else ((), ())
    replicas = spec.get("replicas", 0) if isinstance(spec, dict) else None
    if not isinstance(metadata, dict) or not isinstance(replicas, int) or isinstance(replicas, bool):
        raise bad_request('Scale in version "v1" cannot be handled as a Scale: spec.replicas must be a number')
    changed: Object = copied(thing)
    changed["spec"]["replicas"] = replicas
    if metadata.get("resourceVersion"):
        changed["metadata"]["resourceVersion"] = metadata["resourceVersion"]
    return changed


def unserved_beside(store: Store, thing: Object, sub: str, command: Sequence[str] = ()) -> ApiError:
    """What a cluster serves beside an object, and a playground does not: 404 that says what to do instead.

    Parameters
    ----------
    store
        The objects, to name addresses.
    thing, sub
        What was asked for.
    command
        The program that was to run in a pod, and its arguments.
    """
    name = thing["metadata"]["name"]
    if sub in ("portforward", "proxy"):
        said = f"the playground forwards no connections: {_dialled(thing)}"
    elif command and command[0] in _DIALS:
        said = f"the playground runs no programs in its pods: {_asked(store, thing, command)}"
    elif command and (command[0] in _RESOLVES or _RESOLV_CONF in command):
        said = "the playground resolves no names: `kubectl get services` tells the addresses, and this machine can dial them"
    elif thing["kind"] == "Pod":
        said = f"the playground runs no programs in its pods: `kubectl logs {name}` and `kubectl describe pod {name}` tell of it"
    else:
        said = f"the playground serves no {sub} of {thing['kind']}s"
    return ApiError({**failure(404, "NotFound", said), "details": {}})


def _asked(store: Store, pod: Object, command: Sequence[str]) -> str:
    """Where the service is that a command is to ask; or that all addresses can be dialled."""
    for word in command[1:]:
        name, _, rest = word.removeprefix("http://").partition("/")[0].partition(".")
        name, _, port = name.partition(":")
        namespace = rest.partition(":")[0].partition(".")[0] or pod["metadata"]["namespace"]
        service = store.get("services", Key(namespace, name))
        if service is not None:
            port = port or rest.partition(":")[2]
            return _dialled(service, port)
    return "every address of the cluster can be dialled on this machine"


def _dialled(thing: Object, port: str = "") -> str:
    """Where to dial instead; of several ports, at the one that is named."""
    name, spec = thing["metadata"]["name"], thing.get("spec") or {}
    if thing["kind"] == "Pod":
        address = (thing.get("status") or {}).get("podIP")
        ports = [it["containerPort"] for container in spec["containers"] for it in container.get("ports") or ()]
    else:
        address = spec.get("clusterIP")
        ports = [it["port"] for it in spec.get("ports") or ()]
    if port.isdecimal() and int(port) in ports:
        ports = [int(port)]
    if not address or address == "None":
        return f"{name} has no address"
    return f"dial {name} on this machine, at {' or '.join(f'{address}:{port}' for port in ports) or address}"
