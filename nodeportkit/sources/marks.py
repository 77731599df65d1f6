"""Where in a text a command, an empty prompt or a fence stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from nodeportkit.sources.margins import fence
from nodeportkit.sources.prompts import PROGRAMS, typed

__all__ = ["Mark", "marks", "whole_command"]

_PROMPT_STARTS: Final = frozenset("$#%>!~/[(^\u276f\u03bb\u00bb\u279c\u2794\u2192")
_PROMPT_ENDS: Final = frozenset("$#%>")
_HEADS: Final = PROGRAMS | {"PS", "In"}
_YAML: Final = re.compile(r"\s*(?:- )?[\w./\"'-]+:(?:\s|$)|\s*- |---")
# A value in quotes may go on over so many lines.
_LONGEST_QUOTE: Final = 40


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that is no output: the position, and what was typed there ("" for an empty prompt or a fence)."""

    at: int
    typed: str


def marks(lines: Sequence[str]) -> Iterator[Mark]:
    """The lines that are commands, empty prompts and fences, in order."""
    comment = -1
    for at, line in enumerate(lines):
        if not line:
            continue
        looks = _may_be_typed(line) if line[0] != " " else _is_set_in(lines, at)
        text = typed(line.lstrip()) if looks else None
        if text is None:
            if fence(line):
                yield Mark(at, "")
        elif line[0] == "#" and (comment == at - 1 >= 0 or _is_comment(lines, at)):
            comment = at
        else:
            yield Mark(at, text)


def _may_be_typed(line: str) -> bool:
    """Whether a closer look is worth its time: most lines are output."""
    head = line.partition(" ")[0]
    return (
        head in _HEADS
        or line[0] in _PROMPT_STARTS
        or head[-1] in _PROMPT_ENDS
        or "@" in head
        or "=" in head
        or " $ " in line
        or head[1:3] == ":\\"
        or ("/" in head and head.rpartition("/")[2] in PROGRAMS)
    )


def _is_set_in(lines: Sequence[str], at: int) -> bool:
    """Whether the line stands a few blanks to the right, and begins a paragraph or a fenced block."""
    return (at == 0 or not lines[at - 1] or bool(fence(lines[at - 1]))) and not lines[at].startswith("    ")


def _is_comment(lines: Sequence[str], at: int) -> bool:
    """Whether `# kubectl apply -f ...` stands among the lines of a manifest, and not behind root's prompt."""
    if at == 0 or not _YAML.match(lines[at - 1]):
        return False
    below = at + 1
    while below < len(lines) and lines[below][:1] == "#":
        below += 1
    return below < len(lines) and bool(_YAML.match(lines[below])) and not lines[below].startswith("apiVersion:")


def whole_command(lines: Sequence[str], mark: Mark) -> tuple[str, int]:
    r"""The command at a mark with its continuation lines joined, and the position behind it.

    A line goes on after a `\` (a backtick in PowerShell, a `^` in cmd.exe), a pipe, `&&` or `||`, and while a quote is open.
    """
    powershell, cmd = lines[mark.at].startswith("PS"), lines[mark.at][1:3] == ":\\"
    ends = ("\\", "`") if powershell else ("\\", "^") if cmd else ("\\", "|", "&&", "`")
    parts = [mark.typed]
    at = mark.at + 1
    while at < len(lines) and lines[at]:
        last = parts[-1]
        if last.endswith(ends) and not (last.endswith("`") and last.count("`") % 2 == 0):
            parts[-1] = last if last.endswith(("|", "&&")) else last[:-1].rstrip()
            parts.append(lines[at].strip())
            at += 1
        else:
            break
    text = " ".join(part for part in parts if part)
    closing = _closing_quote(lines, at, text)
    if closing is not None:
        text = "\n".join([text, *lines[at : closing + 1]])
        at = closing + 1
    return text, at


def _closing_quote(lines: Sequence[str], at: int, text: str) -> int | None:
    """Where the single quote closes that a command line leaves open; None if it leaves none open or it never closes."""
    before = text.rpartition("'")[0]
    if text.count("'") % 2 == 0 or before[-1:] not in (" ", "=") or '"' in before:
        return None
    for place in range(at, min(at + _LONGEST_QUOTE, len(lines))):
        if "'" in lines[place]:
            return place
    return None
