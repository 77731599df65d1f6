"""What `nft -j list ruleset` prints, on one line or set out by `jq`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.errors import ReadError
from nodeportkit.sources.proxy_rules.model import Counter, Dump, counter, number
from nodeportkit.sources.proxy_rules.nft_tables import Element, Rule, Table, socket

__all__ = ["begins", "read"]

_NAME: Final = "kube-proxy"
_BEGINS: Final = re.compile(r'\{\s*(?:"nftables"\s*:|$)')
_KEY: Final = re.compile(r'\s*"nftables"\s*:')
_ODD: Final = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError)


def begins(lines: Sequence[str], at: int) -> bool:
    """Whether such a dump can begin at `lines[at]`."""
    line = lines[at]
    if not _BEGINS.match(line):
        return False
    return '"nftables"' in line[:200] or any(_KEY.match(below) for below in lines[at + 1 : at + 2])


def read(lines: Sequence[str], at: int, source: str) -> Dump:
    """The dump that begins at `lines[at]`.

    Raises
    ------
    ReadError
        If it is no JSON, cut off for instance, or not as nft prints it.
    """
    stop = at + 1
    while stop < len(lines) and lines[stop] and not begins(lines, stop):
        stop += 1
    text = "\n".join(lines[at:stop])
    try:
        data, used = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg
        raise ReadError(
            f"cut off: {error.msg}" if cut else f"no JSON: {error.msg}",
            source=source,
            line=at + error.lineno,
            column=error.colno,
            hint="Give the whole output of `nft -j list ruleset`, or that of `nft list ruleset`.",
        ) from None
    except (RecursionError, ValueError):
        raise ReadError(
            "no dump of nftables: nested too deep, or a number too long", source=source, line=at + 1
        ) from None
    end = at + 1 + text.count("\n", 0, used)
    dump = Dump(at, end, "nftables", [])
    entry_number: int | None = None
    tables: dict[str, Table] = {}
    try:
        for place, entry in enumerate(data["nftables"]):
            entry_number = place
            _take(entry, tables)
        for table in tables.values():
            dump.ports.extend(table.ports())
    except _ODD as error:
        where = "" if entry_number is None else f", entry {entry_number}"
        raise ReadError(f"not as nft prints it: `nftables`{where} ({error})", source=source, line=at + 1) from None
    return dump


def _take(entry: dict[str, Any], tables: dict[str, Table]) -> None:
    ((kind, said),) = entry.items()
    if kind not in ("set", "map", "chain", "rule") or said["table"] != _NAME:
        return
    table = tables.setdefault(said["family"], Table(said["family"]))
    if kind == "chain":
        table.chains.setdefault(said["name"], [])
    elif kind == "rule":
        table.chains.setdefault(said["chain"], []).append(_rule(said["expr"]))
    else:
        table.add(said["name"], [_element(element) for element in said.get("elem", ())])
        if "timeout" in said:
            table.timeouts[said["name"]] = number(said["timeout"])


def _element(said: Any) -> Element:
    key, verdict = said if isinstance(said, list) else (said, None)
    comment, count = "", None
    if isinstance(key, dict) and "elem" in key:
        comment, count = str(key["elem"].get("comment", "")), _counter(key["elem"].get("counter"))
        key = key["elem"]["val"]
    parts = key["concat"] if isinstance(key, dict) and "concat" in key else [key]
    becomes = None
    if verdict is not None:
        ((word, where),) = verdict.items()
        becomes = str(where["target"]) if where else word
    return Element(tuple(_text(part) for part in parts), becomes, comment, count)


def _text(said: Any) -> str:
    """An address, a range of them, a protocol or a number."""
    if isinstance(said, dict) and "prefix" in said:
        return f"{said['prefix']['addr']}/{said['prefix']['len']}"
    return str(said)


def _counter(said: Any) -> Counter | None:
    return counter(said["packets"], said["bytes"]) if isinstance(said, dict) else None


def _rule(expressions: list[dict[str, Any]]) -> Rule:
    rule = Rule(always=True)
    for expression in expressions:
        ((kind, said),) = expression.items()
        if kind == "match":
            rule.always = False
            _match(said, rule)
        elif kind in ("goto", "jump"):
            rule.goto = str(said["target"])
        elif kind == "counter":
            rule.counter = _counter(said)
        elif kind == "dnat":
            _dnat(said, rule)
        elif kind == "vmap" and isinstance(said["data"], dict):
            rule.balance = _balance(said)
    if rule.admitted and {"drop": None} not in expressions:
        rule.admitted = []
    rule.always = rule.always and rule.goto is not None
    return rule


def _match(said: dict[str, Any], rule: Rule) -> None:
    left, right = said["left"], said["right"]
    if not isinstance(left, dict) or left.get("payload", {}).get("field") != "saddr":
        return
    if said["op"] == "!=":
        sources = right["set"] if isinstance(right, dict) and "set" in right else [right]
        rule.admitted = [_text(source) for source in sources]
    elif isinstance(right, str) and right.startswith("@affinity-"):
        rule.affinity = right[1:]


def _dnat(said: dict[str, Any], rule: Rule) -> None:
    address = said["addr"]
    if isinstance(address, dict) and "map" in address:
        rule.balance = _balance(address["map"])
    elif isinstance(address, dict):
        rule.to = socket(*address["concat"])
    else:
        rule.to = socket(address, said["port"])


def _balance(said: dict[str, Any]) -> list[tuple[float, str]]:
    mod = said["key"]["numgen"]["mod"]
    balance = []
    for numbers, value in said["data"]["set"]:
        low, high = numbers["range"] if isinstance(numbers, dict) else (numbers, numbers)
        to = socket(*value["concat"]) if "concat" in value else (value.get("goto") or value["jump"])["target"]
        balance.append(((high - low + 1) / mod, to))
    return balance
