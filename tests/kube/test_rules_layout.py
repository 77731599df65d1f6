"""How the rules are laid out, a fact a test (reference: kubernetes/kubernetes pkg/proxy/iptables and pkg/proxy/nftables)."""

import re

import pytest

from nodeportkit.cluster import Cluster
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.sources.proxy_rules import read_rules
from nodeportkit.traffic.rules import proxy_rules
from rules_cluster import NODE, here, one_service

LOCAL, WITHIN = {"external_traffic_policy": "Local"}, {"internal_traffic_policy": "Local"}
OUTSIDE = {"external_ips": ["192.0.2.22"], "load_balancer_ips": ["1.2.3.4"]}
CHAIN, BASE = "XPGD46QRK7WJZT7O", "ULMVA6XW-ns1/svc1/tcp/p80"

# What kube-proxy hands to iptables-restore for a service with three endpoints.
WRITTEN = """\
-A KUBE-SERVICES -m comment --comment "shop/web:http cluster IP" -m tcp -p tcp -d 10.96.7.20 --dport 8000 -j KUBE-SVC-67NZLRHBNDSAWJRO
-A KUBE-NODEPORTS -m comment --comment shop/web:http -m tcp -p tcp --dport 31080 -j KUBE-EXT-67NZLRHBNDSAWJRO
-A KUBE-EXT-67NZLRHBNDSAWJRO -m comment --comment "masquerade traffic for shop/web:http external destinations" -j KUBE-MARK-MASQ
-A KUBE-EXT-67NZLRHBNDSAWJRO -j KUBE-SVC-67NZLRHBNDSAWJRO
-A KUBE-SVC-67NZLRHBNDSAWJRO -m comment --comment "shop/web:http cluster IP" -m tcp -p tcp -d 10.96.7.20 --dport 8000 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
-A KUBE-SVC-67NZLRHBNDSAWJRO -m comment --comment "shop/web:http -> 10.244.1.9:8080" -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-Z5LSZF7RYHBWLYWB
-A KUBE-SVC-67NZLRHBNDSAWJRO -m comment --comment "shop/web:http -> 10.244.2.4:8080" -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-ZJP7ORMJOYEZ7AAS
-A KUBE-SVC-67NZLRHBNDSAWJRO -m comment --comment "shop/web:http -> 10.244.3.7:8080" -j KUBE-SEP-QGGMYFB46YX5BMED
-A KUBE-SEP-Z5LSZF7RYHBWLYWB -m comment --comment shop/web:http -s 10.244.1.9 -j KUBE-MARK-MASQ
-A KUBE-SEP-Z5LSZF7RYHBWLYWB -m comment --comment shop/web:http -m tcp -p tcp -j DNAT --to-destination 10.244.1.9:8080
"""
FILTERED = """\
-A KUBE-SERVICES -m comment --comment "shop/web:http has no local endpoints" -m tcp -p tcp -d 10.96.7.20 --dport 8000 -j DROP
-A KUBE-EXTERNAL-SERVICES -m comment --comment "shop/web:http has no endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 31080 -j REJECT
"""


def web(*addresses, **service):
    """The service of the examples above."""
    count = len(addresses)
    return Cluster(
        nodes={"name": [NODE], "internal_ips": [["192.168.0.2"]]},
        services={
            "namespace": ["shop"],
            "name": ["web"],
            "type": ["NodePort"],
            "cluster_ips": [["10.96.7.20"]],
            **{key: [value] for key, value in service.items()},
        },
        ports={
            "namespace": ["shop"],
            "service": ["web"],
            "port_name": ["http"],
            "protocol": ["TCP"],
            "port": [8000],
            "node_port": [31080],
        },
        endpoints={
            "namespace": ["shop"] * count,
            "service": ["web"] * count,
            "port_name": ["http"] * count,
            "protocol": ["TCP"] * count,
            "address": list(addresses),
            "port": [8080] * count,
            "node": ["node-2"] * count,
            "ready": [True] * count,
        },
        proxy=ProxyConfig(cluster_cidrs=("10.244.0.0/16",)),
    )


def lines(cluster, mode, table=None):
    text = proxy_rules(cluster, NODE, mode)
    if table:
        text = text.partition(f"*{table}\n")[2].partition("COMMIT")[0]
    return text.splitlines()


def nft(cluster, chain):
    start = f"add rule ip kube-proxy {chain} "
    return [line.removeprefix(start) for line in lines(cluster, "nftables") if line.startswith(start)]


# iptables


def test_what_is_handed_to_iptables_restore_is_what_kube_proxy_hands_to_it():
    rules = lines(web("10.244.1.9", "10.244.2.4", "10.244.3.7"), "iptables")
    assert sorted(set(WRITTEN.splitlines()) - set(rules)) == []


def test_what_finds_no_endpoint_is_refused_in_the_words_of_kube_proxy():
    dropped, refused = FILTERED.splitlines()
    assert dropped in lines(web("10.244.1.9", **WITHIN), "iptables", "filter")
    assert refused in lines(web(), "iptables", "filter")


def test_the_jump_to_node_ports_is_the_last_of_the_services():
    rules = lines(one_service("10.180.0.1", **OUTSIDE), "iptables", "nat")
    services = [line for line in rules if line.startswith("-A KUBE-SERVICES ")]
    assert "-j KUBE-NODEPORTS" in services[-1]
    assert "--dst-type LOCAL" in services[-1]
    assert not any("KUBE-NODEPORTS" in line for line in services[:-1])
    assert len(services) == 4


def test_external_destinations_jump_to_the_external_chain_or_to_the_firewall_before_it():
    def targets(**ranges):
        rules = lines(one_service("10.180.0.1", **OUTSIDE, **ranges), "iptables", "nat")
        return {
            kind: rule.rpartition(" ")[2]
            for kind in ("external IP", "loadbalancer IP")
            for rule in rules
            if f'{kind}" -m tcp' in rule
        }

    assert targets() == {"external IP": f"KUBE-EXT-{CHAIN}", "loadbalancer IP": f"KUBE-EXT-{CHAIN}"}
    ranged = targets(load_balancer_source_ranges=["203.0.113.0/24"])
    assert ranged == {"external IP": f"KUBE-EXT-{CHAIN}", "loadbalancer IP": f"KUBE-FW-{CHAIN}"}


def test_a_cluster_ip_under_internal_policy_local_jumps_straight_to_the_local_chain():
    rules = lines(one_service(here("10.180.0.1"), **WITHIN), "iptables", "nat")
    assert [r.rpartition(" ")[2] for r in rules if 'cluster IP" -m tcp' in r and "KUBE-SERVICES" in r] == [
        f"KUBE-SVL-{CHAIN}"
    ]


def test_the_four_chains_of_a_service_port_share_their_suffix():
    text = proxy_rules(
        one_service(
            here("10.180.0.1"), "10.180.0.2", **OUTSIDE, **LOCAL, load_balancer_source_ranges=["203.0.113.0/24"]
        ),
        NODE,
        "iptables",
    )
    assert set(re.findall(r":KUBE-(?:SVC|SVL|EXT|FW)-(\w+)", text)) == {CHAIN}


def test_the_mark_is_set_and_at_the_end_looked_for_cleared_and_acted_on():
    rules = lines(one_service("10.180.0.1"), "iptables", "nat")
    assert [r for r in rules if r.startswith("-A KUBE-MARK-MASQ")] == ["-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000"]
    post = [r for r in rules if r.startswith("-A KUBE-POSTROUTING")]
    assert [r.rpartition("-j ")[2] for r in post] == ["RETURN", "MARK --xor-mark 0x4000", "MASQUERADE --random-fully"]
    assert "-m mark ! --mark 0x4000/0x4000" in post[0]


def test_the_chains_of_table_filter_are_entered_where_kube_proxy_enters_them():
    rules = lines(one_service("10.180.0.1"), "iptables", "filter")
    found = set()
    for rule in rules:
        if entered := re.match(r"-A (INPUT|FORWARD|OUTPUT) (.*)-j (\S+)", rule):
            found.add((entered[1], "NEW" in entered[2], entered[3]))
    new = {
        "KUBE-SERVICES": ("FORWARD", "OUTPUT"),
        "KUBE-EXTERNAL-SERVICES": ("INPUT", "FORWARD"),
        "KUBE-PROXY-FIREWALL": ("INPUT", "OUTPUT", "FORWARD"),
    }
    expected = {(place, True, chain) for chain, places in new.items() for place in places}
    expected |= {("INPUT", False, "KUBE-NODEPORTS"), ("FORWARD", False, "KUBE-FORWARD")}
    expected |= {("INPUT", False, "KUBE-FIREWALL"), ("OUTPUT", False, "KUBE-FIREWALL")}
    assert found == expected


def test_forwarded_packets_that_are_invalid_are_dropped_and_marked_or_known_ones_accepted():
    rules = [r for r in lines(one_service("10.180.0.1"), "iptables", "filter") if r.startswith("-A KUBE-FORWARD")]
    assert [
        (key, rule.rpartition(" ")[2])
        for rule in rules
        for key in ("INVALID", "0x4000/0x4000", "RELATED,ESTABLISHED")
        if key in rule
    ] == [
        ("INVALID", "DROP"),
        ("0x4000/0x4000", "ACCEPT"),
        ("RELATED,ESTABLISHED", "ACCEPT"),
    ]


# nftables


def test_base_chains_hang_where_kube_proxy_hangs_them():
    found = re.findall(
        r"add chain ip kube-proxy (\S+) \{ type (\w+) hook (\w+) priority (-?\d+) ; \}",
        proxy_rules(one_service(), NODE, "nftables"),
    )
    assert {(name, hook, int(priority)) for name, _, hook, priority in found} == {
        ("filter-prerouting-pre-dnat", "prerouting", -110),
        ("filter-output-pre-dnat", "output", -110),
        ("nat-prerouting", "prerouting", -100),
        ("nat-output", "output", -100),
        ("filter-input", "input", 0),
        ("filter-forward", "forward", 0),
        ("filter-output", "output", 0),
        ("nat-postrouting", "postrouting", 100),
    }


def test_the_firewall_is_asked_before_the_services_and_the_want_of_endpoints_after_them():
    cluster = one_service("10.180.0.1")
    for hook in ("prerouting", "output"):
        assert nft(cluster, f"filter-{hook}-pre-dnat") == ["ct state new jump firewall-check"]
        assert nft(cluster, f"nat-{hook}") == ["jump services"]
    checks = {
        chain: [rule.rpartition(" ")[2] for rule in nft(cluster, chain)]
        for chain in ("filter-input", "filter-forward", "filter-output")
    }
    assert checks == {
        "filter-input": ["nodeport-endpoints-check", "service-endpoints-check"],
        "filter-forward": ["service-endpoints-check", "cluster-ips-check"],
        "filter-output": ["service-endpoints-check", "cluster-ips-check"],
    }


def test_a_destination_may_have_a_chain_and_be_dropped_behind_it():
    text = proxy_rules(one_service("10.180.0.2", **LOCAL, **OUTSIDE), NODE, "nftables")
    for ip in ("192.0.2.22", "1.2.3.4"):
        assert f"service-ips {{ {ip} . tcp . 80 : goto external-{BASE} }}" in text
        assert re.search(rf"no-endpoint-services {{ {re.escape(ip)} \. tcp \. 80 .*: drop }}", text)


def test_the_firewall_chain_is_one_rule():
    cluster = one_service("10.180.0.1", load_balancer_source_ranges=["203.0.113.0/24", "192.168.0.0/24"], **OUTSIDE)
    assert nft(cluster, f"firewall-{BASE}") == ["ip saddr != { 203.0.113.0/24, 192.168.0.0/24, 1.2.3.4 } drop"]


def test_the_external_chain_marks_and_goes_on():
    assert nft(one_service("10.180.0.1"), f"external-{BASE}") == [
        'mark set mark or 0x4000 comment "masquerade"',
        f"goto service-{BASE}",
    ]


def test_the_external_chain_of_policy_local_has_the_short_cuts_before_the_local_endpoints():
    found = nft(one_service(here("10.180.0.1"), **LOCAL), f"external-{BASE}")
    assert [rule.partition(" comment")[0] for rule in found] == [
        f"ip saddr 10.244.0.0/16 goto service-{BASE}",
        "fib saddr type local mark set mark or 0x4000",
        f"fib saddr type local goto service-{BASE}",
        f"goto local-{BASE}",
    ]


# Read back


def test_a_stale_chain_that_was_left_empty_is_nothing():
    listed = """\
table ip kube-proxy {
	map service-nodeports {
		type inet_proto . inet_service : verdict
		elements = { tcp . 31080 : goto external-KHN6ECMT-shop/web/tcp/http }
	}
	chain external-KHN6ECMT-shop/web/tcp/http {
		goto service-KHN6ECMT-shop/web/tcp/http
	}
	chain service-KHN6ECMT-shop/web/tcp/http {
		numgen random mod 1 vmap { 0 : goto endpoint-RT7PETL2-shop/web/tcp/http__10.244.1.9/8080 }
	}
	chain endpoint-RT7PETL2-shop/web/tcp/http__10.244.1.9/8080 {
		meta l4proto tcp dnat to 10.244.1.9:8080
	}
	chain service-AAAAAAAA-shop/gone/tcp/http {
	}
}
"""
    read = read_rules(listed)
    assert set(read.endpoints["service"]) == {"web"}
    assert list(read.endpoints["address"]) == ["10.244.1.9:8080"]


@pytest.mark.parametrize("port", ["", "tcp dport 8000 "], ids=["newer", "older"])
def test_the_masquerade_rule_of_a_cluster_ip_is_read_with_and_without_its_port(port):
    chain = "service-KHN6ECMT-shop/web/tcp/http"
    text = f"""\
add element ip kube-proxy service-ips {{ 10.96.7.20 . tcp . 8000 : goto {chain} }}
add rule ip kube-proxy {chain} ip daddr 10.96.7.20 {port}ip saddr != 10.244.0.0/16 jump mark-for-masquerade
add rule ip kube-proxy {chain} numgen random mod 1 vmap {{ 0 : goto endpoint-RT7PETL2-shop/web/tcp/http__10.244.1.9/8080 }}
add rule ip kube-proxy endpoint-RT7PETL2-shop/web/tcp/http__10.244.1.9/8080 meta l4proto tcp dnat to 10.244.1.9:8080
"""
    read = read_rules(text)
    assert list(read.endpoints["share"]) == [1.0]
    assert read.unread.empty
