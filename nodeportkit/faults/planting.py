"""`plant`: one thing made wrong in a healthy cluster. Causes are found where they lie, one module each in `causes`."""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, Final

import msgspec

from nodeportkit.errors import NodePortKitError, nearest
from nodeportkit.faults import causes as modules
from nodeportkit.faults.fault import Fault
from nodeportkit.faults.healthy import healthy_cluster
from nodeportkit.faults.objects import Object
from nodeportkit.faults.scene import Scene, Unplantable

__all__ = ["causes", "faulty_cluster", "plant", "variants"]

Variant = Callable[[Scene], Fault]
_TRIES: Final = 40


@cache
def causes() -> tuple[str, ...]:
    """The ids of the causes that can be planted.

    Examples
    --------
    >>> "selector-mismatch" in causes()
    True
    """
    return tuple(sorted(name.replace("_", "-") for _, name, _ in pkgutil.iter_modules(modules.__path__)))


@cache
def _module(cause: str) -> Any:
    if cause not in causes():
        close = nearest(cause, causes())
        hint = f"Did you mean {close}?" if close else f"There are {', '.join(causes())}."
        raise NodePortKitError(f"no cause {cause!r} can be planted", hint=hint)
    return importlib.import_module(f"{modules.__name__}.{cause.replace('-', '_')}")


def variants(cause: str) -> tuple[str, ...]:
    """The forms in which a cause can be planted.

    Examples
    --------
    >>> variants("no-selector")
    ('never_had', 'slice_without_label', 'slice_without_endpoints')
    """
    return tuple(variant.__name__ for variant in _module(cause).VARIANTS)


def plant(objects: list[Object], cause: str, seed: int, *, variant: str | None = None) -> Fault:
    """Make one thing wrong in a healthy cluster, as the world would: what controllers make of it follows.

    Parameters
    ----------
    objects
        Of `healthy_cluster`; they stay as they are.
    cause
        One of `causes()`.
    seed
        Which service it befalls, and in which form.
    variant
        One of `variants(cause)`; without it, one by chance that the cluster has a place for.

    Returns
    -------
    Fault
        `.objects`, `.service` and `.question`, with which to ask `diagnose`; `.certainty` and `.checks` with which to judge
        its answer and that of `audit`.

    Raises
    ------
    NodePortKitError
        If there is no such cause or variant, or the cluster has no place for it.

    Examples
    --------
    >>> fault = plant(healthy_cluster(1), "selector-mismatch", 1, variant="misspelt_value")
    >>> fault.cause, fault.question["symptom"], fault.certainty
    ('selector-mismatch', 'refused', ('fact',))
    """
    rng = random.Random(f"plant {cause} {variant} {seed}")
    known = {chosen.__name__: chosen for chosen in _module(cause).VARIANTS}
    if variant is not None and variant not in known:
        raise NodePortKitError(f"{cause} has no variant {variant!r}", hint=f"It has {', '.join(known)}.")
    data = msgspec.json.encode(objects)
    names = [variant] if variant else rng.sample(list(known), len(known))
    for name in names:
        # A copy for each try: equal pods share parts of their specs, and a change to one is none to the others.
        scene = Scene(msgspec.json.decode(data), rng)
        try:
            fault: Fault = known[name](scene)
            return replace(fault, cause=cause, variant=name)
        except Unplantable:
            continue
    raise Unplantable(f"this cluster has no place for {cause}", hint="Make one with more nodes and services.")


def faulty_cluster(cause: str, seed: int, *, variant: str | None = None, **size: Any) -> Fault:
    """A made-up cluster with one thing wrong: `plant` in a `healthy_cluster` that has a place for it.

    Parameters
    ----------
    cause, seed, variant
        As for `plant`.
    **size
        As for `healthy_cluster`: nodes, services, platform, dual_stack.

    Raises
    ------
    NodePortKitError
        If there is no such cause or variant, or clusters of that size have no place for it.

    Examples
    --------
    >>> faulty_cluster("kube-proxy-down", 3).cause
    'kube-proxy-down'
    """
    fitting = getattr(_module(cause), "NEEDS", {}) | size
    for number in range(_TRIES):
        try:
            return plant(healthy_cluster(seed + 100_000 * number, **fitting), cause, seed, variant=variant)
        except Unplantable:
            continue
    told = f"{cause} ({variant})" if variant else cause
    raise Unplantable(f"no cluster of that size has a place for {told}", hint="Give it more nodes and services.")
