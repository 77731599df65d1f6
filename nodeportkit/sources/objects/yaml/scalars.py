"""What an unquoted word of YAML means to Kubernetes.

kubectl reads YAML with sigs.k8s.io/yaml (goyaml.v2/resolve.go): YAML 1.1's yes, no, on, off, y and n are booleans, a
leading 0 means octal, but neither base 60 nor dates exist. A whole number written as a fraction (`80.0`) becomes whole
on its way through JSON.
"""

from __future__ import annotations

import math
import re
from typing import Final

__all__ = ["key_text", "resolve"]

_NULL: Final = ("", "~", "null", "Null", "NULL")
_WORDS: Final[dict[str, bool | float | None]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys(_NULL, None),
}
_NUMBER_STARTS: Final = frozenset("0123456789+-.")
_WHOLE = re.compile(r"([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))")
_FRACTION = re.compile(r"[+-]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][+-]?[0-9]+)?")
_LONGEST: Final = 400
_WHOLE_BELOW: Final = 1e21  # from here on Go writes an exponent


def resolve(text: str) -> str | int | float | bool | None:
    """The value of an unquoted word.

    Examples
    --------
    >>> [resolve(word) for word in ["80", "no", "0x1F", "010", "1:30", "2024-05-11", "1e3", "", "web"]]
    [80, False, 31, 8, '1:30', '2024-05-11', 1000, None, 'web']
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS or len(text) > _LONGEST:
        return text
    number = _number(text if text[0] == "." else text.replace("_", ""))
    return text if number is None else number


def _number(plain: str) -> int | float | None:
    match = _WHOLE.fullmatch(plain)
    if match:
        sign, hexadecimal, octal, binary, decimal = match.groups()
        for digits, base in ((decimal, 10), (hexadecimal, 16), (octal, 8), (binary, 2)):
            if digits is not None:
                return int(sign + digits, base)
    if _FRACTION.fullmatch(plain):
        number = float(plain)
        if math.isfinite(number):
            return int(number) if number.is_integer() and abs(number) < _WHOLE_BELOW else number
    return None


def key_text(value: str | float | bool | None) -> str | None:
    """A key as JSON has it, all text; None for a key that cannot be one.

    Examples
    --------
    >>> key_text(8080), key_text(True), key_text(None)
    ('8080', 'true', None)
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
