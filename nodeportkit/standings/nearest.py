"""The pods that a selector nearly matches, and what they carry instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

__all__ = ["Nearest", "nearest_pods", "spelled_alike"]

_DIGITS = re.compile(r"\d+")
_ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Nearest:
    """The pods that carry most terms of a selector.

    Attributes
    ----------
    names
        Their names; () where no pod carries any term, or anything spelled like it.
    carried, lacking
        The terms that all of them carry, and the others; both empty where they do not agree in that.
    instead
        For keys of `lacking`, the label that all of them have in its place: (key of the selector, their key, their value).
    """

    names: tuple[str, ...]
    carried: dict[str, str] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)
    instead: tuple[tuple[str, str, str], ...] = ()


def nearest_pods(selector: Mapping[str, str], pods: pd.DataFrame) -> Nearest:
    """The pods that carry most terms of the selector; one that differs in the spelling counts half.

    Only keys of the selector are looked at, so what controllers add (`pod-template-hash`) never matters.

    Examples
    --------
    >>> from nodeportkit.frames import conform
    >>> pods = conform("pods", {"name": ["a", "b"], "labels": [{"app": "web", "tier": "frontend"}, {"app": "db"}]})
    >>> nearest_pods({"app": "web", "tier": "front-end"}, pods)
    Nearest(names=('a',), carried={'app': 'web'}, lacking={'tier': 'front-end'}, instead=(('tier', 'tier', 'frontend'),))
    """
    found: dict[Any, list[str]] = {}
    for name, labels in zip(pods["name"], pods["labels"], strict=True):
        if isinstance(labels, Mapping):
            found.setdefault(_difference(selector, labels), []).append(str(name))
    scores = {difference: _score(selector, *difference) for difference in found}
    best = max(scores.values(), default=0)
    if not best:
        return Nearest(())
    nearest = [difference for difference, score in scores.items() if score == best]
    names = tuple(name for difference in nearest for name in found[difference])
    if len(nearest) > 1:
        return Nearest(names)
    carried, instead = nearest[0]
    lacking = {key: value for key, value in selector.items() if key not in carried}
    return Nearest(names, {key: selector[key] for key in selector if key in carried}, lacking, instead)


def spelled_alike(one: str, other: str) -> bool:
    """Tell whether two keys or values may be meant to be the same: by case, by punctuation, by a slip.

    Digits have to be equal: `v1` is not a misspelled `v2`.

    Examples
    --------
    >>> spelled_alike("front-end", "frontend"), spelled_alike("Web", "web"), spelled_alike("v1", "v2")
    (True, True, False)
    """
    if _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    plain, wanted = (re.sub(r"[-_./]", "", text).casefold() for text in (one, other))
    return plain == wanted or difflib.SequenceMatcher(None, plain, wanted).ratio() >= _ALIKE


def _difference(
    selector: Mapping[str, str], labels: Mapping[str, str]
) -> tuple[frozenset[str], tuple[tuple[str, str, str], ...]]:
    """The keys of the terms that the labels carry, and what they have in place of the others."""
    carried = frozenset(key for key, value in selector.items() if labels.get(key) == value)
    instead = []
    for key, value in selector.items():
        if key not in carried:
            # A key that is misspelled counts only if its value agrees.
            meant = [key] if key in labels else [k for k in labels if spelled_alike(k, key) and labels[k] == value]
            instead += [(key, k, labels[k]) for k in meant[:1]]
    return carried, tuple(instead)


def _score(selector: Mapping[str, str], carried: frozenset[str], instead: tuple[tuple[str, str, str], ...]) -> int:
    return 2 * len(carried) + sum(spelled_alike(value, selector[key]) for key, _, value in instead)
