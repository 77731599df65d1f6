"""What stands in the rules: kube-proxy's decisions (reference: its own tests, and pkg/proxy/iptables, pkg/proxy/nftables)."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from nodeportkit.errors import NodePortKitError, NotFound
from nodeportkit.traffic.rules import proxy_rules
from rules_cluster import NODE, POD_RANGE, PROXY, here, one_service

LB = {"load_balancer_ips": ["1.2.3.4"]}
CHAIN, POD = "XPGD46QRK7WJZT7O", "SXIVWICOYRO3J4NJ"  # of ns1/svc1:p80, and of its endpoint 10.180.0.1:80
BASE = "ULMVA6XW-ns1/svc1/tcp/p80"


def chain(cluster, name, *, table="nat", **options):
    """The rules of a chain of iptables, without their comments."""
    text = proxy_rules(cluster, NODE, "iptables", **options)
    lines = text.partition(f"*{table}\n")[2].partition("COMMIT")[0].splitlines()
    rules = [line.removeprefix(f"-A {name} ") for line in lines if line.startswith(f"-A {name} ")]
    return [re.sub(r'-m comment --comment ("[^"]*"|\S+) ?', "", rule) for rule in rules]


def nft(cluster, kind, name, **options):
    """The rules of a chain of nftables, or the elements of a set or map."""
    start = f"add {kind} {'ip6' if options.get('family') == 'IPv6' else 'ip'} kube-proxy {name} "
    lines = proxy_rules(cluster, NODE, "nftables", **options).splitlines()
    return [line.removeprefix(start) for line in lines if line.startswith(start)]


# Balancing


def test_three_endpoints_get_a_third_each():
    rules = chain(one_service("10.180.0.1", "10.180.0.2", "10.180.0.3"), f"KUBE-SVC-{CHAIN}")[1:]
    found = [re.match(r"(?:-m statistic --mode random --probability (\S+) )?-j KUBE-SEP", rule)[1] for rule in rules]
    assert found == ["0.3333333333", "0.5000000000", None]


def test_a_client_with_session_affinity_is_looked_for_before_any_balancing():
    cluster = one_service("10.180.0.1", session_affinity="ClientIP", affinity_timeout=600)
    assert chain(cluster, f"KUBE-SVC-{CHAIN}")[1:] == [
        f"-m recent --name KUBE-SEP-{POD} --rcheck --seconds 600 --reap -j KUBE-SEP-{POD}",
        f"-j KUBE-SEP-{POD}",
    ]
    assert chain(cluster, f"KUBE-SEP-{POD}") == [
        "-s 10.180.0.1 -j KUBE-MARK-MASQ",
        f"-m recent --name KUBE-SEP-{POD} --set -m tcp -p tcp -j DNAT --to-destination 10.180.0.1:80",
    ]
    pod = "5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80"
    assert nft(cluster, "set", f"affinity-{pod}") == ["{ type ipv4_addr ; flags dynamic,timeout ; timeout 600s ; }"]
    assert nft(cluster, "rule", f"service-{BASE}") == [
        f"ip saddr @affinity-{pod} goto endpoint-{pod}",
        f"numgen random mod 1 vmap {{ 0 : goto endpoint-{pod} }}",
    ]
    assert nft(cluster, "rule", f"endpoint-{pod}") == [
        f"update @affinity-{pod} {{ ip saddr }}",
        "meta l4proto tcp dnat to 10.180.0.1:80",
    ]


def test_session_affinity_lasts_three_hours_unless_said_otherwise():
    cluster = one_service("10.180.0.1", session_affinity="ClientIP")
    assert "--seconds 10800 " in chain(cluster, f"KUBE-SVC-{CHAIN}")[1]


@pytest.mark.parametrize(("endpoints", "commented"), [(1000, True), (1001, False)])
def test_more_than_a_thousand_endpoints_go_without_comments(endpoints, commented):
    cluster = one_service(*(f"10.180.{i >> 8}.{i & 255}" for i in range(endpoints)))
    lines = proxy_rules(cluster, NODE, "iptables").splitlines()
    balanced = [line for line in lines if "-j KUBE-SEP-" in line or line.startswith("-A KUBE-SEP-")]
    assert len(balanced) == 3 * endpoints
    assert {"--comment" in line for line in balanced} == {commented}
    assert any("ns1/svc1:p80 cluster IP" in line for line in lines)  # other rules keep theirs


def test_endpoints_that_are_not_ready_count_towards_a_large_cluster_too():
    waiting = [{"address": f"10.181.{i >> 8}.{i & 255}", "ready": False} for i in range(1000)]
    assert f"-A KUBE-SVC-{CHAIN} -j" in proxy_rules(one_service("10.180.0.1", *waiting), NODE, "iptables")


# Masquerade


@pytest.mark.parametrize(
    ("proxy", "iptables", "nftables"),
    [
        (PROXY, [f"! -s {POD_RANGE} "], [f"ip saddr != {POD_RANGE} "]),
        (replace(PROXY, masquerade_all=True), [""], [""]),
        (replace(PROXY, cluster_cidrs=()), [], []),
    ],
)
def test_who_is_masqueraded_on_the_way_to_a_cluster_ip(proxy, iptables, nftables):
    cluster = one_service("10.180.0.1", proxy=proxy)
    rules = chain(cluster, f"KUBE-SVC-{CHAIN}")[:-1]
    assert rules == [f"-m tcp -p tcp -d 172.30.0.41 --dport 80 {source}-j KUBE-MARK-MASQ" for source in iptables]
    rules = [rule.partition(" comment")[0] for rule in nft(cluster, "rule", "services")[:-2]]
    assert rules == [f"ip daddr @cluster-ips {source}mark set mark or 0x4000" for source in nftables]


def test_two_cluster_cidrs_of_a_family_are_refused_as_kube_proxy_refuses_them():
    cluster = one_service(proxy=replace(PROXY, cluster_cidrs=("10.1.0.0/16", "10.2.0.0/16")))
    for mode in ("iptables", "nftables"):
        with pytest.raises(NodePortKitError, match="one cluster CIDR of each family"):
            proxy_rules(cluster, NODE, mode)


def test_hairpin_is_masqueraded_for_each_endpoint_in_iptables_and_for_local_ones_in_nftables():
    cluster = one_service(here("10.180.0.1"), "10.180.0.2")
    text = proxy_rules(cluster, NODE, "iptables")
    assert set(re.findall(r"-s (10\.180\S+) -j KUBE-MARK-MASQ", text)) == {"10.180.0.1", "10.180.0.2"}
    assert nft(cluster, "element", "hairpin-connections") == ["{ 10.180.0.1 . 10.180.0.1 . tcp . 80 }"]


# Traffic policies


def test_policy_cluster_masquerades_every_external_client():
    cluster = one_service("10.180.0.1", **LB)
    assert chain(cluster, f"KUBE-EXT-{CHAIN}") == ["-j KUBE-MARK-MASQ", f"-j KUBE-SVC-{CHAIN}"]
    assert nft(cluster, "rule", f"external-{BASE}") == [
        'mark set mark or 0x4000 comment "masquerade"',
        f"goto service-{BASE}",
    ]


def test_policy_local_without_a_local_endpoint_leaves_the_short_cuts_and_drops_the_rest():
    cluster = one_service("10.180.0.1", external_traffic_policy="Local", external_ips=["192.168.99.22"], **LB)
    assert chain(cluster, f"KUBE-EXT-{CHAIN}") == [
        f"-s {POD_RANGE} -j KUBE-SVC-{CHAIN}",
        "-m addrtype --src-type LOCAL -j KUBE-MARK-MASQ",
        f"-m addrtype --src-type LOCAL -j KUBE-SVC-{CHAIN}",
    ]
    assert chain(cluster, "KUBE-EXTERNAL-SERVICES", table="filter") == [
        "-m tcp -p tcp -d 192.168.99.22 --dport 80 -j DROP",
        "-m tcp -p tcp -d 1.2.3.4 --dport 80 -j DROP",
        "-m addrtype --dst-type LOCAL -m tcp -p tcp --dport 3001 -j DROP",
    ]
    assert nft(cluster, "rule", f"external-{BASE}") == [
        f'ip saddr {POD_RANGE} goto service-{BASE} comment "short-circuit pod traffic"',
        'fib saddr type local mark set mark or 0x4000 comment "masquerade local traffic"',
        f'fib saddr type local goto service-{BASE} comment "short-circuit local traffic"',
    ]
    # What the short cuts leave falls out of service-ips unchanged, and is dropped by the second map.
    assert nft(cluster, "element", "service-ips")[1:] == [
        f"{{ 192.168.99.22 . tcp . 80 : goto external-{BASE} }}",
        f"{{ 1.2.3.4 . tcp . 80 : goto external-{BASE} }}",
    ]
    assert nft(cluster, "element", "no-endpoint-services") == [
        '{ 192.168.99.22 . tcp . 80 comment "ns1/svc1:p80" : drop }',
        '{ 1.2.3.4 . tcp . 80 comment "ns1/svc1:p80" : drop }',
    ]
    assert nft(cluster, "element", "no-endpoint-nodeports") == ['{ tcp . 3001 comment "ns1/svc1:p80" : drop }']


def test_policy_local_without_a_detector_treats_pods_as_any_client():
    proxy = replace(PROXY, cluster_cidrs=())
    cluster = one_service(here("10.180.0.1"), external_traffic_policy="Local", proxy=proxy)
    assert chain(cluster, f"KUBE-EXT-{CHAIN}") == [
        "-m addrtype --src-type LOCAL -j KUBE-MARK-MASQ",
        f"-m addrtype --src-type LOCAL -j KUBE-SVC-{CHAIN}",
        f"-j KUBE-SVL-{CHAIN}",
    ]
    assert "short-circuit pod" not in proxy_rules(cluster, NODE, "nftables")


def test_a_local_endpoint_that_leaves_serves_policy_local_beside_ready_ones_elsewhere():
    leaving = here("10.180.0.1", ready=False, serving=True, terminating=True)
    cluster = one_service(leaving, "10.180.0.2", external_traffic_policy="Local")
    text = proxy_rules(cluster, NODE, "iptables")
    assert re.findall(r"-A KUBE-(SV.)-\S+ .*-> (\S+)\"", text) == [("SVC", "10.180.0.2:80"), ("SVL", "10.180.0.1:80")]
    assert re.findall(r"--to-destination (\S+)", text) == ["10.180.0.2:80", "10.180.0.1:80"]
    assert "drop" not in " ".join(nft(cluster, "element", "no-endpoint-nodeports"))


def test_of_two_services_with_one_external_address_the_first_has_it_in_nftables():
    cluster = one_service("10.180.0.1", external_ips=["192.168.99.22"])
    other = one_service(name="ns2/svc2", cluster_ip="172.30.0.42", node_port=3002, external_ips=["192.168.99.22"])
    both = cluster.replace(
        services=pd.concat([cluster.services, other.services]), ports=pd.concat([cluster.ports, other.ports])
    )
    claimed = [element for element in nft(both, "element", "service-ips") if "192.168.99.22" in element]
    assert claimed == [f"{{ 192.168.99.22 . tcp . 80 : goto external-{BASE} }}"]


def test_internal_policy_local_sends_the_cluster_ip_to_local_endpoints_only():
    cluster = one_service(here("10.180.0.1"), "10.180.0.2", internal_traffic_policy="Local")
    assert chain(cluster, "KUBE-SERVICES")[0].endswith(f"-d 172.30.0.41 --dport 80 -j KUBE-SVL-{CHAIN}")
    assert chain(cluster, f"KUBE-SVL-{CHAIN}")[0].endswith(f"! -s {POD_RANGE} -j KUBE-MARK-MASQ")
    assert len(chain(cluster, f"KUBE-SVL-{CHAIN}")) == 2
    assert nft(cluster, "element", "service-ips") == [f"{{ 172.30.0.41 . tcp . 80 : goto local-{BASE} }}"]


def test_internal_policy_local_without_a_local_endpoint_drops():
    cluster = one_service("10.180.0.1", internal_traffic_policy="Local", node_port=None)
    assert chain(cluster, "KUBE-SERVICES", table="filter") == ["-m tcp -p tcp -d 172.30.0.41 --dport 80 -j DROP"]
    assert nft(cluster, "element", "service-ips") == []
    [dropped] = nft(cluster, "element", "no-endpoint-services")
    assert dropped == '{ 172.30.0.41 . tcp . 80 comment "ns1/svc1:p80" : drop }'


def test_without_endpoints_every_destination_is_rejected():
    cluster = one_service(external_ips=["192.168.99.11"], load_balancer_source_ranges=["203.0.113.0/25"], **LB)
    text = proxy_rules(cluster, NODE, "iptables")
    rejected = [line for line in text.splitlines() if line.endswith("-j REJECT")]
    assert [re.search(r"-d (\S+)|--dst-type (LOCAL)", line)[0] for line in rejected] == [
        "-d 172.30.0.41",
        "-d 192.168.99.11",
        "-d 1.2.3.4",
        "--dst-type LOCAL",
    ]
    assert all('"ns1/svc1:p80 has no endpoints"' in line for line in rejected)
    assert "KUBE-FW-" not in text  # so a client outside the ranges is rejected, not dropped
    assert CHAIN not in text
    assert len(nft(cluster, "element", "no-endpoint-services")) == 3
    assert "goto reject-chain" in nft(cluster, "element", "no-endpoint-nodeports")[0]
    assert nft(cluster, "rule", f"firewall-{BASE}") == ["ip saddr != { 203.0.113.0/25 } drop"]  # here it is dropped


# Load balancers


def test_source_ranges_guard_the_load_balancer_alone():
    cluster = one_service(
        "10.180.0.1", external_ips=["192.168.99.22"], load_balancer_source_ranges=[" 203.0.113.0/25"], **LB
    )
    targets = {rule.split()[5]: rule.split()[-1] for rule in chain(cluster, "KUBE-SERVICES")[:-1]}
    assert targets == {
        "172.30.0.41": f"KUBE-SVC-{CHAIN}",
        "192.168.99.22": f"KUBE-EXT-{CHAIN}",
        "1.2.3.4": f"KUBE-FW-{CHAIN}",
    }
    assert chain(cluster, "KUBE-NODEPORTS") == [f"-m tcp -p tcp --dport 3001 -j KUBE-EXT-{CHAIN}"]
    assert chain(cluster, f"KUBE-FW-{CHAIN}") == [f"-s 203.0.113.0/25 -j KUBE-EXT-{CHAIN}", ""]
    assert chain(cluster, "KUBE-PROXY-FIREWALL", table="filter") == ["-m tcp -p tcp -d 1.2.3.4 --dport 80 -j DROP"]
    assert nft(cluster, "element", "firewall-ips") == [f"{{ 1.2.3.4 . tcp . 80 : goto firewall-{BASE} }}"]


def test_a_range_with_the_node_admits_the_load_balancers_address_as_a_source():
    cluster = one_service("10.180.0.1", load_balancer_source_ranges=["192.168.0.0/24", "203.0.113.0/25"], **LB)
    assert [rule.split()[1] for rule in chain(cluster, f"KUBE-FW-{CHAIN}")[:-1]] == [
        "192.168.0.0/24",
        "203.0.113.0/25",
        "1.2.3.4",
    ]
    [rule] = nft(cluster, "rule", f"firewall-{BASE}")
    assert rule == "ip saddr != { 192.168.0.0/24, 203.0.113.0/25, 1.2.3.4 } drop"


def test_ingress_with_mode_proxy_gets_no_rule():
    cluster = one_service("10.180.0.1", load_balancer_ip_modes=["Proxy"], **LB)
    for mode in ("iptables", "nftables"):
        assert "1.2.3.4" not in proxy_rules(cluster, NODE, mode)


def test_the_health_check_node_port_is_accepted_with_or_without_endpoints():
    for endpoints in ([], ["10.180.0.1"]):
        cluster = one_service(*endpoints, health_check_node_port=30000, external_traffic_policy="Local", **LB)
        assert chain(cluster, "KUBE-NODEPORTS", table="filter") == ["-m tcp -p tcp --dport 30000 -j ACCEPT"]
        assert "30000" not in proxy_rules(cluster, NODE, "nftables")


# Node ports


@pytest.mark.parametrize(
    ("config", "family", "jumps"),
    [
        ({}, "IPv4", ["-m addrtype --dst-type LOCAL"]),
        ({"localhost_nodeports": False}, "IPv4", ["-m addrtype --dst-type LOCAL ! -d 127.0.0.0/8"]),
        ({}, "IPv6", ["-m addrtype --dst-type LOCAL ! -d ::1/128"]),
        ({"nodeport_addresses": ("192.168.0.0/24",)}, "IPv4", ["-d 192.168.0.2"]),
        ({"nodeport_addresses": ("192.168.0.0/24",)}, "IPv6", ["-m addrtype --dst-type LOCAL ! -d ::1/128"]),
        ({"nodeport_addresses": ("primary",)}, "IPv6", ["-d 2001:db8::1"]),
        ({"nodeport_addresses": ("0.0.0.0/0",)}, "IPv4", ["-m addrtype --dst-type LOCAL"]),
        ({"nodeport_addresses": ("127.0.0.0/8",)}, "IPv4", ["-d 127.0.0.1"]),
        ({"nodeport_addresses": ("127.0.0.0/8",), "localhost_nodeports": False}, "IPv4", []),
        ({"nodeport_addresses": ("::1/128",)}, "IPv6", []),
        ({"nodeport_addresses": ("10.99.0.0/16",)}, "IPv4", []),
    ],
)
def test_which_addresses_answer_on_node_ports_in_iptables_mode(config, family, jumps):
    rules = chain(one_service("10.180.0.1", proxy=replace(PROXY, **config)), "KUBE-SERVICES", family=family)
    assert [rule for rule in rules if rule.endswith("KUBE-NODEPORTS")] == [
        f"{jump} -j KUBE-NODEPORTS" for jump in jumps
    ]
    assert not jumps or rules[-1].endswith("-j KUBE-NODEPORTS")


@pytest.mark.parametrize(
    ("addresses", "family", "elements"),
    [
        ((), "IPv4", ["192.168.0.2"]),
        ((), "IPv6", ["2001:db8::1"]),
        (("192.168.0.0/16",), "IPv4", ["192.168.0.2", "192.168.1.2"]),
        (("127.0.0.0/8",), "IPv4", []),
    ],
)
def test_which_addresses_answer_on_node_ports_in_nftables_mode(addresses, family, elements):
    own = ("192.168.0.2", "192.168.1.2", "2001:db8::1")
    cluster = one_service("10.180.0.1", addresses=own, proxy=replace(PROXY, nodeport_addresses=addresses))
    found = nft(cluster, "element", "nodeport-ips", family=family)
    assert found == [f"{{ {address} }}" for address in elements]
    assert nft(cluster, "rule", "services", family=family)[-1].split()[2] == "@nodeport-ips"


def test_all_addresses_in_nftables_mode_are_all_local_ones_but_loopback():
    cluster = one_service("10.180.0.1", proxy=replace(PROXY, nodeport_addresses=("0.0.0.0/0", "::/0")))
    for family, loopback in (("IPv4", "ip daddr != 127.0.0.0/8"), ("IPv6", "ip6 daddr != ::1")):
        assert nft(cluster, "set", "nodeport-ips", family=family) == []
        assert nft(cluster, "rule", "services", family=family)[-1].startswith(f"fib daddr type local {loopback} ")


def test_the_primary_address_answers_only_if_an_interface_has_it():
    cluster = one_service("10.180.0.1")
    assert nft(cluster, "element", "nodeport-ips", addresses=["192.168.77.1"]) == []


def test_localhost_is_guarded_only_where_node_ports_listen_on_it():
    text = {family: proxy_rules(one_service(), NODE, "iptables", family) for family in ("IPv4", "IPv6")}
    off = proxy_rules(one_service(proxy=replace(PROXY, localhost_nodeports=False)), NODE, "iptables")
    guard = "block incoming localnet connections"
    assert [guard in rules for rules in (text["IPv4"], text["IPv6"], off)] == [True, False, False]


def test_node_ports_of_localhost_are_counted_if_there_are_counters():
    cluster = one_service("10.180.0.1")
    assert "nfacct" not in proxy_rules(cluster, NODE, "iptables")
    counted, other = chain(cluster, "KUBE-NODEPORTS", accounting=True)
    assert "-d 127.0.0.0/8 " in counted
    assert "nfacct" not in other
    assert "localhost_nps" not in proxy_rules(cluster, NODE, "iptables", "IPv6", accounting=True)


# Service ranges


def test_unallocated_cluster_ips_are_dropped_in_the_service_ranges_only():
    rules = nft(
        one_service(proxy=replace(PROXY, service_cidrs=("172.30.0.0/16", "fd00:10:96::/112"))),
        "rule",
        "cluster-ips-check",
    )
    assert [rule.partition(" comment")[0] for rule in rules] == [
        "ip daddr @cluster-ips reject",
        "ip daddr { 172.30.0.0/16 } drop",
    ]
    assert len(nft(one_service(), "rule", "cluster-ips-check")) == 1


# Errors


def test_errors_say_what_to_do():
    cluster = one_service()
    with pytest.raises(NotFound, match=r"no node 'node1' here\. Did you mean node-1"):
        proxy_rules(cluster, "node1", "iptables")
    with pytest.raises(NodePortKitError, match="Give iptables, nftables or ipvs"):
        proxy_rules(cluster, NODE, "userspace")
    with pytest.raises(NodePortKitError, match="Give IPv4 or IPv6"):
        proxy_rules(cluster, NODE, "nftables", "ipv4")
    with pytest.raises(NodePortKitError, match="'host' is no IP address"):
        proxy_rules(cluster, NODE, "nftables", addresses=["host"])
