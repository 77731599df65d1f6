"""Finds the tables that kubectl prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nodeportkit.sources.garbage import no_garbage_collection
from nodeportkit.sources.reader import Context, Finding, Fragment, Outcome, Table, readers
from nodeportkit.sources.tables.body import Body, read_body
from nodeportkit.sources.tables.cells import Cells
from nodeportkit.sources.tables.collapsed import collapsed_header, collapsed_row
from nodeportkit.sources.tables.columns import is_events, kind_by_columns, kind_of
from nodeportkit.sources.tables.custom import custom_fragments, standard_names
from nodeportkit.sources.tables.headless import of_one_kind, unwritten_header
from nodeportkit.sources.tables.layout import Header, header
from nodeportkit.sources.tables.listing import listing, resources
from nodeportkit.sources.tables.names import read_names
from nodeportkit.sources.tables.options import custom_columns, is_watch
from nodeportkit.sources.tables.wrapped import goes_on_below, read_wrapped

__all__ = ["PRIORITY", "find"]

PRIORITY: Final = 50


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The table whose first line is `lines[at]`, or None.

    Examples
    --------
    >>> found = find(
    ...     [
    ...         "NAME   TYPE       CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE",
    ...         "web    NodePort   10.96.0.9    <none>        80:30080/TCP   5d",
    ...     ],
    ...     0,
    ...     Context(),
    ... )
    >>> found.table.kind, found.end
    ('services', 2)
    """
    line = lines[at]
    if not line:
        return None
    expected = [name for name, _ in custom_columns(context.command)]
    head = header(line, expected) if expected or line[:1].isupper() or line[:1] == " " else None
    if head is not None:
        return _below(lines, at, head, context)
    if line[:1].isupper():
        return _wrapped(lines, at, context, read_wrapped(lines, at)) or _collapsed(lines, at, context)
    names = read_names(lines, at, context)
    if names is not None:
        return _finding(context, ("NAME",), Body([Cells(names[1])], at + len(names[1])), at, lines, names[0])
    head = unwritten_header(line, context)
    if head is None:
        return None
    return _below(lines[: of_one_kind(lines, at, context)], at, head, context, written=False)


def _below(lines: Sequence[str], at: int, head: Header, context: Context, *, written: bool = True) -> Finding | None:
    """The table with this header, or None if what stands below does not look like rows."""
    known = kind_by_columns(head.columns)
    never_blank = ("AGE", "LABELS", *(known.columns + known.wide if known else ()))
    body = read_body(lines, at + written, head, [name for name in never_blank if name not in _MAY_BE_BLANK])
    if written and (goes_on_below(lines, at) or lines[body.end : body.end + 1] not in ([], [""])):
        wrapped = read_wrapped(lines, at) if goes_on_below(lines, at) else read_wrapped(lines, at, body.end)
        if wrapped is not None or goes_on_below(lines, at):
            return _wrapped(lines, at, context, wrapped)
    asked = custom_columns(context.command) != []
    if (
        known is None
        and not is_events(head.columns)
        and not asked
        and not body.strict
        and not (head.tabs and len(body))
    ):
        return None
    return _finding(context, head.columns, body, at, lines)


# No address yet, no reason, nobody that holds a lease, endpoints of which none is ready.
_MAY_BE_BLANK: Final = frozenset(
    {"ADDRESS", "REASON", "HOLDER", "ENDPOINTS", "ERROR", "MESSAGE", "CLAIM", "STORAGECLASS"}
)


def _wrapped(lines: Sequence[str], at: int, context: Context, found: tuple[Header, Body] | None) -> Finding | None:
    return _finding(context, found[0].columns, found[1], at, lines) if found is not None else None


def _collapsed(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    columns = collapsed_header(lines[at])
    if columns is None:
        return None
    rows = []
    end = at + 1
    while end < len(lines) and lines[end]:
        cells = collapsed_row(lines[end], columns)
        if cells is None or cells == list(columns):
            break
        rows.append(cells)
        end += 1
    if not rows:
        return None
    return _finding(context, columns, Body([Cells(cells) for cells in zip(*rows, strict=True)], end), at, lines)


def _finding(
    context: Context, names: Sequence[str], body: Body, at: int, lines: Sequence[str], kind: str | None = None
) -> Finding:
    """The finding of a table from its columns."""
    custom = custom_columns(context.command)
    roles = standard_names(custom) if custom else list(names)
    kind = kind or kind_of(roles, body.columns, context.command)
    whole = not body.cut and not body.between and not is_watch(context.command)
    outcomes, unread = _told_between(lines, body, context)

    def fragments() -> list[Fragment]:
        if not len(body):
            return []
        complete = context.command.complete if whole and context.command and kind in context.command.resources else ()
        found = listing(kind, roles, body.columns, context, complete=complete, cut=body.cut)
        make = custom_fragments if custom else resources().get(kind)
        if found is None or make is None:
            return []
        with no_garbage_collection():
            return make(found)

    return Finding(at, body.end, Table(kind, names, body.columns, at + 1), outcomes, fragments, unread)


def _told_between(lines: Sequence[str], body: Body, context: Context) -> tuple[tuple[Outcome, ...], tuple[int, ...]]:
    """What the lines among the rows say, and the positions of those that no other reader knows."""
    outcomes: list[Outcome] = []
    unread = []
    for at in body.between:
        for reader in readers():
            found = None if reader.find is find else reader.find(lines, at, context)
            if found is not None and found.end == at + 1 and found.outcomes:
                outcomes.extend(found.outcomes)
                break
        else:
            unread.append(at)
    return tuple(outcomes), tuple(unread)
