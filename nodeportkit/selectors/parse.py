"""Selector text, as `kubectl get -l` takes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from nodeportkit.errors import ReadError
from nodeportkit.selectors.requirement import Requirement, by_key, check_key, check_value

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
        key = self.identifier("a label key")
        self.at_last_token(check_key, key)
        if negated or self.peek() in ("", ","):
            return Requirement(key, "!" if negated else "exists")
        operator = self.take()
        if operator in ("in", "notin"):
            return Requirement(key, operator, self.value_list(operator))
        if operator not in ("=", "==", "!=", "<", ">"):
            raise self.error("one of =, ==, !=, in, notin, <, >", back=1)
        return Requirement(key, operator, (self.value(operator, ("", ",")),))

    def value_list(self, operator: str) -> tuple[str, ...]:
        self.expect("(", "'('")
        values = {self.value(operator, (",", ")"))}
        while self.peek() == ",":
            self.take()
            values.add(self.value(operator, (",", ")")))
        self.expect(")", "',' or ')'")
        return tuple(sorted(values))

    def value(self, operator: str, ends: tuple[str, ...]) -> str:
        value = "" if self.peek() in ends else self.identifier("a label value")
        self.at_last_token(check_value, value, operator)
        return value

    def at_last_token(self, check: Callable[..., None], *arguments: str) -> None:
        try:
            check(*arguments)
        except ReadError as error:
            raise ReadError(error.message, source=self.source, column=self.column(-1), hint=error.hint) from None

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
