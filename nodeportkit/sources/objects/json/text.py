"""Where one JSON text ends and the next begins."""

from __future__ import annotations

import re
from typing import Final

import msgspec

__all__ = ["end_of_first", "offset_of"]

_BYTE: Final = re.compile(r" ?\(byte (\d+)\)")
_TRAILING: Final = "trailing characters"


def offset_of(error: msgspec.DecodeError) -> int | None:
    """The offset of the byte at which msgspec stopped, if it tells."""
    match = _BYTE.search(str(error))
    return int(match[1]) if match else None


def end_of_first(error: msgspec.DecodeError) -> int | None:
    """How many bytes a whole document takes, blanks behind it among them, where the error is that another follows.

    Examples
    --------
    >>> try:
    ...     msgspec.json.decode(b"{} {}")
    ... except msgspec.DecodeError as error:
    ...     print(end_of_first(error))
    3
    """
    offset = offset_of(error) if _TRAILING in str(error) else None
    # msgspec counts the byte that it did not expect.
    return None if offset is None else offset - 1
