"""Which faults there are, and what is told of one that was planted."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from nodeportkit.errors import NodePortKitError, nearest
from nodeportkit.playground.faults import causes
from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["FAULTS", "Planted", "find", "planted"]


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault that was planted.

    Attributes
    ----------
    cause
        Its name, as `diagnose` has it.
    service
        The service that it befell, `namespace/name`.
    symptom
        What a client outside will see.
    url
        Where it will see that.
    question
        What to ask `diagnose` with: `npk.diagnose(playground.cluster(), planted.service, **planted.question)`.
    """

    cause: str
    service: str
    symptom: str
    url: str
    question: dict[str, Any] = field(default_factory=dict)


# What can be planted, by the name of its cause.
FAULTS: Final[dict[str, Callable[[Site], Seen]]] = {
    entry.name.replace("_", "-"): importlib.import_module(f"{causes.__name__}.{entry.name}").plant
    for entry in pkgutil.iter_modules(causes.__path__)
}


def find(cause: str) -> Callable[[Site], Seen]:
    """The function that plants a cause.

    Raises
    ------
    NodePortKitError
        If a playground cannot show it.
    """
    if cause not in FAULTS:
        raise NodePortKitError(f"no fault {cause!r} can be planted in a playground", hint=nearest(cause, FAULTS))
    return FAULTS[cause]


def planted(cause: str, site: Site, addresses: dict[str, str]) -> Planted:
    """Plant a fault.

    Parameters
    ----------
    cause
        Its name.
    site
        The service that works.
    addresses
        Those of the nodes, by name.
    """
    seen = find(cause)(site)
    port = seen.port or site.node_port
    address = seen.address or addresses[seen.node or min(addresses)]
    told = {"node": seen.node, "address": seen.address, "port": port, "manifest": seen.manifest}
    question = {"symptom": seen.symptom} | {name: value for name, value in told.items() if value is not None}
    return Planted(cause, f"{site.namespace}/{site.name}", seen.symptom, f"http://{address}:{port}/", question)
