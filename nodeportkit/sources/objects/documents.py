"""What a document is: an object, a list, an event of a watch, an answer of the API server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from nodeportkit.sources.objects.collect import Collector, Form
from nodeportkit.sources.objects.table_form import DictTable, JsonTable
from nodeportkit.sources.objects.typed import Typed
from nodeportkit.sources.reader import Outcome

__all__ = ["DocumentForm", "Head", "add_document"]

_DEEPEST: Final = 8
# What the API server answers instead of objects.
_ANSWERS: Final = {("Table", "meta.k8s.io/v1"), ("Table", "meta.k8s.io/v1beta1"), ("Status", "v1")}


class Head(NamedTuple):
    """The top of a document.

    `items` are those of a list, None if it has none; `object` is that of an event; `elements` are those of a bare list.
    """

    api_version: str | None = None
    kind: str | None = None
    type: str | None = None
    object: Any = None
    items: Sequence[Any] | None = None
    elements: Sequence[Any] | None = None


class Status(Typed):
    """What the API server answers where it has no object to give."""

    status: str | None = None
    message: str | None = None
    reason: str | None = None


class DocumentForm(Form, Protocol):
    """How documents are written."""

    @property
    def table_type(self) -> type[DictTable] | type[JsonTable]:
        """What a Table is decoded to."""

    def head(self, item: Any) -> Head:
        """The top of the document; empty where it is no mapping."""


def add_document(collector: Collector, form: DocumentForm, item: Any, head: Head | None = None, depth: int = 0) -> None:
    """Take one document, and what it holds; `head` is its top, if that is known already."""
    head = head or form.head(item)
    if head.elements is not None and depth < _DEEPEST:
        for element in head.elements:
            add_document(collector, form, element, None, depth + 1)
    elif head.kind and head.kind.endswith("List") and head.items is not None:
        implied = head.kind.removesuffix("List") or None
        collector.add_list(head.items, head.api_version if implied else None, implied)
    elif (head.kind, head.api_version) in _ANSWERS:
        try:
            _add_answer(collector, form, item, head)
        except msgspec.ValidationError:
            collector.add(item)
    elif head.kind is None and head.object is not None and head.type and depth < _DEEPEST:
        # An event of a watch (staging/src/k8s.io/apimachinery/pkg/watch/watch.go); a bookmark tells nothing of an object.
        if head.type == "DELETED":
            collector.delete(head.object)
        elif head.type != "BOOKMARK":
            add_document(collector, form, head.object, None, depth + 1)
    else:
        collector.add(item)


def _add_answer(collector: Collector, form: DocumentForm, item: Any, head: Head) -> None:
    if head.kind == "Table":
        collector.add_table(item, form.decoder(form.table_type)(item))
        return
    status = form.decoder(Status)(item)
    if status.status == "Success":
        collector.add(item)
        return
    details = {"reason": status.reason or "", "message": status.message or ""}
    collector.add_outcome(Outcome("api-error", form.line(item) or 0, status.message or "", details))
