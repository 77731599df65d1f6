"""One condition of a selector."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from nodeportkit.errors import ReadError

__all__ = ["Requirement", "by_key", "check_key", "check_value", "requirement"]

_EXACT: Final = frozenset({"=", "=="})
_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_INTEGER = re.compile(r"[-+]?[0-9]{1,19}")


class Requirement(NamedTuple):
    """One condition of a selector: a key, an operator of selector text (`exists` for a bare key), and its values."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    @property
    def pair(self) -> tuple[str, str] | None:
        """The one key and value that it asks for, or None where it asks for anything else."""
        wants_one = self.operator in _EXACT or (self.operator == "in" and len(self.values) == 1)
        return (self.key, self.values[0]) if wants_one else None

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tell whether the labels fulfil it."""
        value = labels.get(self.key)
        if self.operator in ("=", "==", "in"):
            return value in self.values
        if self.operator in ("!=", "notin"):
            return value not in self.values
        if self.operator in ("exists", "!"):
            return (value is not None) == (self.operator == "exists")
        if value is None or not _is_int64(value):
            return False
        return int(value) > int(self.values[0]) if self.operator == ">" else int(value) < int(self.values[0])

    def __str__(self) -> str:
        if self.operator in ("exists", "!"):
            return self.key if self.operator == "exists" else f"!{self.key}"
        listed = ",".join(sorted(self.values))
        return (
            f"{self.key} {self.operator} ({listed})" if "in" in self.operator else f"{self.key}{self.operator}{listed}"
        )


def by_key(found: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Put requirements in the order in which Kubernetes prints them."""
    return tuple(sorted(found, key=lambda requirement: requirement.key))


def requirement(key: str, operator: str, values: tuple[str, ...]) -> Requirement:
    """Make a requirement as `NewRequirement` of apimachinery does, with its checks."""
    check_key(key)
    if operator in ("in", "notin") and not values:
        raise ReadError(f"'{operator}' for {key!r} has no values", hint="Give at least one value.")
    if operator in ("exists", "!") and values:
        raise ReadError(f"{key!r} has values, and an operator that takes none", hint="Leave the values out.")
    for value in values:
        check_value(value, operator)
    return Requirement(key, operator, values)


def check_key(key: str) -> None:
    """Refuse what is no label key."""
    prefix, slash, name = key.rpartition("/")
    prefix_ok = not slash or (_SUBDOMAIN.fullmatch(prefix) and len(prefix) <= 253)
    if not prefix_ok or not _NAME.fullmatch(name) or len(name) > 63:
        hint = "Keys are letters, digits, '-', '_' and '.', at most 63, after an optional DNS name and '/'."
        raise ReadError(f"{key!r} is no label key", hint=hint)


def check_value(value: str, operator: str) -> None:
    """Refuse what is no label value, or none that the operator can compare with."""
    if value and (not _NAME.fullmatch(value) or len(value) > 63):
        hint = "Values are letters, digits, '-', '_' and '.', at most 63, or empty."
        raise ReadError(f"{value!r} is no label value", hint=hint)
    if operator in ("<", ">") and not _is_int64(value):
        raise ReadError(f"{value!r} is no whole number", hint="'<' and '>' compare whole numbers.")


def _is_int64(text: str) -> bool:
    return bool(_INTEGER.fullmatch(text)) and -(2**63) <= int(text) < 2**63
