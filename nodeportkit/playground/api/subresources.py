"""What is asked of an object beside the object itself: its scale, its log, its eviction, its node.

pkg/registry/apps/deployment/storage, pkg/registry/core/pod/storage.
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.playground.api.failures import bad_request
from nodeportkit.playground.store import Object, copied
from nodeportkit.selectors import format_selector

__all__ = ["as_scale", "log_of", "review", "scaled"]

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


def log_of(pod: Object, container: str) -> str:
    """What a container of the pod has printed."""
    names = [it["name"] for it in pod["spec"]["containers"]]
    if not container and len(names) > 1:
        raise bad_request(_ERROR.format(pod=pod["metadata"]["name"], names=" ".join(names)))
    chosen = container or names[0]
    if chosen not in names:
        raise bad_request(f"container {chosen} is not valid for pod {pod['metadata']['name']}")
    states = {it["name"]: it["state"] for it in pod.get("status", {}).get("containerStatuses") or ()}
    state = states.get(chosen, {})
    if "running" not in state and "terminated" not in state:
        reason = state.get("waiting", {}).get("reason", "ContainerCreating")
        name = pod["metadata"]["name"]
        raise bad_request(f'container "{chosen}" in pod "{name}" is waiting to start: {reason}')
    ports = [
        it["containerPort"] for at in pod["spec"]["containers"] if at["name"] == chosen for it in at.get("ports") or ()
    ]
    return "".join(f"listening on port {port}\n" for port in ports) or "started\n"


def review(sent: Any) -> Object:
    """The answer to whether somebody may do something: the playground's one user may do everything."""
    asked = sent if isinstance(sent, dict) else {}
    return {
        "kind": "SelfSubjectAccessReview",
        "apiVersion": "authorization.k8s.io/v1",
        "metadata": {"creationTimestamp": None},
        "spec": asked.get("spec") or {},
        "status": {"allowed": True, "reason": "the user of a playground may do everything"},
    }
