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
    r"minikube v\d|Using the \S+ driver based on |Automatically selected the \S+ driver|"
    r"Starting tunnel for service |Opening (?:service|kubernetes service) |Because you are using a \S+ driver on |"
    r"service \S+ has no node port|https?://\S+$"
)
# cmd/minikube/cmd/start.go (selectDriver, platform). Under WSL the name is that of the Linux distribution.
_DRIVER: Final = re.compile(
    r"(?:Using the|Automatically selected the|Because you are using a) (?P<driver>[\w-]+) driver\b"
)
_SYSTEM: Final = re.compile(
    r"minikube v[\w.-]+ on (?:(?P<darwin>Darwin)|Microsoft Windows)\b| driver on (?P<os>darwin|windows)\b"
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
    return Finding(at, at + 1, outcomes=outcomes, settings=_settings(message))


def _settings(message: str) -> dict[str, str]:
    """The driver and the machine's system, where the remark names them."""
    told = {}
    if driver := _DRIVER.match(message):
        told["driver"] = driver["driver"].lower()
    if system := _SYSTEM.search(message):
        told["system"] = system["os"] or ("darwin" if system["darwin"] else "windows")
    return told
