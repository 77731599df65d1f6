"""The options of a command that change what its table shows."""

from __future__ import annotations

import re

from nodeportkit.sources.command import Command
from nodeportkit.sources.shell import split

__all__ = ["custom_columns", "has_headers", "is_watch", "label_columns", "option", "shows_labels"]

_BUNDLED_WATCH = re.compile(r"-[AR]*w")
# What lets lines through as they are, and mostly not the header.
_NUMBERS = re.compile(r"-[A-Za-z]*[ncobH][A-Za-z]*|--(?:line-number|count|only-matching|byte-offset|with-filename)")
_SIEVES = frozenset({"grep", "egrep", "rg", "tail", "findstr", "select-string"})


def _words(command: Command | None) -> list[str]:
    """The words of the commands on the line, up to the first pipe."""
    if command is None:
        return []
    words: list[str] = []
    for simple in split(command.text):
        words.extend(simple.words)
        if simple.piped:
            break
    return words


def option(command: Command | None, long: str, short: str = "") -> str | None:
    """The value of an option, or None if it is not given.

    Examples
    --------
    >>> option(Command("kubectl get pods -L app,track"), "--label-columns", "-L")
    'app,track'
    """
    words = _words(command)
    for at, word in enumerate(words):
        if word in (long, short):
            return words[at + 1] if at + 1 < len(words) else None
        if word.startswith(f"{long}="):
            return word.partition("=")[2]
        if short and word.startswith(short) and not word.startswith("--"):
            return word[len(short) :].removeprefix("=")
    return None


def _flag(command: Command | None, name: str) -> bool:
    return any(
        word == name or (word.startswith(f"{name}=") and not word.endswith("=false")) for word in _words(command)
    )


def is_watch(command: Command | None) -> bool:
    """Whether the command goes on printing objects as they change."""
    return (
        _flag(command, "--watch")
        or _flag(command, "--watch-only")
        or any(_BUNDLED_WATCH.fullmatch(word) for word in _words(command))
    )


def has_headers(command: Command | None) -> bool:
    """Whether the command prints a header, as far as one can tell: not with `--no-headers`, mostly not through grep.

    Examples
    --------
    >>> has_headers(Command("kubectl get pods")), has_headers(Command("kubectl get pods | grep web"))
    (True, False)
    """
    if command is None:
        return True
    if _flag(command, "--no-headers"):
        return False
    simples = split(command.text)
    # What numbers or counts lines leaves none as it was.
    if any(_NUMBERS.fullmatch(word) for simple in simples[1:] if simple.program != "tail" for word in simple.words):
        return True
    programs = [simple.program.lower() for simple in simples]
    return len(programs) < 2 or not set(programs[1:]) <= _SIEVES


def shows_labels(command: Command | None) -> bool:
    """Whether the command asks for LABELS."""
    return _flag(command, "--show-labels")


def label_columns(command: Command | None) -> list[str]:
    """The labels that stand in columns of their own, by `-L`.

    Examples
    --------
    >>> label_columns(Command("kubectl get no -L topology.kubernetes.io/zone,app"))
    ['topology.kubernetes.io/zone', 'app']
    """
    given = option(command, "--label-columns", "-L")
    return [label for label in given.split(",") if label] if given else []


def custom_columns(command: Command | None) -> list[tuple[str, str]]:
    """The columns of `-o custom-columns=NAME:.metadata.name,...`: each name and path.

    Examples
    --------
    >>> custom_columns(Command("", output="custom-columns=NAME:.metadata.name,IP:.status.podIP"))
    [('NAME', '.metadata.name'), ('IP', '.status.podIP')]
    """
    form, _, columns = (command.output if command else "").partition("=")
    if form != "custom-columns":
        return []
    pairs = [column.partition(":") for column in columns.split(",")]
    return [(name, path) for name, _, path in pairs if name]
