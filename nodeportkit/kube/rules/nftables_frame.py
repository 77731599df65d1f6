"""The part of nftables mode that stands whatever services there are: kube-proxy's table with its chains, sets and maps.

kubernetes/kubernetes pkg/proxy/nftables/proxier.go (`setupNFTables`).
"""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.rules.node import MARK, FamilyNode

__all__ = ["MASQUERADE", "frame", "syntax"]

MASQUERADE: Final = f"mark set mark or {MARK}"

_BASE_CHAINS: Final = (
    ("filter-prerouting-pre-dnat", "filter", "prerouting", -110),
    ("filter-output-pre-dnat", "filter", "output", -110),
    ("filter-input", "filter", "input", 0),
    ("filter-forward", "filter", "forward", 0),
    ("filter-output", "filter", "output", 0),
    ("nat-prerouting", "nat", "prerouting", -100),
    ("nat-output", "nat", "output", -100),
    ("nat-postrouting", "nat", "postrouting", 100),
)
_CHAINS: Final = (
    "nodeport-endpoints-check",
    "service-endpoints-check",
    "firewall-check",
    "services",
    "masquerading",
    "cluster-ips-check",
)
_JUMPS: Final = (
    ("filter-input", "ct state new jump nodeport-endpoints-check"),
    ("filter-input", "ct state new jump service-endpoints-check"),
    ("filter-forward", "ct state new jump service-endpoints-check"),
    ("filter-output", "ct state new jump service-endpoints-check"),
    ("filter-prerouting-pre-dnat", "ct state new jump firewall-check"),
    ("filter-output-pre-dnat", "ct state new jump firewall-check"),
    ("nat-output", "jump services"),
    ("nat-prerouting", "jump services"),
    ("nat-postrouting", "jump masquerading"),
    ("filter-forward", "ct state new jump cluster-ips-check"),
    ("filter-output", "ct state new jump cluster-ips-check"),
)
_DESTINATION: Final = "{address} . inet_proto . inet_service"
_PORT: Final = "inet_proto . inet_service"
_SETS: Final = (
    ("hairpin-connections", "{address} . {address} . inet_proto . inet_service", "service hairpin connections"),
    ("cluster-ips", "{address}", "Active ClusterIPs"),
    ("nodeport-ips", "{address}", "IPs that accept NodePort traffic"),
)
_MAPS: Final = (
    ("no-endpoint-services", _DESTINATION, "vmap to drop or reject packets to services with no endpoints"),
    ("no-endpoint-nodeports", _PORT, "vmap to drop or reject packets to service nodeports with no endpoints"),
    ("firewall-ips", _DESTINATION, "destinations that are subject to LoadBalancerSourceRanges"),
    ("service-ips", _DESTINATION, "ClusterIP, ExternalIP and LoadBalancer IP traffic"),
    ("service-nodeports", _PORT, "NodePort traffic"),
)


def syntax(node: FamilyNode) -> tuple[str, str]:
    """How nftables calls the family (of a table, and in a match), and the type of its addresses."""
    return ("ip6", "ipv6_addr") if node.family == "IPv6" else ("ip", "ipv4_addr")


def frame(node: FamilyNode) -> list[str]:
    """The transaction up to the first service: a table that is set up anew, if it was there already."""
    ip, kind = syntax(node)
    table = f"{ip} kube-proxy"
    accepting = node.node_port_addresses(unset="primary")
    lines = [f'add table {table} {{ comment "rules for kube-proxy" ; }}']
    for name, of, hook, priority in _BASE_CHAINS:
        lines.append(f"add chain {table} {name} {{ type {of} hook {hook} priority {priority} ; }}")
        lines.append(f"flush chain {table} {name}")
    for name in _CHAINS:
        lines += [f"add chain {table} {name}", f"flush chain {table} {name}"]
    comment = 'comment "helper for @no-endpoint-services / @no-endpoint-nodeports"'
    lines += [f"add chain {table} reject-chain {{ {comment} ; }}", f"flush chain {table} reject-chain"]
    for name, of, words in _SETS:
        if name == "nodeport-ips" and accepting is None:
            continue
        lines.append(f'add set {table} {name} {{ type {of.format(address=kind)} ; comment "{words}" ; }}')
        lines.append(f"flush set {table} {name}")
    for name, of, words in _MAPS:
        lines.append(f'add map {table} {name} {{ type {of.format(address=kind)} : verdict ; comment "{words}" ; }}')
        lines.append(f"flush map {table} {name}")
    lines += [f"add rule {table} {chain} {rule}" for chain, rule in (*_JUMPS, *_rules(node, ip, accepting))]
    # 127.0.0.1 and ::1 never answer in this mode, even if they were asked for.
    lines += [
        f"add element {table} nodeport-ips {{ {address} }}"
        for address in accepting or ()
        if address not in ("127.0.0.1", "::1")
    ]
    return lines


def _rules(node: FamilyNode, ip: str, accepting: tuple[str, ...] | None) -> list[tuple[str, str]]:
    destination = f"{ip} daddr . meta l4proto . th dport"
    port = "meta l4proto . th dport"
    if accepting is None:
        others = "ip6 daddr != ::1" if node.family == "IPv6" else "ip daddr != 127.0.0.0/8"
        local, checked = f"fib daddr type local {others}", others  # what is checked comes by way of input: it is local
    else:
        local = checked = f"{ip} daddr @nodeport-ips"
    rules = [
        ("masquerading", f"mark and {MARK} != 0 mark set mark xor {MARK} masquerade fully-random"),
        (
            "masquerading",
            f"ct status dnat {ip} saddr . {ip} daddr . meta l4proto . th dport @hairpin-connections"
            " masquerade fully-random",
        ),
        (
            "cluster-ips-check",
            f'{ip} daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"',
        ),
        ("reject-chain", "reject"),
        ("service-endpoints-check", f"{destination} vmap @no-endpoint-services"),
        ("nodeport-endpoints-check", f"{checked} {port} vmap @no-endpoint-nodeports"),
        ("firewall-check", f"{destination} vmap @firewall-ips"),
    ]
    if node.service_ranges:
        ranges = f"{{ {', '.join(node.service_ranges)} }}"
        unallocated = f'{ip} daddr {ranges} drop comment "Drop traffic to unallocated ClusterIPs"'
        rules.append(("cluster-ips-check", unallocated))
    if node.config.masquerade_all:
        rules.append(("services", f'{ip} daddr @cluster-ips {MASQUERADE} comment "masquerade clusterIP traffic"'))
    elif node.pod_range:
        rules.append(
            (
                "services",
                f"{ip} daddr @cluster-ips {ip} saddr != {node.pod_range} {MASQUERADE}"
                ' comment "masquerade clusterIP traffic from outside cluster"',
            )
        )
    rules.append(("services", f"{destination} vmap @service-ips"))
    rules.append(("services", f"{local} {port} vmap @service-nodeports"))
    return rules
