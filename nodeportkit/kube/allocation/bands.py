"""The two bands of a range: requested values are safest in the static one, since automatic ones come from the other first.

pkg/registry/core/service/portallocator/allocator.go, `calculateRangeOffset`; KEP-3668.
"""

from __future__ import annotations

import re
from typing import Final

from nodeportkit.errors import ReadError

__all__ = ["node_port_bands", "port_range", "static_size"]

_FEWEST: Final = 16
_MOST: Final = 128
_PART: Final = 32
_FORMS: Final = re.compile(r"\s*(?P<base>[0-9]{1,5})(?:(?P<sign>[-+])(?P<end>[0-9]{1,5}))?\s*")


def node_port_bands(node_port_range: str) -> tuple[range, range]:
    """The static and the dynamic band of a range of node ports.

    Node ports that nobody asks for are picked from the dynamic band, and from the static one only when that is full. So a
    number from the static band is most likely free when it is asked for; either may be asked for.

    Parameters
    ----------
    node_port_range
        As the API server's `--service-node-port-range` takes it: `"30000-32767"`, or `"30000+2767"`.

    Returns
    -------
    static, dynamic
        Two Python ranges; the static one is empty where the range is as small as 16 ports.

    Raises
    ------
    ReadError
        If it is no range of ports.

    Notes
    -----
    A 32nd part of the range is static, at least 16 and at most 128 ports; up to 16 ports, none
    (kubernetes/kubernetes pkg/registry/core/service/portallocator/allocator.go).

    Examples
    --------
    >>> node_port_bands("30000-32767")
    (range(30000, 30086), range(30086, 32768))
    """
    whole = port_range(node_port_range)
    boundary = whole.start + static_size(len(whole))
    return range(whole.start, boundary), range(boundary, whole.stop)


def static_size(size: int) -> int:
    """How many ports of a range of this size are static."""
    return 0 if size <= _FEWEST else min(max(size // _PART, _FEWEST), _MOST)


def port_range(text: str) -> range:
    """The ports of a range as text.

    Examples
    --------
    >>> port_range("30000-30002"), port_range("30000+2"), port_range("80")
    (range(30000, 30003), range(30000, 30003), range(80, 81))
    """
    found = _FORMS.fullmatch(text)
    if found:
        base, end = int(found["base"]), int(found["end"] or 0)
        last = {"-": end, "+": base + end}.get(found["sign"], base)
        if 0 <= base <= last <= 65535:
            return range(base, last + 1)
    raise ReadError(f"{text!r} is no range of ports", hint="Write the first and the last, like 30000-32767.")
