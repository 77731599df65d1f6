"""Whatever a person has of a manifest -> its objects, each with the lines of its fields, and what is wrong with its text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from nodeportkit.errors import ManifestError, ReadError, Slip
from nodeportkit.sources.large import LargeFile
from nodeportkit.sources.objects.slips.mend import mend
from nodeportkit.sources.objects.yaml.documents import Documents
from nodeportkit.sources.origins import origins
from nodeportkit.sources.text import decode
from nodeportkit.validation.findings import Finding
from nodeportkit.validation.places import Places

__all__ = ["Item", "Manifest", "read_manifest"]

_LONGEST: Final = 1_000_000
_SEPARATOR: Final = re.compile(r"^---(?:[ \t].*)?(?:\n|\Z)", re.MULTILINE)
# Blanks and marks that our reader of YAML forgives, and a server does not; and what stands for them meanwhile.
_STRANGE: Final = "\xa0\u2007\u202f\u2002\u2003\u2009\ufeff\u200b\u2060"
_HIDE: Final = {ord(mark): 0x10FF00 + at for at, mark in enumerate(_STRANGE)}
_SHOW: Final = {stand_in: mark for mark, stand_in in _HIDE.items()}
_COUNTED: Final = re.compile(r"\b(?:an?|\d+) |s\b")


@dataclass(frozen=True, slots=True)
class Item:
    """One object of a manifest."""

    thing: Any
    places: Places | None = None
    document: int = 0
    inside: str = ""

    def line(self, path: str) -> int | None:
        """The line of a field, counted from 1; None for an object that was given as a dict."""
        return self.places.line(self.document, path, self.inside) if self.places else None


@dataclass(slots=True)
class Manifest:
    """The objects of a manifest, what is wrong with its text, and the slips that explain what is wrong with its objects."""

    items: list[Item] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)


def read_manifest(manifest: Any) -> Manifest:
    """Read a manifest: text, bytes, a path, an open file, an object as a dict, or several of these in a list.

    Raises
    ------
    NotFound
        If a path names no file.
    ReadError
        If it is nothing that holds text or objects.
    """
    read = Manifest()
    several = isinstance(manifest, list | tuple) and not all(isinstance(one, Mapping) for one in manifest)
    for origin in origins(manifest if several else (manifest,)):
        if isinstance(origin.content, str | bytes | LargeFile):
            _read_text(read, decode(origin.content, origin.name), origin.name)
        elif isinstance(origin.content, list):
            read.items += [item for thing in origin.content for item in _opened(Item(thing))]
        else:
            what = type(origin.content).__name__
            raise ReadError(
                f"no manifest: a {what}", source=origin.name, hint="Give text, a path, or objects as dicts."
            )
    if not read.items and not read.findings:
        read.findings.append(Finding("error", "", "", "no objects passed to create"))
    return read


def _read_text(read: Manifest, text: str, source: str) -> None:
    complaint = _complaint(text)
    if text.lstrip().startswith(("{", "[")) and complaint is None:
        # JSON has no slips of blanks and tabs.
        read.findings += _broken_json(text)
        slips: list[Slip] = []
    else:
        slips, corrected = mend(text) if len(text) <= _LONGEST else ([], None)
        if complaint is None:
            read.slips += slips
        else:
            read.findings += _of_slips(slips, *complaint)
            if corrected is None and slips:
                return
            text = text if corrected is None else corrected
    documents = Documents(text.removeprefix("\ufeff").translate(_HIDE), source, slips=False)
    places = Places(text)
    try:
        for position, thing in enumerate(documents):
            if thing is not None:
                read.items += _opened(Item(_shown(thing), places, position))
    except ManifestError as error:
        if complaint is None:
            read.findings.append(Finding("error", "", "", error.message, error.hint or "", error.line))
        elif not slips and error.hint:
            read.findings[-1].explanation = error.hint


def _shown(thing: Any) -> Any:
    """A document with the marks that were hidden from our reader of YAML."""
    if isinstance(thing, str):
        return thing.translate(_SHOW)
    if isinstance(thing, dict):
        return {key.translate(_SHOW): _shown(value) for key, value in thing.items()}
    return [_shown(value) for value in thing] if isinstance(thing, list) else thing


def _opened(item: Item) -> Iterator[Item]:
    """The object, or the objects that it lists."""
    thing = item.thing
    if isinstance(thing, list | tuple):
        entries, inside = thing, ""
    elif (
        isinstance(thing, Mapping) and str(thing.get("kind")).endswith("List") and isinstance(thing.get("items"), list)
    ):
        entries, inside = thing["items"], "items"
    else:
        yield item
        return
    for position, entry in enumerate(entries):
        yield Item(entry, item.places, item.document, f"{item.inside}{inside}[{position}]")


def _complaint(text: str) -> tuple[str, int] | None:
    """What kubectl says of a text that is no YAML, and the line on which it gives up.

    kubectl counts lines within a document, and by one less where the parser, not the scanner, gives up
    (go.yaml.in/yaml/v2, `parser.fail`).
    """
    import yaml

    starts = [0, *(match.end() for match in _SEPARATOR.finditer(text))]
    ends = [*(match.start() for match in _SEPARATOR.finditer(text)), len(text)]
    for start, end in zip(starts, ends, strict=True):
        above = text.count("\n", 0, start)
        try:
            for _ in yaml.parse(text[start:end], Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
                pass
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = 0 if mark is None else mark.line
            counted = line + isinstance(error, yaml.scanner.ScannerError)
            where = f"line {counted}: " if counted else ""
            return f"error converting YAML to JSON: yaml: {where}{error.problem}", above + line + 1
        except (yaml.YAMLError, UnicodeEncodeError) as error:
            return f"error converting YAML to JSON: yaml: {getattr(error, 'reason', error)}", above + 1
    return None


def _of_slips(slips: list[Slip], complaint: str, line: int) -> list[Finding]:
    """What kubectl complains of, with the slip that made it; then a finding for each other sort of slip."""
    if not slips:
        words = f"Look at line {line} and the one above: this is where the text stops being YAML."
        return [Finding("error", "", "", complaint, words, line)]
    near = [slip for slip in slips if slip.line <= line] or slips
    # Of several slips, one in the structure stops a parser sooner than a strange blank.
    cause = next((slip for slip in reversed(near) if "missing" in slip.message), near[-1])
    alike: dict[str, list[Slip]] = {}
    for slip in [cause, *(slip for slip in slips if slip is not cause)]:
        alike.setdefault(_COUNTED.sub("", slip.message), []).append(slip)
    found = [_of_alike(same) for same in alike.values()]
    told = f"{cause.message[:1].upper()}{cause.message[1:]}. {found[0].explanation}"
    behind = f" kubectl notices it on line {line}." if line != cause.line else ""
    return [Finding("error", "", "", complaint, f"{told}{behind}", cause.line), *found[1:]]


def _of_alike(slips: list[Slip]) -> Finding:
    """A finding for one sort of slip, with all the lines where it occurs."""
    first = slips[0]
    more = sorted({slip.line for slip in slips} - {first.line})
    also = f" The same on line{'s' * (len(more) > 1)} {', '.join(map(str, more))}." if more else ""
    return Finding("error", "", "", first.message, f"Write `{first.corrected.strip()}`.{also}", first.line)


def _broken_json(text: str) -> list[Finding]:
    """What clients before 1.33 say of a text that is JSON but for a comma too many: later ones read it as YAML."""
    try:
        decoder, at = json.JSONDecoder(), 0
        while rest := text[at:].lstrip():
            at = len(text) - len(rest) + decoder.raw_decode(rest)[1]
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        words = (
            "kubectl before 1.33 refuses this JSON; later ones read it as YAML. JSON has no comma after the last entry."
        )
        return [Finding("warning", "", "", f"json: {getattr(error, 'msg', error)}", words, line)]
    return []
