"""What the API server checks of a service's ports.

pkg/apis/core/validation/validation.go, `validateServicePort` and the loops of `ValidateService`.
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.kube.parts import Object, mapping, mappings, number, strings, text
from nodeportkit.kube.validation.field import FieldError, Struct, duplicate, forbidden, invalid, not_supported, required
from nodeportkit.kube.validation.names import dns1123_label, port_name, port_number, qualified_name

__all__ = [
    "PROTOCOLS",
    "check_app_protocol",
    "check_clashes",
    "check_port_reference",
    "check_ports",
    "check_ports_given",
    "check_protocol",
]

PROTOCOLS: Final = ("SCTP", "TCP", "UDP")


def check_ports_given(service: Object) -> list[FieldError]:
    """A service has ports, unless it is headless or an ExternalName."""
    spec = mapping(service, "spec")
    portless = strings(spec, "clusterIPs") == ["None"] or text(spec, "type") == "ExternalName"
    return [] if portless or mappings(spec, "ports") else [required("spec.ports")]


def check_ports(service: Object) -> list[FieldError]:
    """What is wrong with each port by itself, and with their names."""
    ports = mappings(mapping(service, "spec"), "ports")
    names: set[str] = set()
    wrong: list[FieldError] = []
    for position, port in enumerate(ports):
        field = f"spec.ports[{position}]"
        name = text(port, "name")
        if name:
            wrong += [invalid(f"{field}.name", name, message) for message in dns1123_label(name)]
            if name in names:
                wrong.append(duplicate(f"{field}.name", name))
            names.add(name)
        elif len(ports) > 1:
            wrong.append(required(f"{field}.name"))
        wrong += _port(field, port)
    return wrong


def _port(field: str, port: Object) -> list[FieldError]:
    at = number(port, "port")
    wrong = [invalid(f"{field}.port", at, message) for message in port_number(at)]
    wrong += check_protocol(field, port)
    wrong += check_port_reference(f"{field}.targetPort", port.get("targetPort"))
    return wrong + check_app_protocol(field, port)


def check_protocol(field: str, port: Object) -> list[FieldError]:
    """What is wrong with the protocol of a port, which has to have one."""
    protocol = text(port, "protocol")
    if not protocol:
        return [required(f"{field}.protocol")]
    return [] if protocol in PROTOCOLS else [not_supported(f"{field}.protocol", protocol, PROTOCOLS)]


def check_app_protocol(field: str, port: Object) -> list[FieldError]:
    """What is wrong with the appProtocol of a port, where it has one."""
    application = port.get("appProtocol")
    if not isinstance(application, str):
        return []
    return [invalid(f"{field}.appProtocol", application, message) for message in qualified_name(application)]


def check_port_reference(field: str, value: Any) -> list[FieldError]:
    """What is wrong with a port given as a number or by its name (targetPort, the port of a probe)."""
    if isinstance(value, str):
        return [invalid(field, value, message) for message in port_name(value)]
    return [invalid(field, value or 0, message) for message in port_number(value or 0)]


def check_clashes(service: Object) -> list[FieldError]:
    """Node ports of a service that can have none, and numbers that occur twice for one protocol."""
    spec = mapping(service, "spec")
    ports = mappings(spec, "ports")
    wrong: list[FieldError] = []
    if text(spec, "type") == "ClusterIP":
        detail = "may not be used when `type` is 'ClusterIP'"
        wrong += [
            forbidden(f"spec.ports[{position}].nodePort", detail)
            for position, port in enumerate(ports)
            if number(port, "nodePort")
        ]
    seen: set[tuple[str, int]] = set()
    for position, port in enumerate(ports):
        key = (text(port, "protocol"), number(port, "nodePort"))
        if key[1] and key in seen:
            wrong.append(duplicate(f"spec.ports[{position}].nodePort", key[1]))
        seen.add(key)
    seen = set()
    for position, port in enumerate(ports):
        key = (text(port, "protocol"), number(port, "port"))
        if key in seen:
            wrong.append(duplicate(f"spec.ports[{position}]", _internal_port(*key)))
        seen.add(key)
    return wrong


def _internal_port(protocol: str, port: int) -> Struct:
    """A port as the server shows it: with the names that it has inside."""
    return Struct(Name="", Protocol=protocol, AppProtocol=None, Port=port, TargetPort=0, NodePort=0)
