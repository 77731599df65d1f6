"""Which pods the picture of a chain shows one by one, which it groups by node, and which it counts.

A pod that is not ready is never left out without a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from nodeportkit.figures.canvas import Mark
from nodeportkit.figures.chain.scene import PodSeen, Scene

__all__ = ["MOST", "Row", "pod_rows"]

MOST: Final = 8  # rows
_PORTS: Final = 3  # target ports of a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A pod (with a mark), the pods of a node (with a dot for each), or a count of what is not shown."""

    name: str
    detail: str = ""
    node: str = ""
    side: str = ""  # on the right, beside the name
    state: str = ""  # on the right, below
    mark: Mark | None = None
    dots: tuple[Mark, ...] = ()
    numbers: tuple[str, ...] = ()
    carries: bool = False
    wrong: bool = False
    solid: bool = True

    @property
    def pod(self) -> bool:
        """Whether the row is one pod."""
        return self.mark is not None


def pod_rows(scene: Scene) -> list[Row]:
    """The rows of the column."""
    pods = sorted(scene.pods, key=lambda pod: (not pod.selected, _in_order(pod.name or pod.address)))
    if len(pods) <= MOST:
        return [_pod(scene, pod) for pod in pods]
    selected = [pod for pod in pods if pod.selected]
    if selected:
        return _by_node(scene, sorted(selected, key=lambda pod: _in_order(pod.node)))
    rest = f"+ {len(pods) - MOST + 1:,} more pods"
    known = scene.whole is not None
    shown = [_pod(scene, pod) for pod in pods[: MOST - 1]]
    return [*shown, Row(name=rest, detail="not selected either" if known else "labels not shown", solid=False)]


def _in_order(name: str) -> list[tuple[bool, int, str]]:
    """By this, node-2 stands before node-10; the rest is as kubectl orders it."""
    parts = [(part.isdecimal() and len(part) < 19, part) for part in name.split("-")]
    return [(not number, int(part) if number else 0, part) for number, part in parts]


def _carries(scene: Scene, pod: PodSeen) -> bool:
    """Whether packets of a client inside the cluster get to it: a missing node port does not stop those."""
    passes = scene.whole is not None and scene.broken in (None, "node", "service")
    return passes and pod.selected and pod.reachable


def _mark(pod: PodSeen) -> Mark:
    return "unknown" if pod.ready is None else "ready" if pod.ready else "not-ready"


def _pod(scene: Scene, pod: PodSeen) -> Row:
    lost = pod.selected and bool(pod.ready) and not pod.reachable and bool(pod.status)
    state = {True: pod.status if lost else "ready", False: pod.status or "not ready", None: "ready?"}[pod.ready]
    return Row(
        name=pod.name or pod.address or "one more",
        detail=pod.note or (pod.address if pod.name else "pod not shown"),
        node="" if pod.note else pod.node,
        side=_percent(pod.share),
        state=state,
        mark=_mark(pod),
        numbers=_numbers(pod),
        carries=_carries(scene, pod),
        wrong=(pod.ready is False and pod.selected) or lost,
        solid=pod.selected,
    )


def _percent(share: float | None) -> str:
    if not share:
        return ""
    percent = share * 100
    return f"{percent:.0f} %" if percent >= 9.95 or percent == round(percent) else f"{percent:.1f} %"


def _numbers(pod: PodSeen) -> tuple[str, ...]:
    """The ports it listens on, each once."""
    numbers = list(dict.fromkeys("?" if port is None else str(port) for port in pod.ports))
    return tuple(numbers if len(numbers) <= _PORTS else [*numbers[: _PORTS - 1], f"+{len(numbers) - _PORTS + 1}"])


def _by_node(scene: Scene, pods: list[PodSeen]) -> list[Row]:
    """A row for each node; where there are too many, those with pods that are not ready stay in sight."""
    groups = [list(group) for _, group in groupby(pods, key=lambda pod: pod.node)]
    most = MOST if len(groups) <= MOST else MOST - 1
    ranked = sorted(range(len(groups)), key=lambda i: (all(pod.ready is not False for pod in groups[i]), i))
    rows = [_group(scene, groups[i]) for i in sorted(ranked[:most])]
    rest = [pod for i in sorted(ranked[most:]) for pod in groups[i]]
    if rest:
        counted = _group(scene, rest, f"+ {len(groups) - most:,} more nodes")
        wrong = any(pod.ready is False for pod in rest)
        rows.append(
            Row(
                name=counted.name,
                detail=f"with {len(rest):,} pods",
                state=counted.side,
                numbers=counted.numbers,
                carries=counted.carries,
                wrong=wrong,
                solid=False,
            )
        )
    return rows


def _group(scene: Scene, pods: list[PodSeen], name: str = "") -> Row:
    dots = tuple(sorted((_mark(pod) for pod in pods), key=("not-ready", "unknown", "ready").index))
    ready = sum(bool(pod.ready) for pod in pods)
    side = f"{len(pods):,} pod{'' if len(pods) == 1 else 's'}"
    if dots in (("ready",), ("not-ready",)):
        side = "ready" if ready else "not ready"
    elif "unknown" not in dots:
        side = "all ready" if ready == len(pods) else f"{ready:,} of {len(pods):,} ready"
    return Row(
        name=name or pods[0].node or "node not shown",
        side=side,
        dots=dots,
        numbers=_numbers(pods[0]),
        carries=any(_carries(scene, pod) for pod in pods),
        wrong="not-ready" in dots,
    )
