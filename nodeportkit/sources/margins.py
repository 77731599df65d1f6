"""The margins of a copied text: quotes, indented blocks, fences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nodeportkit.sources.prompts import typed

__all__ = ["fence", "opens", "starts", "undent", "unquote"]

_QUOTE: Final = re.compile(r" {0,3}>(?: |(?=[^ ])|$)")
# A terminal has wrapped `<none>`.
_CUT_NONE: Final = re.compile(r"<(?:none|pending|unset|unknown|invalid)$")
# curl -v marks the header lines that it sends with "> ".
_REQUEST: Final = re.compile(r" {0,3}> [A-Z]{3,7} \S+ HTTP/")
_FENCE: Final = re.compile(
    r"(?P<ticks>`{3,}|~{3,})(?P<info>[^`]*)$|\{(?P<jira>code|noformat)(?P<language>:[^}]{1,100})?\}$"
    r"|\[/?(?P<forum>code)\]$|(?:</code>)?</?(?P<html>pre)\b[^<>]{0,200}>(?:<code\b[^<>]{0,200}>)?$"
)
_FENCE_STARTS: Final = ("```", "~~~", "{code", "{noformat", "[code]", "[/code]", "<pre", "</")
# The first line of a print or a manifest: such a block is no part of what stands above it.
_START: Final = re.compile(
    r"apiVersion:|kind:|---$|Name:|NAME\b|NAMESPACE\b|LAST SEEN|[A-Z][A-Z0-9()/%-]*(?: [A-Z]+)?(?:\s{2,}|\t)[A-Z]"
    r"|\|-|[\u250c\u256d\u2502\ufffd]|curl: \(\d|Error from server|(?:[a-z0-9.-]+/\S+|[a-z.]+ \"[^\"]+\") (?:created|deleted|configured)$"
)
_HEADER: Final = re.compile(r"(?:NAME|NAMESPACE|LAST SEEN)\b.*\s{2,}[A-Z]")
# A line that may go on below, deeper: a YAML or describe key, a list item, an opening bracket, a block scalar.
_OPEN: Final = re.compile(r"(?:- |-$|[\w./\"'-]+:(?:\s|$)|[\[{(\]})],?$)|.*(?:[|>][+-]?|[\\{\[(,])$")


def fence(line: str) -> str:
    """The mark of a fence, or "": Markdown's, Jira's, those of forums and web pages.

    Examples
    --------
    >>> fence("```console"), fence("~~~"), fence("`web`"), fence("{code:bash}"), fence("[/code]"), fence("<pre><code>")
    ('```', '~~~', '', 'code', 'code', 'pre')
    """
    found = _FENCE.match(line) if line.startswith(_FENCE_STARTS) else None
    return next((found[name] for name in ("ticks", "jira", "forum", "html") if found[name]), "") if found else ""


def opens(line: str) -> bool:
    """Whether a fence can but open a block: it says what stands in it.

    Examples
    --------
    >>> opens("```console"), opens("```"), opens("{code:bash}"), opens("[/code]")
    (True, False, True, False)
    """
    found = _FENCE.match(line)
    return found is not None and bool((found["info"] or "").strip() or found["language"])


def unquote(lines: list[str]) -> list[str]:
    """The lines with one level of `> ` taken off; the same list if there is none."""
    result = lines
    at = 0
    while at < len(lines):
        if not _QUOTE.match(lines[at]) or (at and _CUT_NONE.search(lines[at - 1])):
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
    solid = [at for at, line in enumerate(lines) if line and line[0] not in " \t"]
    if fences := _fences(lines):
        for opening, closing in fences:
            result[opening], result[closing] = lines[opening].lstrip(), lines[closing].lstrip()
            _take_margin(result, opening + 1, closing)
        solid = sorted({*solid, *(at for opening, closing in fences for at in range(opening, closing + 1))})
    above = -1
    for below in (*solid, len(lines)):
        if below - above > 1:
            _take_block(result, above, below)
        above = below
    return lines if result == lines else result


def _fences(lines: Sequence[str]) -> list[tuple[int, int]]:
    """The positions of the fences that open and close each fenced block."""
    found: list[tuple[int, int]] = []
    opened: tuple[str, int] | None = None
    for at in [at for at, line in enumerate(lines) if line.lstrip().startswith(_FENCE_STARTS)]:
        mark = fence(lines[at].lstrip())[:3]
        if mark and opened is None:
            opened = mark, at
        elif opened is not None and mark == opened[0]:
            found.append((opened[1], at))
            opened = None
    return found


def _take_block(lines: list[str], above: int, below: int) -> None:
    """Take the margin off what stands between two solid lines, if it was moved to the right as a whole."""
    start = above + 1
    while start < below and not lines[start]:
        start += 1
    if start == below:
        return
    opens = above >= 0 and (lines[above].startswith("- ") or bool(_OPEN.match(lines[above])))
    apart = start > above + 1 or above < 0
    if not apart and _HEADER.match(lines[above]):
        return  # a terminal has wrapped the header of a table
    if (apart and not opens) or ((apart or not opens) and starts(lines[start].lstrip())):
        _take_margin(lines, start, below)


def starts(line: str) -> bool:
    """Whether a print, a manifest or a transcript begins with such a line.

    Examples
    --------
    >>> starts("NAME   READY   STATUS"), starts("$ kubectl get svc"), starts("web    1/1     Running")
    (True, True, False)
    """
    return bool(_START.match(line)) or typed(line) is not None


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
