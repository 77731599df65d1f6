"""Objects as Python dicts -> fragments of frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from nodeportkit.sources.objects.collect import Collector, Objects
from nodeportkit.sources.objects.documents import Head, add_document
from nodeportkit.sources.objects.table_form import DictTable

__all__ = ["DictForm", "read_objects"]

_T = TypeVar("_T")


class DictForm:
    """Objects as dicts."""

    table_type = DictTable

    def decoder(self, type_: type[_T]) -> Callable[[Any], _T]:
        """See `Form.decoder`."""
        return lambda item: msgspec.convert(item, type_)

    def head(self, item: Any) -> Head:
        """See `DocumentForm.head`."""
        if isinstance(item, list | tuple):
            return Head(elements=item)
        if not isinstance(item, Mapping):
            return Head()
        texts = (item.get(key) for key in ("apiVersion", "kind", "type"))
        version, kind, type_ = (text if isinstance(text, str) else None for text in texts)
        items = item.get("items")
        event, items = item.get("object"), [] if items is None and "items" in item else items
        return Head(
            version,
            kind,
            type_,
            event if isinstance(event, Mapping) else None,
            items if isinstance(items, Sequence) and not isinstance(items, str) else None,
        )

    def line(self, item: Any) -> int | None:  # noqa: ARG002 (an object in memory stands on no line)
        """See `Form.line`."""
        return None

    def line_of(self, item: Any, path: str) -> int | None:  # noqa: ARG002
        """See `Form.line_of`."""
        return None


def read_objects(
    objects: Iterable[Any], source: str = "objects", *, namespace: str = "default", now: datetime | None = None
) -> Objects:
    """What Kubernetes objects, given as dicts of the API's JSON, tell of a cluster; lists are opened.

    Parameters
    ----------
    objects
        The dicts.
    source
        Words for where they come from, for errors.
    namespace
        The namespace of objects that say none.
    now
        The moment to which ages count; without it they are unknown.

    Raises
    ------
    ReadError
        If a field has another type than Kubernetes gives it.

    Examples
    --------
    >>> found = read_objects([{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "token"}}])
    >>> found.fragments, found.others[0].text
    ([], 'Secret token')
    """
    form = DictForm()
    collector = Collector(form, source, namespace=namespace, now=now)
    for item in objects:
        add_document(collector, form, item)
    return collector.result()
