"""Manifests as text, with what changes for clients said above them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, Final

import yaml

__all__ = ["Manifests"]

_WIDTH: Final = 100
# What would end a comment, or a terminal's obedience: names and labels are anybody's text.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


class Manifests(str):
    """YAML that `kubectl apply -f -` takes; comments at its head say what changes.

    Attributes
    ----------
    objects
        The objects that the text holds.
    changes
        What changes for clients and for those who run the cluster, a sentence each.
    """

    __slots__ = ("changes", "objects")

    objects: tuple[dict[str, Any], ...]
    changes: tuple[str, ...]

    def __new__(cls, title: str, objects: Iterable[dict[str, Any]], changes: Sequence[str]) -> Manifests:
        """The text of these objects, under a title and the changes."""
        kept = tuple(objects)
        plain = tuple(_UNPRINTABLE.sub(" ", change) for change in changes)
        lines = [_comment(_UNPRINTABLE.sub(" ", title), "", ""), "#"]
        lines += [_comment(change, "- ", "  ") for change in plain]
        documents = [yaml.safe_dump(thing, sort_keys=False, default_flow_style=False, width=_WIDTH) for thing in kept]
        self = super().__new__(cls, "\n".join(lines) + "\n" + "---\n".join(documents))
        self.objects = kept
        self.changes = plain
        return self


def _comment(text: str, first: str, then: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=f"# {first}",
        subsequent_indent=f"# {then}",
        break_long_words=False,
        break_on_hyphens=False,
    )
