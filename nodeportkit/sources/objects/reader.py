"""YAML and JSON within a pasted text: what `kubectl get -o yaml`, `cat` of a manifest or a here-document shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from nodeportkit.errors import ManifestError
from nodeportkit.frames import empty
from nodeportkit.sources.objects.collect import Objects, Other
from nodeportkit.sources.objects.json.read import read_json
from nodeportkit.sources.objects.kinds import frame_of_resource
from nodeportkit.sources.objects.regions import document_around, json_region, yaml_end, yaml_gaps
from nodeportkit.sources.objects.yaml.form import read_yaml
from nodeportkit.sources.reader import Context, Finding, Fragment

__all__ = ["PRIORITY", "find"]

PRIORITY: Final = 20

_HINTS: Final = re.compile(r'"(?:kind|apiVersion|items|object)"\s*:')
_HINTED_LINES: Final = 40
_TRIES: Final = 3
_MANY: Final = 100
_KIND_WITHIN: Final = 4
_KIND: Final = re.compile(r'\s*(?:- )?"?kind"?\s*:\s*\S{1,80}$')


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The objects that stand from `lines[at]` on, or None if none do.

    Raises
    ------
    ManifestError, ReadError
        If it is a manifest or JSON of Kubernetes that cannot be read.

    Examples
    --------
    >>> found = find(["kind: Service", "apiVersion: v1", "metadata: {name: web}", "", "Applied."], 0, Context())
    >>> found.end, [fragment.frame for fragment in found.fragments()]
    (3, ['services', 'ports'])
    """
    if lines[at][:1] in ("{", "["):
        return _json(lines, at, context)
    end = yaml_end(lines, at)
    return None if end is None else _yaml(lines, at, end, context)


def _yaml(lines: Sequence[str], at: int, end: int, context: Context) -> Finding | None:
    """The finding of the YAML, up to the document that is broken, if one is.

    A document that something behind a blank line spoils ends at that blank line: the rest is left to other readers.
    """
    first, last = at, end
    try:
        return _finding(_read_yaml(lines, at, end, context), lines, at, end, context)
    except ManifestError as error:
        wrong = min(max((error.line or 0) - 1, at), end - 1)
        first, last = document_around(lines, at, end, wrong)
    if first > at:
        return _finding(_read_yaml(lines, at, first, context), lines, at, first, context)
    gaps = (gap for gap in yaml_gaps(lines, at, last) if gap <= wrong)
    for shorter in islice(gaps, _TRIES):
        try:
            return _finding(_read_yaml(lines, at, shorter, context), lines, at, shorter, context)
        except ManifestError:
            continue
    try:
        return _finding(_read_yaml(lines, at, last, context, slips=True), lines, at, last, context)
    except ManifestError as error:
        # Of very many documents those behind a broken one are given up with it: looking at them again would take too long.
        many = sum(line.startswith("---") for line in lines[at:end]) > _MANY
        error.last_line = end if many else last
        raise


def _read_yaml(lines: Sequence[str], at: int, end: int, context: Context, *, slips: bool = False) -> Objects:
    text = "\n".join(lines[at:end])
    return read_yaml(text, context.source, namespace=context.namespace, first_line=at + 1, slips=slips)


def _json(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The finding of the JSON, and of all that follows it line on line, as a watch prints it."""
    if not any(_HINTS.search(line) for line in lines[at : at + _HINTED_LINES]):
        return None
    texts = []
    end = at
    while found := json_region(lines, end):
        texts.append(found[0])
        end = found[1]
        if not lines[end - 1].endswith(found[0][-1:]):
            break
    objects = read_json(
        "\n".join(texts).encode("utf-8", "replace"), context.source, namespace=context.namespace, first_line=at + 1
    )
    junk = () if "\n".join(texts) == "\n".join(lines[at:end]) else (end - 1,)
    return _finding(objects, lines, at, end, context, junk)


def _finding(
    objects: Objects, lines: Sequence[str], at: int, end: int, context: Context, junk: tuple[int, ...] = ()
) -> Finding | None:
    """The finding of objects; None where nothing of them is an object of Kubernetes."""
    known = objects.fragments or objects.outcomes or objects.lists or objects.settings
    if not known and not any(other.kind for other in objects.others):
        return None
    fragments = _complete(objects, context)
    places = {_place(other, lines, at, end) for other in objects.others}
    unread = tuple(sorted({place for place in places if place is not None}.union(junk)))
    settings = {name: value for told in objects.settings for name, value in told.items()}
    outcomes = tuple(objects.outcomes)
    return Finding(at, end, outcomes=outcomes, fragments=lambda: fragments, unread=unread, settings=settings)


def _place(other: Other, lines: Sequence[str], at: int, end: int) -> int | None:
    """The line that says what the object is; none that holds a Secret's data, if it is written on one line."""
    start = other.line - 1 if other.line else at
    named = next((place for place in range(start, min(start + _KIND_WITHIN, end)) if _KIND.match(lines[place])), None)
    if named is None and other.kind != "Secret":
        return start
    return named


def _complete(objects: Objects, context: Context) -> list[Fragment]:
    """The fragments, with the claim that they are everything there is where the command asked for everything."""
    command = context.command
    if command is None or not command.complete or len(objects.lists) != 1:
        return objects.fragments
    asked = set(command.resources)
    fragments = [
        replace(fragment, complete=command.complete) if _resources(fragment) <= asked else fragment
        for fragment in objects.fragments
    ]
    shown = {fragment.frame for fragment in fragments}
    absent: Iterable[str] = sorted({frame for resource in asked if (frame := frame_of_resource(resource))} - shown)
    return [*fragments, *(Fragment(frame, empty(frame), complete=command.complete) for frame in absent)]


def _resources(fragment: Fragment) -> set[str]:
    """The resources of which the fragment lists objects; for parts of objects something that nobody asks for."""
    if fragment.frame == "workloads":
        return {f"{kind.lower()}s{_GROUPS.get(kind, '.apps')}" for kind in fragment.rows["kind"]}
    if fragment.frame == "endpoints":
        return {"endpointslices" if fragment.detail == 3 else "endpoints"}
    return {_RESOURCES.get(fragment.frame, fragment.frame)}


_RESOURCES: Final = {"policies": "networkpolicies.networking.k8s.io", "backends": "ingresses.networking.k8s.io"}
_GROUPS: Final = {"ReplicationController": "", "Job": ".batch", "CronJob": ".batch"}
