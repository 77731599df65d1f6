"""Rows without a header: `--no-headers`, and lists that went through grep."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from nodeportkit.sources.command import Command
from nodeportkit.sources.kinds import CLUSTER_WIDE
from nodeportkit.sources.reader import Context
from nodeportkit.sources.tables.columns import KNOWN, plural
from nodeportkit.sources.tables.layout import Header
from nodeportkit.sources.tables.options import custom_columns, has_headers, label_columns, shows_labels

__all__ = ["of_one_kind", "unwritten_header"]

_CELL: Final = re.compile(r"\S+(?: \S+)*")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.:/-]*")


def unwritten_header(line: str, context: Context) -> Header | None:
    """The header that would stand above a row, if the command tells which columns it prints; else None.

    Examples
    --------
    >>> from nodeportkit.sources.command import parse_command
    >>> context = Context(command=parse_command("kubectl get svc --no-headers"))
    >>> unwritten_header("kubernetes   ClusterIP   10.96.0.1   <none>   443/TCP   23d", context).columns
    ('NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE')
    """
    command = context.command
    if command is None or command.verb != "get" or not command.resources or has_headers(command):
        return None
    cells = list(_CELL.finditer(line))
    if not cells or not _NAME.fullmatch(cells[0][0]):
        return None
    kind = _kind_before(line, command) if len(command.resources) > 1 else command.resources[0]
    custom = custom_columns(command)
    candidates = [tuple(name for name, _ in custom)] if custom else list(_candidates(kind, context))
    # NODE-SELECTOR of old versions is NODE SELECTOR.
    fitting = {
        " ".join(columns).replace("-", " "): columns for columns in candidates[::-1] if len(columns) == len(cells)
    }
    if len(fitting) != 1:
        return None
    return Header(fitting.popitem()[1], tuple(cell.start() for cell in cells))


def of_one_kind(lines: Sequence[str], at: int, context: Context) -> int:
    """Where rows without a header end that begin at `at`: of several kinds, each is written before the names."""
    command = context.command
    if command is None or len(command.resources) < 2:
        return len(lines)
    kind = _kind_before(lines[at], command)
    return next((end for end in range(at + 1, len(lines)) if _kind_before(lines[end], command) != kind), len(lines))


def _kind_before(line: str, command: Command) -> str:
    """The kind that stands before the name on a row of several kinds; "" for none."""
    words = line.split(None, 2)[command.all_namespaces :]
    kind, slash, _ = words[0].partition("/") if words else ("", "", "")
    return plural(kind) if slash else ""


def _candidates(kind: str, context: Context) -> Iterator[tuple[str, ...]]:
    """The columns that versions of Kubernetes print for a kind and the command."""
    command = context.command
    if command is None or command.output not in ("", "wide"):
        return
    before = ("NAMESPACE", "NAME") if command.all_namespaces and kind not in CLUSTER_WIDE else ("NAME",)
    behind: Sequence[str] = [label.rpartition("/")[2].upper() for label in label_columns(command)]
    behind = [*behind, *(["LABELS"] if shows_labels(command) else [])]
    for known in KNOWN:
        if known.kind != kind:
            continue
        if command.output != "wide":
            yield (*before, *known.columns, *behind)
            continue
        # Older versions knew fewer of the columns that -o wide adds.
        for count in range(len(known.wide) + 1):
            yield (*before, *known.columns, *known.wide[:count], *behind)
