"""`kubectl get -o name`: lines such as `service/web`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nodeportkit.sources.kinds import full_kind
from nodeportkit.sources.reader import Context
from nodeportkit.sources.tables.columns import KNOWN, plural

__all__ = ["read_names"]

_LINE: Final = re.compile(r"([a-z][a-z0-9]*(?:\.[a-z0-9][a-z0-9.-]*)?)/([a-z0-9][a-z0-9.:-]*)")
_KINDS: Final = frozenset(known.kind for known in KNOWN)


def read_names(lines: Sequence[str], at: int, context: Context) -> tuple[str, list[str]] | None:
    """The resource, and the lines of the list that begins at `at`, as long as they are of one resource; else None.

    Without a command that says `-o name`, the resource must be one of Kubernetes' own: `docs/readme` could be a file.

    Examples
    --------
    >>> read_names(["service/web", "service/api", "pod/web-0"], 0, Context())
    ('services', ['service/web', 'service/api'])
    """
    line = lines[at]
    found = _LINE.fullmatch(line) if "/" in line else None
    if not found:
        return None
    kind = plural(found[1])
    asked = context.command is not None and context.command.output == "name"
    if not asked and full_kind(kind) not in _KINDS:
        return None
    prefix = f"{found[1]}/"
    end = at + 1
    while end < len(lines) and lines[end].startswith(prefix) and _LINE.fullmatch(lines[end]):
        end += 1
    return kind, list(lines[at:end])
