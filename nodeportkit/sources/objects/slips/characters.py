"""Characters that look like those of YAML and are others: what web pages, word processors and chats make of a manifest."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from nodeportkit.sources.objects.slips.lines import Line, outside_blocks

__all__ = ["clean_characters"]

_BLANKS: Final = {
    "\xa0": "no-break space",
    "\u202f": "narrow no-break space",
    "\u3000": "ideographic space",
    **dict.fromkeys("\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u205f", "typographic space"),
}
_INVISIBLE: Final = {
    "\ufeff": "byte order mark",
    "\xad": "soft hyphen",
    **dict.fromkeys("\u200b\u2060", "zero-width space"),
    **dict.fromkeys(
        "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", "mark of the writing direction"
    ),
}
_LONGEST: Final = 2_000
_COLONS: Final = "\uff1a\ufe55\ua789\u2236"
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d\u2022"
_DOUBLE: Final = "\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02"
_SINGLE: Final = "\u2018\u2019\u201a\u201b\u2039\u203a\uff07"
_ANY_BLANK: Final = "".join(_BLANKS)

_BLANK = re.compile(f"[{_ANY_BLANK}]")
_HIDDEN = re.compile("[" + "".join(_INVISIBLE) + "]")
_COLON = re.compile(rf"(?<=[\w\"']) *([{_COLONS}]) ?")
_MARKER = re.compile(rf"^( *(?:- +)*)([{_DASHES}])(?= |$|[A-Za-z\"'])")
_SEPARATOR = re.compile(rf"^[-{_DASHES}]+\s*$")
_INNER_DASH = re.compile(rf"(?<=[A-Za-z0-9])([{_DASHES[:-1]}])(?=[A-Za-z0-9])")
_QUOTED = re.compile(rf"(?:^|(?<=[\s\[{{,:]))([{_DOUBLE}{_SINGLE}])([^{_DOUBLE}{_SINGLE}]*)([{_DOUBLE}{_SINGLE}])")
_ENTITY = re.compile(r"&(?:quot|apos|nbsp|lt|gt|amp|#0*(?:34|39|160|45|58)|#[xX]0*(?:22|27|[aA]0|2[dD]|3[aA]));")
_COMMENT = re.compile(rf"(?:^|[ {_ANY_BLANK}])#")
_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})\s*[\w+-]*\s*$")
_ODD = re.compile("[\t&`~]")
_TABS = re.compile(r"^[ \t]*\t[ \t]*")


def clean_characters(lines: list[Line], tab_width: int) -> None:
    """Put the characters of YAML in the place of those that only look like them; a tab becomes `tab_width` blanks."""
    odd = [line for line in lines if _is_odd(line.text)]
    if not odd:
        return
    for line in odd:
        _fence(line)
        _remove_hidden(line)
    # Indentation first, as it tells what is text of a block scalar, and as such nobody's business.
    blanks = {line.number: _straighten(line, _indentation_end(line.text)) for line in odd}
    for line in odd:
        _tabs(line, tab_width)
    for _, line in outside_blocks(lines):
        if line.number in blanks:
            _entities(line)
            blanks[line.number] += _straighten(line, _code_end(line.text))
            for mend in _OTHERS:
                mend(line)
    for line in odd:
        _note_all(line, blanks[line.number], _BLANKS, "stands where a blank belongs", "stand where blanks belong")


def _is_odd(text: str) -> bool:
    """Whether anything here can find something in the line; nobody writes very long ones by hand."""
    return len(text) <= _LONGEST and not (text.isascii() and _ODD.search(text) is None)


def _code_end(text: str) -> int:
    """Where the comment begins that ends the line."""
    match = _COMMENT.search(text)
    return match.start() if match else len(text)


def _indentation_end(text: str) -> int:
    return len(text) - len(text.lstrip(" \t" + _ANY_BLANK))


def _fence(line: Line) -> None:
    if _FENCE.match(line.text):
        line.replace(0, len(line.text), "", "a Markdown fence is left over; delete the line")


def _straighten(line: Line, end: int) -> list[tuple[int, str]]:
    """Make blanks of those that typesetting uses; their columns and which they were."""
    found = [(line.origin(match.start()), match.group()) for match in _BLANK.finditer(line.text, 0, end)]
    if found:
        line.replace(0, end, _BLANK.sub(" ", line.text[:end]))
    return found


def _remove_hidden(line: Line) -> None:
    matches = list(_HIDDEN.finditer(line.text))
    found = [(line.origin(match.start()), match.group()) for match in matches]
    for match in reversed(matches):
        line.replace(match.start(), match.end(), "")
    _note_all(line, found, _INVISIBLE, "is in the way", "are in the way")


def _note_all(line: Line, found: list[tuple[int, str]], names: dict[str, str], one: str, many: str) -> None:
    """Say once for the line how many characters of a sort there were."""
    if found:
        column, first = min(found)
        name = names[first]
        line.note_at(column, f"a {name} {one}" if len(found) == 1 else f"{len(found)} {name}s {many}")


def _tabs(line: Line, width: int) -> None:
    match = _TABS.match(line.text)
    if match and match.end() < len(line.text):
        indent = match.group().replace("\t", " " * width)
        line.replace(0, match.end(), indent, "a tab indents the line; YAML wants blanks")


def _entities(line: Line) -> None:
    import html

    # One that stands for a quote closes those that others seemed to stand in: then they are to be looked at again.
    while outside := [
        match
        for match in _ENTITY.finditer(line.text, 0, _code_end(line.text))
        if line.text.count('"', 0, match.start()) % 2 == 0
    ]:
        for match in reversed(outside):
            sign = html.unescape(match.group()).replace("\xa0", " ")
            line.replace(match.start(), match.end(), sign, f"{match.group()} is HTML")


def _colon(line: Line) -> None:
    for match in reversed(list(_COLON.finditer(line.text, 0, _code_end(line.text)))):
        rest = line.text[match.end() :].strip()
        line.replace(match.start(1), match.end(), ": " if rest else ":", f"{match[1]} is no colon of YAML")


def _separator(line: Line) -> None:
    if _SEPARATOR.match(line.text) and line.text.rstrip().strip("-"):
        line.replace(0, len(line.text.rstrip()), "---", "the line between two documents is three hyphens")


def _marker(line: Line) -> None:
    while match := _MARKER.match(line.text):  # an item of a list in a list has two
        follows = line.text[match.end() : match.end() + 1].strip()
        if follows and match[1].strip():
            return
        new = "- " if follows else "-"
        line.replace(match.start(2), match.end(2), new, f"{match[2]} is no hyphen; an item begins with -")


def _inner_dash(line: Line) -> None:
    for match in reversed(list(_INNER_DASH.finditer(line.text, 0, _code_end(line.text)))):
        if line.text.count('"', 0, match.start()) % 2 == 0 and line.text.count("'", 0, match.start()) % 2 == 0:
            line.replace(match.start(), match.end(), "-", f"{match[1]} is no hyphen")


def _quotes(line: Line) -> None:
    for match in reversed(list(_QUOTED.finditer(line.text, 0, _code_end(line.text)))):
        mark = "'" if match[1] in _SINGLE else '"'
        line.replace(match.start(3), match.end(3), mark)
        line.replace(match.start(1), match.end(1), mark, f"{match[1]} and {match[3]} are no quotes of YAML")


_OTHERS: Final[tuple[Callable[[Line], None], ...]] = (_separator, _colon, _quotes, _marker, _inner_dash)
