"""Marks of Markdown, Jira, forums and web pages that stand on the lines of a print, not around them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from nodeportkit.sources.margins import fence, starts

__all__ = ["may_be_marked", "unescape", "unmark"]

_ENTITIES: Final = (
    ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#34;", '"'), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&"),
)  # fmt: skip
# kubectl prints these of its own, and never so.
_ESCAPED: Final = re.compile(r"&lt;(?:none|pending|unset|unknown|invalid|nil)&gt;")
_OPENING: Final = re.compile(
    r"(?:`{3,}|\{(?:code|noformat)(?::[^}]{0,100})?\}|\[code\]|<pre\b[^>]{0,200}>(?:<code\b[^>]{0,200}>)?)"
)
_CLOSING: Final = re.compile(r"(?:`{3,}|\{(?:code|noformat)\}|\[/code\]|(?:</code>)?</pre>)$")
_HEADS: Final = ("**", "```", "~~~", "{", "[", "<pre")
_MOST_LINES: Final = 50_000  # more come from files, not from pages
_FIRST: Final = frozenset("`{[<*")
_LAST: Final = ("```", "{code}", "{noformat}", "[/code]", "</pre>")


def unescape(text: str) -> str:
    """The text of a page's source as the page shows it: `&lt;none&gt;` is `<none>`.

    Examples
    --------
    >>> unescape("web   &lt;none&gt;   80/TCP"), unescape("a &lt; b")
    ('web   <none>   80/TCP', 'a &lt; b')
    """
    if "&" not in text or not _ESCAPED.search(text):
        return text
    for escaped, plain in _ENTITIES:
        text = text.replace(escaped, plain)
    return text


def may_be_marked(heads: Iterable[str]) -> bool:
    """Whether `unmark` may find something in lines that begin so, told from four characters of each.

    Examples
    --------
    >>> may_be_marked(["NAME", "<pre"]), may_be_marked(["NAME", "web "])
    (True, False)
    """
    return any(head.startswith(_HEADS) for head in heads)


def unmark(lines: list[str]) -> list[str]:
    """The lines without fences that stand on the first or last line of what they enclose, and without bold type.

    Examples
    --------
    >>> unmark(["```NAME   AGE", "**web    5d**```"])
    ['NAME   AGE', 'web    5d']
    """
    if len(lines) > _MOST_LINES:
        return lines
    result = lines
    opened: int | None = None
    glued = False
    for at in [at for at, line in enumerate(lines) if line[:1] in _FIRST or line.endswith(_LAST)]:
        line = result[at]
        opening = _OPENING.match(line)
        alone = bool(fence(line)) and not (opening and starts(line[opening.end() :]))
        if opened is None and alone:
            opened, glued = at, False
            continue
        change = {}
        if opened is None and opening and starts(line[opening.end() :]):
            opened, glued = at, True
            line = line[opening.end() :]
        if opened is not None and (closing := _CLOSING.search(line)):
            if glued or closing.start():
                line = line[: closing.start()].rstrip()
                if not glued:
                    change[opened] = ""
            opened = None
        if len(line) > 4 and line[:2] == line[-2:] == "**" and "  " in line:
            line = line[2:-2]
        change[at] = line
        if any(result[place] != text for place, text in change.items()):
            result = list(lines) if result is lines else result
            for place, text in change.items():
                result[place] = text
    return result
