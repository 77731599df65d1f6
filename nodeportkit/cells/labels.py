"""Labels, and what is made of them: LABELS, SELECTOR, ROLES; and the STATUS of a node."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from nodeportkit.cells.columns import NONE, column, wrong
from nodeportkit.errors import ReadError

__all__ = [
    "NodeStatus",
    "format_labels",
    "labels_column",
    "parse_labels",
    "parse_map",
    "parse_node_status",
    "parse_roles",
]

_MAP_ITEM = re.compile(r"([^=:\s]+)(?:=|: ?)(.*)", re.DOTALL)


class NodeStatus(NamedTuple):
    """A STATUS cell of a node: ready (None where the node has no Ready condition), and not cordoned."""

    ready: bool | None
    schedulable: bool


def parse_labels(text: str) -> dict[str, str]:
    """Read a LABELS or SELECTOR cell, `app=web,tier=front`; `<none>` gives `{}`.

    Examples
    --------
    >>> parse_labels("app=web,node-role.kubernetes.io/worker=")
    {'app': 'web', 'node-role.kubernetes.io/worker': ''}
    """
    text = text.strip()
    if text == NONE:
        return {}
    try:
        labels = dict([item.split("=", 1) for item in text.split(",")])
    except ValueError:  # an item without "="
        labels = {}
    if not labels or "" in labels:
        raise wrong("list of labels", text, "Labels look like app=web,tier=front.")
    if len(labels) != text.count(",") + 1:
        raise wrong("list of labels", text, "One key stands in it twice.")
    return labels


def format_labels(labels: Mapping[str, str] | None) -> str:
    """Write a LABELS or SELECTOR cell, sorted by key; `<none>` without any.

    Examples
    --------
    >>> format_labels({"tier": "front", "app": "web"}), format_labels({})
    ('app=web,tier=front', '<none>')
    """
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels)) if labels else NONE


def parse_map(lines: Iterable[str]) -> dict[str, str]:
    """Read labels or annotations as `kubectl describe` prints them, one a line: `a=b`, or `a: b` for annotations.

    Examples
    --------
    >>> parse_map(["app=web", "example.com/url: http://a:80/?b=c"])
    {'app': 'web', 'example.com/url': 'http://a:80/?b=c'}
    >>> parse_map(["<none>"])
    {}
    """
    entries: dict[str, str] = {}
    for line in lines:
        text = line.strip()
        if text == NONE:
            continue
        match = _MAP_ITEM.fullmatch(text)
        if not match:
            raise wrong("label or annotation", line, "They look like key=value or key: value, one a line.")
        entries[match[1]] = match[2]
    return entries


def parse_roles(text: str) -> list[str]:
    """Read a ROLES cell of a node: `control-plane,worker`; `<none>` gives no roles.

    Examples
    --------
    >>> parse_roles("control-plane,worker")
    ['control-plane', 'worker']
    """
    text = text.strip()
    roles = [] if text == NONE else text.split(",")
    if any(not role or " " in role for role in roles):
        raise wrong("ROLES cell", text, "kubectl prints control-plane,worker or <none>.")
    return roles


def parse_node_status(text: str) -> NodeStatus:
    """Read a STATUS cell of a node: `Ready`, `NotReady` or `Unknown`, with `,SchedulingDisabled` where it is cordoned.

    Examples
    --------
    >>> parse_node_status("Ready,SchedulingDisabled")
    NodeStatus(ready=True, schedulable=False)
    """
    first, *rest = text.strip().split(",")
    readiness: dict[str, bool | None] = {"Ready": True, "NotReady": False, "Unknown": None}
    if first not in readiness or rest not in ([], ["SchedulingDisabled"]):
        raise wrong("STATUS of a node", text, "kubectl prints Ready, NotReady or Unknown, and SchedulingDisabled.")
    return NodeStatus(readiness[first], not rest)


def labels_column(texts: Iterable[Any], bad: dict[str, ReadError] | None = None) -> list[Any]:
    """Read the labels of a whole column as dicts, `pd.NA` where they were not shown.

    Examples
    --------
    >>> labels_column(["app=web", "<none>", None])
    [{'app': 'web'}, {}, <NA>]
    """
    return column(texts, parse_labels, pd.NA, bad)
