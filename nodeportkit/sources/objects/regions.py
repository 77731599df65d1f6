"""Where YAML or JSON begins in a pasted text, and where it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from nodeportkit.sources.objects.json_text import end_of_first

__all__ = ["json_region", "yaml_end", "yaml_gaps"]

# What manifests have at the top; a missing colon does not hide them.
_BEGINS: Final = re.compile(r"(?:- +)?(?:apiVersion\b|(?:kind|metadata|items)\s*[:=](?:\s|$)|kind [A-Z][A-Za-z]+$)")
_TOP: Final = re.compile(
    r"(?:apiVersion|kind|metadata|spec|status|items|data|stringData|type|immutable|subsets|endpoints|ports|addressType|rules"
    r"|roleRef|subjects|provisioner|parameters|webhooks|current-context|contexts|clusters|users|preferences)\b"
    r"(?:\s*[:=;]|\s*$|\s+[\w.\-/]+$)"
)
_KEY: Final = re.compile(r"""["']?[a-z][\w./-]*["']?\s*:(?:\s|$)""")
_GOES_ON: Final = re.compile(r"[ \t#]|- |-$|---|\.\.\.\s*$|-[A-Za-z]+:")
_FIRST: Final = re.compile(r"(?:- +)?(apiVersion|kind)\b")
_DOCUMENT: Final = re.compile(r"---(?:\s|$)")
_TRUNCATED: Final = "truncated"
_WINDOW: Final = 16


def yaml_end(lines: Sequence[str], at: int) -> int | None:
    """The position behind the YAML that begins at `lines[at]`, or None if none begins there.

    It ends where a line at the left margin cannot be part of a manifest: a table's header, prose, another print without a
    line `---` between.

    Examples
    --------
    >>> yaml_end(["kind: Pod", "metadata:", "  name: web", "", "NAME   READY", "web    1/1"], 0)
    3
    """
    start = at
    while start < len(lines) and (_DOCUMENT.match(lines[start]) or lines[start].startswith("#") or not lines[start]):
        if start == at and not _DOCUMENT.match(lines[start]):
            return None
        start += 1
    if start == len(lines) or not _BEGINS.match(lines[start]):
        return None
    seen: set[str] = set()
    end = start
    blank = False
    for position in range(start, len(lines)):
        line = lines[position]
        if not line:
            blank = True
            continue
        if _DOCUMENT.match(line):
            seen.clear()
        first = _FIRST.match(line)
        if first and line[0] != "-":
            if first[1] in seen:
                break
            seen.add(first[1])
        if not (_GOES_ON.match(line) or _TOP.match(line) or (not blank and _KEY.match(line))):
            break
        end = position + 1
        blank = False
    return end


def yaml_gaps(lines: Sequence[str], start: int, end: int) -> Iterator[int]:
    """The positions, the last first, at which blank lines divide the region: where it may have ended already."""
    for position in range(end - 1, start, -1):
        if lines[position] and not lines[position - 1]:
            gap = position - 1
            while gap > start and not lines[gap - 1]:
                gap -= 1
            yield gap


def json_region(lines: Sequence[str], at: int) -> tuple[str, int] | None:
    r"""The JSON that begins at `lines[at]`, and the position behind its last line; None if none begins there.

    What is cut off, or wrong somewhere, is given as far as it was looked at: whoever reads it finds out what is wrong.

    Examples
    --------
    >>> json_region(['{"kind":', '"Pod"}user@host:~$ ls', "web"], 0)
    ('{"kind":\n"Pod"}', 2)
    """
    if at >= len(lines) or lines[at][:1] not in ("{", "["):
        return None
    count = 1
    while True:
        end = min(at + count, len(lines))
        text = "\n".join(lines[at:end])
        data = text.encode("utf-8", "replace")
        try:
            msgspec.json.decode(data, type=msgspec.Raw)
        except msgspec.DecodeError as error:
            if _TRUNCATED in str(error) and end < len(lines):
                count *= _WINDOW
                continue
            if length := end_of_first(error):
                text = data[:length].decode().rstrip()
                end = at + text.count("\n") + 1
        except RecursionError:
            pass
        return text, end
