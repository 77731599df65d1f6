"""What `kubectl describe` printed, of whatever kind.

Every module beside this one that has a `tell` reads some kinds (`KINDS`): `kind_of` says from the labels that are printed
which of them it is, `tell` adds the rows. What is described and has no module, a Secret or a volume, is understood as far
as its tree.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from nodeportkit.sources.describe.blocks import begins, block_at
from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.describe.events import tell_events
from nodeportkit.sources.describe.layout import Entry, read_tree
from nodeportkit.sources.describe.rows import Rows
from nodeportkit.sources.describe.wrapped import unwrap
from nodeportkit.sources.reader import Context, Finding

__all__ = ["PRIORITY", "find"]

PRIORITY: Final = 30


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The objects that are described from this line on, as many as follow each other."""
    if not lines[at].startswith("Name:") or not begins(lines, at):
        return None
    joined = unwrap(lines, at)
    if joined is None:
        return _read(lines, at, context)
    found = _read(joined[0], at, context)
    places = [*joined[1], len(lines)]
    return replace(found, end=places[found.end], unread=tuple(places[line] for line in found.unread))


def _read(lines: Sequence[str], at: int, context: Context) -> Finding:
    rows = Rows(context.namespace)
    found: dict[tuple[str, str, str], Description] = {}
    start, end = at, at
    while True:
        block = block_at(lines, start)
        tree = read_tree(lines, block)
        description = _describe(tree, context)
        identity = (description.kind, description.namespace, description.name)
        if identity in found:
            break  # the same object at a later time: a print of its own, which supersedes this one
        found[identity] = description
        _tell(description, rows)
        end = block.end
        start = next((p for p in range(end, len(lines)) if lines[p].strip()), len(lines))
        if start == len(lines) or not begins(lines, start):
            break
    unread = tuple(sorted(line - 1 for line in rows.bad))
    told = tuple(found.values())
    return Finding(at, end, fragments=rows.fragments, unread=unread, settings=rows.settings, descriptions=told)


def _describe(tree: Entry, context: Context) -> Description:
    return Description(_kind(tree, context), tree.text("Namespace") or "", tree.text("Name") or "", tree.line, tree)


def _kind(tree: Entry, context: Context) -> str:
    """What is described: the labels tell, else the command, if it asks for one resource."""
    if tree.get("Data") is not None:
        return "secrets" if tree.get("Type") is not None else "configmaps"
    own = tree.get("API Version") is not None and tree.get("Kind") is not None  # a resource that kubectl does not know
    if not own:
        kind = next((kind for module in _modules() if (kind := module.kind_of(tree))), None)
        if kind:
            return str(kind)
    command = context.command
    if command is not None and command.verb == "describe" and len(command.resources) == 1:
        return command.resources[0]
    return "unknown"


def _tell(description: Description, rows: Rows) -> None:
    for module in _modules():
        if description.kind in module.KINDS:
            module.tell(description, rows)
    tell_events(description, rows)


@cache
def _modules() -> tuple[Any, ...]:
    """The modules of this folder that read some kind."""
    here = str(Path(__file__).parent)
    modules = [importlib.import_module(f"{__package__}.{module.name}") for module in pkgutil.iter_modules([here])]
    return tuple(module for module in modules if hasattr(module, "tell"))
