"""The words in which programs say why a connection failed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

__all__ = ["address_in", "failure", "powershells_rest"]

_FAILURES: Final = (
    # A name that is resolved too slowly is a matter of names, not of the port.
    (re.compile(r"resolv\w* timed out", re.IGNORECASE), "unresolved"),
    (re.compile(r"refused|ECONNREFUSED|winerror 10061", re.IGNORECASE), "refused"),
    (
        re.compile(
            r"timed?[ _]?out|timeout|ETIMEDOUT|did not properly respond|deadline exceeded|too long to respond", re.I
        ),
        "timeout",
    ),
    (
        re.compile(
            r"not resolve|n't resolve|unable to resolve|no such host|bad address|name or service not known|unknown host|"
            r"(?:name resolution|name|domain)\b.{0,40}(?:failure|not known|not found)|nodename nor servname|NAME_NOT_RESOLVED",
            re.IGNORECASE,
        ),
        "unresolved",
    ),
    (re.compile(r"no route to host|unreachable|host is down", re.IGNORECASE), "unreachable"),
    (re.compile(r"\breset\b|empty reply|aborted|EMPTY_RESPONSE", re.IGNORECASE), "reset"),
)
_ADDRESS: Final = re.compile(
    r"(?P<v6>\[[0-9a-fA-F:.]+\]|\b[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F.]+)(?:(?::| port )(?P<p6>\d{1,5}))?"
    r"|\b(?P<v4>\d{1,3}(?:\.\d{1,3}){3})(?:(?::| port | )(?P<p4>\d{1,5})\b)?"
)

_POWERSHELLS_REST: Final = re.compile(r"At line:\d|At .*\.ps1:\d|\+ |\s*\+ (?:~|CategoryInfo|FullyQualifiedErrorId)")
# What follows "on" is the name server.
_LOOKUP: Final = re.compile(r"\blookup (\S+?)(?: on |: )")


def failure(words: str) -> str | None:
    """The kind of outcome that the words of a failed connection tell: `refused`, `timeout`, ...; None for other words.

    Examples
    --------
    >>> failure("Connection refused"), failure("dial tcp 10.0.0.1:6443: i/o timeout"), failure("No route to host")
    ('refused', 'timeout', 'unreachable')
    """
    return next((kind for pattern, kind in _FAILURES if pattern.search(words)), None)


def address_in(words: str) -> dict[str, Any]:
    """The first IP address in the words, with its port if one stands behind it.

    Examples
    --------
    >>> address_in("dial tcp 192.168.59.100:8443: connect: connection refused")
    {'address': '192.168.59.100', 'port': 8443}
    >>> address_in("dial tcp: lookup lab.example on 10.96.0.10:53: no such host")
    {'address': 'lab.example'}
    """
    if lookup := _LOOKUP.search(words):
        return {"address": lookup[1]}
    found = _ADDRESS.search(words)
    if not found:
        return {}
    address = found["v4"] or found["v6"].strip("[]")
    port = found["p4"] or found["p6"]
    return {"address": address} | ({"port": int(port)} if port else {})


def powershells_rest(lines: Sequence[str], end: int) -> int:
    """Where the lines end in which PowerShell tells the place of an error whose words stand above `end`."""
    while end < len(lines) and _POWERSHELLS_REST.match(lines[end]):
        end += 1
    return end
