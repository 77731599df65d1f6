"""node-port-range-usage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import percent

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]

_NEARLY: Final = 0.8


def _look(scene: Scene) -> Iterator[Finding]:
    bands, claims = scene.bands, scene.claims
    size = len(bands.static) + len(bands.dynamic)
    inside = claims[claims["number"].isin([*bands.static, *bands.dynamic])].drop_duplicates(["protocol", "number"])
    used = inside["protocol"].value_counts().sort_index()
    if used.empty or not size:
        return
    fixed = inside["number"].isin(bands.static)
    worst = used.max() / size
    parts = [f"{count:,} of {size:,} for {protocol} ({percent(count / size)})" for protocol, count in used.items()]
    free = len(bands.static) - int(inside.loc[fixed, "number"].nunique())
    yield Finding(
        "Cluster",
        "--service-node-port-range",
        f"Node ports in use: {', '.join(parts)}; {size - int(inside['number'].nunique()):,} numbers are free for every protocol, "
        f"{free:,} of them in the band for fixed numbers.",
        severity="error" if worst >= 1 else "warning" if worst >= _NEARLY else None,
    )


CHECK = Check(
    title="Use of the node port range",
    about="When the range is used up, no NodePort or LoadBalancer service can be made; a warning from 80 % on.",
    certainty="advice",
    severity="note",
    needs=("services",),
    look=_look,
)
