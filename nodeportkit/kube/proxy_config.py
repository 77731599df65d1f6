"""The settings of a cluster's kube-proxy that decide what happens to a packet."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ProxyConfig"]


@dataclass(frozen=True, slots=True)
class ProxyConfig:
    """How kube-proxy is set up; the same on every node.

    Attributes
    ----------
    mode
        `iptables`, `nftables` or `ipvs`; None if no source said.
    cluster_cidrs
        Pod address ranges, by which kube-proxy tells pods from other clients (`--cluster-cidr`); () for none.
    service_cidrs
        Ranges that cluster IPs are taken from.
    masquerade_all
        `--masquerade-all`: every packet to a cluster IP gets the node's address as its source.
    nodeport_addresses
        `--nodeport-addresses`: ranges of the node's addresses that answer on node ports; () for the mode's default.
    localhost_nodeports
        `--iptables-localhost-nodeports`: whether 127.0.0.1 answers on node ports in iptables mode.
    node_port_range
        The API server's `--service-node-port-range`.
    detect_local
        `--detect-local-mode`: by what it tells pods of its node from other clients: `ClusterCIDR`, `NodeCIDR`,
        `BridgeInterface`, `InterfaceNamePrefix`.
    known
        The settings above that a source showed, which may be to their defaults. All others are taken to be as they are by
        default, and nobody looked: see `knows`.

    Examples
    --------
    >>> ProxyConfig(mode="nftables").node_port_range
    '30000-32767'
    """

    mode: str | None = None
    cluster_cidrs: tuple[str, ...] = ()
    service_cidrs: tuple[str, ...] = ()
    masquerade_all: bool = False
    nodeport_addresses: tuple[str, ...] = ()
    localhost_nodeports: bool = True
    node_port_range: str = "30000-32767"
    detect_local: str | None = None
    known: tuple[str, ...] = ()

    def knows(self, setting: str) -> bool:
        """Whether a source showed the setting, or somebody set it to what it is not by default.

        Examples
        --------
        >>> ProxyConfig().knows("mode"), ProxyConfig(mode="ipvs").knows("mode")
        (False, True)
        >>> ProxyConfig(known=("nodeport_addresses",)).knows("nodeport_addresses")
        True
        """
        return setting in self.known or getattr(self, setting) != getattr(_DEFAULT, setting)


_DEFAULT = ProxyConfig()
