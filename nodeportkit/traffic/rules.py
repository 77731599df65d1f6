"""The rules that kube-proxy would write on a node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.rules.iptables import iptables_rules
from nodeportkit.kube.rules.ipvs import ipvs_servers
from nodeportkit.kube.rules.nftables import nftables_rules
from nodeportkit.kube.service_ports import Family
from nodeportkit.traffic.seen_by import seen_by

__all__ = ["proxy_rules"]

_MODES: Final = ("iptables", "nftables", "ipvs")
_FAMILIES: Final = ("IPv4", "IPv6")


def proxy_rules(
    cluster: Cluster,
    node: str,
    mode: Literal["iptables", "nftables", "ipvs"],
    family: Family = "IPv4",
    *,
    addresses: Sequence[str] | None = None,
    accounting: bool = False,
) -> str:
    """What kube-proxy 1.36 would write on a node, ready for `iptables-restore`, `ip6tables-restore`, `nft -f` or `ipvsadm -R`.

    The whole of it, as after its start: every chain, and in iptables mode the jumps to its chains from INPUT, OUTPUT and
    so on, which kube-proxy adds one by one beforehand. To load it is to set up this node's half of every service;
    `iptables-restore` without `--noflush` replaces what the tables filter and nat hold.

    Parameters
    ----------
    cluster
        Services, ports, endpoints and nodes; its `proxy` settings decide about pods (`cluster_cidrs`), masquerade and
        the addresses of node ports. In nftables mode also about cluster IPs that no service has: packets to these are
        dropped if `service_cidrs` holds them.
    node
        The name of the node.
    mode
        `iptables`, `nftables` or `ipvs`. kube-proxy in ipvs mode sets up virtual servers in the kernel, with a scheduler of
        round robin (rr); what `ipvsadm -Sn` shows of them is given here, without the few rules that it writes beside.
    family
        `IPv4` or `IPv6`: kube-proxy writes each on its own.
    addresses
        The addresses of the node's interfaces, of both families. Without them, its internal addresses in the nodes
        frame: external ones are mostly on no interface, but exchanged on the way. The primary address is the first
        internal one (else the first external one, else the first of these); in nftables mode, where nothing else is
        set, it alone answers on node ports, if an interface has it.
    accounting
        Whether the kernel has nfacct objects (`nfacct add ct_state_invalid_dropped_pkts` and
        `nfacct add localhost_nps_accepted_pkts`). kube-proxy makes them where it can, and then counts invalid packets
        and those to node ports of 127.0.0.0/8; `iptables-restore` refuses rules that name an object that is not there.

    Raises
    ------
    NotFound
        If there is no node of that name.
    NodePortKitError
        If there is no such mode, or a name or an address could not stand in one.

    Examples
    --------
    >>> cluster = Cluster(
    ...     nodes={"name": ["node-1"], "internal_ips": [["192.168.1.2"]]},
    ...     services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "cluster_ips": [["10.96.7.20"]]},
    ...     ports={"namespace": ["shop"], "service": ["web"], "protocol": ["TCP"], "port": [80], "node_port": [30080]},
    ... )
    >>> for rule in proxy_rules(cluster, "node-1", "iptables").splitlines():
    ...     if "30080" in rule:
    ...         print(rule)
    -A KUBE-EXTERNAL-SERVICES -m comment --comment "shop/web has no endpoints" -m addrtype --dst-type LOCAL
    -m tcp -p tcp --dport 30080 -j REJECT
    """
    if mode not in _MODES:
        raise NodePortKitError(f"kube-proxy has no mode {mode!r} that writes rules", hint=f"Give {_oneof(_MODES)}.")
    if family not in _FAMILIES:
        raise NodePortKitError(f"There is no IP family {family!r}", hint="Give IPv4 or IPv6.")
    here, ports = seen_by(cluster, node, family, addresses)
    if mode == "nftables":
        return nftables_rules(ports, here)
    if mode == "ipvs":
        return ipvs_servers(ports, here)
    return iptables_rules(ports, here, endpoints=sum(port.endpoints for port in ports), accounting=accounting)


def _oneof(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
