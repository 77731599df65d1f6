"""How lists are merged: by which fields their entries are told apart.

From the OpenAPI that an API server serves: x-kubernetes-patch-merge-key, x-kubernetes-list-map-keys and
x-kubernetes-list-type. Lists that are not here are replaced whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["Listing", "listing"]


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list is merged.

    Attributes
    ----------
    key
        The field that tells entries apart in a strategic merge patch; "" for a list of plain values that is a set.
    keys
        The fields that do so for server-side apply.
    """

    key: str = ""
    keys: tuple[str, ...] = ()


def _by(key: str, *keys: str) -> Listing:
    return Listing(key, keys or (key,))


_SET: Final = Listing()
_CONTAINERS: Final = {kind: _by("name") for kind in ("containers", "initContainers", "ephemeralContainers")}
_IN_CONTAINERS: Final = {
    "ports": _by("containerPort", "containerPort", "protocol"),
    "env": _by("name"),
    "volumeMounts": _by("mountPath"),
    "volumeDevices": _by("devicePath"),
}
_IN_POD_SPEC: Final[Mapping[str, Listing]] = {
    **_CONTAINERS,
    **{f"{kind}.{name}": how for kind in _CONTAINERS for name, how in _IN_CONTAINERS.items()},
    "volumes": _by("name"),
    "hostAliases": _by("ip"),
    "imagePullSecrets": _by("name"),
    "schedulingGates": _by("name"),
    "resourceClaims": _by("name"),
    "topologySpreadConstraints": _by("topologyKey", "topologyKey", "whenUnsatisfiable"),
}
_EVERYWHERE: Final = {
    "metadata.ownerReferences": _by("uid"),
    "metadata.finalizers": _SET,
    "status.conditions": _by("type"),
}
_TEMPLATES: Final = ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet")
_KINDS: Final[Mapping[str, Mapping[str, Listing]]] = {
    "Service": {"spec.ports": _by("port", "port", "protocol")},
    "Node": {"spec.podCIDRs": _SET, "status.addresses": _by("type")},
    "Pod": {
        **{f"spec.{path}": how for path, how in _IN_POD_SPEC.items()},
        "status.podIPs": _by("ip"),
    },
    "ServiceAccount": {"secrets": _by("name")},
    **{kind: {f"spec.template.spec.{path}": how for path, how in _IN_POD_SPEC.items()} for kind in _TEMPLATES},
}


def listing(kind: str, path: tuple[str, ...]) -> Listing | None:
    """How the list at the path (of field names alone) is merged; None if it is replaced whole.

    Examples
    --------
    >>> listing("Deployment", ("spec", "template", "spec", "containers", "ports")).key
    'containerPort'
    >>> listing("Service", ("spec", "externalIPs")) is None
    True
    """
    dotted = ".".join(path)
    return _KINDS.get(kind, {}).get(dotted) or _EVERYWHERE.get(dotted)
