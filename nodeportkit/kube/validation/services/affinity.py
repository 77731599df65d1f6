"""What the API server checks of session affinity, and of the selector that stands before it.

pkg/apis/core/validation/validation.go, `ValidateService` and `validateClientIPAffinityConfig`.
"""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.parts import Object, mapping, text
from nodeportkit.kube.validation.field import FieldError, forbidden, invalid, not_supported, required
from nodeportkit.kube.validation.metadata import check_labels

__all__ = ["check_affinity", "check_service_selector"]

_LONGEST: Final = 86400
_KINDS: Final = ("ClientIP", "None")
_CONFIG: Final = "spec.sessionAffinityConfig"


def check_service_selector(service: Object) -> list[FieldError]:
    """What is wrong with the selector."""
    return check_labels("spec.selector", mapping(service, "spec", "selector"))


def check_affinity(service: Object) -> list[FieldError]:
    """What is wrong with sessionAffinity and its timeout."""
    spec = mapping(service, "spec")
    kind = text(spec, "sessionAffinity")
    if not kind:
        return [required("spec.sessionAffinity")]
    if kind not in _KINDS:
        return [not_supported("spec.sessionAffinity", kind, _KINDS)]
    if kind == "ClientIP":
        return _client_ip(spec)
    if spec.get("sessionAffinityConfig") is not None:
        return [forbidden(_CONFIG, "must not be set when session affinity is None")]
    return []


def _client_ip(spec: Object) -> list[FieldError]:
    because = "when session affinity type is ClientIP"
    for keys, field in (
        (("sessionAffinityConfig",), _CONFIG),
        (("sessionAffinityConfig", "clientIP"), f"{_CONFIG}.clientIP"),
    ):
        if mapping(spec, *keys[:-1]).get(keys[-1]) is None:
            return [required(field, because)]
    field = f"{_CONFIG}.clientIP.timeoutSeconds"
    seconds = mapping(spec, "sessionAffinityConfig", "clientIP").get("timeoutSeconds")
    if seconds is None:
        return [required(field, because)]
    if not 0 < seconds <= _LONGEST:
        return [invalid(field, seconds, f"must be greater than 0 and less than {_LONGEST}")]
    return []
