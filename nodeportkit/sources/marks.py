"""Where in a text a command, an empty prompt or a fence stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import contains
from typing import Final

from nodeportkit.sources.margins import fence
from nodeportkit.sources.prompts import PROGRAMS, typed

__all__ = ["Mark", "marks", "whole_command"]

_PROMPT_STARTS: Final = frozenset("$#%>!~/[(^+`*")
_PROMPT_ENDS: Final = frozenset("$#%>")
_HEADS: Final = PROGRAMS | {"PS", "In", "Every"}
_TIME_OR_NUMBER: Final = re.compile(r"\d{1,2}(?:[.)]$|:\d\d)")
# `kubectl describe` begins an object so; no manifest does.
_DESCRIBED: Final = re.compile(r"Name:\s{2,}")
# PowerShell repeats the command among the lines of its error, and points at the place.
_POINTED_AT: Final = re.compile(r"\+ +~")
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
    for at in _worth_a_look(lines):
        line = lines[at]
        looks = _may_be_typed(line) if line[0] != " " else _is_set_in(lines, at)
        text = typed(line.lstrip()) if looks else None
        if text is None:
            if fence(line):
                yield Mark(at, "")
        elif line[0] == "#" and (comment == at - 1 >= 0 or _is_comment(lines, at)):
            comment = at
        elif line[0] == "+" and at + 1 < len(lines) and _POINTED_AT.match(lines[at + 1]):
            continue
        else:
            yield Mark(at, text)


def _worth_a_look(lines: Sequence[str]) -> list[int]:
    """The lines that are not blank, without those of which the first word says already that they are output."""
    if not all(map(str.isascii, lines)) or any(map(contains, lines, repeat("$"))):
        return [at for at, line in enumerate(lines) if line]
    heads = [line[:end] if (end := line.find(" ")) >= 0 else line for line in lines]
    # In a long table many begin with the same one. Fences are looked at as well.
    output = {head for head in set(heads) if head and head[0] not in "`{<" and not _may_be_typed(head)}
    return [at for at, head in enumerate(heads) if head not in output and lines[at]]


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
        or not line.isascii()
        or (line[0].isdigit() and bool(_TIME_OR_NUMBER.match(head)))
        or ("/" in head and head.rpartition("/")[2] in PROGRAMS)
    )


def _is_set_in(lines: Sequence[str], at: int) -> bool:
    """Whether the line stands a few blanks to the right, and begins a paragraph or a fenced block, or a drawn prompt."""
    if "\ue0b0" in lines[at]:
        return True
    return (at == 0 or not lines[at - 1] or bool(fence(lines[at - 1]))) and not lines[at].startswith("    ")


def _is_comment(lines: Sequence[str], at: int) -> bool:
    """Whether `# kubectl apply -f ...` stands among the lines of a manifest, and not behind root's prompt."""
    if at == 0 or not _YAML.match(lines[at - 1]):
        return False
    below = at + 1
    while below < len(lines) and lines[below][:1] == "#":
        below += 1
    if below == len(lines) or lines[below].startswith("apiVersion:") or _DESCRIBED.match(lines[below]):
        return False
    return bool(_YAML.match(lines[below]))


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
