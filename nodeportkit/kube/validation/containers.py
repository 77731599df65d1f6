"""What the API server checks of containers, as far as their names, ports and probes go.

pkg/apis/core/validation/validation.go, `validateContainers`, `validateInitContainers`, `validateContainerPorts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nodeportkit.kube.parts import Object, mappings, number, text
from nodeportkit.kube.validation.field import FieldError, duplicate, forbidden, invalid, not_supported, required
from nodeportkit.kube.validation.names import dns1123_label, port_name, port_number
from nodeportkit.kube.validation.probes import check_lifecycle, check_probe
from nodeportkit.kube.validation.services.ports import PROTOCOLS

__all__ = ["check_containers", "check_init_containers"]

_PULL_POLICIES: Final = ("Always", "IfNotPresent", "Never")
_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")


def check_containers(field: str, containers: Sequence[Object]) -> list[FieldError]:
    """What is wrong with the containers of a pod."""
    if not containers:
        return [required(field)]
    wrong: list[FieldError] = []
    names: set[str] = set()
    for position, container in enumerate(containers):
        at, name = f"{field}[{position}]", text(container, "name")
        wrong += _container(at, container)
        if name in names:
            wrong.append(duplicate(f"{at}.name", name))
        names.add(name)
        wrong += check_lifecycle(f"{at}.lifecycle", container.get("lifecycle"))
        for probe in _PROBES:
            wrong += check_probe(f"{at}.{probe}", container.get(probe))
    return wrong + _host_ports(field, containers)


def check_init_containers(field: str, containers: Sequence[Object], regular: Sequence[Object]) -> list[FieldError]:
    """What is wrong with the containers that run before the others, or beside them (sidecars)."""
    wrong: list[FieldError] = []
    names = {text(container, "name") for container in regular}
    for position, container in enumerate(containers):
        at, name = f"{field}[{position}]", text(container, "name")
        wrong += _container(at, container)
        sidecar = text(container, "restartPolicy") == "Always"
        if name and name in names:
            wrong.append(duplicate(f"{at}.name", name))
        names.add(name)
        if sidecar:
            wrong += check_lifecycle(f"{at}.lifecycle", container.get("lifecycle"))
        for key in _PROBES if sidecar else ():
            wrong += check_probe(f"{at}.{key}", container.get(key))
        for key in () if sidecar else ("lifecycle", *_PROBES):
            if container.get(key) is not None:
                detail = "may not be set for init containers without restartPolicy=Always"
                wrong.append(forbidden(f"{at}.{key}", detail))
        # The ports of one that ends before the next begins clash with nobody.
        wrong += _host_ports(field, [container], position)
    return wrong


def _container(field: str, container: Object) -> list[FieldError]:
    """What is wrong with a container of any sort."""
    name = text(container, "name")
    wrong = [invalid(f"{field}.name", name, message) for message in dns1123_label(name)] if name else []
    if not name:
        wrong.append(required(f"{field}.name"))
    if not text(container, "image"):
        wrong.append(required(f"{field}.image"))
    wrong += _ports(f"{field}.ports", mappings(container, "ports"))
    policy = text(container, "imagePullPolicy")
    if not policy:
        wrong.append(required(f"{field}.imagePullPolicy"))
    elif policy not in _PULL_POLICIES:
        wrong.append(not_supported(f"{field}.imagePullPolicy", policy, _PULL_POLICIES))
    return wrong


def _ports(field: str, ports: Sequence[Object]) -> list[FieldError]:
    wrong: list[FieldError] = []
    names: set[str] = set()
    for position, port in enumerate(ports):
        at, name, protocol = f"{field}[{position}]", text(port, "name"), text(port, "protocol")
        malformed = port_name(name) if name else []
        wrong += [invalid(f"{at}.name", name, message) for message in malformed]
        if name and not malformed and name in names:
            wrong.append(duplicate(f"{at}.name", name))
        names.add(name)
        inside, outside = number(port, "containerPort"), number(port, "hostPort")
        if not inside:
            wrong.append(required(f"{at}.containerPort"))
        else:
            wrong += [invalid(f"{at}.containerPort", inside, message) for message in port_number(inside)]
        if outside:
            wrong += [invalid(f"{at}.hostPort", outside, message) for message in port_number(outside)]
        if not protocol:
            wrong.append(required(f"{at}.protocol"))
        elif protocol not in PROTOCOLS:
            wrong.append(not_supported(f"{at}.protocol", protocol, PROTOCOLS))
    return wrong


def _host_ports(field: str, containers: Sequence[Object], first: int = 0) -> list[FieldError]:
    """Ports of the node that two containers want."""
    wrong: list[FieldError] = []
    taken: set[str] = set()
    for position, container in enumerate(containers, first):
        for at, port in enumerate(mappings(container, "ports")):
            if not number(port, "hostPort"):
                continue
            key = f"{text(port, 'protocol')}/{text(port, 'hostIP')}/{number(port, 'hostPort')}"
            if key in taken:
                wrong.append(duplicate(f"{field}[{position}].ports[{at}].hostPort", key))
            taken.add(key)
    return wrong
