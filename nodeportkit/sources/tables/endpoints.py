"""`kubectl get endpoints` -> the endpoints of services that are ready."""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.cells import column, parse_addresses, parse_endpoint
from nodeportkit.frames import conform
from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing

__all__ = ["KINDS", "fragments"]

KINDS: Final = ("endpoints",)


def fragments(found: Listing) -> list[Fragment]:
    """The endpoints of the table.

    It lists addresses that are ready, each with its port, and ends after three. A cell is `<none>` where there are no
    addresses at all, and blank where none is ready (formatEndpoints in kubernetes/kubernetes
    pkg/printers/internalversion/printers.go).
    """
    cells = column(found.get("ENDPOINTS"), _endpoints, None, {})
    for i, cell in enumerate(found.get("ENDPOINTS")):
        if cell == "":
            cells[i] = ([], 0)
    whole = [i for i, cell in enumerate(cells) if cell is not None and cell[1] == 0]
    short = [i for i, cell in enumerate(cells) if cell is not None and cell[1] != 0]
    parts = [(whole, 2, found.complete)] + ([(short, 1, ())] if short else [])
    return [_fragment(found.take(at), [cells[i] for i in at], detail, complete) for at, detail, complete in parts]


def _endpoints(cell: str) -> tuple[list[tuple[str, int | None]], int | None]:
    shown, more = parse_addresses(cell)
    return [parse_endpoint(text) for text in shown], more


def _fragment(found: Listing, cells: list[Any], detail: int, complete: tuple[str, ...]) -> Fragment:
    rows: dict[str, list[Any]] = {name: [] for name in ("namespace", "service", "address", "port", "ready")}
    for namespace, name, (shown, more) in zip(found.namespaces, found.names, cells, strict=True):
        listed = [*shown, *[(None, None)] * (more or 0)]
        rows["namespace"].extend([namespace] * len(listed))
        rows["service"].extend([name] * len(listed))
        rows["address"].extend(address for address, _ in listed)
        rows["port"].extend(port for _, port in listed)
        rows["ready"].extend([True] * len(listed))
    covers = found.parents("namespace", "service")
    return Fragment("endpoints", conform("endpoints", rows), covers=covers, complete=complete, detail=detail)
