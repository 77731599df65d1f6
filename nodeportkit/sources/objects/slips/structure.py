"""Whether a text is YAML, and has the shape of a manifest."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from nodeportkit.sources.objects.slips.vocabulary import BLOCK_FIELDS

__all__ = ["Structure", "structure"]


_DEEPEST: Final = 200


class Structure(Enum):
    """What a text is."""

    BROKEN = "no YAML"
    FLAT = "YAML, but words stand where fields belong"
    WHOLE = "a manifest, as far as its shape tells"


def structure(text: str) -> Structure:
    r"""What the text is.

    Examples
    --------
    >>> structure("spec:\n  type: NodePort"), structure("spec:\n  typeNodePort"), structure("a: b: c")
    (<Structure.WHOLE: ...>, <Structure.FLAT: ...>, <Structure.BROKEN: ...>)
    """
    import yaml

    open_: list[_Open] = []
    flat = False
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(event, yaml.ScalarEvent):
                flat |= _is_misplaced(event, open_)
                _next(open_)
            elif isinstance(event, yaml.CollectionStartEvent):
                flat |= bool(open_) and open_[-1].wants_key
                open_.append(_Open(isinstance(event, yaml.MappingStartEvent)))
                if len(open_) > _DEEPEST:
                    return Structure.BROKEN
            elif isinstance(event, yaml.CollectionEndEvent):
                open_.pop()
                _next(open_)
            elif isinstance(event, yaml.AliasEvent):
                _next(open_)
    except (yaml.YAMLError, UnicodeEncodeError):
        return Structure.BROKEN
    return Structure.FLAT if flat else Structure.WHOLE


class _Open:
    """A mapping or list that is being read; a mapping takes a key and a value by turns."""

    __slots__ = ("is_mapping", "key", "wants_key")

    def __init__(self, is_mapping: bool) -> None:
        self.is_mapping = is_mapping
        self.wants_key = is_mapping
        self.key = ""


def _next(open_: list[_Open]) -> None:
    if open_ and open_[-1].is_mapping:
        open_[-1].wants_key = not open_[-1].wants_key


def _is_misplaced(event: Any, open_: list[_Open]) -> bool:
    """Whether a word is a whole document, the value of a field that holds others, or a key with a dash before it."""
    if not open_:
        return bool(event.value)
    top = open_[-1]
    if top.wants_key:
        top.key = event.value
        return bool(event.value.startswith("-") and event.value[1:2].isalpha())
    return top.is_mapping and top.key in BLOCK_FIELDS and bool(event.value) and event.implicit[0] and len(open_) < 4
