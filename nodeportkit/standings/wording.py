"""Plain words for counts and lists, and commands quoted for a shell."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Final

__all__ = ["agree", "all_of", "command", "counted", "listed", "number", "some"]

_WORDS: Final = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def number(count: int) -> str:
    """A count in words, up to twelve.

    Examples
    --------
    >>> number(6), number(1500)
    ('six', '1,500')
    """
    return _WORDS[count] if count < len(_WORDS) else f"{count:,}"


def counted(count: int, noun: str) -> str:
    """A count of things.

    Examples
    --------
    >>> counted(1, "pod"), counted(6, "pod")
    ('one pod', 'six pods')
    """
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


def some(count: int, noun: str) -> str:
    """A count of things, at the beginning of a sentence.

    Examples
    --------
    >>> some(6, "pod")
    'Six pods'
    """
    words = counted(count, noun)
    return words[0].upper() + words[1:]


def agree(count: int, one: str, many: str) -> str:
    """The form of a word that goes with a count.

    Examples
    --------
    >>> agree(1, "is", "are"), agree(2, "is", "are")
    ('is', 'are')
    """
    return one if count == 1 else many


def all_of(count: int, noun: str) -> str:
    """All of so many things, at the beginning of a sentence.

    Examples
    --------
    >>> all_of(1, "pod"), all_of(2, "pod"), all_of(6, "pod")
    ('The one pod', 'Both pods', 'All six pods')
    """
    if count < 3:
        return f"The one {noun}" if count == 1 else f"Both {noun}s"
    return f"All {counted(count, noun)}"


def listed(words: Sequence[str], joint: str = "and", *, most: int = 4) -> str:
    """Words one after the other; the rest is counted where they are many.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed("abcdefg", "or", most=3)
    ('a, b and c', 'a, b, c or 4 more')
    """
    if len(words) > most + 1:
        words = [*words[:most], f"{len(words) - most} more"]
    return f" {joint} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))


def command(what: str, namespace: str, *words: str) -> str:
    """A kubectl command for a namespace, which is left out where it is `default`.

    Examples
    --------
    >>> command("label pods", "shop", "-l", "app=web", "type=front end")
    "kubectl label pods -n shop -l app=web 'type=front end'"
    """
    of_namespace = [] if namespace == "default" else ["-n", namespace]
    return shlex.join(["kubectl", *what.split(), *of_namespace, *words])
