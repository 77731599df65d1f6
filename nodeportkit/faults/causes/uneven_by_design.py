"""The spread is what kube-proxy gives."""

from nodeportkit.faults.building import pod_of
from nodeportkit.faults.fault import Fault
from nodeportkit.faults.kubelet import running
from nodeportkit.faults.objects import Object, name_of, of_kind
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]


def affinity(scene: Scene) -> Fault:
    """A client stays with its pod, and one client did all the asking."""
    service = _several(scene)
    stays = {"clientIP": {"timeoutSeconds": 10800}}
    service["spec"] |= {"sessionAffinity": "ClientIP", "sessionAffinityConfig": stays}
    names = [name_of(pod) for pod in scene.pods(service)]
    chosen = scene.rng.choice(names)
    return _ask(scene, service, {name: 200 * (name == chosen) for name in names})


def few_requests(scene: Scene) -> Fault:
    """So few that chance explains the difference."""
    service = _several(scene)
    names = [name_of(pod) for pod in scene.pods(service)]
    return _ask(scene, service, dict.fromkeys(names, 1) | {names[0]: 3})


def local_policy(scene: Scene) -> Fault:
    """Nodes get equal parts, whether they have one pod or three."""
    service = _several(scene)
    service["spec"]["externalTrafficPolicy"] = "Local"
    if service["spec"]["type"] == "LoadBalancer":
        service["spec"]["healthCheckNodePort"] = 32761
    old = scene.pods(service)
    owners = scene.owners(old)
    scene.remove(old)
    source = next(iter(of_kind(owners, "ReplicaSet")))
    on = [*scene.nodes, scene.nodes[0], scene.nodes[0]]
    for owner in owners:
        owner["spec"]["replicas"] = len(on)
    for number, node in enumerate(on):
        pod = pod_of(source, number, name_of(node))
        dual = ["fd00::1"] if scene.addresses(node, "IPv6") else []
        running(pod, scene.addresses(node), ["10.244.0.250", *dual])
        scene.move(pod, node)
        scene.objects.append(pod)
    made = scene.pods(service)
    here = [pod["spec"]["nodeName"] for pod in made]
    observed = {
        name_of(pod): round(1200 / len(scene.nodes) / here.count(node)) + scene.rng.randrange(-4, 5)
        for pod, node in zip(made, here, strict=True)
    }
    return _ask(scene, service, observed)


def _several(scene: Scene) -> Object:
    """A service with several pods of one Deployment, nothing else of which steers its traffic."""

    def fits(service: Object) -> bool:
        pods = scene.pods(service)
        owners = scene.owners(pods)
        plain = service["spec"]["sessionAffinity"] == "None" and "trafficDistribution" not in service["spec"]
        one = sum(owner["kind"] == "Deployment" for owner in owners) == 1
        return plain and one and len(pods) > 1 and len(service["spec"]["ports"]) == 1

    return scene.front(fits)


def _ask(scene: Scene, service: Object, observed: dict[str, int]) -> Fault:
    return scene.fault(service, certainty=("fact", "hint"), observed=observed)


VARIANTS = (affinity, few_requests, local_policy)
