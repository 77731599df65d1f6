"""kube-proxy's mode, as its log tells it, as it answers itself, or as its ConfigMap was searched for it.

The log says `Using iptables Proxier` (cmd/kube-proxy/app/server_linux.go, server_others.go until 1.27), `/proxyMode` on its
metrics port, 10249, answers with the word alone, and `kubectl get cm kube-proxy -o yaml | grep mode` shows the line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from nodeportkit.sources.answers import reader as answers
from nodeportkit.sources.reader import Context, Finding

__all__ = ["find"]

_LOG: Final = re.compile(
    r"I\d{4} [\d:.]+ +\d+ server(?:_linux|_others)?\.go:\d+\] \"?Using (?P<mode>iptables|ipvs|nftables) [Pp]rox"
)
_LINE: Final = re.compile(r"\s*mode: *\"?(?P<mode>iptables|ipvs|nftables|)\"?$")


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The mode that `lines[at]` tells."""
    line = lines[at]
    if match := _LOG.match(line):
        return Finding(at, at + 1, settings={"mode": match["mode"]})
    command = context.command.text if context.command else ""
    if "kube-proxy" in command and "grep" in command and (match := _LINE.match(line)):
        return Finding(at, at + 1, settings={"mode": match["mode"] or "iptables"})
    if "/proxyMode" in command and line.strip() in ("iptables", "ipvs", "nftables"):
        answer = answers.find(lines, at, context) or Finding(at, at + 1)
        return replace(answer, settings={"mode": line.strip()})
    return None
