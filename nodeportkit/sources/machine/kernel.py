"""What the kernel says: its range of ephemeral ports, and which system it is.

`sysctl net.ipv4.ip_local_port_range`, `cat /proc/sys/net/ipv4/ip_local_port_range`, `uname -a` (kernel.org,
Documentation/networking/ip-sysctl.rst).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nodeportkit.sources.reader import Context, Finding

__all__ = ["find"]

_NAME: Final = "ip_local_port_range"
_SYSCTL: Final = re.compile(r"net\.ipv4\.ip_local_port_range ?[=:] ?(\d{1,5})\s+(\d{1,5})$")
_NUMBERS: Final = re.compile(r"(\d{1,5})\s+(\d{1,5})$")
_UNAME: Final = re.compile(r"(?:(?P<darwin>Darwin)|(?:MINGW|MSYS|CYGWIN)\w*|(?P<linux>Linux))\b")


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The range of ports, or the name of the system, at `lines[at]`."""
    line = lines[at].strip()
    command = context.command.text if context.command else ""
    match = _SYSCTL.match(line) or (_NUMBERS.match(line) if _NAME in command else None)
    if match and int(match[1]) <= int(match[2]) < 65536:
        return Finding(at, at + 1, settings={"ephemeral_ports": f"{match[1]}-{match[2]}"})
    if context.command is not None and context.command.program == "uname" and (told := _UNAME.match(line)):
        return Finding(at, at + 1, settings={"system": _system(told, line)})
    return None


def _system(told: re.Match[str], line: str) -> str:
    if told["darwin"]:
        return "darwin"
    if told["linux"]:  # of WSL only the release tells: 5.15.153.1-microsoft-standard-WSL2
        return "wsl" if "microsoft" in line.lower() else "linux"
    return "windows"
