"""Lines that say how a command ended, as findings with an `Outcome`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nodeportkit.sources.outcomes import changes, client, connections, curl
from nodeportkit.sources.reader import Context, Finding

__all__ = ["PRIORITY", "find"]

PRIORITY: Final = 10

_FAMILIES: Final = (curl.find, client.find, changes.find, connections.find)


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The outcome that `lines[at]` tells, with the lines that belong to it.

    Examples
    --------
    >>> finding = find(['Error from server (NotFound): services "web" not found'], 0, Context())
    >>> finding.outcomes[0].kind, finding.outcomes[0].details["name"]
    ('api-error', 'web')
    """
    for family in _FAMILIES:
        found = family(lines, at, context)
        if found is not None:
            return found
    return None
