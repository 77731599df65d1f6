"""Which endpoints a service has, when several prints speak of them.

EndpointSlices are objects of their own: the latest print of each counts. Lists of addresses (`get endpoints`, `describe
service`) know less: they leave out endpoints that are not ready, and end after three. Of two prints of one thing the later
wins, except where it knows less and agrees with what the earlier one showed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from nodeportkit.frames import conform, empty, stack
from nodeportkit.sources.reader import Fragment

__all__ = ["Joined", "families", "join_endpoints"]

_SERVICE: Final = ["namespace", "service"]
_UNIT: Final = [*_SERVICE, "slice"]


@dataclass(frozen=True, slots=True)
class Joined:
    """The endpoints that were stated, and the services (namespace, service) for which some source stated them."""

    endpoints: pd.DataFrame
    stated: pd.DataFrame


def join_endpoints(fragments: list[Fragment], services: pd.DataFrame) -> Joined:
    """The endpoints that the fragments, in the order of time, state together.

    Endpoints of a service that nobody showed stay: `kubectl get endpoints` alone is worth reading.
    """
    if not fragments:
        return Joined(empty("endpoints"), empty("endpoints")[_SERVICE])
    resolved = [_resolve(fragment, services) for fragment in fragments]
    rows = stack([rows.assign(_print=at) for at, (rows, _) in enumerate(resolved)])
    said = stack(
        [
            covers.assign(_print=at, _detail=fragment.detail)
            for at, (fragment, (_, covers)) in enumerate(zip(fragments, resolved, strict=True))
        ]
    )
    stated = stack([said[_SERVICE], *_listed(fragments, services)]).dropna().drop_duplicates(ignore_index=True)
    kept = rows if len(fragments) == 1 else _uncontested(rows, said)
    endpoints = conform("endpoints", _once(kept.drop(columns="_print")))
    endpoints["derived"] = endpoints["derived"].fillna(False)
    return Joined(endpoints, stated)


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without repetitions; where an address or the port's name was not shown, two rows may be two endpoints."""
    identity = [*_UNIT, "address", "port", "port_name", "protocol"]
    vague = rows["address"].isna() | rows["port_name"].isna()
    return rows[vague | ~rows.duplicated(identity, keep="last")]


def _resolve(fragment: Fragment, services: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows typed, and what they cover, with the service of slices whose label was not shown.

    The endpoint slice controller names a slice after its service, a dash and five random characters
    (staging/src/k8s.io/endpointslice/utils.go), so the name tells the service if there is one so called.
    """
    rows = conform("endpoints", fragment.rows)
    covers = rows if fragment.covers is None else fragment.covers
    covers = covers.reindex(columns=_UNIT).drop_duplicates(ignore_index=True)
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
    for fragment in fragments:
        if fragment.complete:
            yield names if fragment.complete == ("*",) else names[names["namespace"].isin(fragment.complete)]


def _uncontested(rows: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """The rows that hold, where several prints told of one slice, or of one service in different ways."""
    groups = {key: group for key, group in said.groupby(_keys(said)) if group["_print"].nunique() > 1}
    if not groups:
        return rows
    mine = _keys(rows).isin(set(groups))
    parts = [rows[~mine]]
    for key, group in rows[mine].groupby(_keys(rows)[mine]):
        parts.append(_of_service(group, groups[key]))
    return stack(parts).sort_values("_print", kind="stable")


def _keys(rows: pd.DataFrame) -> pd.Series[str]:
    """A name for the service of each row, one for all whose service is unknown."""
    return rows["namespace"].fillna("").astype(object) + "/" + rows["service"].fillna("").astype(object)


def _of_service(rows: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """The rows that hold for one service: those of its slices, or a list of addresses that tells otherwise."""
    slices = [
        _best(rows[rows["slice"] == name], group)
        for name, group in said[said["slice"].notna()].groupby("slice", sort=False)
    ]
    lists = said[said["slice"].isna()]
    listed = _best(rows[rows["slice"].isna()], lists)
    if not slices:
        return listed
    together = pd.concat(slices)
    later = not lists.empty and lists["_print"].max() > said.loc[said["slice"].notna(), "_print"].max()
    return listed if later and not _agrees(listed, together) else together


def _best(rows: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """The rows of the print that holds, of several prints of one thing."""
    best = rows.iloc[:0]
    best_detail = 0
    for at, told in said.groupby("_print"):
        shown = rows[rows["_print"] == at]
        detail = int(told["_detail"].max())
        if detail == best_detail and _of_other_families(shown, best):
            best = pd.concat([best, shown])
        elif detail >= best_detail or not _agrees(shown, best):
            best, best_detail = shown, detail
    return best


def _agrees(shown: pd.DataFrame, before: pd.DataFrame) -> bool:
    """Whether a list of addresses could be a short form of what was printed before.

    A list that does not tell readiness holds all endpoints, any other one those that are ready. Endpoints objects hold
    one IP family only.
    """
    candidates = before if shown["ready"].isna().any() else before[before["ready"].fillna(True)]
    addresses = set(shown["address"].dropna())
    shown_families = families(addresses)
    of_them = candidates[[_colon(address) in shown_families for address in candidates["address"]]]
    return addresses <= set(candidates["address"].dropna()) and len(shown) in (len(candidates), len(of_them))


def _of_other_families(shown: pd.DataFrame, before: pd.DataFrame) -> bool:
    """Whether two lists complete each other: a node has its rules of IPv4 and of IPv6 in two dumps."""
    one, other = families(shown["address"].dropna()), families(before["address"].dropna())
    return bool(one and other) and one.isdisjoint(other)


def families(addresses: Iterable[str]) -> set[bool]:
    """The IP families of the addresses: True for IPv6, False for IPv4."""
    return {":" in address for address in addresses}


def _colon(address: Any) -> bool | None:
    return ":" in address if isinstance(address, str) else None
