"""What the API server checks of how a workload replaces its pods.

pkg/apis/apps/validation/validation.go, `ValidateDeploymentStrategy` and its neighbours.
"""

from __future__ import annotations

from typing import Any

from nodeportkit.kube.parts import Object, mapping, text
from nodeportkit.kube.validation.field import FieldError, Struct, forbidden, invalid, not_supported, required
from nodeportkit.kube.validation.names import percent
from nodeportkit.kube.validation.probes import check_not_negative

__all__ = ["check_daemon_set_strategy", "check_deployment_strategy", "check_stateful_set_strategy"]


def check_deployment_strategy(strategy: Object) -> list[FieldError]:
    """What is wrong with a Deployment's strategy."""
    kind, rolling = text(strategy, "type"), strategy.get("rollingUpdate")
    if kind == "Recreate":
        detail = "may not be specified when strategy `type` is 'Recreate'"
        return [forbidden("spec.strategy.rollingUpdate", detail)] if rolling is not None else []
    if kind != "RollingUpdate":
        return [not_supported("spec.strategy", _struct(strategy), ("Recreate", "RollingUpdate"))]
    field = "spec.strategy.rollingUpdate"
    if rolling is None:
        return [required(field, "this should be defaulted and never be nil")]
    unavailable, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
    wrong = _count_or_percent(f"{field}.maxUnavailable", unavailable) + _count_or_percent(f"{field}.maxSurge", surge)
    if _amount(unavailable) == 0 and _amount(surge) == 0:
        wrong.append(invalid(f"{field}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0"))
    return wrong + _at_most_all(f"{field}.maxUnavailable", unavailable)


def check_daemon_set_strategy(strategy: Object) -> list[FieldError]:
    """What is wrong with a DaemonSet's updateStrategy."""
    kind, rolling = text(strategy, "type"), strategy.get("rollingUpdate")
    if kind == "OnDelete":
        return []
    if kind != "RollingUpdate":
        return [not_supported("spec.updateStrategy", _struct(strategy), ("RollingUpdate", "OnDelete"))]
    field = "spec.updateStrategy.rollingUpdate"
    if rolling is None:
        return [required(field)]
    unavailable, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
    both = ((f"{field}.maxUnavailable", unavailable), (f"{field}.maxSurge", surge))
    wrong = [error for where, value in both for error in _count_or_percent(where, value)]
    wrong += [error for where, value in both for error in _at_most_all(where, value)]
    if _amount(unavailable) and _amount(surge):
        wrong.append(invalid(f"{field}.maxSurge", surge, "may not be set when maxUnavailable is non-zero"))
    elif not _amount(unavailable) and not _amount(surge):
        wrong.append(required(f"{field}.maxUnavailable", "cannot be 0 when maxSurge is 0"))
    return wrong


def check_stateful_set_strategy(spec: Object) -> list[FieldError]:
    """What is wrong with how a StatefulSet starts and replaces its pods."""
    policy, strategy = text(spec, "podManagementPolicy"), mapping(spec, "updateStrategy")
    kind, rolling = text(strategy, "type"), strategy.get("rollingUpdate")
    wrong: list[FieldError] = []
    if policy not in ("OrderedReady", "Parallel"):
        wrong.append(invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'"))
    field = "spec.updateStrategy"
    if kind == "OnDelete":
        if rolling is not None:
            detail = "only allowed for updateStrategy 'RollingUpdate'"
            wrong.append(invalid(f"{field}.rollingUpdate", rolling, detail))
    elif kind == "RollingUpdate":
        wrong += check_not_negative(
            f"{field}.rollingUpdate.partition", mapping(strategy, "rollingUpdate").get("partition")
        )
    else:
        wrong.append(invalid(field, _struct(strategy), "must be 'RollingUpdate' or 'OnDelete'"))
    return wrong


def _struct(strategy: Object) -> Struct:
    """A strategy as the server shows it: with the names that its fields have inside."""
    return Struct(Type=text(strategy, "type"), RollingUpdate=strategy.get("rollingUpdate"))


def _count_or_percent(field: str, value: Any) -> list[FieldError]:
    if isinstance(value, str):
        return [invalid(field, value, message) for message in percent(value)]
    return check_not_negative(field, value)


def _at_most_all(field: str, value: Any) -> list[FieldError]:
    over = isinstance(value, str) and not percent(value) and int(value[:-1]) > 100
    return [invalid(field, value, "must not be greater than 100%")] if over else []


def _amount(value: Any) -> int:
    if isinstance(value, str):
        return 0 if percent(value) else int(value[:-1])
    return value or 0
