"""Where YAML or JSON begins in a pasted text, and where it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from nodeportkit.sources.objects.json.text import end_of_first

__all__ = ["document_around", "json_region", "yaml_end", "yaml_gaps"]

# What manifests have at the top; a missing colon does not hide them.
_BEGINS: Final = re.compile(r"(?:- +)?(?:apiVersion\b|(?:kind|metadata|items)\s*[:=](?:\s|$)|kind [A-Z][A-Za-z]+$)")
_TOP: Final = re.compile(
    r"(?:apiVersion|kind|metadata|spec|status|items|data|stringData|type|immutable|subsets|endpoints|ports|addressType|rules"
    r"|roleRef|subjects|provisioner|parameters|webhooks|current-context|contexts|clusters|users|preferences)\b"
    r"(?:\s*[:=;]|\s*$|\s+[\w.\-/]+$)"
)
_KEY: Final = re.compile(r"""["']?[a-z][\w./-]*["']?\s*:(?:\s|$)""")
_GOES_ON: Final = re.compile(r"[ \t#\]}]|- |-$|---|\.\.\.\s*$|-[A-Za-z]+:|\{\{")
_FIELD: Final = re.compile(r"([A-Za-z]\w*)\s*:(?:\s|$)")
_DOCUMENT: Final = re.compile(r"---(?:\s|$)")
_TRUNCATED: Final = "truncated"
_LONGEST_HEAD: Final = 40
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
    furthest = min(at + _LONGEST_HEAD, len(lines))
    while start < furthest and (_DOCUMENT.match(lines[start]) or lines[start].startswith("#") or not lines[start]):
        start += 1
    if start == furthest or not _BEGINS.match(lines[start]):
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
        elif key := _FIELD.match(line):
            if key[1] in seen:
                break  # the next print
            seen.add(key[1])
        elif blank and "items" not in seen and _BEGINS.match(line):
            break
        if not (_GOES_ON.match(line) or _TOP.match(line) or (not blank and _KEY.match(line))):
            break
        end = position + 1
        blank = False
    return end


def document_around(lines: Sequence[str], start: int, end: int, at: int) -> tuple[int, int]:
    """Where the document begins and ends that holds the line at position `at` of a region with lines `---`."""
    first = next((place for place in range(at, start, -1) if _DOCUMENT.match(lines[place])), start)
    last = next((place for place in range(at + 1, end) if _DOCUMENT.match(lines[place])), end)
    return first, last


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
