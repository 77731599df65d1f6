"""Colons, blanks and dashes that are missing in a manifest."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from nodeportkit.sources.objects.lines import Line, outside_blocks
from nodeportkit.sources.objects.vocabulary import BLOCK_FIELDS, FIELDS, FREE_BLOCKS, value_fits

__all__ = ["mend_punctuation"]

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
    shown = list(outside_blocks(lines))
    for at, (_, line) in enumerate(shown):
        following = shown[at + 1][1] if at + 1 < len(shown) else None
        match = _DASH.match(line.text)
        if match and match[2] in FIELDS:
            line.replace(match.end(), match.end(), " ", "a blank is missing after the dash")
        start = _ITEM.match(line.text)
        rest = line.text[start.end() :].rstrip() if start else ""
        if not rest or _HAS_FIELD.match(rest):
            if quotes:
                _close_quote(line)
            continue
        free = _parent(shown, at) in FREE_BLOCKS
        for mend in _MENDERS:
            if mend(line, start.end() if start else 0, rest, free, following):
                break


def _parent(shown: list[tuple[int, Line]], at: int) -> str:
    """The field under which the line stands."""
    indent = shown[at][1].indent
    for _, line in reversed(shown[:at]):
        if line.indent < indent:
            return line.text.strip().lstrip("- ").partition(":")[0].rstrip("=; ")
    return ""


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
