"""The names that kube-proxy gives to chains and sets: hashes of service port and endpoint.

kubernetes/kubernetes pkg/proxy/iptables/proxier.go (`portProtoHash`, `servicePortEndpointChainName`) and
pkg/proxy/nftables/proxier.go (`hashAndTruncate`).
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.service_ports import Endpoint, ServicePort

__all__ = ["check", "iptables_endpoint", "iptables_service", "nftables_endpoint", "nftables_service"]

_LONGEST: Final = 240  # nftables allows 256 characters; 16 are kept for the prefix
_NAME: Final = re.compile(r"[A-Za-z0-9._-]*")
_ADDRESS: Final = re.compile(r"[0-9a-fA-F:.]+(/[0-9]+)?")


def iptables_service(port: ServicePort) -> str:
    """The suffix that the chains of a service port share: KUBE-SVC-, KUBE-SVL-, KUBE-EXT- and KUBE-FW-.

    Examples
    --------
    >>> iptables_service(ServicePort("ns1", "svc1", "p80", "TCP", 80, "IPv4", "172.30.0.41"))
    'XPGD46QRK7WJZT7O'
    """
    return _hash(port.name + port.protocol.lower(), 16)


def iptables_endpoint(port: ServicePort, endpoint: Endpoint) -> str:
    """The name of the chain of an endpoint of a service port.

    Examples
    --------
    >>> port = ServicePort("ns1", "svc1", "p80", "TCP", 80, "IPv4", "172.30.0.41")
    >>> iptables_endpoint(port, Endpoint("10.180.0.1", 80))
    'KUBE-SEP-SXIVWICOYRO3J4NJ'
    """
    return "KUBE-SEP-" + _hash(f"{port.name}{port.protocol.lower()}{endpoint}", 16)


def nftables_service(port: ServicePort) -> str:
    """What follows `service-`, `local-`, `external-` and `firewall-` in the chains of a service port.

    Examples
    --------
    >>> nftables_service(ServicePort("ns1", "svc1", "p80", "TCP", 80, "IPv4", "172.30.0.41"))
    'ULMVA6XW-ns1/svc1/tcp/p80'
    """
    return _hashed(_plain(port))


def nftables_endpoint(port: ServicePort, endpoint: Endpoint) -> str:
    """What follows `endpoint-` and `affinity-` in the chain and the set of an endpoint of a service port.

    Examples
    --------
    >>> port = ServicePort("ns1", "svc1", "p80", "TCP", 80, "IPv4", "172.30.0.41")
    >>> nftables_endpoint(port, Endpoint("10.180.0.1", 80))
    '5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80'
    """
    return _hashed(f"{_plain(port)}__{endpoint.address.replace(':', '.')}/{endpoint.port}")


def check(port: ServicePort) -> None:
    """Refuse a service port whose names or addresses would not stay one word of a rule.

    No API server accepts such a name, but a text that was read may hold anything, and rules are loaded as root.

    Raises
    ------
    NodePortKitError
        Naming the service and the word.
    """
    for word in (port.namespace, port.service, port.port_name, port.protocol):
        if not _NAME.fullmatch(word):
            _refuse(port, "name", word)
    addresses = (port.cluster_ip, *port.external_ips, *port.load_balancer_ips, *port.source_ranges)
    for word in (*addresses, *(e.address for e in port.cluster), *(e.address for e in port.local)):
        if not _ADDRESS.fullmatch(word):
            _refuse(port, "address", word)


def _refuse(port: ServicePort, kind: str, word: str) -> None:
    raise NodePortKitError(
        f"{word!r} of service {port.name!r} is no {kind} that kube-proxy could write into a rule",
        hint="No API server accepts it: mend the source, or take the service out.",
    )


def _plain(port: ServicePort) -> str:
    return f"{port.namespace}/{port.service}/{port.protocol.lower()}/{port.port_name}"


def _hash(text: str, length: int) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest())[:length].decode()


def _hashed(name: str) -> str:
    hashed = f"{_hash(name, 8)}-{name}"
    return hashed if len(hashed) <= _LONGEST else hashed[: _LONGEST - 3] + "..."
