"""How endpoints are put into slices of at most a hundred, so that few slices change when few endpoints do.

staging/src/k8s.io/endpointslice/reconciler.go, `reconcileByPortMapping`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from nodeportkit.playground.store import Object

__all__ = ["MOST", "Filled", "fill"]

MOST: Final = 100  # endpoints in a slice, --max-endpoints-per-slice


@dataclass(slots=True)
class Filled:
    """What becomes of the slices of a service that have the same family and ports.

    Attributes
    ----------
    kept
        The endpoints of the slices that stay, by name.
    new
        The endpoints of further slices.
    """

    kept: dict[str, list[Object]] = field(default_factory=dict)
    new: list[list[Object]] = field(default_factory=list)


def fill(slices: Iterable[Object], endpoints: Iterable[Object]) -> Filled:
    """Say which endpoints belong into which slice.

    An endpoint stays in its slice. New ones go first into slices that change anyway, the fullest of them first; then, if
    those that are left fit into one slice that would not change, into the fullest such; then into new slices. A slice that is
    left without endpoints goes.

    Parameters
    ----------
    slices
        Those that there are, of one family and one set of ports.
    endpoints
        Those that there should be.

    Examples
    --------
    >>> web = {
    ...     "metadata": {"name": "web-1"},
    ...     "endpoints": [{"addresses": ["10.244.1.2"]}, {"addresses": ["10.244.1.3"]}],
    ... }
    >>> fill([web], [{"addresses": ["10.244.1.3"]}, {"addresses": ["10.244.1.4"]}])
    Filled(kept={'web-1': [{'addresses': ['10.244.1.3']}, {'addresses': ['10.244.1.4']}]}, new=[])
    """
    wanted = {_identity(end): end for end in endpoints}
    filled = Filled()
    changing: list[str] = []
    for it in slices:
        name = it["metadata"]["name"]
        before = it.get("endpoints") or []
        stays = [found for end in before if (found := wanted.pop(_identity(end), None)) is not None]
        if stays:
            filled.kept[name] = stays
        if stays != before:
            changing.append(name)
    left = list(wanted.values())
    for name in sorted((it for it in changing if it in filled.kept), key=lambda it: -len(filled.kept[it])):
        room = MOST - len(filled.kept[name])
        filled.kept[name] += left[:room]
        left = left[room:]
    roomy = [name for name, held in filled.kept.items() if name not in changing and len(held) + len(left) <= MOST]
    if left and roomy:
        filled.kept[max(roomy, key=lambda name: len(filled.kept[name]))] += left
        left = []
    filled.new = [left[start : start + MOST] for start in range(0, len(left), MOST)]
    return filled


def _identity(endpoint: Object) -> tuple[str, str]:
    return endpoint["addresses"][0], str((endpoint.get("targetRef") or {}).get("uid", ""))
