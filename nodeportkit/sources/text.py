"""What copying does to text, undone line for line.

A cleaned line stands where the copied line stood: nothing is merged, nothing dropped, so that line numbers hold.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import Final

from nodeportkit.errors import ReadError
from nodeportkit.sources.large import Bytes
from nodeportkit.sources.margins import undent, unquote
from nodeportkit.sources.markup import may_be_marked, unescape, unmark
from nodeportkit.sources.stamps import may_be_stamped, unstamp

__all__ = ["clean", "decode"]

# Blanks of typesetting. Each is one code point, so that columns keep their places.
_BLANKS: Final = "\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
# Marks without width that web pages and editors add. Joiners (U+200C, U+200D) stay: they are part of emoji and of words.
_INVISIBLE: Final = "\ufeff\u200b\u2060\xad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROLS: Final = "\x07\x08\x1a"
# Colours and cursor movements (CSI), titles, links and marks of the shell (OSC, DCS), single shifts. ECMA-48, section 5.
# The visible "^[[31m" stays: kubectl prints escapes in names and messages so (cli-runtime pkg/printers/terminal.go).
_BREAKS: Final = "\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029"
_ESCAPE: Final = re.compile(
    rf"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b{_BREAKS}]*(?:\x07|\x1b\\)|[ -/]+[0-~]|[0-~])?"
)
_OVERSTRUCK: Final = re.compile(rf"[^\x08{_BREAKS}]\x08")
_MARGIN_STARTS: Final = frozenset(" \t`~")
_ROUNDS: Final = 8


def decode(data: str | Bytes, source: str = "text") -> str:
    """The text that bytes hold: UTF-8, or what their byte order mark says; PowerShell redirects as UTF-16.

    Bytes that are no UTF-8 become U+FFFD. A str is given back as it is, one of a class of its own as a plain one.

    Raises
    ------
    ReadError
        For binary data.

    Examples
    --------
    >>> decode("NAME".encode("utf-16"))
    'NAME'
    """
    if isinstance(data, str):
        return str(data)  # libyaml takes no other class
    data = bytes(data)
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return data.decode("utf-32", "replace")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    if b"\0" in data:
        head = data[:4096]
        for start, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
            half = head[start::2]
            if half.count(0) > 0.7 * len(half) and not head[1 - start :: 2].count(0):
                return data.decode(codec, "replace")
        raise _binary(data.index(b"\0"), data.count(b"\n", 0, data.index(b"\0")), source)
    if data.startswith(b"\x1f\x8b"):
        raise ReadError("compressed data, not text", source=source, hint="Unpack it first: gunzip.")
    return data.decode("utf-8", "replace")


def _binary(at: int, line: int, source: str) -> ReadError:
    return ReadError(
        f"binary data, not text: a NUL at byte {at + 1}",
        source=source,
        line=line + 1,
        hint="Give what kubectl printed, a manifest or JSON.",
    )


def clean(text: str | Bytes, source: str = "text") -> list[str]:
    r"""The lines of a copied text as the terminal printed them.

    Undone are: no-break and other typeset blanks, invisible marks, byte order marks, CRLF and lone CR, colours, titles and
    other escape sequences, overstriking, entities of HTML, `> ` quotes (a `>` before kubectl, curl and their like is a
    prompt, before `GET / HTTP/1.1` curl's own mark), times, names and line numbers before every line of a block, the margin
    of an indented or fenced block, and trailing blanks. Tabs inside a line and fences on lines of their own stay.

    Parameters
    ----------
    text
        As pasted or read from a file.
    source
        Where it comes from, for the message of an error.

    Returns
    -------
    list of str
        Line i of the text, counted from 1 as editors do, is element i - 1.

    Raises
    ------
    ReadError
        For binary data.

    Examples
    --------
    >>> clean("> \x1b[1mNAME\x1b[0m\xa0 AGE\r\n> web   5d  \r\n")
    ['NAME  AGE', 'web   5d']
    >>> clean("Look:\n\n    $ minikube ip\n    192.168.59.100\n")
    ['Look:', '', '$ minikube ip', '192.168.59.100']
    """
    text = decode(text, source)
    if "\0" in text:
        at = text.index("\0")
        raise _binary(at, text.count("\n", 0, at), source)
    last = text[-1:]
    if not text.isascii():
        text = _plain(text)
    if "\x1b" in text:
        text = _ESCAPE.sub("", text)
    if "\b" in text:
        text = _OVERSTRUCK.sub("", text)
    for mark in _CONTROLS:
        if mark in text:
            text = text.replace(mark, "")
    text = unescape(text)
    lines = list(map(str.rstrip, text.splitlines()))
    if last and not _is_break(last) and (not text or _is_break(text[-1])):
        lines.append("")  # the last line held nothing but marks
    return _without_margins(lines)


def _is_break(mark: str) -> bool:
    return mark.splitlines() == [""]


def _plain(text: str) -> str:
    for mark in _BLANKS:
        if mark in text:
            text = text.replace(mark, " ")
    for mark in _INVISIBLE:
        if mark in text:
            text = text.replace(mark, "")
    return text


def _without_margins(lines: list[str]) -> list[str]:
    """Quotes and margins may stand inside each other: a quoted list item holds an indented block."""
    for _ in range(_ROUNDS):
        # Many lines of a long text begin alike.
        heads = set(map(itemgetter(slice(4)), lines))
        starts = {head[:1] for head in heads}
        before = lines
        if may_be_stamped(lines, heads):
            lines = unstamp(lines)
        if may_be_marked(heads):
            lines = unmark(lines)
        if ">" in starts:
            lines = unquote(lines)
        if not starts.isdisjoint(_MARGIN_STARTS):
            lines = undent(lines)
        if lines is before:
            break
    return lines
