"""Deployments: a ReplicaSet for each template, and a rolling change from the old ones to the new one.

pkg/controller/deployment: sync.go, rolling.go, recreate.go, progress.go, util/deployment_util.go.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from nodeportkit.playground.controllers.claims import claimants, claimed
from nodeportkit.playground.controllers.hands import Hands, key_of, owned_by, set_condition
from nodeportkit.playground.controllers.hashing import template_hash
from nodeportkit.playground.controllers.pods import is_active
from nodeportkit.playground.store import Change, Key, Object, copied

__all__ = ["Controller"]

_REVISION: Final = "deployment.kubernetes.io/revision"
_DESIRED: Final = "deployment.kubernetes.io/desired-replicas"
_MOST: Final = "deployment.kubernetes.io/max-replicas"
_CAUSE: Final = "kubernetes.io/change-cause"
_HASH: Final = "pod-template-hash"
_NOT_COPIED: Final = ("kubectl.kubernetes.io/last-applied-configuration", _REVISION)


class Controller:
    """Scales the ReplicaSets of Deployments."""

    NAME = "deployment-controller"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again

    def concerns(self, change: Change) -> Iterable[Key]:
        """The Deployment itself, the one that a ReplicaSet belongs to, or those that may take it."""
        return claimants(self._hands, change, "deployments.apps", "Deployment", made="replicasets.apps")

    def care(self, key: Key) -> None:
        """Bring the ReplicaSets one step nearer to what is wanted, and say how it stands."""
        deployment = self._hands.get("deployments.apps", key)
        if deployment is None or deployment["metadata"].get("deletionTimestamp"):
            return
        sets = claimed(self._hands, "replicasets.apps", deployment)
        new = _newest(deployment, sets)
        if not deployment["spec"].get("paused"):
            new = self._with_new(deployment, sets, new)
            if new is not None:
                self._roll(deployment, new, [it for it in sets if key_of(it) != key_of(new)])
        elif new is not None:
            self._scale(deployment, new, deployment["spec"]["replicas"])
        self._clean_up(deployment, new)
        self._tell(key)

    def _with_new(self, deployment: Object, sets: list[Object], new: Object | None) -> Object | None:
        """The ReplicaSet of the present template, with the latest revision; made where there is none."""
        revisions = [int(it["metadata"].get("annotations", {}).get(_REVISION, 0)) for it in sets]
        latest = max(revisions, default=0)
        taken = {
            name: text
            for name, text in (deployment["metadata"].get("annotations") or {}).items()
            if name not in _NOT_COPIED
        }
        if new is None:
            return self._make(deployment, taken | {_REVISION: str(latest + 1)})
        mine = int(new["metadata"].get("annotations", {}).get(_REVISION, 0))
        others = max(
            (int(it["metadata"].get("annotations", {}).get(_REVISION, 0)) for it in sets if it is not new), default=0
        )
        revision = mine if mine > others else others + 1
        annotations = {**new["metadata"].get("annotations", {}), **taken, _REVISION: str(revision)}
        if annotations != new["metadata"].get("annotations"):
            changed = copied(new)
            changed["metadata"]["annotations"] = annotations
            new = self._hands.update("replicasets.apps", changed) or new
        self._revise(deployment, str(revision))
        return new

    def _make(self, deployment: Object, annotations: Object) -> Object | None:
        template = copied(deployment["spec"]["template"])
        mark = template_hash(template)
        metadata = template.setdefault("metadata", {})
        metadata["labels"] = {**(metadata.get("labels") or {}), _HASH: mark}
        selector = copied(deployment["spec"]["selector"])
        selector["matchLabels"] = {**(selector.get("matchLabels") or {}), _HASH: mark}
        old = self._hands.owned("replicasets.apps", deployment)
        replicas = self._first_replicas(deployment, old)
        made = self._hands.create(
            "replicasets.apps",
            {
                "apiVersion": "apps/v1",
                "kind": "ReplicaSet",
                "metadata": {
                    "name": f"{deployment['metadata']['name']}-{mark}",
                    "namespace": deployment["metadata"]["namespace"],
                    "labels": metadata["labels"],
                    "annotations": {**annotations, **_bounds(deployment)},
                    "ownerReferences": [owned_by(deployment)],
                },
                "spec": {
                    "replicas": replicas,
                    "selector": selector,
                    "template": template,
                    **(
                        {"minReadySeconds": deployment["spec"]["minReadySeconds"]}
                        if deployment["spec"].get("minReadySeconds")
                        else {}
                    ),
                },
            },
        )
        if made:
            self._revise(deployment, annotations[_REVISION])
            self._said(deployment, made, 0, replicas)
        return made

    def _first_replicas(self, deployment: Object, old: list[Object]) -> int:
        """How many pods the new ReplicaSet begins with."""
        wanted = int(deployment["spec"]["replicas"])
        if deployment["spec"]["strategy"]["type"] == "Recreate":
            return 0 if self._pods_of(old) else wanted
        total = sum(it["spec"].get("replicas", 0) for it in old)
        return int(max(0, min(wanted, wanted + _surge(deployment) - total)))

    def _pods_of(self, sets: list[Object]) -> list[Object]:
        return [pod for it in sets for pod in self._hands.owned("pods", it) if is_active(pod)]

    def _revise(self, deployment: Object, revision: str) -> None:
        annotations = deployment["metadata"].setdefault("annotations", {})
        if annotations.get(_REVISION) != revision:
            annotations[_REVISION] = revision
            changed = self._hands.update("deployments.apps", deployment)
            if changed:
                deployment["metadata"] = copied(changed["metadata"])

    def _roll(self, deployment: Object, new: Object, old: list[Object]) -> None:
        wanted = int(deployment["spec"]["replicas"])
        if deployment["spec"]["strategy"]["type"] == "Recreate":
            for it in old:
                self._scale(deployment, it, 0)
            if not self._pods_of(old):
                self._scale(deployment, new, wanted)
            return
        total = sum(it["spec"].get("replicas", 0) for it in [new, *old])
        has = new["spec"].get("replicas", 0)
        if has > wanted:
            new = self._scale(deployment, new, wanted)
        elif has < wanted:
            room = wanted + _surge(deployment) - total
            if room > 0:
                new = self._scale(deployment, new, min(wanted, has + room))
        self._scale_down(deployment, new, old)

    def _scale_down(self, deployment: Object, new: Object, old: list[Object]) -> None:
        """Take away old pods as far as enough stay available; those that are not healthy go first."""
        active = [it for it in old if it["spec"].get("replicas", 0) > 0]
        if not active:
            return
        least = int(deployment["spec"]["replicas"]) - _unavailable(deployment)
        total = sum(it["spec"].get("replicas", 0) for it in [new, *active])
        unready = new["spec"].get("replicas", 0) - new.get("status", {}).get("availableReplicas", 0)
        most = total - least - unready
        if most <= 0:
            return
        for it in sorted(active, key=lambda it: it["metadata"]["creationTimestamp"]):
            sick = it["spec"]["replicas"] - it.get("status", {}).get("availableReplicas", 0)
            gone = min(max(most, 0), max(sick, 0))
            if gone:
                self._scale(deployment, it, it["spec"]["replicas"] - gone)
                most -= gone
        fresh = [self._hands.get("replicasets.apps", key_of(it)) or it for it in active]
        available = sum(it.get("status", {}).get("availableReplicas", 0) for it in [new, *fresh])
        spare = available - least
        for it in sorted(fresh, key=lambda it: it["metadata"]["creationTimestamp"]):
            gone = min(max(spare, 0), it["spec"].get("replicas", 0))
            if gone:
                self._scale(deployment, it, it["spec"]["replicas"] - gone)
                spare -= gone

    def _scale(self, deployment: Object, replica_set: Object, replicas: int) -> Object:
        has = replica_set["spec"].get("replicas", 0)
        annotations = {**replica_set["metadata"].get("annotations", {}), **_bounds(deployment)}
        if has == replicas and annotations == replica_set["metadata"].get("annotations"):
            return replica_set
        changed = copied(replica_set)
        changed["spec"]["replicas"] = replicas
        changed["metadata"]["annotations"] = annotations
        kept = self._hands.update("replicasets.apps", changed)
        if kept and has != replicas:
            self._said(deployment, kept, has, replicas)
        return kept or replica_set

    def _said(self, deployment: Object, replica_set: Object, before: int, after: int) -> None:
        if before != after:
            word = "up" if after > before else "down"
            name = replica_set["metadata"]["name"]
            message = f"Scaled {word} replica set {name} from {before} to {after}"
            self._hands.event(deployment, "Normal", "ScalingReplicaSet", message)

    def _clean_up(self, deployment: Object, new: Object | None) -> None:
        """Forget the oldest of the empty ReplicaSets beyond the history limit."""
        sets = self._hands.owned("replicasets.apps", deployment)
        empty = [
            it
            for it in sets
            if (new is None or key_of(it) != key_of(new))
            and not it["spec"].get("replicas")
            and not it.get("status", {}).get("replicas")
            and not it["metadata"].get("deletionTimestamp")
        ]
        extra = len(empty) - int(deployment["spec"].get("revisionHistoryLimit", 10))
        for it in sorted(empty, key=lambda it: int(it["metadata"]["annotations"].get(_REVISION, 0)))[: max(0, extra)]:
            self._hands.delete("replicasets.apps", it)

    def _tell(self, key: Key) -> None:
        deployment = self._hands.get("deployments.apps", key)
        if deployment is None:
            return
        sets = claimed(self._hands, "replicasets.apps", deployment)
        new = _newest(deployment, sets)
        total = _count(sets, "replicas")
        available = _count(sets, "availableReplicas")
        wanted = int(deployment["spec"]["replicas"])
        counts = {
            "replicas": total,
            "updatedReplicas": _count([new] if new else [], "replicas"),
            "readyReplicas": _count(sets, "readyReplicas"),
            "availableReplicas": available,
            "unavailableReplicas": max(wanted - available, 0),
        }
        before = deployment.get("status", {})
        status: Object = {"observedGeneration": deployment["metadata"].get("generation", 1)}
        status |= {name: count for name, count in counts.items() if count}
        conditions = list(before.get("conditions", []))
        for wish in _conditions(deployment, counts, wanted, new):
            conditions = set_condition(conditions, wish, self._hands.time())
        for condition in conditions:
            condition.setdefault("lastUpdateTime", condition["lastTransitionTime"])
        status["conditions"] = conditions
        if status != before:
            deployment["status"] = status
            self._hands.update("deployments.apps", deployment, status=True)


def _newest(deployment: Object, sets: list[Object]) -> Object | None:
    """The ReplicaSet whose template is the Deployment's, but for the hash."""
    mark = template_hash(deployment["spec"]["template"])
    name = f"{deployment['metadata']['name']}-{mark}"
    return next((it for it in sets if it["metadata"]["name"] == name), None)


def _count(sets: list[Object], name: str) -> int:
    return sum(it.get("status", {}).get(name, 0) for it in sets)


def _conditions(deployment: Object, counts: dict[str, int], wanted: int, new: Object | None) -> list[Object]:
    enough = counts["availableReplicas"] >= wanted - _unavailable(deployment)
    available: Object = {
        "type": "Available",
        "status": "True" if enough else "False",
        "reason": "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable",
        "message": f"Deployment {'has' if enough else 'does not have'} minimum availability.",
    }
    if new is None:
        return [available]
    complete = counts["updatedReplicas"] == counts["replicas"] == counts["availableReplicas"] == wanted
    name = new["metadata"]["name"]
    progressing: Object = {
        "type": "Progressing",
        "status": "True",
        "reason": "NewReplicaSetAvailable" if complete else "ReplicaSetUpdated",
        "message": f'ReplicaSet "{name}" {"has successfully progressed." if complete else "is progressing."}',
    }
    return [available, progressing]


def _bounds(deployment: Object) -> dict[str, str]:
    wanted = int(deployment["spec"]["replicas"])
    return {_DESIRED: str(wanted), _MOST: str(wanted + _surge(deployment))}


def _surge(deployment: Object) -> int:
    """How many pods there may be beyond those wanted: a percentage is rounded up."""
    return _amounts(deployment)[0]


def _unavailable(deployment: Object) -> int:
    """How many of the pods wanted may be missing: a percentage is rounded down."""
    return _amounts(deployment)[1]


def _amounts(deployment: Object) -> tuple[int, int]:
    if deployment["spec"]["strategy"]["type"] == "Recreate":
        return 0, 0
    wanted = int(deployment["spec"]["replicas"])
    rolling = deployment["spec"]["strategy"].get("rollingUpdate") or {}
    surge = _amount(rolling.get("maxSurge", "25%"), wanted, math.ceil)
    missing = _amount(rolling.get("maxUnavailable", "25%"), wanted, math.floor)
    # Both 0 would stand still.
    return surge, missing if surge or missing else 1


def _amount(value: Any, wanted: int, rounded: Any) -> int:
    if isinstance(value, str) and value.endswith("%"):
        return int(rounded(int(value[:-1]) * wanted / 100))
    return int(value)
