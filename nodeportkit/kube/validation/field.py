"""What is wrong with a field, in the API server's words.

staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go; since 1.34 values are shown as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

__all__ = [
    "FieldError",
    "Struct",
    "distinct",
    "duplicate",
    "forbidden",
    "internal",
    "invalid",
    "not_supported",
    "required",
    "too_long",
    "too_many",
]

_TITLES: Final = {
    "Required": "Required value",
    "Invalid": "Invalid value",
    "Duplicate": "Duplicate value",
    "NotSupported": "Unsupported value",
    "Forbidden": "Forbidden",
    "TooLong": "Too long",
    "TooMany": "Too many",
    "Internal": "Internal error",
}
_WITHOUT_VALUE: Final = ("Required", "Forbidden", "TooLong", "Internal")
_ESCAPES: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with an object.

    Attributes
    ----------
    field
        The path of the field, `spec.ports[0].nodePort`.
    type
        Required, Invalid, Duplicate, NotSupported, Forbidden, TooLong, TooMany, or Internal for what is not the object's
        fault.
    value
        The value that is refused.
    detail
        Why.

    Examples
    --------
    >>> error = invalid("spec.ports[0].port", 0, "must be between 1 and 65535, inclusive")
    >>> print(error)
    spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive
    >>> error.cause["reason"]
    'FieldValueInvalid'
    """

    field: str
    type: str
    value: Any = None
    detail: str = ""

    @property
    def message(self) -> str:
        """The error without its field, as in `details.causes` of the answer."""
        shown = _TITLES[self.type]
        if self.type not in _WITHOUT_VALUE:
            shown += f": {_shown(self.value)}"
        return f"{shown}: {self.detail}" if self.detail else shown

    @property
    def cause(self) -> dict[str, str]:
        """The error as it stands in `details.causes` of the answer."""
        reason = "InternalError" if self.type == "Internal" else f"FieldValue{self.type}"
        return {"reason": reason, "message": self.message, "field": self.field}

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


def required(field: str, detail: str = "") -> FieldError:
    """A value must be given, and is not."""
    return FieldError(field, "Required", "", detail)


def invalid(field: str, value: Any, detail: str) -> FieldError:
    """A value is malformed, or out of bounds."""
    return FieldError(field, "Invalid", value, detail)


def duplicate(field: str, value: Any, detail: str = "") -> FieldError:
    """A value that must be unique occurs twice."""
    return FieldError(field, "Duplicate", value, detail)


def forbidden(field: str, detail: str) -> FieldError:
    """A value is well-formed, and not allowed here."""
    return FieldError(field, "Forbidden", "", detail)


def not_supported(field: str, value: Any, supported: Sequence[str]) -> FieldError:
    """A value is none of those that the field can have."""
    listed = ", ".join(json.dumps(one) for one in supported)
    return FieldError(field, "NotSupported", value, f"supported values: {listed}")


def too_long(field: str, most: int) -> FieldError:
    """A value is longer than it may be."""
    return FieldError(field, "TooLong", "", f"may not be more than {most} bytes")


def too_many(field: str, count: int, most: int) -> FieldError:
    """A list has more entries than it may have."""
    return FieldError(field, "TooMany", count, f"must have at most {most} items")


def internal(message: str) -> FieldError:
    """The server cannot do what is asked, whatever the object says."""
    return FieldError("", "Internal", None, message)


def distinct(errors: Iterable[FieldError]) -> list[FieldError]:
    """The errors, each once."""
    return list({str(error): error for error in errors}.values())


class Struct(dict[str, Any]):
    """A value that is a struct inside the server: its fields keep their order, where those of a map are sorted."""


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    in_order = isinstance(value, Struct) or (isinstance(value, list) and any(isinstance(one, Struct) for one in value))
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=not in_order).translate(_ESCAPES)
