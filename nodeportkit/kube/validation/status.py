"""What the API server answers when it refuses: a Status.

staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go, `NewInvalid`, `NewInternalError`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nodeportkit.kube.validation.field import FieldError, distinct

__all__ = ["failure", "refusal"]


def refusal(kind: str, name: str, errors: Sequence[FieldError], group: str = "") -> dict[str, Any]:
    """Answer with what is wrong with an object.

    Parameters
    ----------
    kind, group, name
        Of the object; the group of Service and Pod is "".
    errors
        What is wrong, at least one error.

    Examples
    --------
    >>> from nodeportkit.kube.validation.field import invalid
    >>> refusal("Service", "web", [invalid("spec.ports[0].port", 0, "must be between 1 and 65535, inclusive")])[
    ...     "message"
    ... ]
    'Service "web" is invalid: spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'
    """
    for error in errors:
        if error.type == "Internal":
            message = f"Internal error occurred: {error.detail}"
            details: dict[str, Any] = {"causes": [{"message": error.detail}]}
            return failure(500, "InternalError", message, details)
    once = distinct(errors)
    told = ", ".join(map(str, once))
    qualified = f"{kind}.{group}" if group else kind
    message = f'{qualified} "{name}" is invalid: {told if len(once) == 1 else f"[{told}]"}'
    details = {"name": name, **({"group": group} if group else {}), "kind": kind}
    return failure(422, "Invalid", message, {**details, "causes": [error.cause for error in errors]})


def failure(code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
    """Answer that something failed."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        **({"details": details} if details else {}),
        "code": code,
    }
