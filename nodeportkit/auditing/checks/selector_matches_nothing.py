"""selector-matches-nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.arrays import mask, rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import as_labels
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    services = scene.services
    none = scene.matched.counts(len(services)) == 0
    asks = mask(scene.selectors)
    sure = scene.listed("pods", services["namespace"]) & scene.labels_known
    templated = scene.templated.counts(len(services)) > 0
    for at in rows(none & asks & sure):
        selector, (namespace, name) = scene.selectors[at] or {}, scene.service_names[at]
        if templated[at]:
            kind, workload, _ = scene.workload_for(at)
            yield scene.of_service(
                at,
                "spec.selector",
                f"The selector {as_labels(selector)} matches no pod: {kind} {workload}, which it fits, has none.",
                command("get", namespace, f"{kind.lower()}/{workload}"),
                severity="warning",
            )
            continue
        absent = {
            key: value for key, value in selector.items() if not len(scene.index.matching(namespace, {key: value}))
        }
        rest = {key: value for key, value in selector.items() if key not in absent}
        if not rest or not len(scene.index.matching(namespace, rest)):
            why, fix = "", command("get pods", namespace, "--show-labels")
        else:
            why = f"; without {as_labels(absent)} it would match {len(scene.index.matching(namespace, rest))}"
            fix = command("set selector service", namespace, name, as_labels(rest))
        yield scene.of_service(
            at,
            "spec.selector",
            f"The selector {as_labels(selector)} matches no pod in namespace {namespace}{why}.",
            fix,
        )


CHECK = Check(
    title="Selector matches no pod",
    about="A service whose selector matches no pod of its namespace has no endpoints: its node port refuses every connection.",
    certainty="fact",
    severity="error",
    needs=("services", "pods"),
    look=_look,
)
