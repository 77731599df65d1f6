"""Flags of kube-apiserver and kube-proxy that a search shows: `kubectl cluster-info dump | grep service-cluster-ip-range`.

A line counts that holds a flag and its value and hardly more, as YAML, JSON and `systemctl cat` show it, or a process of that
name, as `ps` does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.reader import Context, Finding
from nodeportkit.sources.settings import listed_ranges

__all__ = ["find"]

_FLAGS: Final = {
    "service-node-port-range": "node_port_range",
    "service-cluster-ip-range": "service_cidrs",
    "proxy-mode": "mode",
    "nodeport-addresses": "nodeport_addresses",
}
_FLAG: Final = re.compile(rf"--({'|'.join(_FLAGS)})[= ]([^\s\"',\\]+(?:,[^\s\"',\\]+)*)")
_ALONE: Final = re.compile(r"[\s\-\"']*--[\w-]+[= ][^\s\"']+[\"',\\\s]*")
_PROCESS: Final = re.compile(r"\bkube-(?:apiserver|proxy) --")
_RANGE: Final = re.compile(r"\d{1,5}-\d{1,5}")
_MODES: Final = ("iptables", "ipvs", "nftables")


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:  # noqa: ARG001
    """The settings that the flags at `lines[at]` tell.

    Examples
    --------
    >>> find(["    - --service-node-port-range=30000-31000"], 0, Context()).settings
    {'node_port_range': '30000-31000'}
    """
    line = lines[at]
    if "--" not in line or not (_PROCESS.search(line) or _ALONE.fullmatch(line)):
        return None
    told: dict[str, Any] = {}
    for name, value in _FLAG.findall(line):
        setting = _FLAGS[name]
        if setting == "mode":
            told |= {setting: value} if value in _MODES else {}
        elif setting == "node_port_range":
            told |= {setting: value} if _RANGE.fullmatch(value) else {}
        else:
            told[setting] = listed_ranges(value)
    return Finding(at, at + 1, settings=told) if told else None
