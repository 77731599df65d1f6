"""No Service of that name in that namespace."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import name_of, namespace_of
from nodeportkit.faults.scene import Scene, full_name

__all__ = ["VARIANTS"]


def deleted(scene: Scene) -> Fault:
    """Somebody deleted it; its pods still run."""
    service = scene.front()
    question = scene.dialled(service)
    scene.forget(service)
    scene.remove([service])
    return scene.fault(service, symptom="refused", **question)


def misspelt(scene: Scene) -> Fault:
    """The name asked for is not the service's."""
    service = scene.front()
    name = name_of(service)
    wrong = scene.rng.choice([name[:-1], name + "s", name[1] + name[0] + name[2:], f"{name}-service"])
    return scene.fault(f"{namespace_of(service)}/{wrong}", symptom="refused", **scene.dialled(service))


def other_namespace(scene: Scene) -> Fault:
    """It stands in another namespace than the one asked for."""
    service = scene.front()
    others = [ns for ns in ("default", "kube-system") if f"{ns}/{name_of(service)}" != full_name(service)]
    wrong = f"{scene.rng.choice(others)}/{name_of(service)}"
    return scene.fault(wrong, symptom="refused", **scene.dialled(service))


VARIANTS = (deleted, misspelt, other_namespace)
