"""What kubectl says when it does not do, or does not find, what it was asked for.

The wordings are those of kubernetes/kubectl pkg/cmd/util/helpers.go and of cli-runtime, the same from 1.9 to 1.36 where not
noted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from nodeportkit.frames import empty
from nodeportkit.sources.kinds import full_kind
from nodeportkit.sources.objects.kinds import frame_of_resource
from nodeportkit.sources.outcomes.failures import address_in, failure, powershells_rest
from nodeportkit.sources.reader import Context, Finding, Fragment, Outcome
from nodeportkit.sources.shell import words

__all__ = ["find"]

_FROM_SERVER: Final = re.compile(r"Error from server(?: \((?P<reason>\w+)\))?: (?P<message>.*)$")
_WHEN: Final = re.compile(r'error when \w+ "(?P<file>[^"]*)": ')
_OBJECT: Final = re.compile(
    r'(?P<kind>[A-Za-z][\w.-]*) "(?P<name>[^"]+)" (?:not found|already exists|is forbidden|is invalid)'
)
_INVALID: Final = re.compile(r'The (?P<kind>\S+) "(?P<name>[^"]*)" is invalid:\s?(?P<causes>.*)$')
_CAUSE: Final = re.compile(r"(?P<field>[A-Za-z][\w.-]*(?:\[[^\]]*\][\w.-]*)*): (?P<message>.*)$")
_VALID_PORTS: Final = re.compile(r"The range of valid ports is (\d{1,5}-\d{1,5})\b")
_EMPTY: Final = re.compile(r"No resources found(?: in (?P<namespace>\S+) namespace)?\.?$")
_YAML_ERROR: Final = re.compile(
    r"error parsing (?P<file>.*?): error converting YAML to JSON: yaml: line (?P<line>\d+): (?P<reason>.*)$"
)
_NO_SERVER: Final = re.compile(
    r"Unable to connect to the server: (?P<reason>.*)$"
    r"|The connection to the server (?P<host>\S+?)(?::(?P<port>\d+))? was (?P<was>refused)\b"
)
_KLOG: Final = re.compile(r"([EW])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w.-]+:\d+\] (?P<message>.*)$")
_ERROR: Final = re.compile(r"(?:error|Error|ERROR|Error in configuration): (?P<message>.*)$")
# PowerShell puts the name of the program before what it wrote to stderr, and the place in the script below.
_POWERSHELL: Final = re.compile(r"(?:kubectl|minikube)(?:\.exe)? : (?P<message>\S.*)$")
_WARNING: Final = re.compile(
    r"(?:Warning|warning|WARNING): (?P<message>.*)$|(?P<flag>Flag --\S+ has been deprecated.*)$"
)
_SHELL: Final = re.compile(
    r"(?:-?(?:ba|z|k|da|a)?sh: )?(?:line )?(?:\d+: )?(?:(?P<program>[\w./-]+): (?:command )?not found"
    r"|command not found: (?P<other>[\w./-]+))$"
    r"|'(?P<windows>[\w.\\/:-]+)' is not recognized as an internal or external command,"
    r"|(?:[\w.-]+ ?: )?The term '(?P<powershell>[^']+)' is not recognized as "
    r"|fish: Unknown command: (?P<fish>\S+)"
)
_EXIT: Final = re.compile(r"command terminated with (?:non-zero )?exit code:? (?P<code>\d+)")
# Lines that follow an error and only help to read it.
_ADVICE: Final = re.compile(
    r"ensure CRDs are installed first|(?:See|Run) 'kubectl .*' for (?:help and examples|usage)|Use \"kubectl (?:explain|api-)"
)
# What kubectl says beside the matter.
_ASIDE: Final = re.compile(
    r"Defaulted container |Defaulting container name |If you don't see a command prompt, try pressing enter"
    r"|A copy of your changes has been stored to |Use 'kubectl .* to see all of the containers in this pod"
    r"|You must specify the type of resource to get\."
    r"|Handling connection for \d+$"
    r"|shell: \S+ .*\{0\}$|##\[(?:end)?group\]"  # runners of GitHub
)
_FORWARDING: Final = re.compile(
    r"Forwarding from (?P<address>\[[0-9a-f:]+\]|[\d.]+):(?P<port>\d{1,5}) -> (?P<target_port>\d{1,5})$"
)
_FIRST_WORDS: Final = words(
    "Error Error: error: ERROR: The Unable No Warning: warning: WARNING: Flag command Defaulted Defaulting If A Use You "
    "Forwarding Handling shell: kubectl kubectl.exe minikube minikube.exe fish:"
)
_SIGNS: Final = re.compile(r"not found|not recognized as |^##\[")


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """Errors, warnings, and `No resources found`."""
    line = lines[at].strip()
    if line.partition(" ")[0] not in _FIRST_WORDS and not _SIGNS.search(line) and not _KLOG.match(line):
        return None
    if (told := _POWERSHELL.match(line)) and not told["message"].startswith("The term '"):
        return _through_powershell(told, lines, at, context)
    for pattern, tell in _FORMS:
        if told := pattern.match(line):
            return tell(told, lines, at, context)
    return None


def _finding(kind: str, line: str, at: int, end: int, details: dict[str, Any]) -> Finding:
    told = _VALID_PORTS.search(str(details.get("message")))
    settings = {"node_port_range": told[1]} if told else {}
    return Finding(at, end, outcomes=(Outcome(kind, at + 1, line, details),), settings=settings)


def _from_server(told: re.Match[str], lines: Sequence[str], at: int, _context: Context) -> Finding:
    message, end = told["message"], at + 1
    if message.endswith("error when applying patch:"):
        # The patch, the resource and, at last, what was wrong: 'for: "FILE": error when patching "FILE": MESSAGE'.
        while end < len(lines) and lines[end] and not lines[end - 1].startswith('for: "'):
            end += 1
        message = lines[end - 1].partition(": error when patching ")[2].partition(": ")[2] or message
    details: dict[str, Any] = {"reason": told["reason"] or ""}
    if when := _WHEN.match(message):
        details["file"] = when["file"]
        message = message[when.end() :]
    details["message"] = message
    if named := _OBJECT.search(message):
        details |= {"resource": full_kind(named["kind"]), "name": named["name"]}
    return _finding("api-error", told[0], at, _advice(lines, end), details)


def _invalid(told: re.Match[str], lines: Sequence[str], at: int, _context: Context) -> Finding:
    end = at + 1
    causes = [told["causes"]] if told["causes"] else []
    while not told["causes"] and end < len(lines) and lines[end].lstrip().startswith("* "):
        causes.append(lines[end].lstrip()[2:])
        end += 1
    details = {
        "reason": "Invalid",
        "message": "; ".join(causes),
        "resource": full_kind(told["kind"]),
        "name": told["name"],
        "causes": [
            {"field": cause["field"], "message": cause["message"]}
            if (cause := _CAUSE.match(text))
            else {"message": text}
            for text in causes
        ],
    }
    return _finding("api-error", told[0].strip(), at, end, details)


def _no_server(told: re.Match[str], _lines: Sequence[str], at: int, _context: Context) -> Finding:
    reason = told["reason"] or told["was"]
    details: dict[str, Any] = {"server": True, "message": told.string} | _dialled(reason)
    if told["host"]:
        details |= {"address": told["host"].strip("[]")} | ({"port": int(told["port"])} if told["port"] else {})
    return _finding("error", told.string, at, at + 1, details)


def _dialled(reason: str) -> dict[str, Any]:
    """Why and where a connection failed. What stands before "dial tcp" is the address of the page, with options in it."""
    words = reason.rpartition("dial tcp")[2]
    return {"cause": failure(words)} | address_in(words)


def _klog(told: re.Match[str], _lines: Sequence[str], at: int, _context: Context) -> Finding:
    message = told["message"]
    details: dict[str, Any] = {"message": message}
    if "dial tcp" in message:
        details |= {"server": True} | _dialled(message)
    return _finding("error" if told[1] == "E" else "warning", told[0], at, at + 1, details)


def _empty(told: re.Match[str], _lines: Sequence[str], at: int, context: Context) -> Finding:
    command = context.command
    resources = command.resources if command else ()
    namespace = told["namespace"] or (command.namespace if command else None)
    details: dict[str, Any] = {"resources": list(resources)} | ({"namespace": namespace} if namespace else {})
    outcome = Outcome("empty", at + 1, told[0], details)
    complete = (told["namespace"],) if told["namespace"] else ("*",)
    frames = tuple(dict.fromkeys(frame for resource in resources if (frame := frame_of_resource(resource))))
    if len(resources) > 1:
        # They may have been printed above, and a list of none would say that no service has any.
        frames = tuple(frame for frame in frames if frame != "endpoints")
    if not frames or not command or not command.complete:
        return Finding(at, at + 1, outcomes=(outcome,))
    return Finding(at, at + 1, outcomes=(outcome,), fragments=partial(_nothing, frames, complete))


def _nothing(frames: Sequence[str], complete: tuple[str, ...]) -> list[Fragment]:
    return [Fragment(frame, empty(frame), complete=complete) for frame in frames]


def _error(told: re.Match[str], lines: Sequence[str], at: int, _context: Context) -> Finding:
    details: dict[str, Any] = {"message": told["message"]}
    if slip := _YAML_ERROR.search(told["message"]):
        details |= {"file": slip["file"], "file_line": int(slip["line"]), "reason": slip["reason"]}
    return _finding("error", told[0], at, _advice(lines, at + 1), details)


def _advice(lines: Sequence[str], end: int) -> int:
    while end < len(lines) and _ADVICE.match(lines[end]):
        end += 1
    return end


def _warning(told: re.Match[str], _lines: Sequence[str], at: int, _context: Context) -> Finding:
    return _finding("warning", told[0], at, at + 1, {"message": told["message"] or told["flag"]})


def _shell(told: re.Match[str], lines: Sequence[str], at: int, _context: Context) -> Finding:
    program = next(filter(None, told.groups()))
    end = at + 1 + (lines[at + 1 : at + 2] == ["operable program or batch file."])
    details = {"message": "command not found", "program": program}
    return _finding("error", lines[at].strip(), at, powershells_rest(lines, end), details)


def _through_powershell(told: re.Match[str], lines: Sequence[str], at: int, context: Context) -> Finding:
    inner = find([told["message"]], 0, context)
    kind, details = "error", {"message": told["message"]}
    if inner is not None and inner.outcomes:
        kind, details = inner.outcomes[0].kind, inner.outcomes[0].details
    return _finding(kind, told[0], at, powershells_rest(lines, at + 1), details)


def _forwarding(told: re.Match[str], _lines: Sequence[str], at: int, _context: Context) -> Finding:
    ports = {name: int(told[name]) for name in ("port", "target_port")}
    return _finding("forwarding", told[0], at, at + 1, {"address": told["address"].strip("[]")} | ports)


def _exit(told: re.Match[str], _lines: Sequence[str], at: int, _context: Context) -> Finding:
    return _finding("error", told[0], at, at + 1, {"message": told[0], "exit_code": int(told["code"])})


def _aside(_told: re.Match[str], _lines: Sequence[str], at: int, _context: Context) -> Finding:
    return Finding(at, at + 1)


_FORMS: Final = (
    (_FROM_SERVER, _from_server),
    (_INVALID, _invalid),
    (_NO_SERVER, _no_server),
    (_EMPTY, _empty),
    (_ERROR, _error),
    (_WARNING, _warning),
    (_KLOG, _klog),
    (_EXIT, _exit),
    (_FORWARDING, _forwarding),
    (_ASIDE, _aside),
    (_SHELL, _shell),
)
