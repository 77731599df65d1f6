"""Where dumps of proxy rules begin among the lines of a text, and which tool printed each."""

from __future__ import annotations

from collections.abc import Sequence

from nodeportkit.sources.proxy_rules import iptables_save, ipvsadm, nft_json, nft_list
from nodeportkit.sources.proxy_rules.model import Dump

__all__ = ["dump_at"]

_FIRSTS = frozenset("#*:[-{IPacdirft")


def dump_at(lines: Sequence[str], at: int, source: str) -> Dump | None:
    """The dump that begins at `lines[at]`, or None if none does.

    Raises
    ------
    ReadError
        If it is JSON that is cut off, or not as nft prints it.
    """
    line = lines[at]
    if not line or line[0] not in _FIRSTS:
        return None
    if line[0] == "{":
        return nft_json.read(lines, at, source) if nft_json.begins(lines, at) else None
    if iptables_save.begins(line):
        return iptables_save.read(lines, at)
    if nft_list.begins(line):
        return nft_list.read(lines, at)
    if ipvsadm.begins(line):
        return ipvsadm.read(lines, at)
    return None
