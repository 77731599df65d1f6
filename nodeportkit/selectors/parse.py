"""Selector text, as `kubectl get -l` takes it."""

from __future__ import annotations

import re
from typing import Final

from nodeportkit.errors import ReadError
from nodeportkit.selectors.requirement import Requirement, by_key, requirement

__all__ = ["parse_selector"]

_TOKEN = re.compile(r"[ \t\r\n]*(==|!=|[=!(),<>]|[^=!(),<> \t\r\n]+|$)")
_SYMBOLS: Final = frozenset({"==", "!=", "=", "!", "(", ")", ",", "<", ">"})


def parse_selector(text: str) -> tuple[Requirement, ...]:
    """Read selector text as `kubectl get -l` takes it.

    Raises
    ------
    ReadError
        If the text is no selector; with the column.

    Examples
    --------
    >>> parse_selector("app in (web,api),!gone")
    (Requirement(key='app', operator='in', values=('api', 'web')), Requirement(key='gone', operator='!', values=()))
    """
    return _Parser(text).parse()


class _Parser:
    """Reads selector text token by token; each token knows its column."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [(m[1], m.start(1) + 1) for m in _TOKEN.finditer(text)]
        self.at = 0

    def parse(self) -> tuple[Requirement, ...]:
        found: list[Requirement] = []
        while self.peek() or found:
            found.append(self.read_requirement())
            if not self.peek():
                break
            self.expect(",", "',' or the end")
        return by_key(found)

    def read_requirement(self) -> Requirement:
        negated = self.peek() == "!" and bool(self.take())
        key, column = self.identifier("a label key"), self.column(-1)
        if negated or self.peek() in ("", ","):
            return self.checked(column, key, "!" if negated else "exists", ())
        operator = self.take()
        if operator in ("in", "notin"):
            return self.checked(column, key, operator, self.value_list())
        if operator not in ("=", "==", "!=", "<", ">"):
            raise self.error("one of =, ==, !=, in, notin, <, >", back=1)
        value = "" if self.peek() in ("", ",") else self.identifier("a label value")
        return self.checked(column, key, operator, (value,))

    def value_list(self) -> tuple[str, ...]:
        self.expect("(", "'('")
        values = {self.take() if self.peek() not in _SYMBOLS | {""} else ""}
        while self.peek() == ",":
            self.take()
            values.add(self.take() if self.peek() not in _SYMBOLS | {""} else "")
        self.expect(")", "',' or ')'")
        return tuple(sorted(values))

    def checked(self, column: int, key: str, operator: str, values: tuple[str, ...]) -> Requirement:
        try:
            return requirement(key, operator, values)
        except ReadError as error:
            raise ReadError(error.message, source=self.source, column=column, hint=error.hint) from None

    def identifier(self, expected: str) -> str:
        if self.peek() in _SYMBOLS or not self.peek():
            raise self.error(expected)
        return self.take()

    def expect(self, token: str, expected: str) -> None:
        if self.peek() != token:
            raise self.error(expected)
        self.take()

    def peek(self) -> str:
        return self.tokens[min(self.at, len(self.tokens) - 1)][0]

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def column(self, offset: int = 0) -> int:
        return self.tokens[min(self.at + offset, len(self.tokens) - 1)][1]

    @property
    def source(self) -> str:
        return f"selector {self.text!r}"

    def error(self, expected: str, back: int = 0) -> ReadError:
        self.at -= back
        found = repr(self.peek()) if self.peek() else "the end"
        hint = "Selectors look like app=web,tier!=db,env in (a,b),!gone."
        return ReadError(f"found {found}, expected {expected}", source=self.source, column=self.column(), hint=hint)
