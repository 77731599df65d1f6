"""`kubectl get endpointslices` -> the endpoints in them."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from nodeportkit.cells import column, labels_column, parse_addresses, parse_port_numbers
from nodeportkit.errors import ReadError
from nodeportkit.frames import conform
from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing
from nodeportkit.sources.tables.options import label_columns

__all__ = ["KINDS", "fragments"]

KINDS: Final = ("endpointslices",)

_SERVICE: Final = "kubernetes.io/service-name"


def fragments(found: Listing) -> list[Fragment]:
    """The endpoints of the table: each address with each port.

    It lists all addresses, ready or not, and ends after three of them. The slice's service is told by its label only,
    which `--show-labels` or `-L kubernetes.io/service-name` shows.
    """
    bad: dict[str, ReadError] = {}
    ports = column(found.get("PORTS"), parse_port_numbers, None, bad)
    addresses = column(found.get("ENDPOINTS"), parse_addresses, None, bad)
    services = _services(found, bad)
    parts: dict[int, list[int]] = {2: [], 1: []}
    for i, (numbers, listed) in enumerate(zip(ports, addresses, strict=True)):
        if numbers is not None and listed is not None:
            parts[2 if numbers[1] == listed.more == 0 else 1].append(i)
    complete = {2: found.complete, 1: ()}
    return [
        _fragment(
            found.take(at),
            [services[i] for i in at],
            [_ports(*ports[i]) for i in at],
            [ports[i] == ([], 0) for i in at],
            [[*addresses[i].shown, *[None] * (addresses[i].more or 0)] for i in at],
            detail,
            complete[detail],
        )
        for detail, at in parts.items()
        if at or detail == 2
    ]


def _services(found: Listing, bad: dict[str, ReadError]) -> list[str | None]:
    """The service of each slice, None where its label was not shown, "" where it has none."""
    if "LABELS" in found.columns:
        labels = labels_column(found.get("LABELS"), bad)
        return [shown.get(_SERVICE, "") if isinstance(shown, dict) else None for shown in labels]
    if "SERVICE-NAME" in found.columns and label_columns(found.context.command) in ([], [_SERVICE]):
        return found.get("SERVICE-NAME")
    return [None] * len(found)


def _ports(numbers: list[int], more: int | None) -> list[int | None]:
    """The ports of a slice. A slice without ports, or with a port without a number, has its addresses all the same."""
    return [*numbers, *[None] * (more or 0)] or [None]


def _fragment(
    found: Listing,
    services: list[str | None],
    ports: list[list[int | None]],
    portless: list[bool],
    addresses: list[list[str | None]],
    detail: int,
    complete: tuple[str, ...],
) -> Fragment:
    rows: dict[str, list[Any]] = {
        name: [] for name in ("namespace", "service", "slice", "address", "port", "port_name")
    }
    for namespace, name, service, numbers, without, listed in zip(
        found.namespaces, found.names, services, ports, portless, addresses, strict=True
    ):
        count = len(numbers) * len(listed)
        rows["namespace"].extend([namespace] * count)
        rows["service"].extend([service] * count)
        rows["slice"].extend([name] * count)
        rows["address"].extend(address for _ in numbers for address in listed)
        rows["port"].extend(number for number in numbers for _ in listed)
        # `<unset>`: the slice has no port at all, as where no pod declares the port that the service names.
        rows["port_name"].extend(["" if without else None] * count)
    covers = pd.DataFrame({"namespace": found.namespaces, "service": services, "slice": found.names}, dtype=object)
    return Fragment("endpoints", conform("endpoints", rows), covers=covers, complete=complete, detail=detail)
