"""What types and their fields mean, in Kubernetes' own words, for `kubectl explain`.

The words are those of the official Python client, where it is installed. Its modules are read as text: to import them would
take seconds, and more memory than everything else in a playground.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

__all__ = ["Description", "description_of"]

_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Since release 36, a line a field; before, a property a field, with the same words.
_CLASS: Final = re.compile(r'^class \w+\(BaseModel\):\n    """\n    (.+)\n', re.MULTILINE)
_FIELD: Final = re.compile(r'^    (\w+): .*? = Field\((.*?)description=("(?:[^"\\]|\\.)*")', re.MULTILINE)
_BARE: Final = re.compile(r"^    (\w+): V1\w+$", re.MULTILINE)
_PROPERTY: Final = re.compile(r'"""Gets the (\w+) of this .*\n\n *(.*?)(?:  # noqa: E501)?\n\n *:return', re.MULTILINE)
_NEEDED: Final = re.compile(r"Invalid value for `(\w+)`, must not be `None`")
_MAP: Final = re.compile(r"^    attribute_map(?:: .*)? = \{([^}]*)\}", re.MULTILINE)
_NAMES: Final = re.compile(r"""["'](\w+)["']: ["']([^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Description:
    """What a type is, what its fields are, and which of them it needs; empty where nobody says."""

    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()


@cache
def description_of(type_: str) -> Description:
    """What a type means.

    Parameters
    ----------
    type_
        Its name, as `nodeportkit.kube.decoding.types` has it.
    """
    name, _, group = type_.partition("@")
    stem = _HUMP.sub("_", name).lower()
    for prefix in (f"{group}_v1_",) if group else ("v1_", "core_v1_"):
        try:
            return _read((_folder() / f"{prefix}{stem}.py").read_text(encoding="utf-8"))
        except OSError:
            continue
    return Description()


@cache
def _folder() -> Path:
    """Where the models of the client are; a folder that does not exist if it is not installed."""
    found = importlib.util.find_spec("kubernetes")
    return Path(found.origin if found and found.origin else "kubernetes").parent / "client" / "models"


def _read(module: str) -> Description:
    table = _MAP.search(module)
    names = dict(_NAMES.findall(table[1])) if table else {}
    # A word that Python keeps for itself is `_from` in one release and `var_from` in another.
    names |= {f"var{attribute}": name for attribute, name in names.items() if attribute.startswith("_")}
    told = _CLASS.search(module)
    lines = _FIELD.findall(module)
    if lines:
        fields = {name: ast.literal_eval(text) for name, _, text in lines}
        required = [*_BARE.findall(module), *(name for name, settings, _ in lines if "default=" not in settings)]
    else:
        fields = {name: text.replace(r"\"", '"') for name, text in _PROPERTY.findall(module)}
        required = _NEEDED.findall(module)
    return Description(
        told[1].strip() if told else "",
        {names.get(name, name): text for name, text in fields.items()},
        frozenset(names.get(name, name) for name in required),
    )
