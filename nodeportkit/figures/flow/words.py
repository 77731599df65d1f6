"""The picture of a flow in words."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.figures.flow.scene import EndSeen, Scene, Totals
from nodeportkit.figures.fractions import percent

__all__ = ["words"]


def words(scene: Scene) -> str:
    """The title, then a line for each thing shown."""
    return "\n".join(_lines(scene))


def _lines(scene: Scene) -> Iterator[str]:
    yield scene.title
    yield scene.subtitle
    kind = "node port" if scene.on_node_port else "port"
    entries = (
        f"{entry.name} {percent(entry.share)}{f' ({entry.lost})' if entry.lost else ''}" for entry in scene.entries
    )
    yield f"Connections to {kind} {scene.number} enter at: {', '.join(entries)}"
    yield f"They go to: {', '.join(map(_end, scene.ends)) or 'no pod'}"
    yield _totals(scene.totals, scene.lost)
    if scene.expected is not None:
        yield f"Expected: {_totals(scene.expected, scene.lost)}"
    if scene.foot:
        yield scene.foot


def _end(end: EndSeen) -> str:
    count = "" if end.count is None else f"{end.count:,}, "
    return f"{end.name} ({end.detail}) {count}{percent(end.share)}"


def _totals(totals: Totals, lost: str) -> str:
    parts = {
        "stay on the entry node": totals.stays,
        "cross to another node": totals.crosses,
        "go to pods whose node is not known": totals.unknown,
        f"are {lost}": totals.lost,
    }
    return ", ".join(f"{percent(share)} {what}" for what, share in parts.items() if share)
