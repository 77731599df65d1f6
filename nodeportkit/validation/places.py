"""On which lines the fields of a manifest stand."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, Final

__all__ = ["Places"]

_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[([^\]]*)\]")
# Where the server's path is not the manifest's.
_ALIASES: Final = {"clusterIPs": "clusterIP", "podCIDRs": "podCIDR", "reportingController": "reportingComponent"}
_PATHS: Final = (
    (re.compile(r"^metadata\.taints"), "spec.taints"),
    (re.compile(r"^annotations\.(.*)"), r"metadata.annotations[\1]"),
    (re.compile(r"^namespace$"), "metadata.namespace"),
)


class Places:
    r"""The lines of a text's fields.

    Examples
    --------
    >>> places = Places("kind: Service\nspec:\n  ports:\n  - port: 80\n    nodePort: 80\n")
    >>> places.line(0, "spec.ports[0].nodePort"), places.line(0, "spec.type")
    (5, 2)
    """

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _documents(self) -> list[Any]:
        import yaml

        try:
            return list(yaml.compose_all(self._text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        except (yaml.YAMLError, RecursionError, ValueError):
            return []

    def line(self, document: int, path: str, inside: str = "") -> int | None:
        """The line of a field of a document, counted from 1; of what holds it, where it is not written.

        Parameters
        ----------
        document
            Which document of the text, from 0.
        path
            As the server says it: `spec.ports[0].nodePort`.
        inside
            The path of the object in the document, where it is an item of a list: `items[2]`.
        """
        node = self._documents[document] if document < len(self._documents) else None
        if node is None:
            return None
        for pattern, real in _PATHS:
            path = pattern.sub(real, path)
        line = node.start_mark.line
        for step in _steps(inside) + _steps(path):
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return int(line) + 1


def _steps(path: str) -> list[str]:
    return [key or position for key, position in _STEP.findall(path)]


def _child(node: Any, step: str) -> tuple[int, Any] | None:
    """The line of an entry and what it holds."""
    entries = node.value if isinstance(node.value, list) else []
    if not all(isinstance(entry, tuple) for entry in entries):
        position = int(step) if step.isdecimal() else len(entries)
        return (entries[position].start_mark.line, entries[position]) if position < len(entries) else None
    by_name = {key.value: (key.start_mark.line, value) for key, value in entries if isinstance(key.value, str)}
    if step in by_name:
        return by_name[step]
    if _ALIASES.get(step) in by_name:
        return by_name[_ALIASES[step]]
    # `spec.LoadBalancerSourceRanges` and `spec.template.labels` are the server's, with what it leaves out.
    lowered = step[:1].lower() + step[1:]
    if lowered in by_name:
        return by_name[lowered]
    if step in ("labels", "annotations") and "metadata" in by_name:
        return _child(by_name["metadata"][1], step)
    return None
