"""What the picture of nodes shows: boxes, and the pods in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from nodeportkit.figures.canvas import Mark

__all__ = ["BoxSeen", "PodSeen", "Scene"]


@dataclass(frozen=True, slots=True)
class PodSeen:
    """A pod.

    Attributes
    ----------
    name, mark, status
        Its name, whether it is ready, and what is the matter with it.
    apart
        Whether it is none of the service's that was asked about.
    note, part
        What is told of it besides, and how long a bar beneath its name is: from 0, for none, to 1.
    """

    name: str
    mark: Mark
    status: str = ""
    apart: bool = False
    note: str = ""
    part: float = 0.0


@dataclass(frozen=True, slots=True)
class BoxSeen:
    """A node, or several that are alike.

    Attributes
    ----------
    name, detail
        Its name and address; of several nodes, how many.
    pods
        The pods that are shown in it; of several nodes those of one.
    state
        What is the matter with the node: NotReady, stopped, cordoned; "" for nothing.
    answers
        Whether connections to its node port reach a pod; None where there is none, or that is not known.
    others
        How many pods stand here besides.
    node
        Whether it is a node, and not the place of pods that are on none.
    nodes
        How many nodes it stands for.
    note, bad
        What is told of it besides, and whether that is something wrong.
    """

    name: str
    detail: str
    pods: tuple[PodSeen, ...]
    state: str = ""
    answers: bool | None = None
    others: int = 0
    node: bool = True
    nodes: int = 1
    note: str = ""
    bad: bool = False

    @property
    def wrong(self) -> bool:
        """Whether something is wrong with the node; no new pods are meant to come to one that is cordoned."""
        return self.state not in ("", "cordoned")

    @property
    def marks(self) -> Counter[Mark]:
        """How many pods have which mark."""
        return Counter(pod.mark for pod in self.pods)


@dataclass(frozen=True, slots=True)
class Scene:
    """Nodes and the pods on them; `numbers` are the node ports of the service `asked` about, if one was."""

    title: str
    subtitle: str
    numbers: tuple[str, ...]
    boxes: tuple[BoxSeen, ...]
    asked: str

    @property
    def folded(self) -> bool:
        """Whether a box stands for several nodes."""
        return any(box.nodes > 1 for box in self.boxes)
