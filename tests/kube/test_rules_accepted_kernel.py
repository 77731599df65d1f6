"""Every kind of rule that can be written, accepted by iptables-restore, ip6tables-restore and nft."""

from dataclasses import replace

import pytest

from kernel_tools import namespace, require
from nodeportkit.traffic.rules import proxy_rules
from rules_cluster import NODE, PROXY, here, one_service

pytestmark = pytest.mark.kernel

IPV4 = {
    "cluster_ip": "172.30.0.41",
    "external_ips": ["192.168.99.22"],
    "load_balancer_ips": ["1.2.3.4", "5.6.7.8"],
    "load_balancer_source_ranges": ["192.168.0.0/24", "1.2.0.0/16", "203.0.113.0/25"],
}
IPV6 = {
    "cluster_ip": "fd00:10:96::a",
    "external_ips": ["2001:db8:99::22"],
    "load_balancer_ips": ["2001:db8:1::4"],
    "load_balancer_source_ranges": ["2001:db8::/64", "2001:db8:7::/64"],
}
PODS = {"IPv4": ("10.180.0.1", "10.180.0.2", "10.180.0.3"), "IPv6": ("fd00:244::1", "fd00:244::2", "fd00:244::3")}
SERVICES = {
    "cluster": {},
    "local": {"external_traffic_policy": "Local", "health_check_node_port": 31999},
    "internal-local": {"internal_traffic_policy": "Local"},
    "sticky": {"session_affinity": "ClientIP", "affinity_timeout": 600},
    "udp": {"protocol": "UDP"},
    "sctp": {"protocol": "SCTP", "session_affinity": "ClientIP", "external_traffic_policy": "Local"},
    "unnamed": {"port_name": ""},
    "no-local": {"external_traffic_policy": "Local", "internal_traffic_policy": "Local"},
    "nobody": {"node_port": 30008},
    "long": {"name": f"{'n' * 63}/{'s' * 63}", "port_name": "p" * 15, "session_affinity": "ClientIP"},
}
SETTINGS = {
    "pod-range": PROXY,
    "masquerade-all": replace(PROXY, masquerade_all=True),
    "no-detector": replace(PROXY, cluster_cidrs=()),
    "addresses": replace(PROXY, nodeport_addresses=("192.168.0.0/16", "2001:db8::/32"), localhost_nodeports=False),
    "every-address": replace(PROXY, nodeport_addresses=("0.0.0.0/0", "::/0")),
    "service-ranges": replace(PROXY, service_cidrs=("172.30.0.0/16", "10.96.0.0/16", "fd00:10:96::/112")),
}
CHECKS = {
    ("iptables", "IPv4"): ("iptables-restore", "--test"),
    ("iptables", "IPv6"): ("ip6tables-restore", "--test"),
    ("nftables", "IPv4"): ("nft", "-c", "-f", "-"),
    ("nftables", "IPv6"): ("nft", "-c", "-f", "-"),
}


@pytest.fixture(scope="module")
def kernel():
    require("nft", "iptables-save", "iptables-restore", "ip6tables-save", "ip6tables-restore")
    with namespace("accepted") as opened:
        yield opened


@pytest.mark.parametrize(("mode", "family"), list(CHECKS))
@pytest.mark.parametrize(
    ("service", "setting"), [(s, "pod-range") for s in SERVICES] + [("local", s) for s in SETTINGS]
)
def test_the_kernels_tools_accept_the_rules(kernel, mode, family, service, setting):
    first, *others = PODS[family]
    endpoints = {"nobody": [], "no-local": others}.get(service, [here(first), *others])
    options = {**(IPV4 if family == "IPv4" else IPV6), **SERVICES[service], "proxy": SETTINGS[setting]}
    text = proxy_rules(one_service(*endpoints, **options), NODE, mode, family)
    assert "/svc1" in text or service == "long"
    kernel.run(*CHECKS[mode, family], text=text)


@pytest.mark.parametrize(("mode", "family"), list(CHECKS))
def test_a_large_cluster_and_one_without_services_are_accepted(kernel, mode, family):
    start = "10.180" if family == "IPv4" else "fd00:244:"
    dot = "." if family == "IPv4" else ":"
    many = [dot.join((start, str(i >> 8), str(i & 255))) for i in range(1200)]
    where = IPV4 if family == "IPv4" else IPV6
    kernel.run(*CHECKS[mode, family], text=proxy_rules(one_service(*many, **where), NODE, mode, family))
    nothing = one_service().replace(services=None, ports=None, endpoints=None)
    kernel.run(*CHECKS[mode, family], text=proxy_rules(nothing, NODE, mode, family))
