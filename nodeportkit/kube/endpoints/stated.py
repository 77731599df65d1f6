"""Endpoints that a source stated, completed by what other sources showed of pods and ports.

A table of Endpoints shows addresses and numbers, a table of EndpointSlices no readiness: what is behind an address, and
which port of the service it belongs to, follows from the pods and ports where only one answer is possible.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.frames import conform
from nodeportkit.kube.endpoints.derived import conditions

__all__ = ["complete", "lacking"]

_SERVICE: Final = ["namespace", "service"]
_IDENTITY: Final = [*_SERVICE, "slice", "address", "port", "port_name", "protocol"]


def lacking(given: pd.DataFrame) -> pd.MultiIndex:
    """The services (namespace, name) of which some endpoints lack cells that pods could tell."""
    incomplete = given[["address", "pod", "port_name", "protocol", "ready"]].isna().any(axis="columns")
    return pd.MultiIndex.from_frame(given.loc[incomplete, _SERVICE].drop_duplicates())


def complete(
    given: pd.DataFrame,
    services: pd.DataFrame,
    ports: pd.DataFrame,
    pods: pd.DataFrame,
    nodes: pd.DataFrame,
    derived: pd.DataFrame,
) -> pd.DataFrame:
    """The endpoints given, with the cells that follow from `derived`, pods and ports.

    Parameters
    ----------
    given
        Endpoints that a source stated.
    services, derived
        The services of which cells are lacking, and the endpoints derived for them.
    ports, pods, nodes
        Frames of these schemas.
    """
    told = conform("endpoints", given.assign(derived=given["derived"].fillna(False)))
    wanting = _in(told, pd.MultiIndex.from_frame(services[["namespace", "name"]]))
    if not wanting.any():
        return told
    open_ = told[wanting].reset_index(drop=True)
    order = pd.MultiIndex.from_frame(open_[_SERVICE]).unique()
    open_ = _with_counted(open_, derived)
    open_ = _with_port_names(open_, derived, ports)
    open_ = _with_pods(open_, derived, pods, nodes)
    open_ = _with_what_pods_tell(open_, services, pods)
    open_ = open_.iloc[np.argsort(order.get_indexer(pd.MultiIndex.from_frame(open_[_SERVICE])), kind="stable")]
    parts = [part for part in (told[~wanting], open_) if len(part)]
    return conform("endpoints", pd.concat(parts, ignore_index=True) if parts else open_)


def _with_counted(told: pd.DataFrame, derived: pd.DataFrame) -> pd.DataFrame:
    """Those that were counted and not shown replaced by derived ones, where the count agrees and those shown are among these."""
    counted = told["address"].isna()
    if not counted.any() or derived.empty:
        return told
    # Endpoints and `describe service` list those that are ready; a table of slices lists all, and says nothing of it.
    services = pd.MultiIndex.from_frame(derived[_SERVICE])
    not_ready = told.loc[told["ready"].ne(True).fillna(True).to_numpy(dtype=bool), _SERVICE]
    not_silent = told.loc[told["ready"].notna().to_numpy(), _SERVICE]
    only_ready = ~services.isin(pd.MultiIndex.from_frame(not_ready))
    silent = ~services.isin(pd.MultiIndex.from_frame(not_silent))
    possible = derived[silent | (only_ready & derived["ready"].fillna(False).to_numpy(dtype=bool))]
    place = [*_SERVICE, "address", "port"]
    shown = told.loc[~counted, place].drop_duplicates()
    is_shown = pd.MultiIndex.from_frame(possible[place]).isin(pd.MultiIndex.from_frame(shown))
    counts = pd.DataFrame(
        {
            "told": told.groupby(_SERVICE).size(),
            "shown": told[~counted].groupby(_SERVICE).size(),
            "possible": possible.groupby(_SERVICE).size(),
            "found": possible[is_shown].groupby(_SERVICE).size(),
            "nameless": possible["address"].isna().groupby([possible[key] for key in _SERVICE]).sum(),
        }
    ).fillna(0)
    agree: Any = (
        (counts["told"] == counts["possible"]) & (counts["shown"] == counts["found"]) & (counts["nameless"] == 0)
    )
    agreed = counts.index[agree]
    kept = told[~(counted.to_numpy() & _in(told, agreed))]
    replaced: pd.DataFrame = pd.concat([kept, possible[~is_shown & _in(possible, agreed)]], ignore_index=True)
    return replaced


def _with_port_names(told: pd.DataFrame, derived: pd.DataFrame, ports: pd.DataFrame) -> pd.DataFrame:
    """Name and protocol of the service port where they were not shown: the port that leads to this address and number.

    Where several lead there (53/UDP and 53/TCP to 5353), the endpoint belongs to each of them.
    """
    names = ["port_name", "protocol"]
    asks = (told["port_name"].isna() | told["protocol"].isna()) & told["address"].notna()
    if not asks.any():
        return told
    at_address = derived.dropna(subset=["address", "port"])[[*_SERVICE, "address", "port", *names]]
    numbered = ports.assign(target=pd.to_numeric(ports["target_port"], errors="coerce").astype("Int64"))
    to_number = numbered.dropna(subset=["target"])[[*_SERVICE, "target", *names]].rename(columns={"target": "port"})
    only = ports[~ports.duplicated(_SERVICE, keep=False)][[*_SERVICE, *names]]
    told = told.assign(row=np.arange(len(told)))
    done = [told[~asks]]
    rest = told[asks]
    for source in (at_address, to_number, only):
        rest, filled = _named(rest, source)
        done.append(filled)
    done.append(rest)
    filled = pd.concat([part for part in done if len(part)], ignore_index=True)
    filled = filled.sort_values("row", kind="stable").drop(columns="row")
    once = filled[filled["address"].isna() | ~filled.duplicated(_IDENTITY)]
    return once.reset_index(drop=True)


def _named(rest: pd.DataFrame, source: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that `source` has no port for, and the others with its name and protocol."""
    names = ["port_name", "protocol"]
    place = [column for column in source.columns if column not in names]
    found = rest.merge(source.drop_duplicates(), how="left", on=place, suffixes=("", "_found"), indicator=True)
    fits = found["_merge"].eq("both")
    for name in names:
        fits &= (found[name].isna() | found[name].eq(found[f"{name}_found"])).fillna(False).astype(bool)
        found[name] = found[name].fillna(found[f"{name}_found"])
    keys = pd.MultiIndex.from_frame(found.loc[fits, place])
    left = rest[~pd.MultiIndex.from_frame(rest[place]).isin(keys)]
    return left, found.loc[fits, list(rest.columns)]


def _with_pods(told: pd.DataFrame, derived: pd.DataFrame, pods: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """The pod behind an address: the one that the selector matches, or the only one in the cluster that has the address."""
    if told["pod"].notna().all():
        return told
    selected = _only(derived[[*_SERVICE, "address", "pod"]], [*_SERVICE, "address"])
    holding = pods[~pods["phase"].isin(["Succeeded", "Failed"]).to_numpy(dtype=bool)]
    holding = holding[["namespace", "name", "ips", "host_network"]].explode("ips")
    holding = holding.rename(columns={"ips": "address", "name": "pod"}).dropna(subset=["address"])
    # Pods on the host's network share its address, with processes that are no pods too.
    shared = holding["host_network"].fillna(False).to_numpy(dtype=bool) | holding["address"].isin(
        nodes["internal_ips"].explode().dropna()
    ).to_numpy(dtype=bool)
    unique = holding[~holding["address"].duplicated(keep=False) & ~shared][["namespace", "address", "pod"]]
    for known, place in ((selected, [*_SERVICE, "address"]), (unique, ["namespace", "address"])):
        known = known.assign(address=known["address"].astype(told["address"].dtype))
        found = told[place].merge(known, how="left", on=place)["pod"]
        told = told.assign(pod=told["pod"].fillna(pd.Series(found.array, index=told.index)))
    return told


def _only(frame: pd.DataFrame, place: list[str]) -> pd.DataFrame:
    """The rows, once each, of places where there is but one."""
    frame = frame.dropna().drop_duplicates()
    return frame[~frame.duplicated(place, keep=False)]


def _with_what_pods_tell(told: pd.DataFrame, services: pd.DataFrame, pods: pd.DataFrame) -> pd.DataFrame:
    """The node of the pod; and its conditions where the source said nothing of readiness."""
    columns = ["namespace", "name", "node", "ready", "terminating"]
    known = pods[columns].drop_duplicates(["namespace", "name"]).rename(columns={"name": "pod"})
    found = told[["namespace", "pod"]].merge(known, how="left", on=["namespace", "pod"])
    told_of = services[["namespace", "name", "publish_not_ready"]].rename(columns={"name": "service"})
    publish = told[_SERVICE].merge(told_of.drop_duplicates(_SERVICE), how="left", on=_SERVICE)["publish_not_ready"]
    silent = told["ready"].isna() & told["pod"].notna()
    filled: dict[str, Any] = {"node": told["node"].fillna(pd.Series(found["node"].array, index=told.index))}
    for name, values in conditions(found["ready"].array, found["terminating"].array, publish.array).items():
        filled[name] = told[name].fillna(pd.Series(values, index=told.index).where(silent))
    return told.assign(**filled)


def _in(frame: pd.DataFrame, keys: pd.Index[Any]) -> npt.NDArray[np.bool_]:
    """Which rows are of one of these services."""
    return np.asarray(pd.MultiIndex.from_frame(frame[_SERVICE]).isin(keys), dtype=np.bool_)
