"""Colons, blanks and dashes that are missing in a manifest."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from nodeportkit.sources.objects.slips.lines import Line, outside_blocks
from nodeportkit.sources.objects.slips.vocabulary import BLOCK_FIELDS, FIELDS, FREE_BLOCKS, value_fits

__all__ = ["mend_punctuation"]

_LONGEST = 2_000  # nobody writes longer lines by hand
_ITEM = re.compile(r"^ *(?:- +)*")
_HAS_FIELD = re.compile(r"[\w./-]+[\"']? *:(?: |$)")
_DASH = re.compile(r"^( *)-(?=([A-Za-z][\w./-]*) *:(?: |$))")
_TOGETHER = re.compile(r"([A-Za-z][\w./-]*):(?=[^\s:/])(\S+)$")
_OTHER_SIGN = re.compile(r"([A-Za-z][\w./-]*) *(=|;|,|->|=>) *(\S+)$")
_APART = re.compile(r"([A-Za-z][\w./-]*) +([^\s:]+)$")
_ALONE = re.compile(r"([A-Za-z][\w./-]*)$")
_UNCLOSED = re.compile(r": +(?:\"[^\"]*|'[^']*)$")


def mend_punctuation(lines: list[Line], *, quotes: bool = False) -> None:
    """Write the colons, blanks and dashes that are missing, where a known field tells that they are.

    With `quotes`, those too that close a quote at the end of its line; a text over several lines would suffer from that.
    """
    shown = [line for _, line in outside_blocks(lines)]
    parents: list[tuple[int, str]] = []  # the fields under which the line stands, with their indentation
    for at, line in enumerate(shown):
        while parents and parents[-1][0] >= line.indent:
            parents.pop()
        parent = parents[-1][1] if parents else ""
        parents.append((line.indent, line.text.strip().lstrip("- ").partition(":")[0].rstrip("=; ")))
        if len(line.text) <= _LONGEST:
            _mend(line, parent in FREE_BLOCKS, shown[at + 1] if at + 1 < len(shown) else None, quotes)


def _mend(line: Line, free: bool, following: Line | None, quotes: bool) -> None:
    match = _DASH.match(line.text)
    if match and match[2] in FIELDS:
        line.replace(match.end(), match.end(), " ", "a blank is missing after the dash")
    item = _ITEM.match(line.text)
    start = item.end() if item else 0
    rest = line.text[start:].rstrip()
    if rest and not _HAS_FIELD.match(rest):
        for mend in _MENDERS:
            if mend(line, start, rest, free, following):
                return
    elif quotes:
        _close_quote(line)


def _close_quote(line: Line) -> None:
    text = line.text.rstrip()
    match = _UNCLOSED.search(text)
    if match:
        mark = match.group().lstrip(": ")[0]
        line.replace(len(text), len(text), mark, f"the quote {mark} is not closed")


def _together(line: Line, start: int, rest: str, free: bool, _: Line | None) -> bool:
    """`type:NodePort`."""
    match = _TOGETHER.fullmatch(rest)
    if not match or not (free or match[1] in FIELDS):
        return False
    at = start + match.end(1) + 1
    line.replace(at, at, " ", f"a blank is missing after `{match[1]}:`")
    return True


def _other_sign(line: Line, start: int, rest: str, free: bool, _: Line | None) -> bool:
    """`type=NodePort`."""
    match = _OTHER_SIGN.fullmatch(rest)
    if not match or not (free or match[1] in FIELDS):
        return False
    message = f"`{match[2]}` stands where a colon belongs"
    line.replace(start + match.start(2), start + match.start(3), ": ", message)
    excess = start + match.end(1), start + match.start(2)
    line.replace(*excess, "")
    return True


def _apart(line: Line, start: int, rest: str, free: bool, _: Line | None) -> bool:
    """`type NodePort`."""
    match = _APART.fullmatch(rest)
    if not match or match[1] in BLOCK_FIELDS or not (free or match[1] in FIELDS):
        return False
    at = start + match.end(1)
    line.replace(at, at, ":", f"a colon is missing after `{match[1]}`")
    return True


def _joined(line: Line, start: int, rest: str, _: bool, __: Line | None) -> bool:
    """`typeNodePort`."""
    word = "" if " " in rest else rest
    fields = [field for field in FIELDS if word.startswith(field) and value_fits(field, word[len(field) :])]
    field = max(fields, default="", key=len)
    if not field:
        return False
    at = start + len(field)
    line.replace(at, at, ": ", f"a colon and a blank are missing after `{field}` in `{word}`")
    return True


def _alone(line: Line, start: int, rest: str, _: bool, following: Line | None) -> bool:
    """`spec`, and its fields on the lines below."""
    match = _ALONE.fullmatch(rest)
    if not match or match[1] not in BLOCK_FIELDS or following is None:
        return False
    if following.indent > line.indent or (following.indent == line.indent and following.text.lstrip().startswith("- ")):
        at = start + match.end(1)
        line.replace(at, at, ":", f"a colon is missing after `{match[1]}`")
        return True
    return False


_MENDERS: Final[tuple[Callable[[Line, int, str, bool, Line | None], bool], ...]] = (
    _together,
    _joined,
    _other_sign,
    _apart,
    _alone,
)
