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

from nodeportkit.frames import STRING, conform
from nodeportkit.kube.endpoints.derived import conditions
from nodeportkit.kube.endpoints.numbering import Positions, numbered, positions

__all__ = ["complete", "incomplete"]

_SERVICE: Final = ["namespace", "service"]
_TOLD_BY_PODS: Final = ["address", "pod", "port_name", "protocol", "ready", "slice"]
_NAMES: Final = ["port_name", "protocol"]
# Columns that are added while rows are completed: the positions of service and address among those there are.
_HOME, _PLACE = "home", "place"

Mask = npt.NDArray[np.bool_]


def incomplete(given: pd.DataFrame, stated: pd.DataFrame, services: pd.DataFrame) -> Mask:
    """Tell which services may lack endpoints, or cells of them, that pods could tell.

    Parameters
    ----------
    given
        The endpoints that a source stated.
    stated
        The services (namespace, service) whose endpoints a source stated.
    services
        All services (namespace, name).
    """
    known = given[["serving", "terminating"]].notna().all(axis="columns") | _true(given["ready"])
    whole = given[_TOLD_BY_PODS].notna().all(axis="columns") & known
    of_given = positions(given[_SERVICE], services)
    numbers = np.arange(len(services))
    without = np.isin(numbers, positions(stated[_SERVICE], services)) & ~np.isin(numbers, of_given)
    return np.isin(numbers, of_given[~whole.to_numpy()]) | without


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
    told, derived, ports = (
        frame.assign(home=positions(frame[_SERVICE], services[["namespace", "name"]]))
        for frame in (told, derived, ports)
    )
    of_told, of_derived = numbered(told["address"], derived["address"])
    told, derived = told.assign(place=of_told), derived.assign(place=of_derived)
    wanting = told[_HOME].to_numpy() >= 0
    found = _with_those_left_out(told[wanting], derived)
    found = _with_port_names(found, derived, ports[ports[_HOME] >= 0])
    found = _with_pods(found, derived, pods, nodes)
    found = _with_what_pods_tell(found, services, pods)
    found = found.sort_values(_HOME, kind="stable")
    parts = [part.drop(columns=[_HOME, _PLACE]) for part in (told[~wanting], found) if len(part)]
    return conform("endpoints", pd.concat(parts, ignore_index=True)) if parts else given


def _with_those_left_out(told: pd.DataFrame, derived: pd.DataFrame) -> pd.DataFrame:
    """The endpoints told, those that were only counted replaced, and those that the kind of list leaves out added.

    Only for services where as many endpoints are derived as were told, with those shown among them.
    """
    if derived.empty:
        return told
    listed = _listed(told, derived)
    agreed, shown = _agreed(told, derived, listed)
    # Endpoints objects hold the first family only, slices both.
    in_family = listed & _of_shown_families(told, derived) & ~agreed[derived[_HOME]]
    also_agreed, also_shown = _agreed(told, derived, in_family)
    also_agreed &= _any_of(told[told[_PLACE] >= 0], len(agreed))
    kept = told[~((told[_PLACE] < 0).to_numpy() & (agreed | also_agreed)[told[_HOME]])]
    shown |= also_shown & also_agreed[derived[_HOME]]
    left_out = derived[(agreed | also_agreed)[derived[_HOME]] & ~shown]
    parts = [part for part in (kept, left_out) if len(part)]
    whole: pd.DataFrame = pd.concat(parts, ignore_index=True) if parts else kept
    return whole


def _agreed(told: pd.DataFrame, derived: pd.DataFrame, listed: Mask) -> tuple[Mask, Mask]:
    """The services where what was told agrees with the derived endpoints listed, and which derived ones were shown."""
    count = 1 + max(told[_HOME].max() if len(told) else -1, derived[_HOME].max())
    possible = derived[listed]
    # Where numbers are not known, the same address may only be told as often.
    unnumbered = _any_of(possible[possible["port"].isna()], count)
    shown_there = told[told[_PLACE] >= 0]
    of_possible, of_shown = _which(possible, unnumbered), _which(shown_there, unnumbered)
    shown = np.zeros(len(derived), dtype=np.bool_)
    shown[listed] = of_possible.isin(of_shown)

    def each(rows: pd.DataFrame) -> Positions:
        return np.bincount(rows[_HOME], minlength=count)

    unclear = derived["ready"].isna().to_numpy() & ~listed
    agreed = (
        (each(told) == each(possible))
        & (each(shown_there) == each(derived[shown]))
        & (each(derived[unclear]) == 0)
        & (each(possible[possible[_PLACE] < 0]) == 0)
        & (each(derived) > 0)
    )
    return agreed, shown & agreed[derived[_HOME]]


def _listed(told: pd.DataFrame, derived: pd.DataFrame) -> Mask:
    """Which derived endpoints a list of the kind that was printed of their service shows, in full."""
    count = 1 + max(told[_HOME].max() if len(told) else -1, derived[_HOME].max())
    in_slices = _any_of(told[told["slice"].notna() | told["ready"].isna()], count)[derived[_HOME]]
    with_unready = _any_of(told[_true(told["ready"].eq(False))], count)[derived[_HOME]]
    return in_slices | (with_unready & ~_true(derived["terminating"])) | _true(derived["ready"])


def _which(endpoints: pd.DataFrame, unnumbered: Mask) -> pd.MultiIndex:
    """Service, address, port where the service's are known, and the how manyeth of these it is."""
    home, place = endpoints[_HOME].to_numpy(), endpoints[_PLACE].to_numpy()
    port = np.where(unnumbered[home], 0, endpoints["port"].fillna(0).to_numpy(np.int64))
    nth = (
        pd.DataFrame({"home": home, "place": place, "port": port})
        .groupby(["home", "place", "port"], sort=False)
        .cumcount()
    )
    return pd.MultiIndex.from_arrays([home, place, port, nth])


def _of_shown_families(told: pd.DataFrame, derived: pd.DataFrame) -> Mask:
    """Which derived endpoints are of an IP family that an address of the same service was shown of."""
    shown = told[told[_PLACE] >= 0]
    of_shown, of_derived = (2 * frame[_HOME].to_numpy() + _is_v6(frame["address"]) for frame in (shown, derived))
    return np.isin(of_derived, of_shown)


def _with_port_names(told: pd.DataFrame, derived: pd.DataFrame, ports: pd.DataFrame) -> pd.DataFrame:
    """Name and protocol of the service port where they were not shown: the port that leads to this address and number.

    Where several lead there (53/UDP and 53/TCP to 5353), the endpoint belongs to each of them.
    """
    asks = told[_NAMES].isna().any(axis="columns") & (told[_PLACE] >= 0)
    if not asks.any():
        return told
    told = told.assign(row=np.arange(len(told)))
    numbers = ports.assign(port=pd.to_numeric(ports["target_port"], errors="coerce").astype("Int64"))
    done, rest = [told[~asks]], told[asks]
    for known in (
        derived[(derived[_PLACE] >= 0) & derived["port"].notna()][[_HOME, _PLACE, "port", *_NAMES]],
        numbers[numbers["port"].notna()][[_HOME, "port", *_NAMES]],
        ports[~ports.duplicated(_HOME, keep=False)][[_HOME, *_NAMES]],
    ):
        filled = _named(rest, known)
        rest = rest[~rest["row"].isin(filled["row"])]
        done.append(filled)
    named = pd.concat([part for part in (*done, rest) if len(part)], ignore_index=True)
    named = named.sort_values("row", kind="stable").drop(columns="row")
    again = named.duplicated([_HOME, "slice", _PLACE, "port", *_NAMES])
    return named[~again | (named[_PLACE] < 0) | named["port_name"].isna()].reset_index(drop=True)


def _named(rest: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The rows for which `known` has a port, each with the name and protocol of it."""
    place = [column for column in known.columns if column not in _NAMES]
    found = rest.merge(known.drop_duplicates(), on=place, suffixes=("", "_found"))
    fits = np.ones(len(found), dtype=np.bool_)
    for name in _NAMES:
        fits &= found[name].isna().to_numpy() | _true(found[name].eq(found[f"{name}_found"]))
        found[name] = found[name].fillna(found[f"{name}_found"])
    return found.loc[fits, list(rest.columns)]


def _with_pods(told: pd.DataFrame, derived: pd.DataFrame, pods: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """The pod behind an address: the one that the selector matches, or the only one in the cluster that has the address."""
    if told["pod"].notna().all():
        return told
    selected = derived.loc[derived[_PLACE] >= 0, [_HOME, _PLACE, "pod"]].drop_duplicates()
    selected = selected[~selected.duplicated([_HOME, _PLACE], keep=False)]
    told = _filled(told, selected, [_HOME, _PLACE])
    if told["pod"].notna().all():
        return told
    holding = pods[~pods["phase"].isin(["Succeeded", "Failed"]).to_numpy(dtype=bool)]
    holding = holding[["namespace", "name", "ips", "host_network"]].explode("ips")
    holding = holding.rename(columns={"ips": "address", "name": "pod"}).dropna(subset=["address"])
    # Pods on the host's network share its address, with processes that are no pods too.
    shared = (
        _true(holding["host_network"]) | holding["address"].isin(nodes["internal_ips"].explode().dropna()).to_numpy()
    )
    unique = holding[~holding["address"].duplicated(keep=False).to_numpy() & ~shared][["namespace", "address", "pod"]]
    return _filled(told, unique.assign(address=unique["address"].astype(STRING)), ["namespace", "address"])


def _filled(told: pd.DataFrame, known: pd.DataFrame, place: list[str]) -> pd.DataFrame:
    """The rows with the pod that is known of their place."""
    found = told[place].merge(known, how="left", on=place)["pod"]
    return told.assign(pod=told["pod"].fillna(pd.Series(found.array, index=told.index)))


def _with_what_pods_tell(told: pd.DataFrame, services: pd.DataFrame, pods: pd.DataFrame) -> pd.DataFrame:
    """The node of the pod; and its conditions where the source did not say that the endpoint is ready."""
    at = positions(told[["namespace", "pod"]], pods[["namespace", "name"]])
    found = pods[["node", "ready", "terminating"]].reset_index(drop=True).reindex(at).set_axis(told.index)
    publish = services["publish_not_ready"].array.take(told[_HOME].to_numpy())
    open_ = ~_true(told["ready"]) & (at >= 0)
    filled: dict[str, Any] = {"node": told["node"].fillna(found["node"])}
    for name, values in conditions(found["ready"].array, found["terminating"].array, publish).items():
        filled[name] = told[name].fillna(pd.Series(values, index=told.index).where(open_))
    return told.assign(**filled)


def _any_of(rows: pd.DataFrame, count: int) -> Mask:
    """For each of so many services, whether any of the rows is of it."""
    return np.isin(np.arange(count), rows[_HOME])


def _is_v6(addresses: pd.Series[str]) -> Mask:
    return _true(addresses.str.contains(":", regex=False))


def _true(values: pd.Series[Any]) -> Mask:
    return values.astype("boolean").fillna(False).to_numpy(dtype=np.bool_)
