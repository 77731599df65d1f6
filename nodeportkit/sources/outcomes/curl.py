"""What curl says when it fails (curl/curl docs/libcurl/libcurl-errors.md lists the codes), and where it was to go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from nodeportkit.sources.command import Command
from nodeportkit.sources.outcomes.failures import failure
from nodeportkit.sources.reader import Context, Finding, Outcome
from nodeportkit.sources.shell import program_of, split, words

__all__ = ["ATTEMPT", "fetches", "find", "target"]

# The progress meter may stand before the message on the same line.
_ERROR: Final = re.compile(r"(?:[\d\s:.kMG-]*)curl: \((?P<code>\d{1,3})\) (?P<message>.*)$")
# curl 7.29 and older put a colon and a semicolon.
_PLACE: Final = re.compile(
    r"Failed to connect to (?P<host>\S+) port (?P<port>\d+)(?: after (?P<ms>\d+) ms)?"
    r"|Failed connect to (?P<old_host>\S+?):(?P<old_port>\d+);"
    r"|[Rr]esolve (?:host|proxy)(?: name)?:? '?(?P<name>[^'\s]+)'?"
)
ATTEMPT: Final = re.compile(r"\* connect to (?P<address>\S+) port (?P<port>\d+).*? failed: (?P<reason>.*)$")
_LONGEST_TRACE: Final = 12
_STATUS: Final = re.compile(r"requested URL returned error: (\d{3})")
# For error 7, curl does not always pass on the words of the operating system: "Couldn't connect to server".
# Then the time tells a refusal from a host that is not there: Linux asks three times, a second each, who has an address of
# its own network (arp(7): mcast_solicit, retrans_time); Windows takes two seconds over a refusal.
_NOBODY_THERE: Final = 2_900
_OWN: Final = re.compile(r"localhost$|127\.|::1$")
_BY_CODE: Final = {5: "unresolved", 6: "unresolved", 7: "refused", 28: "timeout", 52: "reset"}
_FETCHERS: Final = frozenset(("curl", "wget", "http", "https", "invoke-webrequest", "iwr"))
_VALUED: Final = words(
    "-A -b -c -C -d -D -e -E -F -H -K -m -o -P -Q -r -t -T -u -U -w -x -X -y -Y -z --connect-timeout --data --data-raw "
    "--header --host --interface --max-time --method --output --proxy --request --resolve --retry --timeout --tries --url-query "
    "--user --user-agent --write-out -O"
)
_URL: Final = re.compile(
    r"(?:(?P<scheme>[a-z]+)://)?(?:[^@/\s]*@)?(?P<host>\[[^\]]+\]|\$\([^)]*\)|[^/:?#\s]+)?(?::(?P<port>\d{1,5}))?(?:[/?#]|$)"
)
_USER: Final = re.compile(r"(?<=//)[^/@\s]*@|^[^/@\s]*@")  # may hold a password
_DEFAULT_PORTS: Final = {"": 80, "http": 80, "https": 443}


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """`curl: (7) Failed to connect to ...` and its like."""
    line = lines[at]
    if "curl: (" not in line or not (error := _ERROR.match(line)):
        return None
    code, message = int(error["code"]), error["message"]
    details: dict[str, Any] = {"code": code} | target(context.command)
    if place := _PLACE.search(message):
        details["address"] = (place["host"] or place["old_host"] or place["name"]).strip("[]")
        if port := place["port"] or place["old_port"]:
            details["port"] = int(port)
        if place["ms"]:
            details["milliseconds"] = int(place["ms"])
    details["reason"] = message.rpartition("; ")[2] if place and place["old_host"] else message.rpartition(": ")[2]
    details["message"] = message
    if system := _system_words(lines, at):
        details["reason"] = system
    status = _STATUS.search(message)
    if status:
        kind = "http"
        details["status"] = int(status[1])
    else:
        kind = failure(system or message) or _by_code(code, details)
        if code == 60:  # the port answered: only the certificate is not trusted
            kind = "error"
    return Finding(at, _end(lines, at), outcomes=(Outcome(kind, at + 1, line.strip(), details),))


def _by_code(code: int, details: dict[str, Any]) -> str:
    """The kind of failure where no words tell it."""
    waited = details.get("milliseconds", 0) >= _NOBODY_THERE and not _OWN.match(details.get("address", ""))
    return "unreachable" if code == 7 and waited else _BY_CODE.get(code, "error")


def _system_words(lines: Sequence[str], at: int) -> str:
    """What the operating system said, from the trace of curl -v above the message, which may not pass it on."""
    for before in range(at - 1, max(at - _LONGEST_TRACE, -1), -1):
        if lines[before] and not lines[before].startswith("* ") and "--:--" not in lines[before]:
            break
        if found := ATTEMPT.match(lines[before]):
            return found["reason"]
    return ""


def _end(lines: Sequence[str], at: int) -> int:
    """The end of the message: for certificates, curl adds a paragraph of advice."""
    end = at + 1
    if end < len(lines) and lines[end].startswith("More details here: "):
        end += 1
        advice = end + (end < len(lines) and not lines[end])
        if advice < len(lines) and lines[advice].startswith("curl failed to verify"):
            end = advice
            while end < len(lines) and lines[end] and not lines[end - 1].endswith(" mentioned above."):
                end += 1
    return end


def target(command: Command | None) -> dict[str, Any]:
    """Where a command was to fetch from: `url`, `address` and `port`, as far as it is written there.

    Examples
    --------
    >>> from nodeportkit.sources.command import parse_command
    >>> target(parse_command("kubectl exec web -- curl -m 5 http://10.0.0.7:8080/healthz"))
    {'url': 'http://10.0.0.7:8080/healthz', 'address': '10.0.0.7', 'port': 8080}
    >>> target(parse_command("curl $(minikube ip):30008"))
    {'url': '$(minikube ip):30008', 'port': 30008}
    """
    url = _url(command.text) if command else ""
    found = _URL.match(url) if url else None
    if not found:
        return {}
    details: dict[str, Any] = {"url": _USER.sub("", url)}
    host = (found["host"] or "").strip("[]")
    if host and "$" not in host and "`" not in host:
        details["address"] = host
    port = int(found["port"]) if found["port"] else _DEFAULT_PORTS.get(found["scheme"] or "")
    return details | ({"port": port} if port else {})


def _is_fetcher(word: str) -> bool:
    return word[:1] != "-" and program_of(word).lower() in _FETCHERS


def _url(text: str) -> str:
    for simple in split(text):
        start = next((i for i, word in enumerate(simple.words) if _is_fetcher(word)), None)
        if start is None:
            continue
        words = simple.words[start + 1 :]
        for before, word in zip((simple.words[start], *words), words, strict=False):
            if "://" in word and not word.startswith("-"):
                return word
            if not word.startswith("-") and (before not in _VALUED) and _URL.match(word):
                return word
    return ""


@lru_cache(maxsize=64)
def fetches(command: Command | None) -> bool:
    """Whether a command prints what a server answers."""
    if command is None:
        return False
    return any(_is_fetcher(word) for simple in split(command.text) for word in simple.words)
