"""Many prints -> the frames of one moment.

A later print of an object supersedes an earlier one, cell by cell: what it does not show is kept from before, so that
YAML detail completes a table row. A list that shows every object of a namespace, and an answer `deleted`, take away
what was printed there before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, Final

import numpy as np
import pandas as pd

from nodeportkit.frames import SCHEMAS, STRING, Schema, conform, empty, stack
from nodeportkit.sources.join_endpoints import Joined, families, join_endpoints
from nodeportkit.sources.join_events import join_events
from nodeportkit.sources.objects.kinds import frame_of_resource
from nodeportkit.sources.reader import Fragment

__all__ = ["Deleted", "Print", "collected", "join"]

# These columns tell "" from missing: an unnamed port from one whose name was not shown.
_EMPTY_COUNTS: Final = frozenset({"port_name"})
# Of these lists, some prints show a part only.
_FIRST_SHOWN: Final = {
    "nodes": ("internal_ips", "external_ips"),
    "services": ("cluster_ips",),
    "pods": ("ips",),
}


@dataclass(frozen=True, slots=True)
class Deleted:
    """An object that a command took away: its resource in lower-case plural, its namespace, its name."""

    resource: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Print:
    """A fragment, or a deletion, and the source it comes from; their order is the order of time within a source."""

    source: int
    content: Fragment | Deleted


def join(prints: Sequence[Print]) -> dict[str, pd.DataFrame]:
    """The frames that the prints give together, by name, and `stated`: the services whose endpoints were stated."""
    frames: dict[str, pd.DataFrame] = {}
    for name in ("nodes", "services", "pods", "workloads", "policies", "namespaces"):
        frames[name] = _objects(SCHEMAS[name], prints)
    for name, parent in (("ports", "services"), ("containers", "pods")):
        parts = _parts(SCHEMAS[name], prints)
        frames[name] = _of_living(parts, frames[parent], SCHEMAS[name].parent, _fragments(name, prints))
    frames["specs"] = _specs(_fragments("specs", prints))
    frames["backends"] = _backends(prints)
    frames["events"] = _without_sentinels(join_events(_fragments("events", prints)))
    joined: Joined = join_endpoints(_fragments("endpoints", prints), frames["services"])
    frames["endpoints"] = _without_sentinels(joined.endpoints)
    frames["stated"] = joined.stated
    return frames


def collected(prints: Iterable[Print], services: pd.DataFrame) -> frozenset[str]:
    """The frames of which some print listed what there is, even if that was nothing.

    That a namespace holds nothing says nothing of the others that have services.
    """
    wanted = set(services["namespace"].dropna())
    looked_at: dict[str, set[str]] = {}
    for p in prints:
        if isinstance(p.content, Fragment):
            everywhere = len(p.content.rows) or p.content.complete in ((), ("*",))
            looked_at.setdefault(p.content.frame, set()).update(wanted if everywhere else p.content.complete)
    return frozenset(frame for frame, namespaces in looked_at.items() if wanted <= namespaces)


def _fragments(frame: str, prints: Iterable[Print]) -> list[Fragment]:
    return [p.content for p in prints if isinstance(p.content, Fragment) and p.content.frame == frame]


def _objects(schema: Schema, prints: Sequence[Print]) -> pd.DataFrame:
    """One row an object, each cell from the latest print that showed it."""
    at = [i for i, p in enumerate(prints) if isinstance(p.content, Fragment) and p.content.frame == schema.name]
    if not at:
        return empty(schema.name)
    typed = [conform(schema.name, prints[i].content.rows) for i in at]  # type: ignore[union-attr]
    rows = stack(typed)
    if "namespace" in schema.names and rows["namespace"].hasnans:
        rows = rows.assign(namespace=rows["namespace"].fillna("default"))
    key = list(schema.key)
    if len(at) > 1 or any(isinstance(p.content, Deleted) for p in prints):
        order = np.repeat(at, [len(frame) for frame in typed])
        rows = rows[~_gone(schema, rows, order, prints)].reset_index(drop=True)
    if len(at) == 1 and prints[at[0]].content.distinct:  # type: ignore[union-attr]
        return _without_sentinels(rows)
    return _without_sentinels(_latest_cells(rows, key))


def _latest_cells(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """One row a key, in the order of first appearance, each cell the last that is not missing."""
    codes = _codes(rows, key)
    count = int(codes.max(initial=-1)) + 1
    if count == len(rows):
        return rows
    name = next(n for n, schema in SCHEMAS.items() if list(rows.columns) == schema.names)
    latest: dict[str, Any] = {}
    for column in rows.columns:
        if column in _FIRST_SHOWN.get(name, ()):
            latest[column] = _longest(rows[column], codes, count)
            continue
        cells = rows[column].array
        known = np.flatnonzero(~cells.isna())
        last = np.full(count, -1)
        np.maximum.at(last, codes[known], known)
        latest[column] = cells.take(last, allow_fill=True)
    return conform(name, latest, copy=False)


def _longest(column: pd.Series[Any], codes: Any, count: int) -> list[Any]:
    """The lists of a column: the latest, unless it is only a part of a list known before.

    Tables show the first address, and rules of a node those of one IP family.
    """
    known: list[Any] = [None] * count
    for code, values in zip(codes.tolist(), column, strict=True):
        before = known[code]
        if not isinstance(values, list):
            continue
        if before and values and families(before).isdisjoint(families(values)):
            known[code] = [*before, *values]
        elif not before or before[: len(values)] != values:
            known[code] = values
    return known


def _gone(schema: Schema, rows: pd.DataFrame, order: Any, prints: Sequence[Print]) -> Any:
    """Which rows tell of objects that a later print says are no more."""
    codes = _codes(rows, list(schema.parent))
    last = np.full(len(rows), -1)
    np.maximum.at(last, codes, order)
    last = last[codes]
    source = np.array([prints[i].source for i in order])
    gone = np.zeros(len(rows), dtype=bool)
    for at, p in enumerate(prints):
        earlier = (last < at) & (source == p.source)
        if not earlier.any():
            continue
        if isinstance(p.content, Deleted):
            gone |= earlier & _named(schema, rows, p.content)
        elif p.content.frame == schema.name and p.content.complete:
            gone |= earlier & _listed_there(schema, rows, p.content)
    return gone


def _named(schema: Schema, rows: pd.DataFrame, deleted: Deleted) -> Any:
    """Which rows are of the object deleted."""
    hit = (rows[schema.parent[-1]] == deleted.name).to_numpy(dtype=bool, na_value=False)
    if schema.name == "workloads":
        plural = rows["kind"].str.lower() + "s"
        hit &= (plural == deleted.resource.partition(".")[0]).to_numpy(dtype=bool, na_value=False)
    elif frame_of_resource(deleted.resource) != schema.name:
        return np.zeros(len(rows), dtype=bool)
    if "namespace" in rows:
        hit &= (rows["namespace"] == deleted.namespace).to_numpy(dtype=bool, na_value=False)
    return hit


def _listed_there(schema: Schema, rows: pd.DataFrame, listing: Fragment) -> Any:
    """Which rows are of objects that the listing would show if they still existed."""
    there = np.ones(len(rows), dtype=bool)
    if "namespace" in rows and listing.complete != ("*",):
        there &= rows["namespace"].isin(listing.complete).to_numpy()
    if schema.name == "workloads":
        there &= rows["kind"].isin(set(listing.rows["kind"])).to_numpy()
    return there


def _parts(schema: Schema, prints: Sequence[Print]) -> pd.DataFrame:
    """The parts (service ports, container ports) that the latest print of each object lists, completed from earlier ones."""
    fragments = _fragments(schema.name, prints)
    if not fragments:
        return empty(schema.name)
    typed = [conform(schema.name, fragment.rows) for fragment in fragments]
    if len(typed) == 1 and (fragments[0].distinct or not _has_repeated(typed[0], list(schema.key))):
        return _without_sentinels(typed[0])
    parent = list(schema.parent)
    rows = stack(typed)
    latest: dict[Any, int] = {}
    for at, (fragment, frame) in enumerate(zip(fragments, typed, strict=True)):
        covered = frame if fragment.covers is None else fragment.covers[parent].astype(STRING)
        latest.update(dict.fromkeys(_keys(covered, parent), at))
    rows = _with_adopted_keys(rows, schema) if schema.name == "ports" else rows
    key = list(schema.key)
    order = np.repeat(range(len(typed)), [len(frame) for frame in typed]).tolist()
    # Parts of an object of which no print lists them all are what is known of it.
    alive = {
        part
        for part, of, at in zip(_keys(rows, key), _keys(rows, parent), order, strict=True)
        if latest.get(of, at) == at
    }
    kept = _latest_cells(rows, key)
    there = np.array([part in alive for part in _keys(kept, key)], dtype=bool)
    if schema.name == "ports":
        there = _with_every_protocol(kept, there)
    return _without_sentinels(kept[there].reset_index(drop=True))


def _backends(prints: Sequence[Print]) -> pd.DataFrame:
    """The backends of every Ingress that is there; a table tells its hosts alone, which count where nothing else does."""
    schema = SCHEMAS["backends"]
    told = [(i, p.content) for i, p in enumerate(prints) if isinstance(p.content, Fragment)]
    told = [(i, fragment) for i, fragment in told if fragment.frame == schema.name]
    if not told:
        return empty(schema.name)
    parent = list(schema.parent)
    said = [(fragment.rows if fragment.covers is None else fragment.covers)[parent] for _, fragment in told]
    mentions = pd.concat(said, ignore_index=True)
    order = np.repeat([i for i, _ in told], [len(frame) for frame in said])
    gone = set(_keys(mentions[_gone(schema, mentions, order, prints)], parent)) if len(mentions) else set()
    rows = _parts(schema, [prints[i] for i, fragment in told if fragment.detail > 1])
    known = set(_keys(rows, parent)) | gone
    vague = _parts(schema, [prints[i] for i, fragment in told if fragment.detail == 1])
    rows = rows[[key not in gone for key in _keys(rows, parent)]]
    return stack([rows, vague[[key not in known for key in _keys(vague, parent)]]]).reset_index(drop=True)


def _specs(fragments: Sequence[Fragment]) -> pd.DataFrame:
    """Every spec once: two of one id are alike."""
    if not fragments:
        return empty("specs")
    rows = stack([conform("specs", fragment.rows) for fragment in fragments])
    key = list(SCHEMAS["specs"].key)
    return _without_sentinels(rows.drop_duplicates(key, ignore_index=True) if len(fragments) > 1 else rows)


def _with_every_protocol(ports: pd.DataFrame, there: Any) -> Any:
    """Which ports are there, if a port without its protocol stands for all of its number that another print tells."""
    numbers = list(_keys(ports, ["namespace", "service", "port"]))
    told = ports["protocol"].notna().to_numpy()
    meant = set(compress(numbers, there & ~told & ports["port"].notna().to_numpy()))
    of_them = np.array([number in meant for number in numbers], dtype=bool) & told
    known = set(compress(numbers, of_them))
    return (there | of_them) & ~(~told & np.array([number in known for number in numbers], dtype=bool))


def _with_adopted_keys(rows: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Port rows with the protocol or port that their print lacks, where another print of the service tells it.

    minikube shows no protocol, and its oldest versions no port, but the node port names the row.
    """
    rows = rows.copy()
    for lacking, by in (("port", "node_port"), ("protocol", "port")):
        known: dict[Any, set[Any]] = {}
        keys, values = list(_keys(rows, [*schema.parent, by])), rows[lacking].tolist()
        for key, value in zip(keys, values, strict=True):
            if value is not pd.NA and key[-1] is not pd.NA:
                known.setdefault(key, set()).add(value)
        adopted = {key: told.pop() for key, told in known.items() if len(told) == 1}
        found = [adopted.get(key, pd.NA) if value is pd.NA else value for key, value in zip(keys, values, strict=True)]
        rows[lacking] = pd.array(found, dtype=schema[lacking].dtype)
    return rows


def _of_living(
    parts: pd.DataFrame, objects: pd.DataFrame, parent: tuple[str, ...], fragments: list[Fragment]
) -> pd.DataFrame:
    """The parts whose object is still there."""
    if parts.empty or (len(fragments) == 1 and _covers_just(fragments[0], objects, parent)):
        return parts
    there = set(_keys(objects, ["namespace", "name"]))
    kept = [key in there for key in _keys(parts, list(parent))]
    return parts if all(kept) else parts[kept].reset_index(drop=True)


def _covers_just(fragment: Fragment, objects: pd.DataFrame, parent: tuple[str, ...]) -> bool:
    """Whether the parts are those of the very objects that are there: one list gave both, and nothing has changed."""
    covers = fragment.covers
    return (
        covers is not None
        and len(covers) == len(objects)
        and all(
            (covers[name].to_numpy(dtype=object) == objects[of].to_numpy(dtype=object)).all()
            for name, of in zip(parent, ("namespace", "name"), strict=True)
        )
    )


def _keys(frame: pd.DataFrame, columns: list[str]) -> Iterable[tuple[Any, ...]]:
    """The cells of some columns, a tuple a row: hashing these costs a fraction of what a MultiIndex does."""
    return zip(*(frame[column].to_numpy(dtype=object) for column in columns), strict=True)


def _codes(frame: pd.DataFrame, key: list[str]) -> Any:
    """A number for each row, equal where the keys are, from 0 on in the order of appearance."""
    places: dict[Any, int] = {}
    return np.array([places.setdefault(cells, len(places)) for cells in _keys(frame, key)], dtype=np.intp)


def _has_repeated(frame: pd.DataFrame, key: list[str]) -> bool:
    return len(set(_keys(frame, key))) < len(frame)


def _without_sentinels(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with missing cells where a print said "none": see `Fragment.rows`."""
    if frame.empty:
        return frame
    changed = {}
    for name, dtype in zip(frame.columns, frame.dtypes, strict=True):
        if isinstance(dtype, pd.StringDtype) and name not in _EMPTY_COUNTS:
            none = _is_none(frame[name].array)
            if none.any():
                changed[str(name)] = frame[name].mask(none)
        elif (str(name).endswith("node_port") or name == "host_port") and dtype == pd.Int64Dtype():
            none = frame[name] == 0
            if none.any():
                changed[str(name)] = frame[name].mask(none.fillna(False))
    return frame.assign(**changed) if changed else frame


def _is_none(texts: Any) -> Any:
    """Which cells are ""."""
    known = ~texts.isna()  # what is missing is neither equal to it nor not
    none = np.zeros(len(texts), dtype=bool)
    none[known] = np.asarray(texts, dtype=object)[known] == ""
    return none
