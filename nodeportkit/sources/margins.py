"""The margins of a copied text: quotes, indented blocks, fences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nodeportkit.sources.prompts import typed

__all__ = ["fence", "undent", "unquote"]

_QUOTE: Final = re.compile(r" {0,3}>(?: |(?=[^ ])|$)")
# curl -v marks the header lines that it sends with "> ".
_REQUEST: Final = re.compile(r" {0,3}> [A-Z]{3,7} \S+ HTTP/")
_FENCE: Final = re.compile(r"(`{3,}|~{3,})[^`]*$")
# The first line of a print or a manifest: such a block is no part of what stands above it.
_START: Final = re.compile(
    r"apiVersion:|kind:|---$|Name:|NAME\b|NAMESPACE\b|LAST SEEN|[A-Z][A-Z0-9()/%-]*(?: [A-Z]+)?(?:\s{2,}|\t)[A-Z]"
    r"|\|-|[\u250c\u256d\u2502\ufffd]|curl: \(\d|Error from server|(?:[a-z0-9.-]+/\S+|[a-z.]+ \"[^\"]+\") (?:created|deleted|configured)$"
)
# A line that may go on below, deeper: a YAML or describe key, a list item, an opening bracket, a block scalar.
_OPEN: Final = re.compile(r"(?:- |-$|[\w./\"'-]+:(?:\s|$)|[\[{(\]})],?$)|.*(?:[|>][+-]?|[\\{\[(,])$")


def fence(line: str) -> str:
    """The mark of a Markdown fence, or "".

    Examples
    --------
    >>> fence("```console"), fence("~~~"), fence("`web`")
    ('```', '~~~', '')
    """
    if line[:3] not in ("```", "~~~"):
        return ""
    found = _FENCE.match(line)
    return found[1] if found else ""


def unquote(lines: list[str]) -> list[str]:
    """The lines with one level of `> ` taken off; the same list if there is none."""
    result = lines
    at = 0
    while at < len(lines):
        if not _QUOTE.match(lines[at]):
            at += 1
            continue
        end = at + 1
        while end < len(lines) and _QUOTE.match(lines[end]):
            end += 1
        bare = [line[match.end() :] for line in lines[at:end] if (match := _QUOTE.match(line))]
        if not _REQUEST.match(lines[at]) and not all(typed(text) for text in bare):
            result = list(lines) if result is lines else result
            result[at:end] = bare
        at = end
    return result


def undent(lines: list[str]) -> list[str]:
    """The lines with the margins of fenced and indented blocks taken off; the same list if there is none."""
    result = list(lines)
    closings: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        if mark := fence(line.lstrip()):
            closings.setdefault(mark[:3], []).append(at)
    at = 0
    fences = {mark: iter(places) for mark, places in closings.items()}
    while at < len(lines):
        line = lines[at]
        mark = fence(line.lstrip())[:3]
        if mark:
            closing = next((place for place in fences[mark] if place > at), None)
            result[at] = line.lstrip()
            if closing is None:
                at += 1
                continue
            result[closing] = lines[closing].lstrip()
            _take_margin(result, at + 1, closing)
            at = closing + 1
        elif line[:1] in (" ", "\t"):
            end = at + 1
            while end < len(lines) and lines[end][:1] in ("", " ", "\t") and not fence(lines[end].lstrip()):
                end += 1
            if _stands_alone(lines, at):
                _take_margin(result, at, end)
            at = end
        else:
            at += 1
    return lines if result == lines else result


def _take_margin(lines: list[str], start: int, end: int) -> None:
    block = lines[start:end]
    full = [line for line in block if line]
    # The first and the last in order of code points have in common what all have.
    low, high = _blanks(min(full, default="")), _blanks(max(full, default=""))
    width = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    if width:
        lines[start:end] = [line[width:] for line in block]


def _blanks(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _stands_alone(lines: Sequence[str], at: int) -> bool:
    """Whether the indented block at `at` was moved to the right as a whole, and is not the inside of what stands above it."""
    if at == 0:
        return True
    first = lines[at].lstrip()
    starts = bool(_START.match(first)) or typed(first) is not None
    if lines[at - 1]:
        return starts and not _OPEN.match(lines[at - 1])
    above = at - 1
    while above >= 0 and not lines[above]:
        above -= 1
    return starts or above < 0 or not _OPEN.match(lines[above])
