"""Whose things are: what a controller's selector does not fit any more is let go, and what fits and belongs to nobody is taken.

pkg/controller/controller_ref_manager.go, `ClaimObject`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nodeportkit.playground.controllers.hands import Hands, concerned, controller_of, key_of, owned_by
from nodeportkit.playground.store import Change, Key, Object, copied
from nodeportkit.selectors import match_labels

__all__ = ["claimants", "claimed"]


def claimed(
    hands: Hands,
    resource: str,
    owner: Object,
    *,
    fits: Callable[[Object], bool] = lambda _: True,
    among: Callable[[Object], bool] = lambda _: True,
) -> list[Object]:
    """The objects that the owner controls once those that do not fit are let go and orphans that do are taken.

    Parameters
    ----------
    hands
        Of the controller.
    resource
        What it makes: pods, or ReplicaSets.
    owner
        The object with the selector.
    fits
        What beside the selector decides.
    among
        Which are looked at at all.
    """
    selector = owner["spec"].get("selector") or {}
    matches = _matcher(selector)
    going = bool(owner["metadata"].get("deletionTimestamp"))
    kept = []
    for thing in filter(among, hands.owned(resource, owner)):
        if matches(thing["metadata"].get("labels") or {}) and fits(thing):
            kept.append(thing)
        elif not going:
            uid = owner["metadata"]["uid"]
            freed = copied(thing)
            references = [it for it in freed["metadata"]["ownerReferences"] if it["uid"] != uid]
            freed["metadata"] |= {"ownerReferences": references}
            if not references:
                del freed["metadata"]["ownerReferences"]
            hands.update(resource, freed)
    if going:
        return kept
    namespace, labels = owner["metadata"]["namespace"], selector.get("matchLabels") or {}
    for thing in filter(among, hands.store.loose(resource, namespace, labels)):
        metadata = thing["metadata"]
        if metadata.get("deletionTimestamp") or not matches(metadata.get("labels") or {}) or not fits(thing):
            continue
        taken = copied(thing)
        taken["metadata"]["ownerReferences"] = [*(metadata.get("ownerReferences") or ()), owned_by(owner)]
        if made := hands.update(resource, taken):
            kept.append(made)
    return kept


def claimants(hands: Hands, change: Change, resource: str, kind: str, *, made: str) -> Iterator[Key]:
    """The object of a kind that a change is about: itself, the one that controls what has changed, or all that may take it.

    Parameters
    ----------
    hands
        Of the controller.
    change
        What has changed.
    resource, kind
        The kind, and its resource.
    made
        The resource of what such objects make.
    """
    yield from concerned(change, resource, kind, made=made)
    if change.resource != made or change.type == "DELETED" or controller_of(change.object) is not None:
        return
    if change.before is not None and _belongings(change.before) == _belongings(change.object):
        return
    labels = change.object["metadata"].get("labels") or {}
    for owner in hands.all(resource, change.key.namespace) if labels else ():
        if _matcher(owner["spec"].get("selector") or {})(labels):
            yield key_of(owner)


def _belongings(thing: Object) -> tuple[Any, Any]:
    return thing["metadata"].get("labels"), thing["metadata"].get("ownerReferences")


def _matcher(selector: Mapping[str, Any]) -> Callable[[Mapping[str, str]], bool]:
    """Whether labels are selected; one that selects everything selects nothing here."""
    wanted = (selector.get("matchLabels") or {}).items()
    if selector.get("matchExpressions"):
        return lambda labels: match_labels(selector, labels)
    return lambda labels: bool(wanted) and wanted <= labels.items()
