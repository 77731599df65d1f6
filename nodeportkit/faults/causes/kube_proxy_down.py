"""A Ready node without a Ready kube-proxy pod."""

from nodeportkit.faults import kubelet
from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, name_of
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]


def missing(scene: Scene) -> Fault:
    """There is none: a taint keeps it off, or its manifest is gone."""
    pod = _one(scene)
    scene.remove([pod])
    for workload in scene.owners([pod]):
        if workload["kind"] == "DaemonSet":
            workload["status"]["desiredNumberScheduled"] -= 1
    return _ask(scene, pod, ("kube-proxy-absent",))


def crash_loop(scene: Scene) -> Fault:
    """It ends as soon as it starts."""
    pod = _one(scene)
    message = "back-off 5m0s restarting failed container=kube-proxy"
    kubelet.in_trouble(pod, {"waiting": {"reason": "CrashLoopBackOff", "message": message}}, restarts=31)
    scene.warn(pod, "BackOff", "Back-off restarting failed container kube-proxy")
    return _ask(scene, pod, ("kube-proxy-absent", "warning-events"))


def _one(scene: Scene) -> Object:
    return scene.find("Pod", lambda pod: name_of(pod).startswith("kube-proxy-") and len(scene.nodes) > 1)


def _ask(scene: Scene, pod: Object, checks: tuple[str, ...]) -> Fault:
    node = next(node for node in scene.nodes if name_of(node) == pod["spec"]["nodeName"])
    service, symptom = scene.front(), scene.rng.choice(("refused", "timeout"))
    return scene.fault(service, symptom=symptom, checks=checks, around=True, **scene.dialled(service, node=node))


VARIANTS = (missing, crash_loop)
