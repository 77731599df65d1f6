"""selector-missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.arrays import mask, rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    without = mask(selector == {} for selector in scene.selectors)
    sure = scene.listed("endpoints", scene.services["namespace"]) | scene.stated
    for at in rows(without & sure & ~scene.with_endpoints):
        namespace, _ = scene.service_names[at]
        lists = (
            "no EndpointSlice written for it lists" if scene.stated[at] else "nobody wrote an EndpointSlice that lists"
        )
        yield scene.of_service(
            at,
            "spec.selector",
            f"It has no selector, and {lists} an endpoint: every connection is refused.",
            command("get pods", namespace, "--show-labels"),
        )


CHECK = Check(
    title="No selector and no slices",
    about=(
        "A service without a selector gets no endpoints from Kubernetes; somebody has to write its EndpointSlices. Where "
        "they are written, this check is quiet (kube-linter#746)."
    ),
    certainty="fact",
    severity="error",
    needs=("services", "endpoints"),
    look=_look,
)
