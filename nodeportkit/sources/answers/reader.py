"""The answer of an HTTP server in a transcript: status line, headers, curl's trace, and the body."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.command import Command
from nodeportkit.sources.margins import fence
from nodeportkit.sources.outcomes import reader as outcomes
from nodeportkit.sources.outcomes.curl import ATTEMPT, fetches, target
from nodeportkit.sources.outcomes.failures import failure
from nodeportkit.sources.prompts import split_prompt
from nodeportkit.sources.reader import Context, Finding, Outcome

__all__ = ["PRIORITY", "find"]

# Asked last: an answer may be a table, a manifest or an error that another reader knows.
PRIORITY: Final = 90

_STATUS: Final = re.compile(r"(?:< )?HTTP/[\d.]+ (?P<status>\d{3})\b")
_HEADER: Final = re.compile(r"(?:< )?[A-Za-z][A-Za-z0-9-]*:(?:\s|$)|<$")
# What curl -v writes around the answer: what it does, what it sends, what it gets.
_TRACE: Final = re.compile(r"\*(?: |$)|[<>](?: [A-Za-z][\w-]*(?::|/\d)| [A-Z]+ |$)|[{}] \[\d+ bytes data\]")
_METER: Final = re.compile(r"\s*(?:% Total +% Received|Dload +Upload|\d{1,3} +[\d.kMG]+ +\d{1,3} +[\d.kMG]+ .*--:--)")
_TITLE: Final = re.compile(r"<title[^>]{0,200}>([^<]{0,1000})", re.IGNORECASE)
_POWERSHELL: Final = re.compile(r"StatusCode +: (\d{3})$")
_CODE: Final = re.compile(r"\d{3}$")
_LONGEST: Final = 200


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The answer that begins at `lines[at]`: by its status line, or as the first output of curl or wget."""
    line = lines[at]
    if _is_meter(line):
        return Finding(at, at + 1)
    asked = fetches(context.command)
    end = at
    status: int | None = None
    if asked and line.startswith("* "):
        end = _trace_end(lines, at)
        seen = [int(found["status"]) for text in lines[at:end] if (found := _STATUS.match(text))]
        if not seen:
            return Finding(at, end, outcomes=_failed(lines, at, end, context))
        status = seen[-1]
    elif line.startswith(("HTTP/", "< HTTP/")) and (first := _STATUS.match(line)):
        status = int(first["status"])
        end += 1
        while end < len(lines) and _HEADER.match(lines[end]):
            end += 1
    elif not (asked and context.command and _is_first_output(lines, at, context.command)):
        return None
    start, end = _body(lines, at, end, context)
    details = _details(lines[start:end], context.command, status)
    kind = "http"
    if details.get("status") == 0:  # curl writes 000 where no answer came
        kind = "error"
    return Finding(at, end, outcomes=(Outcome(kind, at + 1, line.strip()[:_LONGEST], details),))


def _trace_end(lines: Sequence[str], at: int) -> int:
    """The end of curl's trace; the meter's carriage returns leave blank lines in it."""
    end = place = at
    while place < len(lines):
        if _TRACE.match(lines[place]) or _is_meter(lines[place]):
            end = place + 1
        elif lines[place]:
            break
        place += 1
    return end


def _failed(lines: Sequence[str], at: int, end: int, context: Context) -> tuple[Outcome, ...]:
    """The failure that a trace shows, if curl does not say it itself below, as with -s."""
    below = end
    while below < len(lines) and (not lines[below] or lines[below].startswith("* ") or _is_meter(lines[below])):
        below += 1
    if below < len(lines) and "curl: (" in lines[below]:
        return ()
    for place in range(end - 1, at - 1, -1):
        if told := ATTEMPT.match(lines[place]):
            details = target(context.command) | {
                "address": told["address"],
                "port": int(told["port"]),
                "reason": told["reason"],
            }
            return (Outcome(failure(told["reason"]) or "error", place + 1, lines[place], details),)
    return ()


def _is_meter(line: str) -> bool:
    """Whether it is a line of curl's progress meter."""
    return ("--:--" in line or "% Total" in line or "Dload" in line) and bool(_METER.match(line))


def _is_first_output(lines: Sequence[str], at: int, command: Command) -> bool:
    """Whether only blank lines, fences and curl's meter stand between the command and the place."""
    before = at - 1
    while before >= 0 and (not lines[before] or fence(lines[before]) or _is_meter(lines[before])):
        before -= 1
    if before < 0:
        return False
    typed = split_prompt(lines[before])[1].strip()
    return command.text.endswith(typed) or _aside(lines, before, command)


def _aside(lines: Sequence[str], at: int, command: Command) -> bool:
    """Whether kubectl or wget say something beside the matter there, before the answer."""
    found = outcomes.find(lines, at, Context(command=command))
    return found is not None and all(outcome.kind == "warning" for outcome in found.outcomes)


def _body(lines: Sequence[str], at: int, end: int, context: Context) -> tuple[int, int]:
    """The lines of the body: an HTML page up to its end, other text up to a blank line."""
    start = end
    while start < len(lines) and not lines[start]:
        start += 1
    if end > at and (start == len(lines) or not _has_body(lines[start], context)):
        return end, end
    if _is_html(lines[start]):
        for place in range(start, len(lines)):
            if "</html>" in lines[place].lower():
                return start, _after_trace(lines, place + 1)
            if lines[place].startswith("HTTP/"):
                break  # another answer: this one was cut off
    stop = start + 1
    while (
        stop < len(lines) and lines[stop] and not _is_meter(lines[stop]) and outcomes.find(lines, stop, context) is None
    ):
        stop += 1
    return start, _after_trace(lines, stop)


def _has_body(line: str, context: Context) -> bool:
    """Whether what stands behind the headers is the body: for -I there is none."""
    if not fetches(context.command):
        return _is_html(line)
    words = context.command.text.split() if context.command else []
    heads = any(word == "--head" or re.match(r"-[A-Za-z]*I", word) for word in words)
    return not heads and outcomes.find([line], 0, context) is None


def _is_html(line: str) -> bool:
    return line.lstrip()[:5].lower() in ("<!doc", "<html")


def _after_trace(lines: Sequence[str], end: int) -> int:
    while end < len(lines) and lines[end].startswith("* "):
        end += 1
    return end


def _details(body: Sequence[str], command: Command | None, status: int | None) -> dict[str, Any]:
    text = "\n".join(body)[:100_000]
    shown = next((line.strip() for line in body if line.strip()), "")
    details: dict[str, Any] = target(command) | {"status": status}
    if command and "%{http_code}" in command.text and (last := [line for line in body if _CODE.fullmatch(line[-3:])]):
        details["status"] = int(last[-1][-3:])
        shown = "" if _CODE.fullmatch(shown) else shown
    elif status is None and (told := next(filter(None, map(_POWERSHELL.match, body)), None)):
        details["status"] = int(told[1])
    if title := _TITLE.search(text):
        details["title"] = " ".join(html.unescape(title[1]).split())[:_LONGEST]
    elif shown and not _is_html(shown):
        details["body"] = shown[:_LONGEST]
    return details
