"""What the API server checks of Deployment, ReplicaSet, DaemonSet and StatefulSet.

pkg/apis/apps/validation/validation.go, and `ValidateUpdate` in pkg/registry/apps/*/strategy.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from nodeportkit.errors import ReadError
from nodeportkit.kube.parts import Object, mapping, text
from nodeportkit.kube.validation.field import FieldError, forbidden, invalid, not_supported, required
from nodeportkit.kube.validation.metadata import (
    check_annotations,
    check_labels,
    check_metadata,
    check_metadata_update,
    immutable,
)
from nodeportkit.kube.validation.names import dns1123_label, dns1123_subdomain
from nodeportkit.kube.validation.pods import check_template
from nodeportkit.kube.validation.probes import check_not_negative
from nodeportkit.kube.validation.selectors import check_selector, is_empty
from nodeportkit.kube.validation.strategies import (
    check_daemon_set_strategy,
    check_deployment_strategy,
    check_stateful_set_strategy,
)
from nodeportkit.selectors import match_labels

__all__ = ["check_workload", "check_workload_update"]

_TEMPLATE: Final = "spec.template"
_MAY_CHANGE: Final = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)


def check_workload(workload: Object) -> list[FieldError]:
    """What is wrong with a new workload of these kinds."""
    kind = text(workload, "kind")
    name = dns1123_label if kind == "StatefulSet" else dns1123_subdomain
    return [*check_metadata(workload, name), *_SPECS[kind](mapping(workload, "spec"))]


def check_workload_update(workload: Object, old: Object) -> list[FieldError]:
    """What is wrong with a workload that is to replace another of its name: its selector stays as it is."""
    kind = text(workload, "kind")
    spec, before = mapping(workload, "spec"), mapping(old, "spec")
    wrong = [*check_metadata_update(workload, old), *_SPECS[kind](spec)]
    if kind != "StatefulSet":
        return wrong + immutable("spec.selector", spec.get("selector"), before.get("selector"))
    if any(spec.get(key) != before.get(key) for key in {*spec, *before}.difference(_MAY_CHANGE)):
        listed = "', '".join(_MAY_CHANGE[:-1])
        detail = f"updates to statefulset spec for fields other than '{listed}' and '{_MAY_CHANGE[-1]}' are forbidden"
        wrong.append(forbidden("spec", detail))
    return wrong


def _deployment(spec: Object) -> list[FieldError]:
    wrong = check_not_negative("spec.replicas", spec.get("replicas"))
    wrong += _selector(spec, "deployment") + _matching_template(spec, "ReplicaSet")
    wrong += check_deployment_strategy(mapping(spec, "strategy"))
    wrong += check_not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    wrong += check_not_negative("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"))
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None:
        wrong += check_not_negative("spec.progressDeadlineSeconds", deadline)
        if deadline <= (spec.get("minReadySeconds") or 0):
            wrong.append(invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"))
    return wrong


def _replica_set(spec: Object) -> list[FieldError]:
    wrong = check_not_negative("spec.replicas", spec.get("replicas"))
    wrong += check_not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    # The server says `deployment` of a ReplicaSet as well.
    return wrong + _selector(spec, "deployment") + _matching_template(spec, "ReplicaSet")


def _daemon_set(spec: Object) -> list[FieldError]:
    selector = spec.get("selector")
    wrong = check_selector("spec.selector", mapping(spec, "selector"))
    wrong += _mismatch(spec, "")
    if selector is not None and is_empty(selector):
        wrong.append(invalid("spec.selector", _shown(selector), "empty selector is invalid for daemonset"))
    wrong += check_template(_TEMPLATE, mapping(spec, "template")) + _restarts(spec, "DaemonSet")
    wrong += check_not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    wrong += check_daemon_set_strategy(mapping(spec, "updateStrategy"))
    return wrong + check_not_negative("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"))


def _stateful_set(spec: Object) -> list[FieldError]:
    wrong = check_stateful_set_strategy(spec)
    wrong += check_not_negative("spec.replicas", spec.get("replicas"))
    wrong += check_not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    wrong += _selector(spec, "statefulset") + _mismatch(spec, "")
    # Its containers are not looked at: their volumes come from claims. The pods are refused instead.
    metadata = mapping(spec, "template", "metadata")
    wrong += check_labels(f"{_TEMPLATE}.labels", mapping(metadata, "labels"))
    wrong += check_annotations(f"{_TEMPLATE}.annotations", mapping(metadata, "annotations"))
    return wrong + _restarts(spec, "StatefulSet")


def _selector(spec: Object, word: str) -> list[FieldError]:
    selector = spec.get("selector")
    if selector is None:
        return [required("spec.selector")]
    wrong = check_selector("spec.selector", selector)
    if is_empty(selector):
        wrong.append(invalid("spec.selector", _shown(selector), f"empty selector is invalid for {word}"))
    return wrong


def _matching_template(spec: Object, owner: str) -> list[FieldError]:
    mismatch = _mismatch(spec, "invalid label selector")
    if any(error.field == "spec.selector" for error in mismatch):
        return mismatch
    return [*mismatch, *check_template(_TEMPLATE, mapping(spec, "template")), *_restarts(spec, owner)]


def _mismatch(spec: Object, malformed: str) -> list[FieldError]:
    """Whether the selector selects the pods that the template makes; no selector at all selects none."""
    selector, labels = spec.get("selector"), mapping(spec, "template", "metadata", "labels")
    try:
        fits = match_labels(selector, labels)
    except ReadError:
        return [invalid("spec.selector", _shown(selector), malformed)] if malformed else []
    if fits:
        return []
    return [invalid(f"{_TEMPLATE}.metadata.labels", labels or None, "`selector` does not match template `labels`")]


def _restarts(spec: Object, owner: str) -> list[FieldError]:
    pod = mapping(spec, "template", "spec")
    policy = text(pod, "restartPolicy")
    wrong: list[FieldError] = []
    if policy != "Always":
        wrong.append(not_supported(f"{_TEMPLATE}.spec.restartPolicy", policy, ("Always",)))
    if pod.get("activeDeadlineSeconds") is not None:
        detail = f"activeDeadlineSeconds in {owner} is not Supported"
        wrong.append(forbidden(f"{_TEMPLATE}.spec.activeDeadlineSeconds", detail))
    return wrong


def _shown(selector: Any) -> Any:
    """A selector as JSON has it: what is empty is left out."""
    return {key: value for key, value in selector.items() if value} if isinstance(selector, dict) else selector


_SPECS: Final[dict[str, Callable[[Object], list[FieldError]]]] = {
    "Deployment": _deployment,
    "ReplicaSet": _replica_set,
    "DaemonSet": _daemon_set,
    "StatefulSet": _stateful_set,
}
