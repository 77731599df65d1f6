"""One thing that a check found."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["Certainty", "Finding", "Severity"]

Severity = Literal["error", "warning", "note"]
Certainty = Literal["fact", "hint", "advice"]


class Finding(NamedTuple):
    """One thing that a check found.

    Attributes
    ----------
    object, field
        What it is about: `Service shop/web`, and the path of the field, as in `kubectl explain`.
    message
        What is so, in words.
    fix
        A command that mends it, quoted for a shell, or the field to change; "" where nothing needs to change.
    namespace, service
        The namespace of the object, and the name of the service that it concerns; "" for none.
    severity, certainty
        Where they differ from those of the check.
    """

    object: str
    field: str
    message: str
    fix: str = ""
    namespace: str = ""
    service: str = ""
    severity: Severity | None = None
    certainty: Certainty | None = None
