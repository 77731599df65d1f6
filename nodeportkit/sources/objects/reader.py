"""YAML and JSON among the lines of a paste: where such a region ends, and what stands in it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from nodeportkit.errors import ReadError
from nodeportkit.sources.objects.collect import Objects
from nodeportkit.sources.objects.json_form import read_json
from nodeportkit.sources.objects.yaml_form import read_yaml
from nodeportkit.sources.reader import Context, Finding

__all__ = ["PRIORITY", "find"]

PRIORITY: Final = 20

_YAML_BEGINS: Final = re.compile(r"(?:apiVersion|kind|metadata|items|spec):(?:\s|$)|---\s*$|-\s+apiVersion:\s")
# What can stand at the left margin of YAML that goes on: a key, an item, a comment, a document mark, a closing bracket.
_YAML_GOES_ON: Final = re.compile(r"""\s|["']?[\w./-]+["']?\s*:(?:\s|$)|-(?:\s|$)|#|---|\.\.\.\s*$|[\]}]|\{\{""")
_DESCRIBE: Final = re.compile(r"Name:\s{2,}\S")
_JSON_BEGINS: Final = re.compile(r"""\{\s*(?:$|["}])|\[\s*(?:$|[{\]])""")


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """Objects written as YAML or JSON from this line on."""
    line = lines[at]
    if _JSON_BEGINS.match(line):
        return _json(lines, at, context)
    if _YAML_BEGINS.match(line):
        return _yaml(lines, at, context)
    return None


def _finding(at: int, end: int, objects: Objects) -> Finding:
    unread = tuple(other.line - 1 for other in objects.others if other.line is not None)
    return Finding(at, end, outcomes=tuple(objects.outcomes), fragments=lambda: list(objects.fragments), unread=unread)


def _json(lines: Sequence[str], at: int, context: Context) -> Finding:
    """One document of JSON, or several below each other, as a watch prints them."""
    text = "\n".join(lines[at:])
    decoder = json.JSONDecoder()
    end = 0
    while end < len(text):
        start = end + len(text[end:]) - len(text[end:].lstrip())
        if not _JSON_BEGINS.match(text[start:].partition("\n")[0]):
            break
        try:
            _, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            if end:
                break
            read_json(_padded(at, text), context.source)  # says what is wrong, and where
            raise ReadError("cannot be read as JSON", source=context.source, line=at + 1) from None
    after = at + text.count("\n", 0, end) + 1
    objects = read_json(_padded(at, text[:end]), context.source, namespace=context.namespace)
    return _finding(at, after, objects)


def _padded(at: int, text: str) -> bytes:
    """The text behind so many empty lines that its line numbers are those of the paste."""
    return ("\n" * at + text).encode()


def _yaml(lines: Sequence[str], at: int, context: Context) -> Finding:
    end = at + 1
    while end < len(lines) and (not lines[end] or _YAML_GOES_ON.match(lines[end])) and not _DESCRIBE.match(lines[end]):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    text = "\n" * at + "\n".join(lines[at:end])
    return _finding(at, end, read_yaml(text, context.source, namespace=context.namespace))
