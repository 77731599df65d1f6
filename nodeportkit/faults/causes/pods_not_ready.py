"""Pods are scheduled and match, and none is ready."""

from collections.abc import Callable

from nodeportkit.faults import kubelet
from nodeportkit.faults.building import container, probe
from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]

_NOT_READY = ("endpoints-not-ready",)


def crash_loop(scene: Scene) -> Fault:
    """The application ends as soon as it starts."""
    restarts = scene.rng.randrange(4, 90)

    def befall(pod: Object) -> None:
        message = f"back-off 5m0s restarting failed container={pod['spec']['containers'][0]['name']}"
        kubelet.in_trouble(pod, {"waiting": {"reason": "CrashLoopBackOff", "message": message}}, restarts=restarts)
        scene.warn(pod, "BackOff", f"Back-off {message[9:]}")

    return _plant(scene, befall, ("endpoints-not-ready", "warning-events"))


def failing_probe(scene: Scene) -> Fault:
    """The readiness probe fails; the containers run."""
    service = scene.front()
    pods = scene.pods(service)
    for spec in scene.specs(pods):
        spec["containers"][0].setdefault("readinessProbe", probe("http", 8080))

    def befall(pod: Object) -> None:
        name = pod["spec"]["containers"][0]["name"]
        kubelet.mark_unready(pod, "ContainersNotReady", f"containers with unready status: [{name}]")
        scene.warn(pod, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")

    return _plant(scene, befall, ("endpoints-not-ready", "warning-events"), service)


def readiness_gate(scene: Scene) -> Fault:
    """A readiness gate is not met; all containers are ready."""
    gate = "target-health.elbv2.k8s.aws/web"
    service = scene.front()
    for spec in scene.specs(scene.pods(service)):
        spec["readinessGates"] = [{"conditionType": gate}]
    message = f'corresponding condition of pod readiness gate "{gate}" does not exist.'
    return _plant(
        scene,
        lambda pod: kubelet.mark_unready(pod, "ReadinessGatesNotReady", message, containers=False),
        _NOT_READY,
        service,
    )


def image_pull(scene: Scene) -> Fault:
    """Its image is not where it is said to be."""

    def befall(pod: Object) -> None:
        image = pod["spec"]["containers"][0]["image"]
        kubelet.in_trouble(pod, kubelet.image_pull(image))
        scene.warn(pod, "Failed", f'Failed to pull image "{image}": not found')

    return _plant(scene, befall, ("endpoints-not-ready", "warning-events"))


def config_error(scene: Scene) -> Fault:
    """A ConfigMap that the container wants is not there."""
    state = {"waiting": {"reason": "CreateContainerConfigError", "message": 'configmap "settings" not found'}}
    return _plant(scene, lambda pod: kubelet.in_trouble(pod, state), _NOT_READY)


def init_error(scene: Scene) -> Fault:
    """A container that is to run before the others fails again and again."""
    service = scene.front(lambda s: not any("initContainers" in spec for spec in scene.specs(scene.pods(s))))
    first = container("wait-for-db", "registry.example.com/tools:1.0", command=["wait-for", "db:5432"])
    for spec in scene.specs(scene.pods(service)):
        spec["initContainers"] = [first]
    state = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 2m40s restarting failed container"}}

    def befall(pod: Object) -> None:
        entry = {"name": first["name"], "image": first["image"], "imageID": "", "lastState": {}, "restartCount": 0}
        pod["status"]["initContainerStatuses"] = [entry]
        kubelet.in_trouble(pod, state, restarts=7, init=True)

    return _plant(scene, befall, _NOT_READY, service)


def creating(scene: Scene) -> Fault:
    """Its volume cannot be mounted, so that it gets no address."""

    def befall(pod: Object) -> None:
        kubelet.in_trouble(pod, {"waiting": {"reason": "ContainerCreating"}})
        for field in ("podIP", "podIPs"):
            pod["status"].pop(field)
        scene.warn(pod, "FailedMount", 'MountVolume.SetUp failed for volume "tls": secret "web-tls" not found')

    return _plant(scene, befall, ("endpoints-empty", "warning-events"))


def _plant(
    scene: Scene, befall: Callable[[Object], None], checks: tuple[str, ...], service: Object | None = None
) -> Fault:
    chosen = service or scene.front()
    for pod in scene.pods(chosen):
        befall(pod)
    return scene.fault(chosen, symptom="refused", checks=checks, **scene.dialled(chosen))


VARIANTS = (crash_loop, failing_probe, readiness_gate, image_pull, config_error, init_error, creating)
