"""The port chain is sound and the answer is HTTP."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]


def answers_wrongly(scene: Scene) -> Fault:
    """The application answers, with an error of its own."""
    service = scene.front()
    return scene.fault(service, certainty=("hint",), symptom="http", **scene.dialled(service))


VARIANTS = (answers_wrongly,)
