"""Endpoints worked out from selectors and pods, by the rules of the endpoint slice controller.

kubernetes/kubernetes staging/src/k8s.io/endpointslice/reconciler.go, utils.go and util/controller_utils.go, and
pkg/controller/endpointslice/endpointslice_controller.go:

- Services of type ExternalName and services without a selector get none.
- Pods that are Succeeded or Failed, or have no address, are left out. Pods that are being deleted stay, as terminating.
- serving = the pod is Ready; ready = publishNotReadyAddresses, or Ready and not terminating.
- A numeric target port is taken as it is. A named one is, pod by pod, the first container port of that name and protocol,
  those of sidecars last; a pod without one has no endpoint for that port.
- One endpoint for each IP family of the service that the pod has an address of; where the service names no families, the
  family of its cluster IP.

What was not shown is treated so: labels unknown, no match; addresses unknown, an endpoint without an address; target port
or declared ports unknown, an endpoint without a port; families unknown, the pod's first address; publishNotReadyAddresses
unknown, its default, false.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.frames import conform, empty
from nodeportkit.kube.endpoints.numbering import Positions, positions
from nodeportkit.selectors import LabelIndex

__all__ = ["conditions", "derive"]

_FINISHED: Final = ("Succeeded", "Failed")
_FAMILIES: Final = ("IPv4", "IPv6")
_FIRST: Final = "first"
_UNKNOWN: Final = "unknown"
_NO_PORT: Final = -1  # the pod declares no port of that name
_NOT_SHOWN: Final = -2


@dataclass(frozen=True, slots=True)
class _Rows:
    """Parallel arrays, an endpoint each: positions of its service, service port and pod, and its address."""

    service: Positions
    port: Positions
    pod: Positions
    address: npt.NDArray[np.object_]


def derive(services: pd.DataFrame, ports: pd.DataFrame, pods: pd.DataFrame, containers: pd.DataFrame) -> pd.DataFrame:
    """The endpoints that the endpoint slice controller makes of these services and pods, marked `derived`.

    Parameters
    ----------
    services, ports, pods, containers
        Frames of these schemas.

    Returns
    -------
    DataFrame
        Of the schema `endpoints`, in the order of services, their ports, and pods. `slice`, `zone` and `hints` are missing.
    """
    services = services[services["type"].ne("ExternalName").fillna(True).to_numpy(dtype=bool)]
    pods = pods[~pods["phase"].isin(_FINISHED).to_numpy(dtype=bool)].reset_index(drop=True)
    if services.empty or pods.empty:
        return empty("endpoints")
    rows = _rows(services, ports, pods)
    numbers = _port_numbers(rows, ports, pods, containers)
    offered = numbers != _NO_PORT
    rows = _Rows(rows.service[offered], rows.port[offered], rows.pod[offered], rows.address[offered])
    numbers = numbers[offered]
    matched = pods.take(rows.pod)
    publish = services["publish_not_ready"].array.take(rows.service)
    port = ports.take(rows.port)
    columns: dict[str, Any] = {
        "namespace": matched["namespace"].array,
        "service": services["name"].array.take(rows.service),
        "address": rows.address,
        "port": pd.arrays.IntegerArray(numbers.astype(np.int64), numbers == _NOT_SHOWN),
        "port_name": port["port_name"].array,
        "protocol": port["protocol"].array,
        "pod": matched["name"].array,
        "node": matched["node"].array,
        **conditions(matched["ready"].array, matched["terminating"].array, publish),
        "derived": pd.arrays.BooleanArray(np.ones(len(numbers), bool), np.zeros(len(numbers), bool)),
    }
    return conform("endpoints", columns)


def conditions(ready: Any, terminating: Any, publish: Any) -> dict[str, Any]:
    """The conditions of endpoints, by whether their pods are ready and terminating (`podToEndpoint` in utils.go).

    Parameters
    ----------
    ready, terminating, publish
        Nullable boolean arrays: of the pods, and publishNotReadyAddresses of the services.

    Returns
    -------
    dict
        Nullable boolean arrays `ready`, `serving` and `terminating`.
    """
    takes = (ready & ~terminating) | publish.fillna(False)
    return {"ready": takes, "serving": ready, "terminating": terminating}


def _rows(services: pd.DataFrame, ports: pd.DataFrame, pods: pd.DataFrame) -> _Rows:
    """Every service port with every pod that the selector matches and with each address the service wants of it."""
    service, pod = _matches(services, pods)
    service, pod, address = _addresses(service, pod, services, pods)
    service, port, at = _with_ports(service, services, ports)
    order = np.argsort(port, kind="stable")
    return _Rows(service[order], port[order], pod[at][order], address[at][order])


def _matches(services: pd.DataFrame, pods: pd.DataFrame) -> tuple[Positions, Positions]:
    """Positions of services and of the pods that their selectors match. No selector, or an empty one, matches nothing."""
    selectors = [selector if isinstance(selector, Mapping) else {} for selector in services["selector"]]
    keys = {key for selector in selectors for key in selector}
    index = LabelIndex(pods["labels"].to_numpy(), pods["namespace"].to_numpy(dtype=object), keys=keys)
    found = [
        index.matching(namespace, selector) if selector else np.empty(0, np.int64)
        for namespace, selector in zip(services["namespace"], selectors, strict=True)
    ]
    counts = np.fromiter(map(len, found), np.int64, len(found))
    return np.repeat(np.arange(len(found)), counts), np.concatenate(found)


def _addresses(
    service: Positions, pod: Positions, services: pd.DataFrame, pods: pd.DataFrame
) -> tuple[Positions, Positions, npt.NDArray[np.object_]]:
    """The pairs with each address of the pod that is of a family of the service; missing where none was shown."""
    wanted = _wanted_families(services)
    held = _held_addresses(pods)
    parts: list[tuple[Positions, npt.NDArray[np.object_]]] = []
    for family, wants in wanted.items():
        address = held[family][pod]
        chosen = np.flatnonzero(wants[service] & (address != None))  # noqa: E711 - elementwise
        parts.append((chosen, address[chosen]))
    unknown = np.flatnonzero(held[_UNKNOWN][pod] != None)  # noqa: E711 - elementwise
    parts.append((unknown, np.full(len(unknown), pd.NA, dtype=object)))
    at = np.concatenate([part[0] for part in parts])
    order = np.argsort(service[at], kind="stable")
    return service[at][order], pod[at][order], np.concatenate([part[1] for part in parts])[order]


def _wanted_families(services: pd.DataFrame) -> dict[str, npt.NDArray[np.bool_]]:
    """For each family, which services want addresses of it; under "first" those of which that is unknown."""
    families = [
        list(told) if _is_list(told) and told else [_family(ip) for ip in ips] if _has_cluster_ip(ips) else [_FIRST]
        for told, ips in zip(services["ip_families"], services["cluster_ips"], strict=True)
    ]
    return {
        family: np.fromiter((family in wanted for wanted in families), np.bool_, len(families))
        for family in (*_FAMILIES, _FIRST)
    }


def _held_addresses(pods: pd.DataFrame) -> dict[str, npt.NDArray[np.object_]]:
    """For each family the pods' addresses, None where a pod has none; under "unknown" something where none was shown."""
    lists = [ips if _is_list(ips) else None for ips in pods["ips"]]
    counts = np.fromiter((len(ips) if ips else 0 for ips in lists), np.int64, len(lists))
    owner = np.repeat(np.arange(len(lists)), counts)
    address = np.array([ip for ips in lists if ips for ip in ips], dtype=object)
    is_v6 = np.array([":" in ip for ip in address], dtype=np.bool_)
    return {
        "IPv4": _first_each(owner[~is_v6], address[~is_v6], len(lists)),
        "IPv6": _first_each(owner[is_v6], address[is_v6], len(lists)),
        _FIRST: _first_each(owner, address, len(lists)),
        _UNKNOWN: np.array([True if ips is None else None for ips in lists], dtype=object),
    }


def _first_each(owner: Positions, values: npt.NDArray[np.object_], owners: int) -> npt.NDArray[np.object_]:
    """The first value of each owner, None for those without."""
    first = np.full(owners, None, dtype=object)
    first[owner[::-1]] = values[::-1]
    return first


def _with_ports(
    service: Positions, services: pd.DataFrame, ports: pd.DataFrame
) -> tuple[Positions, Positions, Positions]:
    """Positions of service, service port, and row of `service`, for each row and each port of its service."""
    owner = positions(ports[["namespace", "service"]], services[["namespace", "name"]])
    grouped = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[grouped], np.arange(len(services) + 1))
    counts = np.diff(starts)[service]
    at = np.repeat(np.arange(len(service)), counts)
    within = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
    return service[at], grouped[starts[service[at]] + within], at


def _port_numbers(rows: _Rows, ports: pd.DataFrame, pods: pd.DataFrame, containers: pd.DataFrame) -> Positions:
    """The port of each endpoint, _NO_PORT where its pod has none of that name, _NOT_SHOWN where it is unknown."""
    target = ports["target_port"].to_numpy(dtype=object, na_value="")
    number = pd.to_numeric(pd.Series(target, dtype=object), errors="coerce").fillna(_NOT_SHOWN).to_numpy(np.int64)
    named = (number == _NOT_SHOWN) & (target != "")
    numbers = number[rows.port]
    asks = np.flatnonzero(named[rows.port])
    if len(asks):
        wanted = pd.DataFrame(
            {
                "pod": rows.pod[asks],
                "port_name": target[rows.port[asks]],
                "protocol": ports["protocol"].array.take(rows.port[asks]),
            }
        )
        declared, known = _declared(set(target[named]), pods, containers)
        found = wanted.merge(declared, how="left", on=["pod", "port_name", "protocol"])["container_port"]
        unknown = ~known[wanted["pod"]] | wanted["protocol"].isna().to_numpy()
        default = np.where(unknown, _NOT_SHOWN, _NO_PORT)
        numbers[asks] = np.where(found.isna(), default, found.astype("Int64").fillna(0)).astype(np.int64)
    return numbers


def _declared(
    names: set[str], pods: pd.DataFrame, containers: pd.DataFrame
) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """The first declared port of each pod, name and protocol; and of which pods the declared ports are known.

    A pod that declares none has no rows. That its spec was shown at all is told by `host_network`, which stands nowhere
    else.
    """
    known = pods["host_network"].notna().to_numpy(dtype=bool).copy()
    owner = positions(containers[["namespace", "pod"]], pods[["namespace", "name"]])
    known[owner[owner >= 0]] = True
    wanted = (owner >= 0) & containers["port_name"].isin(names).to_numpy(dtype=bool)
    declared = containers.loc[wanted, ["port_name", "protocol", "container_port", "sidecar"]].astype(object)
    declared = declared.assign(pod=owner[wanted], sidecar=declared["sidecar"].isin([True]))
    declared = declared.sort_values("sidecar", kind="stable").drop_duplicates(["pod", "port_name", "protocol"])
    return declared[["pod", "port_name", "protocol", "container_port"]], known


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _has_cluster_ip(ips: Any) -> bool:
    return _is_list(ips) and bool(ips) and ips[0] not in ("", "None")


def _family(ip: str) -> str:
    return "IPv6" if ":" in ip else "IPv4"
