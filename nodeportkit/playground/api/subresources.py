"""What is asked of an object beside the object itself: its scale, its log, its eviction, its node.

pkg/registry/apps/deployment/storage, pkg/registry/core/pod/storage.
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.kube.validation.status import failure
from nodeportkit.playground.api.exchange import Request
from nodeportkit.playground.api.failures import ApiError, bad_request
from nodeportkit.playground.resources import Resource
from nodeportkit.playground.store import Object, copied
from nodeportkit.selectors import format_selector

__all__ = ["SCALE", "as_scale", "log_of", "scaled", "unserved_beside"]

SCALE: Final = Resource("Scale", "scales", "autoscaling")

_ERROR: Final = "a container name must be specified for pod {pod}, choose one of: [{names}]"


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


def log_of(pod: Object, request: Request) -> str:
    """What a container of the pod has printed.

    Parameters
    ----------
    request
        With the query parameters `container`, `previous`, `timestamps`, `tailLines` and `limitBytes`.

    Raises
    ------
    ApiError
        If there is no such container, or nothing that it could have printed.
    """
    container = request.one("container")
    name = pod["metadata"]["name"]
    names = [it["name"] for it in pod["spec"]["containers"]]
    if not container and len(names) > 1:
        raise bad_request(_ERROR.format(pod=name, names=" ".join(names)))
    chosen = container or names[0]
    if chosen not in names:
        raise bad_request(f"container {chosen} is not valid for pod {name}")
    statuses = pod.get("status", {}).get("containerStatuses") or ()
    status: Object = next((it for it in statuses if it["name"] == chosen), {})
    if request.flag("previous"):
        state = status.get("lastState") or {}
        if "terminated" not in state:
            raise bad_request(f'previous terminated container "{chosen}" in pod "{name}" not found')
    else:
        state = status.get("state") or {}
        if "running" not in state and "terminated" not in state:
            reason = state.get("waiting", {}).get("reason", "ContainerCreating")
            raise bad_request(f'container "{chosen}" in pod "{name}" is waiting to start: {reason}')
    lines = _printed(next(it for it in pod["spec"]["containers"] if it["name"] == chosen))
    if request.flag("timestamps"):
        since = (state.get("running") or state.get("terminated") or {}).get("startedAt", "")
        lines = [f"{since} {line}" for line in lines]
    tail = request.one("tailLines")
    if tail.isdecimal():
        lines = lines[max(0, len(lines) - int(tail)) :]
    text = "".join(f"{line}\n" for line in lines)
    limit = request.one("limitBytes")
    return text.encode()[: int(limit)].decode(errors="ignore") if limit.isdecimal() else text


def _printed(container: Object) -> list[str]:
    """What its program prints when it starts."""
    return [f"listening on port {it['containerPort']}" for it in container.get("ports") or ()] or ["started"]


def unserved_beside(thing: Object, sub: str) -> ApiError:
    """What a cluster serves beside an object, and a playground does not: 404 that says what to do instead."""
    name = thing["metadata"]["name"]
    if sub in ("portforward", "proxy"):
        said = f"the playground forwards no connections: {_dialled(thing)}"
    elif thing["kind"] == "Pod":
        said = f"the playground runs no programs in its pods: `kubectl logs {name}` and `kubectl describe pod {name}` tell of it"
    else:
        said = f"the playground serves no {sub} of {thing['kind']}s"
    return ApiError({**failure(404, "NotFound", said), "details": {}})


def _dialled(thing: Object) -> str:
    """Where to dial instead."""
    name, spec = thing["metadata"]["name"], thing.get("spec") or {}
    if thing["kind"] == "Pod":
        address = (thing.get("status") or {}).get("podIP")
        ports = [it["containerPort"] for container in spec["containers"] for it in container.get("ports") or ()]
    else:
        address = spec.get("clusterIP")
        ports = [it["port"] for it in spec.get("ports") or ()]
    if not address or address == "None":
        return f"{name} has no address"
    return f"dial {name} on this machine, at {' or '.join(f'{address}:{port}' for port in ports) or address}"
