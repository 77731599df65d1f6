"""The defaults of Deployment, ReplicaSet, DaemonSet and StatefulSet.

pkg/apis/apps/v1/defaults.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

__all__ = ["WORKLOADS"]


def _deployment(spec: dict[str, Any]) -> None:
    _fill(spec, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600)
    strategy = _strategy(spec, "strategy")
    if strategy["type"] == "RollingUpdate":
        _fill(_rolling(strategy), maxUnavailable="25%", maxSurge="25%")


def _replica_set(spec: dict[str, Any]) -> None:
    _fill(spec, replicas=1)


def _daemon_set(spec: dict[str, Any]) -> None:
    _fill(spec, revisionHistoryLimit=10)
    strategy = _strategy(spec, "updateStrategy")
    if strategy["type"] == "RollingUpdate":
        _fill(_rolling(strategy), maxUnavailable=1, maxSurge=0)


def _stateful_set(spec: dict[str, Any]) -> None:
    _fill(spec, replicas=1, revisionHistoryLimit=10)
    spec["podManagementPolicy"] = spec.get("podManagementPolicy") or "OrderedReady"
    said = bool((spec.get("updateStrategy") or {}).get("type"))
    strategy = _strategy(spec, "updateStrategy")
    if strategy["type"] == "RollingUpdate" and (not said or isinstance(strategy.get("rollingUpdate"), dict)):
        _fill(_rolling(strategy), partition=0)
    if not isinstance(spec.get("persistentVolumeClaimRetentionPolicy"), dict):
        spec["persistentVolumeClaimRetentionPolicy"] = {}
    for key in ("whenDeleted", "whenScaled"):
        policy = spec["persistentVolumeClaimRetentionPolicy"]
        policy[key] = policy.get(key) or "Retain"


def _fill(thing: dict[str, Any], **defaults: Any) -> None:
    """Write a default where a value is missing or null; 0 is a value."""
    for key, value in defaults.items():
        if thing.get(key) is None:
            thing[key] = value


def _strategy(spec: dict[str, Any], key: str) -> dict[str, Any]:
    if not isinstance(spec.get(key), dict):
        spec[key] = {}
    strategy: dict[str, Any] = spec[key]
    strategy["type"] = strategy.get("type") or "RollingUpdate"
    return strategy


def _rolling(strategy: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(strategy.get("rollingUpdate"), dict):
        strategy["rollingUpdate"] = {}
    rolling: dict[str, Any] = strategy["rollingUpdate"]
    return rolling


WORKLOADS: Final[dict[str, Callable[[dict[str, Any]], None]]] = {
    "Deployment": _deployment,
    "ReplicaSet": _replica_set,
    "DaemonSet": _daemon_set,
    "StatefulSet": _stateful_set,
}
