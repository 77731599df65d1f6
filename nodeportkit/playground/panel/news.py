"""What has happened, in a sentence: between two looks at the cluster, and in the requests that landed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nodeportkit.playground.panel.tally import ANSWERED, Landed, outcomes

if TYPE_CHECKING:
    import pandas as pd

    from nodeportkit.cluster import Cluster

__all__ = ["changed", "landed"]


def changed(before: Cluster, after: Cluster) -> str:
    """What has changed from one look to the next; "" if nothing that one would tell."""
    told = "; ".join([*_services(before, after), *_pods(before.pods, after.pods), *_nodes(before.nodes, after.nodes)])
    return f"{told}." if told else ""


def _nodes(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[str]:
    was, now = (
        dict(zip(frame["name"], frame["ready"].eq(True).fillna(False).tolist(), strict=True))
        for frame in (before, after)
    )
    for name, ready in now.items():
        if was.get(name, ready) != ready:
            yield f"{name} is {'Ready again' if ready else 'NotReady'}"


def _services(before: Cluster, after: Cluster) -> Iterator[str]:
    was, now = (_keys(cluster.services) for cluster in (before, after))
    for key in sorted(now - was):
        yield f"Service {key} is there"
    for key in sorted(was - now):
        yield f"Service {key} is gone"


def _pods(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[str]:
    was, now = _keys(before), _keys(after)
    were, are = (_keys(frame[frame["ready"].eq(True).fillna(False).to_numpy(dtype=bool)]) for frame in (before, after))
    if new := len(now - was):
        yield f"{_pods_of(new)} came"
    if gone := len(was - now):
        yield f"{_pods_of(gone)} went"
    if ready := len(are - were):
        yield f"{_pods_of(ready)} got ready"
    if lost := len((were - are) & now):
        yield f"{_pods_of(lost)} ceased to be ready"


def landed(requests: Sequence[Landed]) -> str:
    """What became of requests that somebody sent."""
    if len(requests) != 1:
        counted = Counter(one.outcome for one in requests)
        return f"{len(requests):,} requests came in: {outcomes(counted)}."
    (one,) = requests
    where = f"{one.node}, {one.address}:{one.port}" if one.node else "a pod itself"
    if not one.pod:
        return f"{one.client} dialled {where}, and was cut off: nobody listens where it was sent."
    what = "answered" if one.outcome == ANSWERED else f"answered with {one.outcome}"
    return f"{one.client} dialled {where}; {one.pod.partition('/')[2]} on {one.pod_node} {what}."


def _keys(frame: pd.DataFrame) -> set[str]:
    return set((frame["namespace"] + "/" + frame["name"]).dropna())


def _pods_of(number: int) -> str:
    return f"{number:,} pod{'' if number == 1 else 's'}"
