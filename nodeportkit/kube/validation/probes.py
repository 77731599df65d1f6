"""What the API server checks of probes and hooks, as far as their ports and numbers go.

pkg/apis/core/validation/validation.go, `validateProbe`, `validateHandler`.
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.kube.parts import Object, mapping, mappings, number, text
from nodeportkit.kube.validation.field import FieldError, forbidden, invalid, not_supported, required
from nodeportkit.kube.validation.names import http_header_name
from nodeportkit.kube.validation.services.ports import check_port_reference

__all__ = ["check_lifecycle", "check_not_negative", "check_probe"]

_SCHEMES: Final = ("HTTP", "HTTPS")
_HANDLERS: Final = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_NUMBERS: Final = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")


def check_probe(field: str, probe: Any) -> list[FieldError]:
    """What is wrong with a probe; nothing where there is none."""
    if not isinstance(probe, dict):
        return []
    wrong = _handler(field, probe)
    for key in _NUMBERS:
        wrong += check_not_negative(f"{field}.{key}", probe.get(key))
    grace = probe.get("terminationGracePeriodSeconds")
    if grace is not None and grace <= 0:
        wrong.append(invalid(f"{field}.terminationGracePeriodSeconds", grace, "must be greater than 0"))
    if field.endswith("readinessProbe"):
        if grace is not None:
            detail = "must not be set for readinessProbes"
            wrong.append(invalid(f"{field}.terminationGracePeriodSeconds", grace, detail))
    elif number(probe, "successThreshold") != 1:
        wrong.append(invalid(f"{field}.successThreshold", number(probe, "successThreshold"), "must be 1"))
    return wrong


def check_lifecycle(field: str, lifecycle: Any) -> list[FieldError]:
    """What is wrong with the hooks of a container."""
    if not isinstance(lifecycle, dict):
        return []
    hooks = [(key, lifecycle[key]) for key in ("postStart", "preStop") if isinstance(lifecycle.get(key), dict)]
    return [error for key, hook in hooks for error in _handler(f"{field}.{key}", hook)]


def check_not_negative(field: str, value: Any) -> list[FieldError]:
    """What is wrong with a count."""
    return [invalid(field, value, "must be greater than or equal to 0")] if isinstance(value, int) and value < 0 else []


def _handler(field: str, holder: Object) -> list[FieldError]:
    given = [key for key in _HANDLERS if holder.get(key) is not None]
    if not given:
        return [required(field, "must specify a handler type")]
    first, *more = given
    wrong = _action(f"{field}.{first}", first, mapping(holder, first))
    return wrong + [forbidden(f"{field}.{key}", "may not specify more than 1 handler type") for key in more]


def _action(field: str, kind: str, action: Object) -> list[FieldError]:
    if kind == "exec":
        return [] if action.get("command") else [required(f"{field}.command")]
    if kind == "sleep":
        return []
    if kind != "httpGet":
        return check_port_reference(f"{field}.port", action.get("port"))
    wrong = [] if text(action, "path") else [required(f"{field}.path")]
    wrong += check_port_reference(f"{field}.port", action.get("port"))
    if text(action, "scheme") not in _SCHEMES:
        wrong.append(not_supported(f"{field}.scheme", text(action, "scheme"), _SCHEMES))
    for header in mappings(action, "httpHeaders"):
        name = text(header, "name")
        wrong += [invalid(f"{field}.httpHeaders", name, message) for message in http_header_name(name)]
    return wrong
