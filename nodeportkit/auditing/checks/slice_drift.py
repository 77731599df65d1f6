"""slice-drift."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from nodeportkit.auditing.arrays import Mask, mask
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import names
from nodeportkit.kube.columns import objects
from nodeportkit.kube.endpoints.numbering import positions
from nodeportkit.standings.wording import agree, command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]

_SERVICE: Final = ["namespace", "service"]
_ENDPOINT: Final = ["at", "address", "port_name", "protocol", "port"]


def _look(scene: Scene) -> Iterator[Finding]:
    yield from _names_that_differ(scene)
    given, length = scene.cluster.given, len(scene.services)
    told = given.assign(at=positions(given[_SERVICE], scene.services[["namespace", "name"]]))
    derived = scene.derived.assign(at=positions(scene.derived[_SERVICE], scene.services[["namespace", "name"]]))
    emptied = scene.stated & ~scene.with_endpoints
    whole = (_whole(told, length) | emptied) & _whole_of_pods(scene, derived, length)
    told, derived = (frame[(frame["at"] >= 0).to_numpy() & whole[frame["at"]]] for frame in (told, derived))
    columns = [*_ENDPOINT, "ready", "pod"]
    both = told[columns].drop_duplicates(_ENDPOINT).merge(derived[columns], on=_ENDPOINT, how="outer", indicator=True)
    stale = both["_merge"].eq("left_only").to_numpy()
    absent = both["_merge"].eq("right_only").to_numpy()
    other = both["ready_x"].ne(both["ready_y"]).fillna(False).to_numpy(dtype=bool) & ~stale & ~absent
    for at in sorted({int(at) for at in both.loc[stale | absent | other, "at"]}):
        mine = (both["at"] == at).to_numpy()
        namespace, name = scene.service_names[at]
        said = [
            words
            for mask, one, many in (
                (stale, "is of no pod that the selector matches with this port", "are of no pods that the selector matches with this port"),
                (absent, "is missing", "are missing"),
                (other, "is not as ready as its pod", "are not as ready as their pods"),
            )
            if (words := _said(both[mine & mask], one, many))
        ]  # fmt: skip
        yield scene.of_service(
            at,
            "endpoints",
            f"Its EndpointSlices differ from what selector and pods give: {'; '.join(said)}.",
            command("get endpointslices", namespace, "-l", f"kubernetes.io/service-name={name}", "-o", "yaml"),
        )


def _whole(told: pd.DataFrame, length: int) -> Mask:
    """Which services have EndpointSlices that were shown in full."""
    at = told["at"].to_numpy()
    sure = told[["slice", "address", "port", "port_name", "protocol"]].notna().all(axis="columns").to_numpy()
    here = at >= 0
    count = np.bincount(at[here], minlength=length)
    found: Mask = (count > 0) & (np.bincount(at[here], weights=~sure[here], minlength=length) == 0)
    return found


def _whole_of_pods(scene: Scene, derived: pd.DataFrame, length: int) -> Mask:
    """Of which services selector and pods tell all endpoints for certain."""
    selects = mask(scene.selectors)
    sure = derived[["address", "port", "port_name", "protocol"]].notna().all(axis="columns").to_numpy()
    here = derived["at"].to_numpy() >= 0
    unsure = np.bincount(derived["at"].to_numpy()[here], weights=~sure[here], minlength=length) > 0
    # A table shows a pod's first address only; with one family asked for, that is enough.
    shown = scene.pods["host_network"].notna().to_numpy(dtype=bool)
    hidden = scene.matched.where(~shown[scene.matched.pod]).counts(length) > 0
    listed = scene.listed("pods", scene.services["namespace"]) & scene.labels_known
    return selects & listed & ~unsure & ~hidden


def _said(rows: pd.DataFrame, one: str, many: str) -> str:
    if rows.empty:
        return ""
    bracketed = ["[" + ip + "]" if ":" in ip else ip for ip in rows["address"]]
    ends = [f"{ip}:{port}" for ip, port in zip(bracketed, rows["port"], strict=True)]
    return f"{names(ends, 3)} {agree(len(set(ends)), one, many)}"


def _names_that_differ(scene: Scene) -> Iterator[Finding]:
    """Services without a selector whose hand-written slices have a port of a name that no port of theirs has."""
    given = scene.cluster.given
    owner = positions(given[_SERVICE], scene.services[["namespace", "name"]])
    by_hand = mask([*(selector == {} for selector in scene.selectors), False])
    asks = (owner >= 0) & by_hand[owner] & given["slice"].notna().to_numpy() & given["port_name"].notna().to_numpy()
    columns = zip(objects(scene.ports["port_name"]), objects(scene.ports["protocol"]), strict=True)
    own: dict[int, set[tuple[str, str]]] = {}
    for at, (name, protocol) in zip(scene.service_of_port.tolist(), columns, strict=True):
        own.setdefault(at, set()).add((name, protocol or "TCP"))
    rows = given[asks].assign(at=owner[asks], protocol=given["protocol"][asks].fillna("TCP"))
    for row in rows.drop_duplicates(["at", "port_name", "protocol"]).itertuples(index=False):
        at, name, slice_ = int(str(row.at)), str(row.port_name), str(row.slice)
        known = own.get(at, set())
        if (name, row.protocol) in known or any(each is None for each, _ in known):
            continue
        yield scene.of_service(
            at,
            "endpoints[].ports[].name",
            f"EndpointSlice {slice_} has a {row.protocol} port {f'named {name!r}' if name else 'without a name'}, and the service "
            "none: kube-proxy joins them by name and protocol, and sends nothing there.",
            command("get endpointslice", scene.service_names[at][0], slice_, "-o", "yaml"),
        )


CHECK = Check(
    title="EndpointSlices that differ from the pods",
    about=(
        "The controller keeps EndpointSlices as selector and pods have it. Where they differ, it is not running or lags behind, or "
        "somebody writes slices by hand: connections go to addresses that nobody answers on, or not to pods that would."
    ),
    certainty="fact",
    severity="error",
    needs=("services", "endpoints"),
    look=_look,
)
