"""The selector also catches another application."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, identity, namespace_of
from nodeportkit.faults.scene import Scene

__all__ = ["NEEDS", "VARIANTS"]

NEEDS = {"services": 8}


def shared_label(scene: Scene) -> Fault:
    """It selects by a label that a whole team's pods carry."""
    shared = scene.rng.choice([("team", "storefront"), ("app.kubernetes.io/part-of", "shop"), ("tier", "web")])
    service, other = _two(scene)
    for one in (service, other):
        _label(scene, one, shared)
    service["spec"]["selector"] = dict([shared])
    return _ask(scene, service)


def copied_label(scene: Scene) -> Fault:
    """Another application was copied from this one, its label along with it."""
    service, other = _two(scene)
    for term in service["spec"]["selector"].items():
        _label(scene, other, term, added={"component": "worker"})
    return _ask(scene, service)


def _two(scene: Scene) -> tuple[Object, Object]:
    """Two services of one namespace; the pods of both have an endpoint for each port of the first."""

    def numeric(service: Object) -> bool:
        return all(isinstance(port["targetPort"], int) for port in service["spec"]["ports"])

    service = scene.open_front(numeric)
    mine = {identity(pod) for pod in scene.pods(service)}

    def another(other: Object) -> bool:
        pods = {identity(pod) for pod in scene.pods(other)}
        return namespace_of(other) == namespace_of(service) and not pods & mine

    return service, scene.open_front(another)


def _label(scene: Scene, service: Object, term: tuple[str, str], added: dict[str, str] | None = None) -> None:
    """Put a label on the pods of a service and on the templates they come from, in place of what it was there."""
    pods = scene.pods(service)
    labels = [pod["metadata"]["labels"] for pod in pods]
    for workload in scene.owners(pods):
        labels.append(workload["spec"]["template"]["metadata"]["labels"])
        labels.append(workload["spec"]["selector"]["matchLabels"])
        labels.append(workload["metadata"]["labels"])
    for told in (*labels, service["spec"]["selector"]):
        told |= dict([term]) | (added or {})


def _ask(scene: Scene, service: Object) -> Fault:
    symptom = scene.rng.choice(("http", None))
    return scene.fault(service, certainty=("fact", "hint"), symptom=symptom, checks=("mixed-owners",))


VARIANTS = (shared_label, copied_label)
