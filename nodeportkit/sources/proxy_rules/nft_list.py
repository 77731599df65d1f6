"""What `nft list ruleset` and `nft list table` print, and what `nft -f` is given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nodeportkit.sources.proxy_rules.model import Counter, Dump, counter, number, split_socket
from nodeportkit.sources.proxy_rules.nft_tables import Element, Rule, Table, socket

__all__ = ["begins", "read"]

_NAME: Final = "kube-proxy"
_TABLE: Final = re.compile(r"table (ip6?|inet|arp|bridge|netdev) (\S+) \{(?: # handle \d+)?$")
_VERBS: Final = "add|create|insert|replace|delete|destroy|flush|reset"
_ADDS: Final = frozenset(("add", "create", "insert"))
_COMMAND: Final = re.compile(
    rf"({_VERBS}) (table|chain|set|map|element|rule|flowtable|counter) (ip6?|inet|arp|bridge|netdev) (\S+)(?: (.*))?$"
)
_BLOCK: Final = re.compile(r"(table|set|map|chain|flowtable|counter|limit|quota) (.*\S) \{(?: # handle \d+)?$")
_COMMENT: Final = re.compile(r' ?comment "[^"]*"')
_WORD: Final = re.compile(r'"([^"]*)"|([^\s"]+)')
_ELEMENT: Final = re.compile(r'(?:[^",]+|"[^"]*")+')
_NUMGEN: Final = re.compile(r"numgen (?:random|inc) mod (\d{1,9})(?: offset \d+)? v?map \{", re.ASCII)
_DNAT: Final = re.compile(r"\bdnat (?:ip6? )?(?:addr \. port )?to (\S+)(?: \. (\d{1,5}))?", re.ASCII)
_GOTO: Final = re.compile(r"(?:^| )(?:goto|jump) (\S+)$")
_AFFINITY: Final = re.compile(r"saddr @(affinity-\S+) ")
_COUNTER: Final = re.compile(r" ?counter packets (\d+) bytes (\d+)", re.ASCII)
_TIMEOUT: Final = re.compile(r"timeout (\d[\da-z]*)", re.ASCII)
_SPAN: Final = re.compile(r"(\d+)(ms|[smhdw])", re.ASCII)
_SECONDS: Final = {"ms": 0, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def begins(line: str) -> bool:
    """Whether such a dump can begin with this line."""
    return bool(_TABLE.match(line) or _COMMAND.match(line) or line.startswith("# Warning: table "))


def read(lines: Sequence[str], at: int) -> Dump:
    """The dump that begins at `lines[at]`: all its tables, up to other text.

    Where a table is not closed, its last line is not used; it is among `Dump.unread`.
    """
    reading = _Reading(lines)
    end = reading.run(at)
    dump = Dump(at, end, "nftables", [], sorted(reading.unread), whole=reading.whole)
    for table in reading.tables.values():
        dump.ports.extend(table.ports())
    return dump


class _Reading:
    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.tables: dict[str, Table] = {}
        self.unread: set[int] = set()
        self.whole = True
        self.blocks: list[tuple[str, str]] = []
        self.table: Table | None = None
        self.in_elements = False

    def run(self, at: int) -> int:
        end = at
        indented = False
        seen: set[str] = set()
        for place in range(at, len(self.lines)):
            line = self.lines[place]
            text = line.strip()
            if not text or text[0] == "#":
                continue
            if not self.blocks:
                if not begins(line) or place - end > 2:
                    break
                if line in seen and _TABLE.match(line):
                    break  # the same tables once more: another dump
                seen.add(line)
            elif place == end and len(self.blocks) == 1 and end == at + 1:
                indented = line[0] in " \t"
            elif indented and line[0] not in " \t" and text[0] != "}":
                break
            end = place + 1
            try:
                self.line(text)
            except (ValueError, IndexError):
                self.unread.add(place)
        if self.blocks:
            self.whole = False
            self.unread.add(end - 1)
            if self.blocks[-1][0] == "chain" and self.table and self.blocks[-1][1] in self.table.chains:
                # Its last rule may be cut off in the middle.
                del self.table.chains[self.blocks[-1][1]][-1:]
        return end

    def line(self, text: str) -> None:
        if self.in_elements:
            self.elements(self.blocks[-1][1], text)
        elif not self.blocks and (found := _COMMAND.match(text)):
            if found[1] in _ADDS and found[4] == _NAME:
                self.command(found[2], self.of(found[3]), found[5] or "")
        elif text[0] == "}":
            self.blocks.pop()
            if not self.blocks:
                self.table = None
        elif opened := _BLOCK.match(text):
            self.open(opened[1], opened[2])
        elif self.table is not None and len(self.blocks) > 1:
            self.inside(*self.blocks[-1], text)
        elif not self.blocks:
            raise ValueError("no table")

    def open(self, kind: str, name: str) -> None:
        self.blocks.append((kind, name))
        if kind == "table":
            family, _, called = name.partition(" ")
            self.table = self.of(family) if called == _NAME else None
        elif kind == "chain" and self.table is not None:
            self.table.chains.setdefault(name, [])

    def of(self, family: str) -> Table:
        return self.tables.setdefault(family, Table(family))

    def inside(self, kind: str, name: str, text: str) -> None:
        assert self.table is not None
        if kind == "chain":
            if not text.startswith(("type ", "policy ", "comment ")):
                self.table.chains[name].append(_rule(text))
        elif text.startswith("elements = "):
            self.elements(name, text[text.index("{") + 1 :])
        elif text.startswith("timeout "):
            self.table.timeouts[name] = _seconds(text[8:])

    def elements(self, name: str, text: str) -> None:
        """Take the elements of one line; nft breaks lines between elements only."""
        assert self.table is not None
        self.in_elements = not _closes(text)
        inner = text if self.in_elements else text[: text.rindex("}")]
        self.table.add(name, _elements(inner))

    @staticmethod
    def command(kind: str, table: Table, rest: str) -> None:
        """What a command of a transaction adds; what others take away was there before."""
        name, _, body = rest.partition(" ")
        if kind == "chain" and name:
            table.chains.setdefault(name, [])
        elif kind == "rule":
            table.chains.setdefault(name, []).append(_rule(body))
        elif kind == "element" and "{" in body:
            table.add(name, _elements(body[body.index("{") + 1 : body.rindex("}")]))
        elif kind == "set" and (timeout := _TIMEOUT.search(body)):
            table.timeouts[name] = _seconds(timeout[1])


def _closes(text: str) -> bool:
    return text[-1] == "}" and text.count('"') % 2 == 0


def _elements(text: str) -> list[Element]:
    """The elements between braces."""
    pieces = _ELEMENT.findall(text) if '"' in text else text.split(",")
    return [_element(piece) for piece in pieces if piece.strip()]


def _element(text: str) -> Element:
    # Quoted words keep a mark, so that no comment passes for a keyword.
    words = [bare or f'"{quoted}' for quoted, bare in _WORD.findall(text)] if '"' in text else text.split()
    at = 1
    key = [words[0]]
    while at + 1 < len(words) and words[at] == ".":
        key.append(words[at + 1])
        at += 2
    rest = words[at:]
    element = Element(tuple(key), rest[-1] if ":" in rest else None)
    if "comment" in rest:
        element.comment = rest[rest.index("comment") + 1].removeprefix('"')
    if "counter" in rest:
        place = rest.index("counter")
        element.counter = counter(rest[place + 2], rest[place + 4])
    return element


def _rule(text: str) -> Rule:
    """What counts of a rule; most say nothing of services."""
    text = text.partition(" # handle ")[0]
    if '"' in text:
        text = _COMMENT.sub("", text)
    count: Counter | None = None
    if "counter packets" in text and (counted := _COUNTER.search(text)):
        count = counter(counted[1], counted[2])
        text = text[: counted.start()] + text[counted.end() :]
    rule = Rule(counter=count)
    if "numgen " in text:
        numbered = _NUMGEN.search(text)
        end = text.find("}", numbered.end()) if numbered else -1
        if not numbered or end < 0:
            raise ValueError("no map of endpoints")
        rule.balance = _balance(number(numbered[1]), text[numbered.end() : end])
    elif "dnat " in text and (to := _DNAT.search(text)):
        rule.to = socket(to[1], to[2]) if to[2] else _checked(to[1])
    elif "saddr != " in text and text.endswith(" drop"):
        sources = text.partition("saddr != ")[2].removesuffix(" drop").strip("{} ")
        rule.admitted = [source.strip() for source in sources.split(",")]
    elif goto := _GOTO.search(text):
        rule.goto = goto[1]
        rule.always = goto.start() == 0
        if affinity := _AFFINITY.search(text):
            rule.affinity = affinity[1]
    return rule


def _balance(mod: int, text: str) -> list[tuple[float, str]]:
    if not mod:
        raise ValueError("no choice among none")
    balance = []
    for item in text.split(","):
        numbers, _, value = item.strip().partition(" : ")
        words = value.split()
        low, _, high = numbers.partition("-")
        weight = number(high or low) - number(low) + 1
        to = words[1] if words[0] in ("goto", "jump") else socket(words[0], words[2])
        balance.append((weight / mod, to))
    return balance


def _checked(address: str) -> str:
    if not split_socket(address):
        raise ValueError(f"no address: {address}")
    return address


def _seconds(text: str) -> int:
    """A span of time as nft prints it: `10m`, `3h`, `2h46m40s`."""
    return number(sum(number(count) * _SECONDS[unit] for count, unit in _SPAN.findall(text)))
