"""The endpoints of each port of a service, as kube-proxy merges and sorts those of its slices.

kubernetes/kubernetes pkg/proxy/endpointslicecache.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.kube.columns import Objects, objects
from nodeportkit.kube.routing import Conditions, Mask, read_conditions
from nodeportkit.kube.service_ports import Endpoint, Family

__all__ = ["EndpointColumns", "PortEndpoints"]

_COLUMNS = ("address", "port", "port_name", "protocol", "pod", "node", "ready", "serving", "terminating", "hints")


@dataclass(frozen=True)
class PortEndpoints:
    """The endpoints of a service port in one IP family, an address and port once, in the order in which kube-proxy sorts them.

    Attributes
    ----------
    text
        `ip:port` of each.
    address, port, pod, node
        Plain values, None for what is missing.
    conditions
        What decides about each.
    ready_shown, hints_shown
        Whether a source told.
    """

    text: Objects
    address: Objects
    port: Objects
    pod: Objects
    node: Objects
    conditions: Conditions
    ready_shown: Mask
    hints_shown: Mask

    def __len__(self) -> int:
        return len(self.text)

    @cached_property
    def _remote(self) -> list[Endpoint]:
        cells = zip(self.address, self.port, self.node, self.pod, strict=True)
        return [Endpoint(address, int(port), node or None, pod or None) for address, port, node, pod in cells]

    def seen_from(self, node: str) -> list[Endpoint]:
        """The endpoints, those of a node local."""
        found = list(self._remote)
        for row in np.flatnonzero(np.asarray(self.node == node, dtype=np.bool_)):
            end = found[row]
            found[row] = Endpoint(end.address, end.port, end.node, end.pod, local=True)
        return found


class EndpointColumns:
    """The columns of an endpoints frame as plain values, read once for many services.

    Parameters
    ----------
    endpoints
        A frame of this schema.
    rows
        The positions of some of its rows; without them, all.
    """

    def __init__(self, endpoints: pd.DataFrame, rows: npt.NDArray[np.intp] | None = None) -> None:
        def column(name: str) -> Objects:
            values = endpoints[name]
            return objects(values if rows is None else values.take(rows))

        self._columns = {name: column(name) for name in _COLUMNS}
        self._owner = [column("namespace"), column("service")]

    @property
    def first_address(self) -> str | None:
        """The first address that was shown; None if none was."""
        return next((address for address in self._columns["address"] if address is not None), None)

    @cached_property
    def by_service(self) -> dict[tuple[str, str], list[int]]:
        """The rows of each service, by namespace and name."""
        found: dict[tuple[str, str], list[int]] = {}
        for row, owner in enumerate(zip(*(column.tolist() for column in self._owner), strict=True)):
            found.setdefault(owner, []).append(row)
        return found

    def ports(self, rows: Iterable[int], family: Family) -> dict[tuple[str, str], PortEndpoints]:
        """The endpoints in these rows, all of one service, by port name and protocol."""
        columns = self._columns
        address, port, name, protocol = (columns[key] for key in ("address", "port", "port_name", "protocol"))
        wanted = family == "IPv6"
        found: dict[tuple[str, str], dict[str, int]] = {}
        for row in rows:
            at = address[row]
            if at is None or port[row] is None or (":" in at) is not wanted:
                continue
            text = f"[{at}]:{port[row]}" if wanted else f"{at}:{port[row]}"
            found.setdefault((name[row] or "", protocol[row] or "TCP"), {}).setdefault(text, row)
        return {key: self.of(sorted(ends.items())) for key, ends in found.items()}

    def of(self, ends: Sequence[tuple[str, int]]) -> PortEndpoints:
        """These endpoints, each given as its text and its row."""
        text = [text for text, _ in ends]
        rows = np.array([row for _, row in ends], dtype=np.intp)
        taken = {name: self._columns[name][rows] for name in _COLUMNS}
        known = read_conditions(*(taken[name] for name in ("ready", "serving", "terminating", "node", "hints")))
        return PortEndpoints(
            np.array(text, dtype=object),
            taken["address"],
            taken["port"],
            taken["pod"],
            taken["node"],
            known,
            _shown(taken["ready"]),
            _shown(taken["hints"]),
        )


def _shown(values: Objects) -> Mask:
    return np.array([value is not None for value in values], dtype=np.bool_)
