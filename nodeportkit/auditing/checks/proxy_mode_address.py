"""proxy-mode-address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import names
from nodeportkit.kube.columns import objects
from nodeportkit.kube.service_ports import family_of

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    proxy = scene.cluster.proxy
    if proxy.mode is None or not len(scene.exposed):
        return
    inside = [ips for ips in objects(scene.nodes["internal_ips"]) if isinstance(ips, list)]
    second = [ip for ips in inside for i, ip in enumerate(ips) if family_of(ip) in {family_of(one) for one in ips[:i]}]
    also = f" ({names(second, 3)})" if second else ""
    if proxy.nodeport_addresses:
        words = f"node ports are served on addresses within {names(proxy.nodeport_addresses)} only"
    elif proxy.mode == "nftables":
        words = f"node ports are served on each node's primary address only, not on secondary ones{also}"
    else:
        words = f"node ports are served on every address of a node, secondary ones{also} included"
    if proxy.mode == "iptables" and proxy.localhost_nodeports and not proxy.nodeport_addresses:
        words += ", 127.0.0.1 too (not ::1); nftables mode, the coming default, will not serve that"
    elif proxy.mode != "iptables" or not proxy.localhost_nodeports:
        words += ", and never on 127.0.0.1 or ::1"
    yield Finding("kube-proxy", "mode", f"In {proxy.mode} mode, {words}.")


CHECK = Check(
    title="Addresses that the proxy serves",
    about=(
        "Which addresses of a node answer on node ports depends on kube-proxy's mode and --nodeport-addresses (KEP-3866). Told "
        "where the mode is known."
    ),
    certainty="advice",
    severity="note",
    needs=("services",),
    look=_look,
)
