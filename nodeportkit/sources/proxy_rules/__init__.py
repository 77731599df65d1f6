"""What kube-proxy wrote on a node, read back: dumps of iptables, nftables and ipvs."""

from __future__ import annotations

from collections.abc import Sequence

from nodeportkit.errors import ReadError
from nodeportkit.sources.garbage import no_garbage_collection
from nodeportkit.sources.proxy_rules.dumps import dump_at
from nodeportkit.sources.proxy_rules.ipvsadm import joined
from nodeportkit.sources.proxy_rules.model import Dump
from nodeportkit.sources.proxy_rules.rules import Rules, rules_of
from nodeportkit.sources.text import clean

__all__ = ["Rules", "read_rules"]


def read_rules(text: str | bytes, *, source: str = "text") -> Rules:
    """Where kube-proxy on a node sends packets, and what it counted: the dump of its rules as frames.

    Parameters
    ----------
    text
        What one or several of these print, as pasted: `iptables-save` and `ip6tables-save` (`-c` for counters),
        `iptables -S`, `nft list ruleset` or `nft list table ip kube-proxy` (`-j` too), `ipvsadm -Ln` (`--stats` too),
        `ipvsadm -Sn`; also rules as they are written for `iptables-restore` and `nft -f`.
    source
        Where the text comes from, for errors.

    Returns
    -------
    Rules
        `.endpoints`, `.destinations`, `.ports`, `.unread`.

    Raises
    ------
    ReadError
        If there is no dump in the text, or the only one is JSON that is cut off. Where another dump is cut off, what can be
        read is read; its last line, which may be half of one, is in `.unread`.

    Notes
    -----
    Shares follow from the rules alone: in iptables mode rule after rule takes its probability of what is left, in
    nftables mode `numgen random mod n` chooses among n, in ipvs mode servers are chosen evenly (rr, lc) or by weight.

    Examples
    --------
    >>> rules = read_rules('''
    ... *nat
    ... [0:0] -A KUBE-SVC-67NZLRHBNDSAWJRO -m comment --comment "shop/web:http -> 10.244.1.9:8080" -m statistic \
    ... --mode random --probability 0.50000000000 -j KUBE-SEP-Z5LSZF7RYHBWLYWB
    ... [9:540] -A KUBE-SVC-67NZLRHBNDSAWJRO -m comment --comment "shop/web:http -> 10.244.2.4:8080" \
    ... -j KUBE-SEP-ZJP7ORMJOYEZ7AAS
    ... COMMIT
    ... ''')
    >>> rules.endpoints[["service", "port_name", "address", "share", "packets"]]
      service port_name          address  share  packets
    0     web      http  10.244.1.9:8080    0.5        0
    1     web      http  10.244.2.4:8080    0.5        9
    """
    with no_garbage_collection():
        lines = clean(text, source)
        dumps = _dumps(lines, source)
        if not dumps:
            raise ReadError(
                "no dump of proxy rules",
                source=source,
                line=next((at for at, line in enumerate(lines, 1) if line), None),
                hint="Give what `iptables-save -c`, `nft list ruleset` or `ipvsadm -Ln --stats` printed on a node.",
            )
        return rules_of(joined(dumps), _unread(lines, dumps))


def _dumps(lines: Sequence[str], source: str) -> list[Dump]:
    dumps: list[Dump] = []
    failed: ReadError | None = None
    at = 0
    while at < len(lines):
        try:
            dump = dump_at(lines, at, source)
        except ReadError as error:
            failed = failed or error
            dump = None
        if dump is not None:
            dumps.append(dump)
        at = max(dump.end, at + 1) if dump else at + 1
    if failed and not dumps:
        raise failed
    return dumps


def _unread(lines: Sequence[str], dumps: Sequence[Dump]) -> list[tuple[int, str]]:
    """The lines outside of the dumps, and those within that were not understood."""
    places: list[int] = []
    at = 0
    for dump in dumps:
        places += range(at, dump.start)
        places += dump.unread
        at = dump.end
    places += range(at, len(lines))
    return [(place + 1, lines[place]) for place in places if lines[place]]
