"""How wget, nc, telnet, PowerShell and browsers say that a connection stood or failed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.outcomes.curl import fetches, target
from nodeportkit.sources.outcomes.failures import address_in, failure, powershells_rest
from nodeportkit.sources.reader import Context, Finding, Outcome
from nodeportkit.sources.shell import words

__all__ = ["find"]

# As busybox' wget says it: "can't connect to remote host (10.0.0.1): Connection refused".
_PROGRAM: Final = re.compile(
    r"(?P<program>wget|nc|Ncat|telnet|ssh|curl|iwr|Invoke-WebRequest|Invoke-RestMethod) ?: (?P<message>.*)$"
)
# As GNU wget says it: "Connecting to 10.0.0.1:80... failed: Connection refused."
_CONNECTING: Final = re.compile(
    r"(?:Connecting to|Resolving) (?P<host>\S+?)(?: \([^)]*\))?(?:\|[^|]*\|)?(?::(?P<port>\d+))?\.\.\. "
    r"(?:(?P<failed>failed: .*)|connected\.?|\S.*)$"
)
_ANSWER: Final = re.compile(
    r"HTTP request sent, awaiting response\.\.\. (?:(?P<status>\d{3})\b|(?P<other>.*))"
    r"|wget: server returned error: HTTP/[\d.]+ (?P<refused>\d{3})\b"
)
_BROWSER: Final = re.compile(
    r"(?P<host>\S+) (?:refused to connect|took too long to respond|sent an invalid response)\.?$|(?:net::)?ERR_[A-Z_]+$"
)
_STOOD: Final = re.compile(r"Connection to (?P<host>\S+)(?: \([^)]*\))?(?: (?P<port>\d+))? port \[.*\] succeeded!")
_CHATTER: Final = re.compile(
    r"--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--  \S|Length: (?:\d|unspecified)|Saving to: |saving to |Giving up\.|Retrying\."
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ERROR \d{3}: |\d+K[ .]*\d+% |writing to stdout|Connecting to \S+ \([^)]*\)$|'[^']*' saved$|written to stdout"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(.*\) - .*(?:saved|written)|remote file exists$|\S+ +\d+% ?[\[|].*[\]|]"
)

_FIRST_WORDS: Final = words(
    "wget: nc: Ncat: telnet: ssh: curl curl: iwr Invoke-WebRequest Invoke-RestMethod Invoke-WebRequest: Invoke-RestMethod: Connecting Resolving HTTP Connection"
)
_SIGNS: Final = re.compile(r" refused to connect| too long to respond| sent an invalid response|ERR_[A-Z]")


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """Failed and standing connections of programs other than curl and kubectl."""
    line = lines[at].strip()
    if line.partition(" ")[0] not in _FIRST_WORDS and not _SIGNS.search(line):
        return Finding(at, at + 1) if context.command and _CHATTER.match(line) and fetches(context.command) else None
    end = at + 1
    details: dict[str, Any] = {}
    kind: str | None = None
    if told := _PROGRAM.match(line):
        kind = failure(told["message"]) or "error"
        details = {"program": told["program"], "message": told["message"]} | address_in(told["message"])
        end = powershells_rest(lines, end)
    if answer := _ANSWER.match(line):
        status = answer["status"] or answer["refused"]
        kind = "http" if status else failure(answer["other"]) or "error"
        details = {"status": int(status)} if status else {"message": answer["other"]}
    elif told := _CONNECTING.match(line):
        if not told["failed"]:
            return Finding(at, end)
        kind = failure(told["failed"]) or "error"
        details = {"address": told["host"], "message": told["failed"]} | (
            {"port": int(told["port"])} if told["port"] else {}
        )
    elif told := _STOOD.match(line):
        kind, details = "connected", {"address": told["host"]} | ({"port": int(told["port"])} if told["port"] else {})
    elif kind is None and (told := _BROWSER.match(line)):
        kind = failure(line) or "error"
        details = {"message": line} | ({"address": told["host"]} if told["host"] else {})
    if kind is None:
        return Finding(at, end) if _CHATTER.match(line) and fetches(context.command) else None
    return Finding(at, end, outcomes=(Outcome(kind, at + 1, line, target(context.command) | details),))
