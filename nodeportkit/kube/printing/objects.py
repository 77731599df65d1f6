"""Objects as `kubectl get` prints them: one as its cells, many as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from nodeportkit.cells import format_labels
from nodeportkit.errors import ReadError
from nodeportkit.kube.printing.fields import items, strings, text
from nodeportkit.kube.printing.registry import KindPrinter, Object, printer_of
from nodeportkit.kube.printing.table import lay_out, shown

__all__ = ["print_objects", "printed"]


def printed(thing: Object, *, wide: bool = False, now: datetime | None = None) -> dict[str, str]:
    """Print an object as `kubectl get` does: the heading of each column -> the cell.

    Parameters
    ----------
    thing
        A Kubernetes object as a dict: Service, Pod, Node, Endpoints, EndpointSlice, Deployment, ReplicaSet, DaemonSet,
        StatefulSet, Namespace or Event.
    wide
        As with `-o wide`.
    now
        The moment that ages count to, with its time zone; the current time if None.

    Returns
    -------
    dict
        In the order of the columns, all text.

    Raises
    ------
    ReadError
        If the kind is unknown, a field is malformed, or `now` has no time zone.

    Notes
    -----
    kubectl prints the table that the API server makes, and the server never cuts EXTERNAL-IP: the cut at 16 characters
    (`203.0.113.40,2...`) was made by clients before 1.11.

    Examples
    --------
    >>> service = {
    ...     "kind": "Service",
    ...     "apiVersion": "v1",
    ...     "metadata": {"name": "web"},
    ...     "spec": {"type": "NodePort", "clusterIP": "10.96.10.1", "ports": [{"port": 80, "nodePort": 30080}]},
    ... }
    >>> printed(service)["PORT(S)"]
    '80:30080/TCP'
    """
    printer = printer_of(thing)
    cells = printer.cells(thing, _moment(now))
    return {
        column.header: shown(cell)
        for column, cell in zip(printer.columns, cells, strict=True)
        if wide or not column.wide
    }


def print_objects(
    objects: Iterable[Object],
    *,
    wide: bool = False,
    all_namespaces: bool = False,
    show_labels: bool = False,
    label_columns: Sequence[str] = (),
    show_kind: bool = False,
    headers: bool = True,
    now: datetime | None = None,
) -> str:
    """Print objects as `kubectl get` does: a table for each run of objects of one kind, a blank line between.

    Parameters
    ----------
    objects
        Kubernetes objects as dicts; lists (`kind: List`, `PodList`, ...) stand for their items.
    wide, all_namespaces, show_labels, label_columns, show_kind, headers
        As with `-o wide`, `-A`, `--show-labels`, `-L a,b`, `--show-kind` and (False) `--no-headers`. Objects of several
        kinds always show their kind.
    now
        The moment that ages count to, with its time zone; the current time if None.

    Returns
    -------
    str
        What kubectl writes to its output; "" without objects (it then says `No resources found` among its errors).

    Raises
    ------
    ReadError
        As `printed`.

    Examples
    --------
    >>> pods = [{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web-0", "namespace": "shop"}}]
    >>> print(print_objects(pods, all_namespaces=True, label_columns=["app"]), end="")
    NAMESPACE   NAME    READY   STATUS   RESTARTS   AGE         APP
    shop        web-0   0/0              0          <unknown>
    """
    moment = _moment(now)
    things = [(thing, printer_of(thing)) for thing in _flat(objects)]
    with_kind = show_kind or len({id(printer) for _, printer in things}) > 1
    tables = []
    for _, group in groupby(things, key=lambda pair: id(pair[1])):
        listed = [thing for thing, _ in group]
        printer = printer_of(listed[0])
        namespaced = all_namespaces and printer.namespaced
        lines = [_headings(printer, wide, namespaced, label_columns, show_labels)] if headers else []
        for thing in listed:
            line = [text(thing, "metadata", "namespace")] if namespaced else []
            line += _cells(printer, thing, wide, with_kind, moment)
            labels = strings(thing, "metadata", "labels")
            line += [labels.get(key, "") for key in label_columns]
            line += [format_labels(labels)] if show_labels else []
            lines.append(line)
        tables.append(lay_out([[shown(cell) for cell in line] for line in lines]))
    return ("\n" if headers else "").join(tables)


def _headings(
    printer: KindPrinter, wide: bool, namespaced: bool, label_columns: Sequence[str], show_labels: bool
) -> list[str]:
    first = ["NAMESPACE"] if namespaced else []
    own = [column.header for column in printer.columns if wide or not column.wide]
    labels = [key.rpartition("/")[2].upper() for key in label_columns]
    return [*first, *own, *labels, *(["LABELS"] if show_labels else [])]


def _cells(printer: KindPrinter, thing: Object, wide: bool, with_kind: bool, now: datetime) -> list[str]:
    return [
        f"{printer.prefix}/{cell}" if with_kind and column.format == "name" else str(cell)
        for column, cell in zip(printer.columns, printer.cells(thing, now), strict=True)
        if wide or not column.wide
    ]


def _flat(objects: Iterable[Any]) -> Iterator[Object]:
    """Yield the objects, and those in lists; a list of one kind says it once, for all."""
    for thing in objects:
        kind = text(thing, "kind") if isinstance(thing, Mapping) else ""
        if kind.endswith("List") and "items" in thing:
            of_all = (
                {"kind": kind.removesuffix("List"), "apiVersion": thing.get("apiVersion")} if kind != "List" else {}
            )
            yield from _flat({**of_all, **item} for item in items(thing, "items"))
        else:
            yield thing


def _moment(now: datetime | None) -> datetime:
    if now is None:
        return datetime.now(UTC)
    if now.tzinfo is None:
        raise ReadError(f"now is {now}, without a time zone", hint="Give datetime.now(timezone.utc).")
    return now
