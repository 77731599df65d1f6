"""What the API server checks of an Event of v1; those of events.k8s.io are checked more strictly.

pkg/apis/core/validation/events.go, `legacyValidateEvent`.
"""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.parts import Object, mapping, text
from nodeportkit.kube.validation.field import FieldError, invalid, required
from nodeportkit.kube.validation.metadata import check_metadata
from nodeportkit.kube.validation.names import dns1123_subdomain, path_segment, qualified_name

__all__ = ["check_event", "check_event_update"]

_MOST: Final = {"reportingInstance": 128, "action": 128, "reason": 128}
_MOST_MESSAGE: Final = 1024
_WITHOUT_NAMESPACE: Final = ("default", "kube-system")


def check_event(event: Object) -> list[FieldError]:
    """What is wrong with an event: it stands in the namespace of what it tells of."""
    namespace = text(mapping(event, "metadata"), "namespace")
    about = text(mapping(event, "involvedObject"), "namespace")
    timed = event.get("eventTime") is not None
    if timed:
        apart = not about and namespace not in _WITHOUT_NAMESPACE
    else:
        apart = namespace != about if about else namespace not in ("", "default")
    wrong = []
    if apart:
        wrong.append(invalid("involvedObject.namespace", about, "does not match event.namespace"))
    wrong += _told(event) if timed else []
    wrong += [invalid("namespace", namespace, message) for message in dns1123_subdomain(namespace)]
    return wrong or check_metadata(event, path_segment)


def check_event_update(event: Object, _old: Object) -> list[FieldError]:
    """What is wrong with an event that is to replace another."""
    return check_event(event)


def _told(event: Object) -> list[FieldError]:
    """What an event that carries its own time has to tell."""
    reporter = text(event, "reportingComponent")
    wrong = [] if reporter else [required("reportingController")]
    wrong += [invalid("reportingController", reporter, message) for message in qualified_name(reporter)]
    for key, most in _MOST.items():
        value = text(event, key)
        if not value:
            wrong.append(required(key))
        elif len(value.encode()) > most:
            wrong.append(invalid(key, "", f"can have at most {most} characters"))
    if len(text(event, "message").encode()) > _MOST_MESSAGE:
        wrong.append(invalid("message", "", f"can have at most {_MOST_MESSAGE} characters"))
    return wrong
