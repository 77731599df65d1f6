"""The documents of a YAML text as dicts, built from the parser's events.

No recursion and no constructors: what is nested too deeply, names one key twice, unfolds its aliases without end, or uses
a tag that Kubernetes does not know is an error with its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NoReturn

from nodeportkit.sources.objects.marks import locate
from nodeportkit.sources.objects.yaml.errors import Refusal, explain
from nodeportkit.sources.objects.yaml.scalars import key_text, resolve

__all__ = ["Documents"]

_DEEPEST: Final = 200
_MOST_UNFOLDED: Final = 1_000_000
_LINED: Final = 3  # documents, and the items of their lists
_CORE: Final = "tag:yaml.org,2002:"
_MERGE: Final = object()
_NO_KEY: Final = object()
# What stands for a blank or a line end in text that was copied; kubectl knows none of them.
_BLANKS: Final = str.maketrans(
    {
        **dict.fromkeys("\xa0\u2007\u202f\u2002\u2003\u2009\x85\u2028\u2029", " "),
        **dict.fromkeys("\ufeff\u200b\u2060", None),
    }
)


class _Open:
    """A mapping or list that is being built."""

    __slots__ = ("anchor", "key", "lines", "merged", "size", "value")

    def __init__(self, value: Any, anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.key: Any = _NO_KEY
        self.lines: dict[str, int] = {}
        self.merged: list[dict[str, Any]] = []
        self.size = 1


class Documents:
    r"""The documents of a text, one after the other; empty ones are None.

    Examples
    --------
    >>> list(Documents("kind: Pod\n---\nkind: Node", "text"))
    [{'kind': 'Pod'}, {'kind': 'Node'}]
    """

    def __init__(self, text: str, source: str, first_line: int = 1, *, slips: bool = True) -> None:
        self._original = text if slips else None
        self._text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_BLANKS)
        self._source = source
        self._first_line = first_line
        self._document_line = first_line
        self._lines: dict[int, int] = {}
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._unfolded = 0
        self._document: Any = None

    def line(self, item: Any) -> int:
        """The line on which the current document or an item of its list begins, counted from 1."""
        return self._lines.get(id(item), self._document_line)

    def line_of(self, item: Any, path: str) -> int:
        """The line of a field of the current document or of an item of its list."""
        line = self.line(item)
        found = locate(self._text, path, line - self._first_line)
        return found[0] + self._first_line if found else line

    def __iter__(self) -> Iterator[Any]:
        import yaml

        take = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._start,
        }
        try:
            for event in yaml.parse(self._text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
                if type(event) is yaml.DocumentEndEvent:
                    yield self._document
                elif type(event) in take:
                    take[type(event)](event)
        except (yaml.YAMLError, UnicodeEncodeError) as error:
            raise explain(error, self._text, self._original, self._source, self._first_line) from None

    def _start(self, event: Any) -> None:
        self._document_line = event.start_mark.line + self._first_line
        self._lines = {}
        self._anchors = {}
        self._document = None

    def _mapping(self, event: Any) -> None:
        self._begin({}, event)

    def _sequence(self, event: Any) -> None:
        self._begin([], event)

    def _begin(self, value: Any, event: Any) -> None:
        if event.tag is not None and event.tag not in ("!", _CORE + "map", _CORE + "seq"):
            self._fail_tag(event)
        if len(self._open) >= _DEEPEST:
            self._fail(f"is nested more than {_DEEPEST} levels deep", event)
        if len(self._open) < _LINED:
            self._lines[id(value)] = event.start_mark.line + self._first_line
        self._open.append(_Open(value, event.anchor))

    def _end(self, event: Any) -> None:
        done = self._open.pop()
        for other in done.merged:
            for key, value in other.items():
                done.value.setdefault(key, value)
        if done.anchor:
            self._anchors[done.anchor] = (done.value, done.size)
        self._put(done.value, done.size, event)

    def _scalar(self, event: Any) -> None:
        tag, text = event.tag, event.value
        if tag is None:
            value: Any = resolve(text) if event.implicit[0] else text
        elif tag in ("!", _CORE + "str", _CORE + "binary", _CORE + "timestamp"):
            value = text
        elif tag in (_CORE + "int", _CORE + "float", _CORE + "bool", _CORE + "null"):
            value = resolve(text)
        else:
            self._fail_tag(event)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        if text == "<<" and event.implicit[0] and self._wants_key():
            self._open[-1].key = _MERGE
            return
        self._put(value, 1, event)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self._anchors:
            self._fail(f"*{event.anchor} stands for nothing: no &{event.anchor} comes before it", event)
        value, size = self._anchors[event.anchor]
        self._unfolded += size
        if self._unfolded > _MOST_UNFOLDED:
            self._fail(f"its aliases unfold to more than {_MOST_UNFOLDED:,} values", event)
        self._put(value, size, event)

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is _NO_KEY

    def _put(self, value: Any, size: int, event: Any) -> None:
        """Put a finished value where it belongs."""
        if not self._open:
            self._document = value
            return
        top = self._open[-1]
        top.size += size
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is _NO_KEY:
            self._set_key(top, value, event)
        elif top.key is _MERGE:
            top.merged.extend(self._mergeable(value, event))
            top.key = _NO_KEY
        else:
            top.value[top.key] = value
            top.key = _NO_KEY

    def _set_key(self, top: _Open, value: Any, event: Any) -> None:
        key = None if isinstance(value, dict | list) else key_text(value)
        if key is None:
            self._fail("a key of a mapping must be text", event)
        if key in top.lines:
            self._fail(
                f"`{key}` stands twice in one mapping, first on line {top.lines[key]}",
                event,
                "Keep one of the two: the API server refuses both.",
            )
        top.lines[key] = event.start_mark.line + self._first_line
        top.key = key

    def _mergeable(self, value: Any, event: Any) -> list[dict[str, Any]]:
        mappings = value if isinstance(value, list) else [value]
        if not all(isinstance(mapping, dict) for mapping in mappings):
            self._fail("`<<` takes a mapping, or a list of mappings", event)
        return mappings

    def _fail_tag(self, event: Any) -> NoReturn:
        tag = event.tag.replace(_CORE, "!!")
        self._fail(f"the tag {tag:.60} means nothing to Kubernetes", event, "Leave it out, or quote the text.")

    def _fail(self, message: str, event: Any, hint: str | None = None) -> NoReturn:
        mark = event.start_mark
        raise explain(
            Refusal(message, mark.line, mark.column, hint), self._text, self._original, self._source, self._first_line
        )
