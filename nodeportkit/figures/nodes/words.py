"""What the picture of nodes shows, in words."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.figures.nodes.scene import Scene

__all__ = ["words"]


def words(scene: Scene) -> str:
    """The title, then a line for each box."""
    return "\n".join(_lines(scene))


def _lines(scene: Scene) -> Iterator[str]:
    yield scene.title
    yield scene.subtitle
    if scene.numbers:
        yield f"Node ports: {', '.join(scene.numbers)}"
    for box in scene.boxes:
        told = [f"{number:,} {mark.replace('-', ' ')}" for mark, number in box.marks.items()]
        closed = "; its node port reaches no pod" if box.answers is False else ""
        state = f" ({box.state})" if box.state else ""
        each = "each " if box.nodes > 1 else ""
        noted = "".join(
            f"; {it}" for it in (box.note, *(f"{pod.name}: {pod.note}" for pod in box.pods if pod.note)) if it
        )
        yield f"{box.name}{state}: {each}{', '.join(told) or 'no pod'}{closed}{noted}"
