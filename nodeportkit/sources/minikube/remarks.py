"""What minikube says beside the matter, such as `🏃  Starting tunnel for service web`.

Its lines begin with a picture and two blanks, or, where the terminal shows no pictures, with `*`, `!` or `X`
(kubernetes/minikube pkg/minikube/style/style.go). Warnings and errors are outcomes; the rest is understood and says nothing.
Other tools write such lines too: without a command of minikube's, only what it says around services is taken for its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from nodeportkit.sources.reader import Context, Finding, Outcome

__all__ = ["find"]

_PLAIN: Final = re.compile(r"([*!X]) (?=\S)")
_WARNINGS: Final = frozenset("❗⚠😿!")
_ERRORS: Final = frozenset("❌💣🤷🙈🛑X")
_AROUND_SERVICES: Final = re.compile(
    r"Starting tunnel for service |Opening (?:service|kubernetes service) |Because you are using a \S+ driver on |"
    r"service \S+ has no node port|https?://\S+$"
)
_VARIATION: Final = "\ufe0f"


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The remark that `lines[at]` is, or None."""
    line = lines[at]
    asked = context.command is not None and context.command.program == "minikube"
    first, rest = line[0], line[1:].removeprefix(_VARIATION)
    message = rest.strip()
    marked = _PLAIN.match(line) if first.isascii() else rest[:1] == " " and unicodedata.category(first) == "So"
    if not marked or not (asked or _AROUND_SERVICES.match(message)):
        return None
    kind = "warning" if first in _WARNINGS else "error" if first in _ERRORS else ""
    outcomes = (Outcome(kind, at + 1, line, {"message": message}),) if kind else ()
    return Finding(at, at + 1, outcomes=outcomes)
