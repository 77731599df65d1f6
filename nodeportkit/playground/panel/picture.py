"""What the panel draws: the nodes with all pods of a namespace, where a node port leads, and the requests that landed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from nodeportkit.figures.nodes.build import build
from nodeportkit.figures.nodes.folding import fold
from nodeportkit.figures.nodes.scene import BoxSeen, PodSeen, Scene
from nodeportkit.figures.nodes.sheet import Sheet
from nodeportkit.figures.nodes.words import words
from nodeportkit.figures.vector import Drawing
from nodeportkit.playground.panel.tally import ANSWERED, Tally, outcomes

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["picture"]


def picture(cluster: Cluster, service: str | None, tally: Tally, stopped: Collection[str]) -> Drawing:
    """The nodes of a cluster, for a service that has a node port; `stopped` are those switched off."""
    scene = build(cluster, service, neighbours=True)
    most = max((tally.of_pod(_key(service, pod))[0] for box in scene.boxes for pod in box.pods), default=0)
    boxes = [_box(box, service, tally, stopped, most) for box in scene.boxes]
    scene = replace(scene, boxes=tuple(fold(boxes)))
    if service is None:
        title = scene.title if any(box.pods for box in boxes) else "No pod runs yet"
        scene = replace(scene, title=title, subtitle=f"{scene.subtitle}. No service has a node port")
    else:
        scene = replace(scene, title=_title(scene, boxes), subtitle=_subtitle(scene, service, tally))
    return Drawing(Sheet(scene), words(scene))


def _box(box: BoxSeen, service: str | None, tally: Tally, stopped: Collection[str], most: int) -> BoxSeen:
    """A node with what came in at it, and its pods with what they answered, `most` of all."""
    pods = tuple(_pod(pod, service, tally, most) for pod in box.pods)
    if service is None or not box.node:
        return replace(box, pods=pods)
    came = tally.of_node(service, box.name)
    missed = Counter({outcome: times for outcome, times in came.items() if outcome != ANSWERED})
    note = outcomes(missed) if missed else f"{came[ANSWERED]:,} came in" if came else ""
    if box.name not in stopped:
        return replace(box, pods=pods, note=note, bad=bool(missed))
    state = "stopped, NotReady" if box.state == "NotReady" else "stopped"
    return replace(box, pods=pods, note=note, bad=bool(missed), state=state, answers=False)


def _pod(pod: PodSeen, service: str | None, tally: Tally, most: int) -> PodSeen:
    landed, fresh = tally.of_pod(_key(service, pod))
    note = f"{landed:,}" + (f" (+{fresh:,})" if fresh and fresh != landed else "") if landed else ""
    status = pod.status or (f"not behind {_name(service)}" if pod.apart else "")
    return replace(pod, note=note, part=landed / most if most else 0.0, status=status)


def _title(scene: Scene, boxes: list[BoxSeen]) -> str:
    """Whether the node port leads anywhere."""
    ports = " and ".join(scene.numbers)
    own = [pod for box in boxes for pod in box.pods if not pod.apart and pod.mark == "ready"]
    closed = [box.name for box in boxes if box.answers is False]
    if not ports:
        return f"{scene.asked} has no node port"
    verb = "lead" if len(scene.numbers) > 1 else "leads"
    if not own or len(closed) == sum(box.node for box in boxes):
        return f"{ports} {verb} to no pod"
    pods = f"{len(own):,} ready pod{'' if len(own) == 1 else 's'}"
    return f"{ports} {verb} to {pods}" + (f", but not on {', '.join(closed[:3])}" if closed else "")


def _subtitle(scene: Scene, service: str, tally: Tally) -> str:
    came = outcomes(tally.of_service(service))
    kind = scene.subtitle.partition(". ")[0]
    return f"{kind}. Requests: {came or 'none yet'}"


def _key(service: str | None, pod: PodSeen) -> str:
    namespace = "default" if service is None else service.partition("/")[0]
    return f"{namespace}/{pod.name}"


def _name(service: str | None) -> str:
    return (service or "").partition("/")[2]
