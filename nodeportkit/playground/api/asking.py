"""How a client wants something written or deleted: query parameters, and DeleteOptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nodeportkit.kube.validation.status import failure
from nodeportkit.playground.api.decoding import Options, Sent, named, parsed
from nodeportkit.playground.api.exchange import Request
from nodeportkit.playground.api.failures import ApiError, bad_request
from nodeportkit.playground.store import Object

__all__ = ["delete_options", "options_of"]

_VALIDATIONS: Final = ("", "Ignore", "Strict", "Warn")
_DELETE_FIELDS: Final[Mapping[str, tuple[type, str]]] = {
    "gracePeriodSeconds": (int, "int64"),
    "propagationPolicy": (str, "v1.DeletionPropagation"),
    "orphanDependents": (bool, "bool"),
    "preconditions": (dict, "v1.Preconditions"),
    "dryRun": (list, "[]string"),
}
_PROPAGATIONS: Final = ("Background", "Foreground", "Orphan")


def options_of(request: Request, sub: str) -> Options:
    """How a request wants something written.

    Parameters
    ----------
    sub
        The subresource that is written.

    Raises
    ------
    ApiError
        If it asks for what there is not.
    """
    dry = [value for value in request.query.get("dryRun", ()) if value]
    if dry and dry != ["All"]:
        raise _unsupported("CreateOptions", "dryRun", f'["{dry[0]}"]', ("All",))
    validation = request.one("fieldValidation")
    if validation not in _VALIDATIONS:
        raise _unsupported("CreateOptions", "fieldValidation", f'"{validation}"', _VALIDATIONS)
    agent = request.headers.get("user-agent", "").partition("/")[0]
    return Options(
        manager=request.one("fieldManager") or agent or "unknown",
        dry_run=bool(dry),
        validation=validation or "Warn",
        force=request.flag("force"),
        subresource=sub,
        tracked=True,
    )


def delete_options(request: Request) -> Object:
    """What a deletion, or an eviction, is to be like, from the body and the query.

    Raises
    ------
    ApiError
        If a field has the wrong type, or the propagation policy is none.
    """
    wanted: Object = {}
    if request.body.strip():
        sent = parsed(Sent(request.body, request.headers.get("content-type", "")), "DeleteOptions")
        if isinstance(sent, dict) and sent.get("kind") == "Eviction":
            sent = sent.get("deleteOptions") or {}
        wanted = _checked(sent)
    grace = request.one("gracePeriodSeconds")
    if grace.isdecimal():
        wanted["gracePeriodSeconds"] = int(grace)
    if request.one("propagationPolicy"):
        wanted["propagationPolicy"] = request.one("propagationPolicy")
    if request.flag("orphanDependents"):
        wanted["propagationPolicy"] = "Orphan"
    policy = wanted.get("propagationPolicy")
    if policy and policy not in _PROPAGATIONS:
        raise _unsupported("DeleteOptions", "propagationPolicy", f'"{policy}"', _PROPAGATIONS)
    return wanted


def _unsupported(kind: str, field: str, value: str, known: tuple[str, ...]) -> ApiError:
    listed = ", ".join(f'"{it}"' for it in known)
    message = f"{field}: Unsupported value: {value}: supported values: {listed}"
    return ApiError(failure(422, "Invalid", f'{kind}.meta.k8s.io "" is invalid: {message}'))


def _checked(sent: Any) -> Object:
    """The DeleteOptions that were sent."""
    if not isinstance(sent, dict):
        raise bad_request(f"json: cannot unmarshal {named(sent)} into Go value of type v1.DeleteOptions")
    for field, (type_, said) in _DELETE_FIELDS.items():
        value = sent.get(field)
        if value is not None and (not isinstance(value, type_) or (isinstance(value, bool) and type_ is int)):
            into = f"Go struct field DeleteOptions.{field} of type {said}"
            raise bad_request(f"json: cannot unmarshal {named(value)} into {into}")
    return {field: value for field, value in sent.items() if value is not None}
