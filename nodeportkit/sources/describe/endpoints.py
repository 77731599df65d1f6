"""`kubectl describe endpoints` -> endpoints.

Each subset is the product of its addresses and its ports, with those that are not ready on a line of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from nodeportkit.errors import ReadError
from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.describe.layout import Entry
from nodeportkit.sources.describe.rows import Rows, listed, whole_number

__all__ = ["KINDS", "addresses_of", "kind_of", "ports_of", "tell"]

KINDS: Final = ("endpoints",)


def kind_of(tree: Entry) -> str | None:
    """Whether these are the labels of an Endpoints object."""
    return "endpoints" if tree.get("Subsets") is not None else None


def tell(description: Description, rows: Rows) -> None:
    """Add what the description says of the endpoints of the service of the same name."""
    subsets = description.tree.get("Subsets")
    if subsets is None:
        return
    key = {"namespace": description.namespace or rows.namespace, "service": description.name}
    whole = True
    for subset in _subsets(subsets):
        addresses, others, table = subset["Addresses"], subset.get("NotReadyAddresses"), subset.get("Ports")
        if others is None:
            whole = False  # it is printed always: the end was cut off
            continue
        ports = ports_of(table, rows) if table is not None else [{}]
        for entry, ready in ((addresses, True), (others, False)):
            for address in rows.read(entry, addresses_of) or []:
                for port in ports:
                    rows.add("endpoints", key | {"address": address, "ready": ready, "derived": False} | port, detail=2)
    if whole:
        rows.cover("endpoints", key, detail=2)


def _subsets(entry: Entry) -> Iterator[dict[str, Entry]]:
    """The labels of each subset: from one `Addresses` to the next."""
    subset: dict[str, Entry] = {}
    for child in entry.children:
        if child.label == "Addresses":
            if subset:
                yield subset
            subset = {}
        if child.label == "Addresses" or subset:
            subset.setdefault(child.label, child)
    if subset:
        yield subset


def addresses_of(text: str) -> list[str]:
    """The addresses of a printed list, with or without a blank behind the commas.

    Examples
    --------
    >>> addresses_of("10.244.1.10,10.244.1.11"), addresses_of("<none>")
    (['10.244.1.10', '10.244.1.11'], [])
    """
    addresses = listed(text)
    if any(not address or " " in address for address in addresses):
        raise ReadError(f"{text!r} is no list of addresses", hint="kubectl prints 10.244.1.10,10.244.1.11.")
    return addresses


def ports_of(entry: Entry, rows: Rows) -> list[dict[str, Any]]:
    """The rows of a table `Name  Port  Protocol`: port_name, port and protocol of each."""
    ports: list[dict[str, Any]] = []
    if entry.grid is None:
        return ports
    for at, cells in enumerate(entry.grid.records()):
        name, number, protocol = cells.get("Name"), cells.get("Port"), cells.get("Protocol")
        line = Entry("Port", entry.grid.lines[at], [number or ""])
        port = None if number == "<unset>" else rows.read(line, whole_number)
        if not name or not protocol or (port is None and number != "<unset>"):
            rows.bad.add(line.line)
            continue
        ports.append({"port_name": "" if name == "<unset>" else name, "port": port, "protocol": protocol})
    return ports
