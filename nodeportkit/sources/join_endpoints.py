"""Which endpoints a service has, when several prints speak of them.

EndpointSlices are objects of their own: the latest print of each counts. Lists of addresses (`get endpoints`, `describe
service`) know less: they leave out endpoints that are not ready, and end after three. Of two prints of one service the
later wins, except where it knows less and agrees with what the earlier one showed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pandas as pd

from nodeportkit.frames import conform, empty
from nodeportkit.sources.reader import Fragment

__all__ = ["Joined", "join_endpoints"]

_SERVICE: Final = ["namespace", "service"]
_SLICES: Final = 3


@dataclass(frozen=True, slots=True)
class Joined:
    """The endpoints that were stated, and the services (namespace, service) for which some source stated them."""

    endpoints: pd.DataFrame
    stated: pd.DataFrame


def join_endpoints(fragments: list[Fragment], services: pd.DataFrame) -> Joined:
    """The endpoints that the fragments, in the order of time, state together."""
    if not fragments:
        return Joined(empty("endpoints"), empty("endpoints")[_SERVICE])
    resolved = [_resolve(fragment, services) for fragment in fragments]
    typed = pd.concat([rows.assign(_print=at) for at, (rows, _) in enumerate(resolved)], ignore_index=True)
    said = pd.concat(
        [
            covers.assign(_print=at, _detail=fragment.detail)
            for at, (fragment, (_, covers)) in enumerate(zip(fragments, resolved, strict=True))
        ],
        ignore_index=True,
    )
    said = pd.concat([said, *_listed(fragments, services)], ignore_index=True)
    stated = said[_SERVICE].dropna().drop_duplicates(ignore_index=True)
    kept = _chosen(_latest_slices(typed), said)
    # Endpoints of a service that nobody showed stay: `get endpoints` alone is worth reading.
    endpoints = conform("endpoints", _once(kept.drop(columns="_print")))
    endpoints["derived"] = endpoints["derived"].fillna(False)
    return Joined(endpoints, stated)


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without repetitions; those that were only counted are never the same endpoint."""
    identity = [*_SERVICE, "slice", "address", "port", "port_name", "protocol"]
    return rows[rows["address"].isna() | ~rows.duplicated(identity, keep="last")]


def _resolve(fragment: Fragment, services: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows typed, and what they cover, with the service of slices whose label was not shown.

    The endpoint slice controller names a slice after its service, a dash and five random characters
    (staging/src/k8s.io/endpointslice/utils.go), so the name tells the service if there is one so called.
    """
    rows = conform("endpoints", fragment.rows)
    columns = [*_SERVICE, "slice"]
    covers = rows if fragment.covers is None else fragment.covers
    covers = covers.reindex(columns=columns).drop_duplicates(ignore_index=True)
    names = pd.MultiIndex.from_frame(services[["namespace", "name"]])
    for frame in (rows, covers):
        lacking = frame["service"].isna() & frame["slice"].notna()
        if lacking.any():
            stems = frame.loc[lacking, "slice"].astype("string").str.rpartition("-")[0]
            known = pd.MultiIndex.from_arrays([frame.loc[lacking, "namespace"], stems]).isin(names)
            frame.loc[lacking, "service"] = stems.where(known).array
    return rows, covers


def _listed(fragments: list[Fragment], services: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The services of namespaces of which every Endpoints object or slice was listed: those without any have none."""
    names = services[["namespace", "name"]].set_axis(_SERVICE, axis="columns")
    for at, fragment in enumerate(fragments):
        if fragment.complete:
            there = names if fragment.complete == ("*",) else names[names["namespace"].isin(fragment.complete)]
            yield there.assign(_print=at, _detail=0, slice=pd.NA)


def _latest_slices(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without those of slices that a later print shows again."""
    key = [*_SERVICE, "slice"]
    latest = rows.groupby(key, dropna=False)["_print"].transform("max")
    return rows[(rows["slice"].isna() | (rows["_print"] == latest)).to_numpy(dtype=bool)]


def _chosen(rows: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """For each service the rows of one way of telling: its slices, or the latest list of addresses."""
    said = said[said["service"].notna()]
    several = said.groupby(_SERVICE)["_print"].nunique()
    several = several[several > 1]
    if several.empty:
        return rows
    contested = pd.MultiIndex.from_frame(rows[_SERVICE]).isin(several.index)
    parts = [rows[~contested]]
    prints = {key: group for key, group in said.groupby(_SERVICE) if key in several.index}
    groups = dict(iter(rows[contested].groupby(_SERVICE)))
    for key, told in prints.items():
        if key in groups:
            parts.append(_best(groups[key], told))
    return pd.concat(parts, ignore_index=True).sort_values("_print", kind="stable")


def _best(rows: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """The rows that hold for one service, of which several prints told."""
    best = rows.iloc[:0]
    best_detail = -1
    for at in sorted(told.loc[told["_detail"] > 0, "_print"].unique()):
        shown = rows[rows["_print"] == at]
        detail = int(told.loc[told["_print"] == at, "_detail"].max())
        if detail == best_detail == _SLICES and shown["slice"].notna().all():
            # Another slice of the same service beside those that were printed before.
            best = pd.concat([best, shown])
        elif detail >= best_detail or not _agrees(shown, best):
            best, best_detail = shown, detail
    return best


def _agrees(shown: pd.DataFrame, before: pd.DataFrame) -> bool:
    """Whether a list of addresses could be a short form of what was printed before."""
    ready = before[before["ready"].fillna(True)]
    candidates = before if shown["ready"].isna().any() else ready
    addresses = set(shown["address"].dropna())
    return addresses <= set(candidates["address"].dropna()) and len(shown) == len(candidates)
