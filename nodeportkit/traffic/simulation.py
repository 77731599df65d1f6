"""`simulate`: how many of a number of connections land on each pod, in one run of chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from nodeportkit.errors import NodePortKitError
from nodeportkit.traffic.clients import Clients, one_go
from nodeportkit.traffic.drawing import draw
from nodeportkit.traffic.landed import Requests, counted, whole
from nodeportkit.traffic.pod_events import PodEvent, phases
from nodeportkit.traffic.service_spreads import service_spreads
from nodeportkit.traffic.sharing import too_many_paths
from nodeportkit.traffic.tally import Tally

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster
    from nodeportkit.kube.service_ports import Family
    from nodeportkit.traffic.asking import Destination, Source
    from nodeportkit.traffic.entry import Entry
    from nodeportkit.traffic.spread import Spread

__all__ = ["simulate"]

_MOST_CELLS: Final = 20_000_000  # clients times entry nodes


def simulate(
    cluster: Cluster,
    service: str,
    connections: int,
    *,
    seed: int,
    port: int | str | None = None,
    entry: Entry = None,
    source: Source | None = None,
    destination: Destination | None = None,
    clients: int | None = None,
    duration: float | None = None,
    requests_per_connection: Requests = 1,
    events: Iterable[PodEvent] = (),
    by: Literal["path", "pod"] = "path",
    family: Family | None = None,
    mode: str | None = None,
) -> pd.DataFrame:
    """How many of a number of new connections land on each pod, and how many are lost, in one run of chance.

    Parameters
    ----------
    cluster, service, entry, source, destination, family, mode
        As for `shares`.
    connections
        How many new connections.
    seed
        The same seed gives the same run.
    port
        The port of the service, if it has several: its name, its number, or its node port.
    clients
        How many clients they come from, each as busy as the others. It matters only with session affinity ClientIP: then a
        client has a pod of its own at each entry node, chosen when it first comes there. None: every connection is of
        another client.
    duration
        How many seconds the run takes, connections coming at random moments. It matters only with clients and session
        affinity: a client that stays away from a node for longer than the timeout of the service chooses anew. None: no
        client does.
    requests_per_connection
        How many requests each connection that lands carries, all to the pod that it landed on (keep-alive): a whole number; a
        list of numbers, of which each is as likely; or a function of a numpy Generator and a count that draws so many.
    events
        Pods that come and go: tuples of a moment (a fraction of the run from 0.0 to 1.0, or a whole number of connections),
        the pod's name, and `"add"` or `"remove"`. A pod whose first event is `add` is not there before. Clients of a pod
        that goes choose anew.
    by
        `"path"`: a row for each entry node and endpoint. `"pod"`: a row for each endpoint, whatever the entry node.

    Returns
    -------
    DataFrame
        - namespace, service, port_name, protocol: the service port
        - node: the entry node (by path)
        - pod, address (`ip:port`), pod_node: the endpoint; missing where connections are lost
        - connections: how many landed
        - requests: how many these carried
        - lost: how many connections were lost; with `connections` it sums to what was asked for

    Raises
    ------
    NotFound
        If there is no such service, port, node or pod.
    NodePortKitError
        As `shares`; and if the service has several ports, or numbers or events make no sense.

    Notes
    -----
    Without history only the numbers are drawn (multinomial), so that a billion connections cost as much as a thousand.
    In ipvs mode each node takes its endpoints in turn, beginning with any.
    Clients cost time by the number of clients times entry nodes; with `duration`, connections are looked at one by one.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     nodes={"name": ["node-1", "node-2"]},
    ...     services={
    ...         "namespace": ["shop"],
    ...         "name": ["web"],
    ...         "cluster_ips": [["10.96.7.20"]],
    ...         "external_traffic_policy": ["Cluster"],
    ...     },
    ...     ports={"namespace": ["shop"], "service": ["web"], "port": [80], "node_port": [30080]},
    ...     endpoints={
    ...         "namespace": ["shop"] * 2,
    ...         "service": ["web"] * 2,
    ...         "address": ["10.1.0.4", "10.1.1.4"],
    ...         "port": [8080] * 2,
    ...         "pod": ["web-0", "web-1"],
    ...         "node": ["node-1", "node-2"],
    ...         "ready": [True] * 2,
    ...     },
    ... )
    >>> found = simulate(cluster, "web", 1_000_000_000, seed=1, requests_per_connection=10)
    >>> int(found["connections"].sum()), int(found["requests"].sum()), int(found["lost"].sum())
    (1000000000, 10000000000, 0)
    >>> found = simulate(cluster, "web", 1_000, seed=1, events=[(0.0, "web-1", "remove")], by="pod")
    >>> found[["pod", "connections"]]
         pod  connections
    0  web-0         1000
    1  web-1            0
    """
    if by not in ("path", "pod"):
        raise NodePortKitError(f"connections cannot be counted by {by!r}", hint='Give by="path" or by="pod".')
    total = whole("connections", connections)
    if clients is not None and whole("clients", clients) < 1:
        raise NodePortKitError("connections come from at least one client", hint="Give clients=1 or more, or None.")
    if duration is not None and not 0 < duration < float("inf"):
        raise NodePortKitError(f"{duration!r} is no duration", hint="Give seconds, more than 0.")
    asked = {"entry": entry, "source": source, "destination": destination, "family": family, "mode": mode}
    rng = np.random.default_rng(seed)
    tally: Tally | None = None
    held: Clients | None = None
    events = list(events)
    done, eligible, spread = 0, np.empty(0, dtype=np.bool_), None
    for number, spread in _runs(cluster, service, port, total, events, asked):
        if tally is None:
            if by == "path":
                too_many_paths([spread])
            tally = Tally(len(spread.node), len(spread.endpoints), by_node=by == "path")
            eligible = np.zeros(len(spread.endpoints), dtype=np.bool_)
            held = _held(spread, clients, duration)
        eligible |= spread.eligible
        if held is None:
            draw(spread, number, tally, rng, by_node=by == "path")
        else:
            _draw_sticky(held, spread, number, tally, rng, start=done, total=total, duration=duration)
        done += number
    assert tally is not None
    assert spread is not None
    eligible |= np.isin(spread.endpoints.pod, [event[1] for event in events])
    return counted(spread, tally, eligible, rng, requests_per_connection, by)


def _runs(
    cluster: Cluster,
    service: str,
    port: int | str | None,
    total: int,
    events: list[PodEvent],
    asked: dict[str, Any],
) -> Iterator[tuple[int, Spread]]:
    """The numbers of connections that come between events, each with their spread."""
    if not events:
        yield total, _one(service_spreads(cluster, service, port, **asked), service)
        return
    namespace, name = cluster.key(service)
    ends = cluster.endpoints
    mine = (ends["namespace"].eq(namespace) & ends["service"].eq(name)).fillna(False).to_numpy(dtype=bool)
    for number, endpoints in phases(ends[mine], total, events):
        yield number, _one(service_spreads(cluster.replace(endpoints=endpoints), service, port, **asked), service)


def _one(spreads: list[Spread], service: str) -> Spread:
    if len(spreads) > 1:
        ports = ", ".join(f"{spread.port.port_name or spread.port.port}" for spread in spreads)
        raise NodePortKitError(f"service {service!r} has several ports: {ports}", hint="Say which with port=.")
    return spreads[0]


def _held(spread: Spread, clients: int | None, duration: float | None) -> Clients | None:
    """The clients, where it matters who they are."""
    timeout = spread.port.affinity_seconds
    if clients is None or not timeout:
        return None
    if clients * len(spread.node) > _MOST_CELLS:
        raise NodePortKitError(
            f"{clients:,} clients at {len(spread.node):,} entry nodes are more than {_MOST_CELLS:,} pairs",
            hint="Simulate fewer clients, or one entry node.",
        )
    timed = duration is not None and duration > timeout
    return Clients.new(clients, len(spread.node), timeout=timeout, timed=timed)


def _draw_sticky(
    held: Clients,
    spread: Spread,
    number: int,
    tally: Tally,
    rng: np.random.Generator,
    *,
    start: int,
    total: int,
    duration: float | None,
) -> None:
    if start:
        held.forget_gone(spread.groups, len(spread.endpoints))
    at, member = spread.pairs()
    tally.add(at, member, np.zeros(len(at), dtype=np.int64))  # who gets none is counted too
    step = one_go(held) if held.last is not None else max(1, number)
    for first in range(0, number, step):
        some = min(step, number - first)
        pace = (duration or 0.0) / total
        held.draw(spread, some, tally, rng, start=(start + first) * pace, length=some * pace)
