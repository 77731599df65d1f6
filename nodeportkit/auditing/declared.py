"""What the pods that a service selects declare of its target ports: every pod, native sidecars too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from nodeportkit.auditing.arrays import Mask, Pairs, isin, mask
from nodeportkit.kube.columns import objects
from nodeportkit.kube.endpoints.numbering import Positions, numbered, positions

if TYPE_CHECKING:
    from nodeportkit.auditing.ground import Ground

__all__ = ["Declared", "declared", "port_names"]

_WIDE: Final = 65_536
_NETWORK_PROBES: Final = ("http", "tcp", "grpc")


@dataclass(frozen=True, slots=True)
class Declared:
    """For each service port, how many of its pods declare what; pods that are being deleted do not count.

    Attributes
    ----------
    target, number
        The target port as text, and as a number (-1 for a name).
    pairs
        Service ports and their pods.
    pods
        How many pods.
    shown
        How many of them showed which ports they declare.
    declaring
        How many declare some port.
    same, other_protocol
        How many declare the target port, by number or name, for the port's protocol; for another one.
    naming
        How many call that number by a name, for the port's protocol.
    probed
        How many have a readiness probe over the network on that number.
    has
        For each pair, whether the pod declares the target port for the port's protocol.
    """

    target: list[str]
    number: Positions
    pairs: Pairs
    pods: Positions
    shown: Positions
    declaring: Positions
    same: Positions
    other_protocol: Positions
    naming: Positions
    probed: Positions
    has: Mask


def declared(ground: Ground) -> Declared:
    """What the pods of each service port declare."""
    ports, containers = ground.ports, ground.cluster.containers
    target = [text if isinstance(text, str) else "" for text in objects(ports["target_port"])]
    number = np.array([int(text) if text.isdecimal() and len(text) < 6 else -1 for text in target], dtype=np.int64)
    pairs = _by_port(ground)
    owner = positions(containers[["namespace", "pod"]], ground.pods[["namespace", "name"]])
    containers, owner = containers[owner >= 0], owner[owner >= 0]
    own_number = containers["container_port"].fillna(-2).to_numpy(np.int64)
    wanted_name, own_name = numbered(ports["target_port"], containers["port_name"])
    wanted_protocol, own_protocol = numbered(ports["protocol"].fillna("TCP"), containers["protocol"].fillna("TCP"))
    # A number and a name of a port are told apart by their sign.
    wanted = np.where(number >= 0, number, -3 - wanted_name)[pairs.left]
    keys = np.concatenate([_key(owner, own_number), _key(owner, -3 - own_name)])
    protocols = np.concatenate([own_protocol, own_protocol])
    asked = _key(pairs.pod, wanted)
    told = mask(target)[pairs.left]
    some = told & isin(asked, keys)
    with_protocol = told & isin(asked * 8 + wanted_protocol[pairs.left], keys * 8 + protocols)
    named = (containers["port_name"].fillna("") != "").to_numpy(dtype=bool)
    naming = isin(
        asked * 8 + wanted_protocol[pairs.left], _key(owner[named], own_number[named]) * 8 + own_protocol[named]
    )
    has_any = isin(pairs.pod, owner)
    shown = ground.pods["host_network"].notna().to_numpy(dtype=bool)[pairs.pod] | has_any

    def count(of_pairs: Mask) -> Positions:
        return np.bincount(pairs.left, weights=of_pairs, minlength=len(ports)).astype(np.int64)

    return Declared(
        target,
        number,
        pairs,
        pods=pairs.counts(len(ports)),
        shown=count(shown),
        declaring=count(has_any),
        same=count(with_protocol),
        other_protocol=count(some & ~with_protocol),
        naming=count(naming & (number[pairs.left] >= 0)),
        probed=count(_probed(ground, pairs, number)),
        has=with_protocol,
    )


def _by_port(ground: Ground) -> Pairs:
    """Each service port with the pods of its service."""
    staying, owner = ground.staying, ground.service_of_port
    order = np.argsort(staying.left, kind="stable")
    starts = np.searchsorted(staying.left[order], np.arange(len(ground.services) + 1))
    counts = np.where(owner >= 0, np.diff(starts)[owner], 0)
    port = np.repeat(np.arange(len(owner)), counts)
    within = np.arange(len(port)) - np.repeat(np.cumsum(counts) - counts, counts)
    return Pairs(port, staying.pod[order][starts[owner[port]] + within])


def _key(owner: Positions, value: Positions) -> Positions:
    return owner * (1 << 24) + value + (1 << 22)


def _probed(ground: Ground, pairs: Pairs, number: Positions) -> Mask:
    """Which pairs are of a pod that is probed on the number: whoever wrote that knows that it listens there."""
    specs = ground.cluster.specs
    probes = specs[specs["readiness"].isin(_NETWORK_PROBES).to_numpy(dtype=bool)]
    of_pod, of_probe = numbered(ground.pods["spec"], probes["spec"])
    on = pd.to_numeric(probes["readiness_port"], errors="coerce").fillna(-2).to_numpy(np.int64)
    known = of_probe * _WIDE + on
    asked = of_pod[pairs.pod] * _WIDE + number[pairs.left]
    return (of_pod[pairs.pod] >= 0) & (number[pairs.left] >= 0) & isin(asked, known)


def port_names(ground: Ground) -> dict[tuple[int, int, str], tuple[str, ...]]:
    """The names under which pods declare ports: by the position of the pod, number and protocol."""
    containers = ground.cluster.containers
    owner = positions(containers[["namespace", "pod"]], ground.pods[["namespace", "name"]])
    columns = (objects(containers[name]) for name in ("container_port", "protocol", "port_name"))
    found: dict[tuple[int, int, str], tuple[str, ...]] = {}
    for pod, number, protocol, name in zip(owner.tolist(), *columns, strict=True):
        if name:
            found[pod, number, protocol or "TCP"] = (*found.get((pod, number, protocol or "TCP"), ()), name)
    return found
