"""Objects, however they are written -> fragments of frames.

Objects are taken in slices of a few hundred: decoded to what the frames need, turned into columns, and forgotten, so that
a list of 150,000 pods never stands in memory as objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, Final, Protocol, TypeAlias, TypeVar

import msgspec

from nodeportkit.errors import ReadError
from nodeportkit.frames import empty
from nodeportkit.sources.kinds import full_kind
from nodeportkit.sources.objects.alike import Columns, Identity, Name, columns_of, decode_alike, name_kinds
from nodeportkit.sources.objects.gather import Gathered
from nodeportkit.sources.objects.kinds import Kind, frame_of, kind_of, reads
from nodeportkit.sources.objects.table_form import DictTable, JsonTable, table_fragments
from nodeportkit.sources.objects.typed import KubernetesObject, Typed
from nodeportkit.sources.objects.wording import misfit
from nodeportkit.sources.reader import Fragment, Outcome
from nodeportkit.sources.settings import Settings

__all__ = ["Batch", "Collector", "Form", "Objects", "Other"]

_SLICE: Final = 128
_T = TypeVar("_T")
_Run: TypeAlias = tuple[Kind, list[Any]]


@dataclass(frozen=True, slots=True)
class Other:
    """An object of which no frame tells: what it is, the line where it begins (None for an object in memory), its kind."""

    text: str
    line: int | None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Objects:
    """What a file of objects tells.

    Attributes
    ----------
    fragments
        Rows of frames, in the order of time.
    outcomes
        Objects that a watch saw being deleted, and errors that the API server answered.
    others
        Objects of other kinds, and what is no Kubernetes object, so that nothing is lost silently.
    lists
        The kinds of the lists that were read: `List`, `PodList`, ...
    settings
        Settings of the proxy and of the machine that objects show: see `settings.Settings`.
    """

    fragments: list[Fragment] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    settings: list[Settings] = field(default_factory=list)


class _Said(Typed):
    """What an object says it is, whatever else is wrong with it."""

    api_version: Any = None
    kind: Any = None


class Form(Protocol):
    """How objects are written: as JSON, as YAML, or as Python dicts."""

    def decoder(self, type_: type[_T]) -> Callable[[Any], _T]:
        """What makes an item a `type_`; it raises msgspec.ValidationError where a field does not fit."""

    def line(self, item: Any) -> int | None:
        """The line on which the item begins."""

    def line_of(self, item: Any, path: str) -> int | None:
        """The line on which the field at `path` (msgspec's: `$.spec.ports[0].port`) of the item stands."""


class Batch(Protocol):
    """Some items of a list."""

    def decode(self, type_: type[_T]) -> list[_T]:
        """All items as `type_`; raises msgspec.ValidationError if one does not fit."""

    def items(self) -> Sequence[Any]:
        """The items, for `Form`."""


class _Slice:
    """Items that are at hand one by one."""

    def __init__(self, form: Form, items: list[Any]) -> None:
        self._form = form
        self._items = items

    def decode(self, type_: type[_T]) -> list[_T]:
        decode = self._form.decoder(type_)
        return [decode(item) for item in self._items]

    def items(self) -> list[Any]:
        return self._items


class Collector:
    """Gathers objects one by one or list by list; `result` gives what they tell.

    Parameters
    ----------
    form
        How the objects are written.
    source
        The file's name, for errors.
    namespace
        The namespace of objects that say none.
    now
        The moment to which ages count; without it they are unknown.
    """

    def __init__(self, form: Form, source: str, *, namespace: str = "default", now: datetime | None = None) -> None:
        self._form = form
        self._source = source
        self._namespace = namespace
        self._now = now if now is None or now.tzinfo else now.replace(tzinfo=UTC)
        self._result = Objects()
        # Objects that came one by one: the last print of each counts, and a deletion takes it away.
        self._single: dict[tuple[str, str, str], tuple[Kind, Any]] = {}
        self._deleted: dict[tuple[str, str, str], Outcome] = {}

    def result(self) -> Objects:
        """Everything gathered."""
        self._flush()
        return self._result

    def add(self, item: Any) -> None:
        """Take one object that came by itself."""
        identity = self._identify(item)
        kind = _kind_of(identity)
        if identity is None or kind is None:
            self._other(item, identity)
            return
        decoded = self._decode(item, kind)
        key = self._key(identity)
        self._deleted.pop(key, None)
        self._single.pop(key, None)
        self._single[key] = (kind, decoded)

    def delete(self, item: Any) -> None:
        """Take an object that a watch saw being deleted."""
        identity = self._identify(item)
        if identity is None or not (identity.metadata and identity.metadata.name):
            self._other(item, identity)
            return
        key = resource, namespace, name = self._key(identity)
        self._single.pop(key, None)
        self._deleted[key] = Outcome(
            "deleted",
            self._form.line(item) or 0,
            f'{identity.kind} "{name}" deleted',
            {"resource": resource, "name": name, "namespace": namespace},
        )

    def add_outcome(self, outcome: Outcome) -> None:
        """Take what the API server answered instead of an object."""
        self._result.outcomes.append(outcome)

    def add_table(self, item: Any, table: DictTable | JsonTable) -> None:
        """Take a table: its objects, if its rows carry them whole, or what its cells tell."""
        self._flush()
        carried = [row.object for row in table.rows or ()]
        objects = [self._part_of(thing) for thing in carried]
        if objects and all(kind_of(thing.api_version, thing.kind) for thing in objects):
            self.add_list(carried)
            return
        fragments = table_fragments(table, objects, self._source, self._namespace)
        if fragments is None:
            self._result.others.append(Other(f"Table with {len(carried)} rows", self._form.line(item), "Table"))
        else:
            self._result.fragments.extend(fragments)

    def _part_of(self, thing: Any) -> KubernetesObject:
        """As much of an object as a row of a table carries."""
        try:
            return self._form.decoder(KubernetesObject)(thing)
        except msgspec.DecodeError:
            return KubernetesObject()

    def add_list(self, items: Iterable[Any], api_version: str | None = None, kind: str | None = None) -> None:
        """Take the items of a list; those that do not say what they are, are what the list says."""
        at = iter(items)
        slices = iter(lambda: list(islice(at, _SLICE)), [])
        self.add_batches((_Slice(self._form, slice_) for slice_ in slices), api_version, kind)

    def add_batches(
        self, batches: Iterable[Batch | Columns], api_version: str | None = None, kind: str | None = None
    ) -> None:
        """Take the items of a list, many at a time, or what they tell where that is known already."""
        self._flush()
        self._result.lists.append(f"{kind or ''}List")
        implied = Identity(api_version, kind)
        gathered: dict[str, Gathered] = {}
        guess = kind_of(api_version, kind)
        first = next(batches := iter(batches), None)
        batches = chain([] if first is None else [first], batches)
        for run in _longer(self._runs_of(batches, guess, implied)):
            self._take(run if isinstance(run, Columns) else columns_of(*run, self._namespace), gathered)
        for parts in gathered.values():
            self._result.fragments.extend(parts.fragments(self._now))
        if guess and first is None and (frame := frame_of(guess)):  # that the list is empty is worth knowing
            self._result.fragments.append(Fragment(frame, empty(frame)))

    def _runs_of(
        self, batches: Iterable[Batch | Columns], guess: Kind | None, implied: Identity
    ) -> Iterator[_Run | Columns]:
        """The items that frames tell of, in runs of one kind; what the last were is what the next most likely are."""
        for batch in batches:
            if isinstance(batch, Columns):
                yield batch
            elif guess and (decoded := decode_alike(batch.decode, guess, implied)) is not None:
                yield guess, decoded
            else:
                for run_kind, run in self._runs(batch.items(), implied):
                    yield run_kind, run
                    guess = run_kind

    def _take(self, told: Columns, gathered: dict[str, Gathered]) -> None:
        """Take what objects of one kind tell: their rows, and settings that they show."""
        if told.parts and told.kind in gathered:
            gathered[told.kind].add(told.parts)
        elif told.parts:
            gathered[told.kind] = Gathered(told.parts)
        self._result.settings.extend(told.settings)

    def _runs(self, batch: Sequence[Any], implied: Identity) -> Iterator[_Run]:
        """The items that frames tell of, in runs of one kind; the others are named."""
        current: Kind | None = None
        run: list[Any] = []
        for item in batch:
            identity = self._identify(item, implied)
            kind = _kind_of(identity)
            if kind is None:
                self._other(item, identity)
                continue
            if kind is not current and current is not None:
                yield current, run
                run = []
            current = kind
            run.append(self._decode(item, kind))
            name_kinds(run[-1:], implied)
        if current is not None:
            yield current, run

    def _identify(self, item: Any, implied: Identity | None = None) -> Identity | None:
        """What the item is; None if it is no object."""
        try:
            identity = self._form.decoder(Identity)(item)
        except msgspec.ValidationError:
            self._refuse_if_known(item)
            return None
        if implied:
            identity.kind = identity.kind or implied.kind
            identity.api_version = identity.api_version or implied.api_version
        return identity

    def _refuse_if_known(self, item: Any) -> None:
        """Raise what is wrong with an object whose kind frames tell of, but whose name cannot be made out."""
        try:
            said = self._form.decoder(_Said)(item)
        except msgspec.ValidationError:
            return
        if kind := kind_of(said.api_version, said.kind):
            self._decode(item, kind)

    def _key(self, identity: Identity) -> tuple[str, str, str]:
        group, slash, _ = (identity.api_version or "").partition("/")
        resource = full_kind(f"{identity.kind or ''}.{group if slash else ''}".removesuffix("."))
        named = identity.metadata or Name()
        return resource, named.namespace or self._namespace, named.name or ""

    def _decode(self, item: Any, kind: Kind) -> Any:
        try:
            return self._form.decoder(kind.TYPE)(item)
        except msgspec.ValidationError as error:
            raise self._misfit(item, error) from None

    def _misfit(self, item: Any, error: msgspec.ValidationError) -> ReadError:
        said = self._form.decoder(_Said)(item)
        try:
            identity = self._form.decoder(Identity)(item)
        except msgspec.ValidationError:
            identity = Identity(kind=said.kind)
        message, hint, path = misfit(str(error))
        return ReadError(
            f"{_words(identity)}: {message}",
            source=self._source,
            line=self._form.line_of(item, path),
            hint=hint,
        )

    def _other(self, item: Any, identity: Identity | None) -> None:
        text = _words(identity) if identity and identity.kind else "no Kubernetes object: it says no `kind`"
        self._result.others.append(Other(text, self._form.line(item), identity.kind if identity else None))

    def _flush(self) -> None:
        """Turn the objects that came one by one into fragments."""
        by_kind: dict[int, tuple[Kind, list[Any]]] = {}
        for kind, decoded in self._single.values():
            by_kind.setdefault(id(kind), (kind, []))[1].append(decoded)
        gathered: dict[str, Gathered] = {}
        for kind, decoded_all in by_kind.values():
            self._take(columns_of(kind, decoded_all, self._namespace), gathered)
        for parts in gathered.values():
            self._result.fragments.extend(parts.fragments(self._now))
        self._result.outcomes.extend(self._deleted.values())
        self._single.clear()
        self._deleted.clear()


def _longer(runs: Iterable[_Run | Columns]) -> Iterator[_Run | Columns]:
    """Runs of one kind that follow each other put together, until they are worth being made into columns."""
    kind: Kind | None = None
    waiting: list[Any] = []
    for run in runs:
        run_kind, things = (None, []) if isinstance(run, Columns) else run
        if kind is not None and (run_kind is not kind or len(waiting) >= _SLICE):
            yield kind, waiting
            waiting = []
        kind = run_kind
        waiting += things
        if isinstance(run, Columns):
            yield run
    if kind is not None:
        yield kind, waiting


def _kind_of(identity: Identity | None) -> Kind | None:
    """The module that reads the object; None where no frame tells of it, or it has no name to tell it by."""
    if identity is None:
        return None
    name = (identity.metadata or Name()).name
    kind = kind_of(identity.api_version, identity.kind)
    return kind if kind is not None and reads(kind, name) else None


def _words(identity: Identity) -> str:
    """What an object is, for people: `ConfigMap shop/settings`."""
    named = identity.metadata or Name()
    name = named.name or (f"{named.generate_name}..." if named.generate_name else "without a name")
    return (
        f"{identity.kind or 'object'} {named.namespace}/{name}"
        if named.namespace
        else f"{identity.kind or 'object'} {name}"
    )
