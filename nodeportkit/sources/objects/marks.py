"""Where in a manifest a field stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

__all__ = ["locate"]

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")


def locate(text: str, path: str, line: int = 0) -> tuple[int, int] | None:
    r"""Line and column, both counted from 0, of the field at a path such as `$.spec.ports[0].nodePort`.

    The path begins at the document, or the item of its list, that begins on `line`; at the first document where none does.
    None where it cannot be told: msgspec writes `[...]` for the key of a free mapping, and the text may be no YAML.

    Examples
    --------
    >>> locate("spec:\n  ports:\n  - port: x", "$.spec.ports[0].port")
    (2, 4)
    """
    import yaml

    try:
        documents = list(yaml.compose_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    nodes = [node for document in documents for node in _beginnings(document)]
    start = next((node for node in nodes if node.start_mark.line == line), nodes[0] if nodes else None)
    return _follow(start, path) if start else None


def _beginnings(node: Any) -> Iterator[Any]:
    """The document and the items of its list."""
    if node is None:
        return
    if isinstance(node.value, list) and not any(isinstance(entry, tuple) for entry in node.value):
        yield from node.value
    yield node
    for key, value in (entry for entry in node.value if isinstance(entry, tuple)):
        if key.value == "items" and isinstance(value.value, list):
            yield from value.value


def _follow(node: Any, path: str) -> tuple[int, int] | None:
    mark = None
    for key, index in _STEP.findall(path):
        if key and isinstance(node.value, list):
            entries = [(k, v) for k, v in (pair for pair in node.value if isinstance(pair, tuple)) if k.value == key]
            if not entries:
                break
            mark, node = entries[-1][0].start_mark, entries[-1][1]
        elif index and isinstance(node.value, list) and int(index) < len(node.value):
            node = node.value[int(index)]
            mark = node.start_mark
        else:
            break
    return (mark.line, mark.column) if mark else None
