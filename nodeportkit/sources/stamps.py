"""What CI systems, collectors of logs and editors write before every line: times, names of jobs, line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from operator import contains
from typing import Final

from nodeportkit.sources.prompts import typed

__all__ = ["may_be_stamped", "unstamp"]

_TIME: Final = r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
_MOMENT: Final = rf"\d{{4}}-\d\d-\d\d[T ]{_TIME}(?:Z|[+-]\d\d:?\d\d)?"
_STAMPS: Final = re.compile(
    rf"""(?:
        (?:[^\t]{{1,100}}\t){{0,2}}{_MOMENT}(?:\ \d\d[OE]\+?)?      # GitHub, `gh run view --log`, GitLab, Azure
      | \[(?:{_MOMENT}|{_TIME})\]                                   # Jenkins
      | {_TIME}
      | (?P<name>[\w.-]{{1,60}}\ +\||\[pod/[\w./-]{{1,200}}\])      # docker compose; kubectl logs --prefix
      | [A-Z][a-z]{{2}}\ [\d ]\d\ {_TIME}\ [\w.-]{{1,100}}\ [\w./-]{{1,100}}(?:\[\d+\])?:  # syslog, journalctl
      | \ *(?P<number>\d{{1,6}})(?:[:|]|\ \|)?                      # cat -n, editors
    )(?P<blanks>[\t ]*)(?P<line>.*)""",
    re.VERBOSE,
)
# How they begin, unless with a name or a field before a bar or a tab.
_HEADS: Final = re.compile(r"[\d\[ ]|[A-Z][a-z]{2} ")
# What shows that the lines are a terminal's: the header of a table, a manifest, a description.
_PRINTED: Final = re.compile(r"(?:NAME|NAMESPACE|LAST SEEN)\s{2,}|apiVersion: |Name:\s{2,}")
_MOST_LINES: Final = 50_000  # more come from files, not from terminals


def may_be_stamped(lines: Sequence[str], heads: Iterable[str]) -> bool:
    """Whether `unstamp` may find something in lines, of which four characters each are told.

    Examples
    --------
    >>> (
    ...     may_be_stamped(["10:22:33 $ ls"], ["10:2"]),
    ...     may_be_stamped(["web-1  | up"], ["web-"]),
    ...     may_be_stamped(["a"], ["a"]),
    ... )
    (True, True, False)
    """
    return any(map(_HEADS.match, heads)) or any(any(map(contains, lines, repeat(mark))) for mark in "|\t")


def unstamp(lines: list[str]) -> list[str]:
    """The lines without what stands before each of a block of them; the same list if nothing does.

    Examples
    --------
    >>> unstamp(["10:22:33 $ minikube ip", "10:22:34 192.168.59.100", "", "10:22:35 is a time"])
    ['$ minikube ip', '192.168.59.100', '', '10:22:35 is a time']
    """
    if len(lines) > _MOST_LINES:
        return lines
    result = lines
    for start, found in _blocks(lines):
        rests = [match["line"] for match in found if match["line"]]
        printed = any(map(_PRINTED.match, rests))
        commands = sum(typed(rest) is not None for rest in rests)
        # `kubectl rollout history` and `history` number commands themselves.
        if not printed and (not commands or found[0]["number"] or (found[0]["name"] and commands == len(rests))):
            continue
        gap = min(len(match["blanks"]) for match in found if match["line"])
        result = list(lines) if result is lines else result
        for at, match in enumerate(found, start):
            result[at] = (match["blanks"][gap:] + match["line"]) if match["line"] else ""
    return result


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[re.Match[str]]]]:
    """Where two or more lines stand below each other that begin with stamps of one kind, with what was found in them."""
    at = 0
    while at < len(lines):
        block: list[re.Match[str]] = []
        while at < len(lines) and (found := _STAMPS.match(lines[at])) and (not block or _goes_on(block, found)):
            block.append(found)
            at += 1
        if len(block) > 1:
            yield at - len(block), block
        at += not block


def _goes_on(block: list[re.Match[str]], found: re.Match[str]) -> bool:
    before = block[-1]
    if before["number"] or found["number"]:
        return bool(before["number"] and found["number"]) and int(before["number"]) + 1 == int(found["number"])
    return before["name"] == found["name"]
