"""The address dialled is not a node's that the client can reach."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]


def of_a_pod(scene: Scene) -> Fault:
    """A pod's address."""
    service = scene.front()
    return _ask(scene, service, scene.rng.choice(scene.pods(service))["status"]["podIP"])


def cluster_ip(scene: Scene) -> Fault:
    """The service's cluster IP, with the node port."""
    service = scene.front()
    return _ask(scene, service, service["spec"]["clusterIP"])


def nobodys(scene: Scene) -> Fault:
    """An address that no node has: it may be one that a router exchanges for a node's."""
    return _ask(scene, scene.front(), scene.rng.choice(["10.99.88.77", "172.31.7.9", "100.64.3.2"]), ("hint",))


def _ask(scene: Scene, service: Object, address: str, certainty: tuple[str, ...] = ("fact",)) -> Fault:
    port = scene.port(service)["nodePort"]
    return scene.fault(service, certainty=certainty, symptom="timeout", address=address, port=port)


VARIANTS = (of_a_pod, cluster_ip, nobodys)
