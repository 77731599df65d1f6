"""policy-selects-nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from nodeportkit.auditing.arrays import rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.errors import ReadError
from nodeportkit.kube.columns import objects
from nodeportkit.selectors import format_selector, match_labels
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    policies = scene.cluster.policies
    namespaces, names = objects(policies["namespace"]), objects(policies["name"])
    count = scene.policed.counts(len(policies))
    listed = scene.listed("pods", policies["namespace"])
    for at in rows((count == 0) & listed):
        selector, namespace = scene.policy_selectors[at], namespaces[at]
        # An empty selector waits for pods to come; so does one that a workload's template has.
        if not selector or not _selects_by_label(selector) or len(scene.index.unknown(namespace)):
            continue
        if _template_matches(scene, namespace, selector):
            continue
        yield Finding(
            f"NetworkPolicy {namespace}/{names[at]}",
            "spec.podSelector",
            f"Its selector {format_selector(selector)} matches no pod in namespace {namespace}: it restricts nobody.",
            command("get pods", namespace, "--show-labels"),
            namespace=str(namespace),
        )


def _selects_by_label(selector: Mapping[str, object]) -> bool:
    try:
        return format_selector(selector) != "<none>"
    except ReadError:
        return False


def _template_matches(scene: Scene, namespace: str, selector: Mapping[str, object]) -> bool:
    workloads = scene.cluster.workloads
    here = workloads["namespace"].eq(namespace).fillna(False).to_numpy(dtype=bool)
    templates = objects(workloads["template_labels"])[here]
    return any(isinstance(labels, Mapping) and match_labels(selector, labels) for labels in templates)


CHECK = Check(
    title="NetworkPolicy without pods",
    about="A policy whose selector matches no pod restricts nobody, mostly because of a slip in a label.",
    certainty="fact",
    severity="warning",
    needs=("policies", "pods"),
    look=_look,
)
