"""What a reader is: it looks at the lines of a text and says what it understands of them.

Every folder beside this module that has a module `reader` with a function `find` takes part: `tables`, `describe`,
`objects`, `minikube`, `outcomes`. A new one is a new folder; there is no list to edit. `scan` walks over the lines and
offers each place to the readers in the order of their `PRIORITY`; the first that finds something takes its lines.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Protocol

import pandas as pd

from nodeportkit.frames import STRING
from nodeportkit.sources.command import Command
from nodeportkit.sources.settings import Settings

__all__ = ["Context", "Finding", "Fragment", "Outcome", "Reader", "Table", "readers"]


@dataclass(frozen=True)
class Table:
    """A table as printed: every column and cell as text.

    Attributes
    ----------
    kind
        The resource in full lower-case plural as kubectl knows it (`pods`, `deployments.apps`), `minikube-services`,
        or `unknown`.
    columns
        The names of the columns as printed.
    cells
        The cells of each column.
    line
        The line of the header, counted from 1.
    """

    kind: str
    columns: Sequence[str]
    cells: Sequence[Sequence[str]]
    line: int

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The printed columns and cells, all str, "" where a cell is blank."""
        frame = pd.DataFrame({i: pd.array(list(cells), dtype=STRING) for i, cells in enumerate(self.cells)})
        frame.columns = pd.Index(self.columns, dtype=object)
        return frame


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command came to, parsed: evidence for a diagnosis.

    Attributes
    ----------
    kind
        `refused`, `timeout`, `unresolved`, `unreachable`, `reset`, `http`, `created`, `configured`, `unchanged`,
        `deleted`, `edited`, `exposed`, `scaled`, `labeled`, `empty` (`No resources found`), `api-error`, `error`,
        `warning`, `dry-run` (nothing was done), `connected`, `waiting`, `rolled-out`, `condition-met`,
        `forwarding`; `address`, `url` and `status` of minikube; another change that kubectl reports goes by its word (`patched`, `restarted`, ...). A
        connection to the API server that fails is an `error` with `server` true and the kind of failure as `cause`, so
        that it is not taken for the service's.
    line
        Where it stands, counted from 1.
    text
        The line that says so, as printed.
    details
        What is said of it: `address`, `port`, `url`, `status` (HTTP), `reason` and `message` (API), `resource`, `name`,
        `namespace`, ...
    """

    kind: str
    line: int
    text: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one print says of the rows of one frame.

    Attributes
    ----------
    frame
        The name of a schema in `frames.SCHEMAS`.
    rows
        Some of its columns, already typed by `frames.conform` or as plain lists. A cell is missing where the print did
        not show it. What the print showed to be absent is "" or 0, so that it replaces an older value when prints are
        joined (the frames of a `Cluster` then hold a missing cell); lists and dicts are empty.
    covers
        The objects (the parent columns of the schema: a service for its ports and endpoints, a pod for its container
        ports) of which `rows` holds everything, even if that is nothing. None: those that occur in `rows`.
    complete
        The namespaces of which `rows` lists every object; `("*",)` for all of them; `()` if it does not claim so. An
        object that an earlier print of the same text showed there, and this one does not, is gone.
    detail
        How much such a print knows, when several speak of the same endpoints: 3 for EndpointSlice objects, 2 for
        complete lists of addresses, 1 for lists that end in `+ 2 more...`. Of the backends of an Ingress: 1 for its hosts
        alone.
    distinct
        Whether it is known that no two rows have the same key, so that nobody needs to look.
    """

    frame: str
    rows: pd.DataFrame
    covers: pd.DataFrame | None = None
    complete: tuple[str, ...] = ()
    detail: int = 3
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about the lines before they are read: where they come from, and the command that printed them."""

    source: str = "text"
    command: Command | None = None

    @property
    def namespace(self) -> str:
        """The namespace of objects that are printed without one."""
        return (self.command.namespace if self.command else None) or "default"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reader understood: the lines from `start` up to, not including, `end` (positions, counted from 0).

    Attributes
    ----------
    table
        The table that stands there, if it is one.
    outcomes
        What these lines say about how a command ended.
    fragments
        Called when frames are wanted, and not for `read_tables`, which asks for cells alone.
    unread
        Positions within these lines that were not understood after all.
    settings
        Settings of the proxy and of the machine that these lines show: see `settings.Settings`.
    descriptions
        The objects that stand there as `kubectl describe` prints them: a `describe.Description` each.
    """

    start: int
    end: int
    table: Table | None = None
    outcomes: tuple[Outcome, ...] = ()
    fragments: Callable[[], list[Fragment]] = list
    unread: tuple[int, ...] = ()
    settings: Settings = field(default_factory=dict)
    descriptions: tuple[Any, ...] = ()


class Reader(Protocol):
    """A module that reads one family of prints."""

    PRIORITY: int
    """Lower is asked first."""

    def find(self, lines: Sequence[str], at: int, context: Context) -> Finding | None:
        """What stands at `lines[at]`, or None if it is nothing of this reader's. `lines` are as `text.clean` leaves them."""


@cache
def readers() -> tuple[Reader, ...]:
    """The readers found beside this module, in the order in which they are asked."""
    import nodeportkit.sources as room

    found: list[Any] = [
        importlib.import_module(f"{room.__name__}.{folder.name}.reader")
        for folder in pkgutil.iter_modules(room.__path__)
        if folder.ispkg
    ]
    return tuple(sorted(found, key=lambda reader: reader.PRIORITY))
