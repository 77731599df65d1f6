"""Refusals, in the API server's words.

staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nodeportkit.kube.validation.field import FieldError
from nodeportkit.kube.validation.status import failure, refusal
from nodeportkit.playground.resources import Resource

__all__ = [
    "ApiError",
    "already_exists",
    "bad_request",
    "conflict",
    "expired",
    "forbidden",
    "invalid",
    "method_not_allowed",
    "not_acceptable",
    "not_found",
    "nowhere",
    "unreasoned",
    "unserved",
    "unsupported_media_type",
]


class ApiError(Exception):
    """An answer that is a failure.

    Attributes
    ----------
    status
        The Status object that is sent.
    """

    def __init__(self, status: dict[str, Any]) -> None:
        super().__init__(status["message"])
        self.status = status

    @property
    def code(self) -> int:
        """The HTTP status."""
        return int(self.status["code"])


def _of(resource: Resource, name: str) -> dict[str, Any]:
    return {"name": name, **({"group": resource.group} if resource.group else {}), "kind": resource.plural}


def not_found(resource: Resource, name: str) -> ApiError:
    """There is no such object."""
    return ApiError(failure(404, "NotFound", f'{resource.name} "{name}" not found', _of(resource, name)))


def nowhere() -> ApiError:
    """There is no such resource, or path."""
    return _absent("the server could not find the requested resource")


def unserved(plural: str) -> ApiError:
    """A cluster has such a resource, and a playground has not."""
    return _absent(f"the playground serves no {plural}: `kubectl api-resources` lists what it serves")


def _absent(message: str) -> ApiError:
    # Empty details, which kubectl looks into.
    return ApiError({**failure(404, "NotFound", message), "details": {}})


def already_exists(resource: Resource, name: str) -> ApiError:
    """The name is taken."""
    return ApiError(failure(409, "AlreadyExists", f'{resource.name} "{name}" already exists', _of(resource, name)))


def conflict(resource: Resource, name: str, why: str, *, by_kind: bool = False) -> ApiError:
    """The object is no longer what the client thinks; what fails before the storage is asked names it by its kind."""
    named = resource.qualified_kind if by_kind else resource.name
    message = f'Operation cannot be fulfilled on {named} "{name}": {why}'
    return ApiError(failure(409, "Conflict", message, _of(resource, name)))


def bad_request(message: str) -> ApiError:
    """The request makes no sense."""
    return ApiError(failure(400, "BadRequest", message))


def unreasoned(message: str) -> ApiError:
    """What a server answers to an error that has no reason of its own."""
    status = failure(500, "", message)
    return ApiError({key: value for key, value in status.items() if key != "reason"})


def forbidden(resource: Resource, name: str, why: str) -> ApiError:
    """The request makes sense, but not now, or not from this user."""
    message = f'{resource.name} "{name}" is forbidden: {why}' if name else f"{resource.name} is forbidden: {why}"
    return ApiError(failure(403, "Forbidden", message, _of(resource, name)))


def invalid(resource: Resource, name: str, errors: Sequence[FieldError]) -> ApiError:
    """The object breaks rules."""
    return ApiError(refusal(resource.kind, name, errors, resource.group))


def method_not_allowed() -> ApiError:
    """The resource has no such verb."""
    message = "the server does not allow this method on the requested resource"
    return ApiError(failure(405, "MethodNotAllowed", message))


def unsupported_media_type(accepted: Sequence[str] = ()) -> ApiError:
    """The body is of a type that cannot be read; of a patch it is not told which would be."""
    listed = f"the body of the request was in an unknown format - accepted media types include: {', '.join(accepted)}"
    return ApiError(failure(415, "UnsupportedMediaType", listed if accepted else "415: Unsupported Media Type"))


def not_acceptable(offered: Sequence[str]) -> ApiError:
    """Nothing that could be sent would be understood."""
    message = f"406: Not Acceptable\n\nAvailable representations: {', '.join(offered)}"
    return ApiError(failure(406, "NotAcceptable", message))


def expired(message: str) -> ApiError:
    """The version asked for is forgotten."""
    return ApiError(failure(410, "Expired", message))
