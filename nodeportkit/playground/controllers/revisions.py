"""The templates that a DaemonSet or StatefulSet has had: a ControllerRevision each, for `kubectl rollout history` and `undo`.

pkg/controller/history/controller_history.go, pkg/controller/daemon/update.go (`constructHistory`) and
pkg/controller/statefulset/stateful_set_utils.go (`newRevision`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from nodeportkit.playground.controllers.claims import claimed
from nodeportkit.playground.controllers.hands import Hands, owned_by
from nodeportkit.playground.controllers.hashing import template_hash
from nodeportkit.playground.store import Object, copied

__all__ = ["HASH", "keep_revisions"]

HASH: Final = "controller-revision-hash"  # the label of pods
_REVISIONS: Final = "controllerrevisions.apps"
_NOT_COPIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


def keep_revisions(hands: Hands, owner: Object, label: str, used: Iterable[str]) -> None:
    """Let the newest revision be that of the present template, and forget the oldest that no pod has any more.

    Parameters
    ----------
    hands
        Of the controller.
    owner
        The DaemonSet or StatefulSet.
    label
        The label of a revision that bears the hash of its template.
    used
        The hashes, or the names of revisions, that pods bear.
    """
    template = owner["spec"]["template"]
    mark = template_hash(template)
    name = f"{owner['metadata']['name']}-{mark}"
    revisions = sorted(claimed(hands, _REVISIONS, owner), key=_number)
    latest = _number(revisions[-1]) if revisions else 0
    present = next((it for it in revisions if it["metadata"]["name"] == name), None)
    if present is None:
        annotations = {
            key: text for key, text in (owner["metadata"].get("annotations") or {}).items() if key != _NOT_COPIED
        }
        made = {
            "apiVersion": "apps/v1",
            "kind": "ControllerRevision",
            "metadata": {
                "name": name,
                "namespace": owner["metadata"]["namespace"],
                "labels": {**((template.get("metadata") or {}).get("labels") or {}), label: mark},
                **({"annotations": annotations} if annotations else {}),
                "ownerReferences": [owned_by(owner)],
            },
            "data": _sorted({"spec": {"template": {**template, "$patch": "replace"}}}),
            "revision": latest + 1,
        }
        hands.create(_REVISIONS, made)
    elif present is not revisions[-1]:
        hands.update(_REVISIONS, {**copied(present), "revision": latest + 1})
    borne = set(used)
    unused = [
        it
        for it in revisions
        if it is not present and not borne & {it["metadata"]["name"], (it["metadata"].get("labels") or {}).get(label)}
    ]
    for it in unused[: max(0, len(unused) - int(owner["spec"].get("revisionHistoryLimit", 10)))]:
        hands.delete(_REVISIONS, it)


def _sorted(data: Object) -> Object:
    """The data as Go writes maps: kubectl compares it letter by letter with what it makes of the present template."""
    made: Object = json.loads(json.dumps(data, sort_keys=True))
    return made


def _number(revision: Object) -> int:
    return int(revision.get("revision", 0))
