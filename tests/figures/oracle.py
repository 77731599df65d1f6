"""What is wrong with a drawn picture: words that overlap, are cut, or have a line run through them."""

from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.transforms import Bbox

PANELS = {"node", "service", "pod", "no-pods", "reason"}
PILLS = {"node-port", "port", "target-port"}


def faults(axes: Axes, margin: float = 8) -> list[str]:
    """Each fault in words; none for a good picture."""
    figure = axes.figure
    figure.set_dpi(100)
    renderer = FigureCanvasAgg(figure).get_renderer()
    point = 100 / 72
    page = axes.get_window_extent(renderer)
    words = {text: _ink(text, renderer) for text in axes.texts}
    shapes = [(patch, patch.get_gid(), patch.get_window_extent(renderer)) for patch in axes.patches]
    panels = [(name, box) for _, name, box in shapes if name in PANELS]
    solid = [(name, box) for _, name, box in shapes if name in PILLS or name.startswith("mark-")]
    found = []
    for text, box in words.items():
        if not _within(box, page, margin * point):
            found.append(f"leaves the page: {text.get_text()!r}")
        if text.get_gid() == "number":
            if not any(_within(box, other, 0) for _, other in solid):
                found.append(f"number outside of its pill: {text.get_text()!r}")
            continue
        found += [f"{name} over {text.get_text()!r}" for name, other in solid if _meet(box, other)]
        found += [
            f"edge of {name} through {text.get_text()!r}"
            for name, other in panels
            if _meet(box, other) and not _within(box, other, 4 * point)
        ]
    for (one, box), (other, second) in combinations(words.items(), 2):
        if _meet(box, second):
            found.append(f"{one.get_text()!r} over {other.get_text()!r}")
    for (name, box), (other, second) in combinations(panels, 2):
        if _meet(box, second):
            found.append(f"panel {name} over panel {other}")
    for name, box in [*panels, *solid]:
        if not _within(box, page, margin * point):
            found.append(f"{name} leaves the page")
    for patch, name, _ in shapes:
        if name == "link":
            line = _points(patch)
            through = (text for text, box in words.items() if text.get_gid() != "number" and _inside(line, box))
            found += [f"link through {text.get_text()!r}" for text in through]
    return found


def _ink(text: Text, renderer: object) -> Bbox:
    """The box of a text, a little less high than its line: lines may stand close."""
    box = text.get_window_extent(renderer)
    return Bbox.from_extents(box.x0, box.y0 + 0.08 * box.height, box.x1, box.y1 - 0.08 * box.height)


def _within(box: Bbox, other: Bbox, margin: float) -> bool:
    inner = other.padded(-margin + 0.5)
    return bool(box.x0 >= inner.x0 and box.x1 <= inner.x1 and box.y0 >= inner.y0 and box.y1 <= inner.y1)


def _meet(box: Bbox, other: Bbox) -> bool:
    return bool(
        min(box.x1, other.x1) - max(box.x0, other.x0) > 0.5 and min(box.y1, other.y1) - max(box.y0, other.y0) > 0.5
    )


def _points(patch: Patch) -> np.ndarray:
    """Points on a line, at most half a dot apart."""
    line = patch.get_transform().transform_path(patch.get_path()).to_polygons(closed_only=False)[0]
    steps = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    along = np.linspace(0, steps[-1], int(steps[-1] * 2) + 2)
    return np.column_stack([np.interp(along, steps, line[:, axis]) for axis in (0, 1)])


def _inside(points: np.ndarray, box: Bbox) -> bool:
    x, y = points[:, 0], points[:, 1]
    return bool(((x > box.x0) & (x < box.x1) & (y > box.y0) & (y < box.y1)).any())
