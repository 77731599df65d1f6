"""Endpoints that a source stated, completed by what other sources showed of pods and ports.

A table of Endpoints shows addresses and numbers, a table of EndpointSlices no readiness: what is behind an address, and
which port of the service it belongs to, follows from the pods and ports where only one answer is possible.

Lists leave endpoints out. Those of Endpoints, and `kubectl describe service`, show the ones that are ready, some those that
are not ready beside them, none those whose pod is being deleted; most end after three, ` + 2 more...`. A table of
EndpointSlices shows all, and ends after three. What a list left out is told by the pods, if they agree with what it shows.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.frames import conform
from nodeportkit.kube.endpoints.derived import conditions

__all__ = ["complete", "incomplete"]

_SERVICE: Final = ["namespace", "service"]
_IDENTITY: Final = [*_SERVICE, "slice", "address", "port", "port_name", "protocol"]
_TOLD_BY_PODS: Final = ["address", "pod", "port_name", "protocol", "ready", "slice"]

Mask = npt.NDArray[np.bool_]


def incomplete(given: pd.DataFrame, stated: pd.DataFrame) -> pd.Index[Any]:
    """The services (namespace, name) whose endpoints may lack rows or cells that pods could tell."""
    known = given[["serving", "terminating"]].notna().all(axis="columns") | _true(given["ready"])
    whole = given[_TOLD_BY_PODS].notna().all(axis="columns") & known
    lacking = pd.concat([given.loc[~whole, _SERVICE], stated[_SERVICE][~_in(stated, _services(given))]])
    return _services(lacking)


def complete(
    given: pd.DataFrame,
    services: pd.DataFrame,
    ports: pd.DataFrame,
    pods: pd.DataFrame,
    nodes: pd.DataFrame,
    derived: pd.DataFrame,
) -> pd.DataFrame:
    """The endpoints given, with the rows and cells that follow from `derived`, pods and ports.

    Parameters
    ----------
    given
        Endpoints that a source stated.
    services, derived
        The services of which something is lacking, and the endpoints derived for them.
    ports, pods, nodes
        Frames of these schemas.
    """
    told = conform("endpoints", given.assign(derived=given["derived"].fillna(False)))
    wanting = _in(told, _services(services.rename(columns={"name": "service"})))
    found = _with_those_left_out(told[wanting].reset_index(drop=True), derived)
    if found.empty:
        return told
    order = _services(found)
    found = _with_port_names(found, derived, ports)
    found = _with_pods(found, derived, pods, nodes)
    found = _with_what_pods_tell(found, services, pods)
    found = found.iloc[np.argsort(order.get_indexer(pd.MultiIndex.from_frame(found[_SERVICE])), kind="stable")]
    parts = [part for part in (told[~wanting], found) if len(part)]
    return conform("endpoints", pd.concat(parts, ignore_index=True))


def _with_those_left_out(told: pd.DataFrame, derived: pd.DataFrame) -> pd.DataFrame:
    """The endpoints told, those that were only counted replaced, and those that the kind of list leaves out added.

    Only for services where as many endpoints are derived as were told, with those shown among them.
    """
    if derived.empty:
        return told
    listed = _listed(told, derived)
    agreed, shown = _agreed(told, derived, listed)
    # Endpoints objects hold the first family only, slices both.
    in_family = listed & _of_shown_families(told, derived) & ~_in(derived, agreed)
    also_agreed, also_shown = _agreed(told, derived, in_family)
    also_agreed = also_agreed.intersection(_services(told[told["address"].notna()]))
    services = agreed.union(also_agreed)
    kept = told[~(told["address"].isna().to_numpy() & _in(told, services))]
    left_out = derived[_in(derived, services) & ~(shown | (also_shown & _in(derived, also_agreed)))]
    parts = [part for part in (kept, left_out) if len(part)]
    whole: pd.DataFrame = pd.concat(parts, ignore_index=True) if parts else kept
    return whole


def _agreed(told: pd.DataFrame, derived: pd.DataFrame, listed: Mask) -> tuple[pd.Index[Any], Mask]:
    """The services where what was told agrees with the derived endpoints listed, and which derived ones were shown."""
    possible = derived[listed]
    is_counted = told["address"].isna().to_numpy()
    # Where numbers are not known, the same address may only be told as often.
    unnumbered = _services(possible[possible["port"].isna()])
    shown = np.zeros(len(derived), dtype=np.bool_)
    shown[listed] = _places(possible, unnumbered).isin(_places(told[~is_counted], unnumbered))
    counts = pd.DataFrame(
        {
            "told": told.groupby(_SERVICE).size(),
            "shown": told[~is_counted].groupby(_SERVICE).size(),
            "derived": derived.groupby(_SERVICE).size(),
            "possible": possible.groupby(_SERVICE).size(),
            "found": derived[shown].groupby(_SERVICE).size(),
            "unclear": derived[derived["ready"].isna().to_numpy() & ~listed].groupby(_SERVICE).size(),
            "nameless": possible[possible["address"].isna()].groupby(_SERVICE).size(),
        }
    ).fillna(0)
    agree: Any = (
        (counts["told"] == counts["possible"])
        & (counts["shown"] == counts["found"])
        & (counts[["unclear", "nameless"]] == 0).all(axis="columns")
        & (counts["derived"] > 0)
    )
    agreed = counts.index[agree]
    return agreed, shown & _in(derived, agreed)


def _of_shown_families(told: pd.DataFrame, derived: pd.DataFrame) -> Mask:
    """Which derived endpoints are of an IP family that an address of the same service was shown of."""
    families = [frame[_SERVICE].assign(v6=frame["address"].str.contains(":", regex=False)) for frame in (told, derived)]
    return np.asarray(
        pd.MultiIndex.from_frame(families[1]).isin(pd.MultiIndex.from_frame(families[0].dropna())), np.bool_
    )


def _listed(told: pd.DataFrame, derived: pd.DataFrame) -> Mask:
    """Which derived endpoints a list of the kind that was printed of their service shows, in full."""
    in_slices = _in(derived, _services(told[told["slice"].notna() | told["ready"].isna()]))
    with_unready = _in(derived, _services(told[_true(told["ready"].eq(False))]))
    return in_slices | (with_unready & ~_true(derived["terminating"])) | _true(derived["ready"])


def _places(endpoints: pd.DataFrame, unnumbered: pd.Index[Any]) -> pd.MultiIndex:
    """Service, address, port where the service's are known, and the how manyeth of these it is."""
    place = endpoints[[*_SERVICE, "address", "port"]].copy()
    place["port"] = place["port"].mask(_in(endpoints, unnumbered), 0)
    place["nth"] = place.groupby(list(place.columns), dropna=False).cumcount()
    return pd.MultiIndex.from_frame(place)


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
    once = filled[filled[["address", "port_name"]].isna().any(axis="columns") | ~filled.duplicated(_IDENTITY)]
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
    """The node of the pod; and its conditions where the source did not say that the endpoint is ready."""
    columns = ["namespace", "name", "node", "ready", "terminating"]
    known = pods[columns].drop_duplicates(["namespace", "name"]).rename(columns={"name": "pod"})
    found = told[["namespace", "pod"]].merge(known, how="left", on=["namespace", "pod"])
    told_of = services[["namespace", "name", "publish_not_ready"]].rename(columns={"name": "service"})
    publish = told[_SERVICE].merge(told_of.drop_duplicates(_SERVICE), how="left", on=_SERVICE)["publish_not_ready"]
    open_ = ~_true(told["ready"]) & told["pod"].notna().to_numpy()
    filled: dict[str, Any] = {"node": told["node"].fillna(pd.Series(found["node"].array, index=told.index))}
    for name, values in conditions(found["ready"].array, found["terminating"].array, publish.array).items():
        filled[name] = told[name].fillna(pd.Series(values, index=told.index).where(open_))
    return told.assign(**filled)


def _services(frame: pd.DataFrame) -> pd.Index[Any]:
    return pd.MultiIndex.from_frame(frame[_SERVICE].dropna().drop_duplicates())


def _in(frame: pd.DataFrame, services: pd.Index[Any]) -> Mask:
    """Which rows are of one of these services."""
    return np.asarray(pd.MultiIndex.from_frame(frame[_SERVICE]).isin(services), dtype=np.bool_)


def _true(values: pd.Series[Any]) -> Mask:
    return values.astype("boolean").fillna(False).to_numpy(dtype=np.bool_)
