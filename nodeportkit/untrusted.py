"""Text of strangers made harmless: names, labels and logs may hold what hides, moves or breaks other text."""

from __future__ import annotations

import re
from html import escape
from typing import Final

__all__ = ["seen", "shown"]

# Characters that hide, move or break others: control, format and noncharacters, lone surrogates. Tab and newline are space.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff"
    "\U000e0000-\U000e007f]"
)


def seen(text: str) -> str:
    r"""`text` for a page or a terminal, which have every letter: with an escape for what hides, moves or breaks others.

    Examples
    --------
    >>> seen("日本語 web\u202e-0")
    '日本語 web\\u202e-0'
    """
    return _UNSEEN.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def shown(text: object) -> str:
    r"""Text as HTML: signs escaped, and an escape for each character that would hide or move others.

    Examples
    --------
    >>> shown("<b>web\u202e")
    '&lt;b&gt;web\\u202e'
    """
    return escape(seen(str(text)))
