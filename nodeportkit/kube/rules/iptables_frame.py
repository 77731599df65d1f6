"""The rules of iptables mode that stand whatever services there are: kube-proxy's own chains and the jumps to them."""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.rules.node import MARK, FamilyNode

__all__ = ["FILTER", "NAT", "forward_rules", "localnet_rule", "node_ports_jump", "postrouting"]

_NEW: Final = "-m conntrack --ctstate NEW"


def _jump(hook: str, match: str, comment: str, chain: str) -> str:
    words = f'-m comment --comment "{comment}"' if comment else ""
    return " ".join(part for part in ("-A", hook, match, words, "-j", chain) if part)


_FILTER_CHAINS: Final = (
    "KUBE-SERVICES",
    "KUBE-EXTERNAL-SERVICES",
    "KUBE-FORWARD",
    "KUBE-NODEPORTS",
    "KUBE-PROXY-FIREWALL",
    "KUBE-FIREWALL",
)
_PORTALS: Final = "kubernetes service portals"
_VISIBLE: Final = "kubernetes externally-visible service portals"
_BALANCERS: Final = "kubernetes load balancer firewall"

# kube-proxy puts each jump at the top of its hook, one after the other: the last one stands first.
FILTER: Final = (
    "*filter",
    *(f":{chain} - [0:0]" for chain in _FILTER_CHAINS),
    _jump("INPUT", "", "", "KUBE-FIREWALL"),
    _jump("INPUT", _NEW, _BALANCERS, "KUBE-PROXY-FIREWALL"),
    _jump("INPUT", "", "kubernetes health check service ports", "KUBE-NODEPORTS"),
    _jump("INPUT", _NEW, _VISIBLE, "KUBE-EXTERNAL-SERVICES"),
    _jump("FORWARD", _NEW, _BALANCERS, "KUBE-PROXY-FIREWALL"),
    _jump("FORWARD", "", "kubernetes forwarding rules", "KUBE-FORWARD"),
    _jump("FORWARD", _NEW, _PORTALS, "KUBE-SERVICES"),
    _jump("FORWARD", _NEW, _VISIBLE, "KUBE-EXTERNAL-SERVICES"),
    _jump("OUTPUT", "", "", "KUBE-FIREWALL"),
    _jump("OUTPUT", _NEW, _BALANCERS, "KUBE-PROXY-FIREWALL"),
    _jump("OUTPUT", _NEW, _PORTALS, "KUBE-SERVICES"),
)
# Chains first, then those of the services, then the jumps.
NAT: Final = (
    (
        "*nat",
        *(f":{chain} - [0:0]" for chain in ("KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-MARK-MASQ")),
    ),
    (
        _jump("PREROUTING", "", _PORTALS, "KUBE-SERVICES"),
        _jump("OUTPUT", "", _PORTALS, "KUBE-SERVICES"),
        _jump("POSTROUTING", "", "kubernetes postrouting rules", "KUBE-POSTROUTING"),
    ),
)


def postrouting() -> list[str]:
    """Marking packets for masquerade, and masquerading those that are marked."""
    return [
        f"-A KUBE-POSTROUTING -m mark ! --mark {MARK}/{MARK} -j RETURN",
        f"-A KUBE-POSTROUTING -j MARK --xor-mark {MARK}",
        '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT"'
        " -j MASQUERADE --random-fully",
        f"-A KUBE-MARK-MASQ -j MARK --or-mark {MARK}",
    ]


def forward_rules(*, accounting: bool) -> list[str]:
    """Letting service traffic through, and dropping what conntrack finds invalid (kubernetes/kubernetes#74839)."""
    count = " -m nfacct --nfacct-name ct_state_invalid_dropped_pkts" if accounting else ""
    return [
        f"-A KUBE-FORWARD -m conntrack --ctstate INVALID{count} -j DROP",
        f'-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark {MARK}/{MARK} -j ACCEPT',
        '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule"'
        " -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    ]


def localnet_rule(node: FamilyNode) -> list[str]:
    """Keeping others off 127.0.0.0/8, which `route_localnet` opens for node ports (kubernetes/kubernetes#90259)."""
    if node.family == "IPv6" or not node.config.localhost_nodeports:
        return []
    return [
        '-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8'
        " -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP"
    ]


def node_ports_jump(node: FamilyNode) -> list[str]:
    """The jump to node ports, after all other destinations: to every local address, or to those that were set."""
    start = (
        '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports;'
        ' NOTE: this must be the last rule in this chain"'
    )
    localhost = node.family == "IPv4" and node.config.localhost_nodeports
    addresses = node.node_port_addresses(unset="all")
    if addresses is None:
        loopback = "::1/128" if node.family == "IPv6" else "127.0.0.0/8"
        but = "" if localhost else f" ! -d {loopback}"
        return [f"{start} -m addrtype --dst-type LOCAL{but} -j KUBE-NODEPORTS"]
    return [f"{start} -d {ip} -j KUBE-NODEPORTS" for ip in addresses if localhost or ip not in ("127.0.0.1", "::1")]
