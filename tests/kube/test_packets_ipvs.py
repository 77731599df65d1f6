"""What kube-proxy in ipvs mode does with a packet, a fact a test.

Reference: kubernetes/kubernetes pkg/proxy/ipvs/proxier.go (`syncProxyRules`, `syncEndpoint`, `writeIptablesRules`),
pkg/proxy/ipvs/ipset.go, netlink_linux.go and README.md, pull requests 97081 and 119656; Linux
net/netfilter/ipvs/ip_vs_core.c (`ip_vs_leave`).
"""

from dataclasses import replace

import pytest

from nodeportkit.sources.proxy_rules import read_rules
from nodeportkit.traffic.rules import proxy_rules
from nodeportkit.traffic.tracing import trace
from rules_cluster import NODE, PROXY, here, one_service

GUEST, POD, OWN, SECOND = "203.0.113.9", "10.244.7.7", "192.168.0.2", "192.168.5.2"
CLUSTER_IP, EXTERNAL_IP, BALANCER = "172.30.0.41", "192.0.2.22", "1.2.3.4"
NODE_PORT = 3001
LOCAL, WITHIN = {"external_traffic_policy": "Local"}, {"internal_traffic_policy": "Local"}
OUTSIDE = {"external_ips": [EXTERNAL_IP], "load_balancer_ips": [BALANCER]}
DESTINATIONS = {
    "cluster IP": (CLUSTER_IP, 80),
    "external IP": (EXTERNAL_IP, 80),
    "load balancer": (BALANCER, 80),
    "node port": (OWN, NODE_PORT),
}
EXTERNAL = pytest.mark.parametrize("to", [value for key, value in DESTINATIONS.items() if key != "cluster IP"])
ANYWHERE = pytest.mark.parametrize("to", DESTINATIONS.values(), ids=DESTINATIONS)
NO_DETECTOR = replace(PROXY, cluster_cidrs=())


def sent(cluster, to, source=GUEST, **options):
    destination, port = to
    return trace(cluster, source=source, destination=destination, port=port, node=NODE, mode="ipvs", **options)


def pods(found):
    return [address.rpartition(":")[0].strip("[]") for address in found.endpoints["address"]]


def rule(found, decision):
    [step] = [step for step in found.steps if step.decision == decision]
    return step.rule


# Which addresses have virtual servers


@ANYWHERE
def test_each_destination_has_a_virtual_server_whose_real_servers_take_turns(to):
    found = sent(one_service("10.180.0.1", "10.180.0.2", **OUTSIDE), to)
    assert (found.verdict, pods(found), found.service) == ("FORWARD", ["10.180.0.1", "10.180.0.2"], "ns1/svc1:p80")
    assert list(found.endpoints["probability"]) == [0.5, 0.5]
    assert rule(found, "it is for ns1/svc1:p80") == f"-A -t {to[0]}:{to[1]} -s rr"
    assert rule(found, "send it to one of 2") == f"-a -t {to[0]}:{to[1]} -r 10.180.0.1:80 -m -w 1"


def test_a_load_balancer_that_is_no_vip_has_none():
    cluster = one_service("10.180.0.1", load_balancer_ips=[BALANCER], load_balancer_ip_modes=["Proxy"])
    assert sent(cluster, (BALANCER, 80)).verdict == "UNHANDLED"


def test_node_ports_are_served_on_every_address_of_the_node():
    cluster = one_service("10.180.0.1")
    assert sent(cluster, (SECOND, NODE_PORT), addresses=[OWN, SECOND]).verdict == "FORWARD"
    assert sent(cluster, ("192.168.0.9", NODE_PORT)).verdict == "UNHANDLED"


def test_node_ports_are_not_served_on_loopback_addresses():
    for loopback in ("127.0.0.1", "127.0.0.2"):
        assert sent(one_service("10.180.0.1"), (loopback, NODE_PORT), source="127.0.0.1").verdict == "UNHANDLED"
    every = one_service("10.180.0.1", proxy=replace(PROXY, nodeport_addresses=("127.0.0.0/8", "192.168.0.0/24")))
    assert sent(every, ("127.0.0.1", NODE_PORT), source="127.0.0.1").verdict == "UNHANDLED"
    assert sent(every, (OWN, NODE_PORT)).verdict == "FORWARD"


def test_node_port_addresses_leave_out_the_others():
    cluster = one_service("10.180.0.1", proxy=replace(PROXY, nodeport_addresses=("192.168.5.0/24",)))
    assert sent(cluster, (OWN, NODE_PORT), addresses=[OWN, SECOND]).verdict == "UNHANDLED"
    assert sent(cluster, (SECOND, NODE_PORT), addresses=[OWN, SECOND]).verdict == "FORWARD"


def test_node_ports_are_not_served_on_service_addresses():
    assert sent(one_service("10.180.0.1"), (CLUSTER_IP, NODE_PORT)).verdict == "REJECT"


@pytest.mark.parametrize("address", [CLUSTER_IP, EXTERNAL_IP, BALANCER])
def test_other_ports_of_service_addresses_are_refused(address):
    found = sent(one_service("10.180.0.1", **OUTSIDE), (address, 8443))
    assert found.verdict == "REJECT"
    assert rule(found, "reject") == (
        "-A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT"
    )


def test_other_ports_of_an_external_ip_that_the_node_has_anyway_are_left_alone():
    cluster = one_service("10.180.0.1", external_ips=[SECOND])
    assert sent(cluster, (SECOND, 8443), addresses=[OWN, SECOND]).verdict == "UNHANDLED"


def test_an_unused_address_of_the_service_range_is_left_alone():
    cluster = one_service("10.180.0.1", proxy=replace(PROXY, service_cidrs=("172.30.0.0/16",)))
    assert sent(cluster, ("172.30.9.9", 80)).verdict == "UNHANDLED"


# No real servers


@ANYWHERE
def test_without_endpoints_the_kernel_answers_that_the_port_is_unreachable(to):
    found = sent(one_service(**OUTSIDE), to)
    assert (found.verdict, found.masquerade) == ("REJECT", False)


def test_the_node_itself_is_refused_too():
    assert sent(one_service(**OUTSIDE), (EXTERNAL_IP, 80), source=OWN).verdict == "REJECT"


@ANYWHERE
def test_terminating_endpoints_that_serve_are_real_servers_where_none_is_ready(to):
    leaving = {"ready": False, "serving": True, "terminating": True}
    found = sent(one_service({"address": "10.180.0.1", **leaving}, **OUTSIDE), to)
    assert (found.verdict, pods(found)) == ("FORWARD", ["10.180.0.1"])


def test_terminating_endpoints_get_no_new_connections_beside_ready_ones():
    leaving = {"ready": False, "serving": True, "terminating": True}
    found = sent(one_service("10.180.0.2", {"address": "10.180.0.1", **leaving}), (CLUSTER_IP, 80))
    assert pods(found) == ["10.180.0.2"]


# Policy Local


@EXTERNAL
@pytest.mark.parametrize("source", [GUEST, POD, OWN])
def test_external_policy_local_keeps_every_client_to_the_node_and_shows_who_it_is(to, source):
    found = sent(one_service(here("10.180.0.1"), "10.180.0.2", **LOCAL, **OUTSIDE), to, source)
    assert (found.verdict, pods(found), found.masquerade) == ("FORWARD", ["10.180.0.1"], False)


@EXTERNAL
def test_without_an_endpoint_here_pods_reach_those_of_other_nodes(to):
    found = sent(one_service("10.180.0.2", **LOCAL, **OUTSIDE), to, POD)
    assert (found.verdict, pods(found), found.masquerade) == ("FORWARD", ["10.180.0.2"], False)


def test_without_an_endpoint_here_the_node_reaches_those_of_other_nodes_by_its_node_port():
    found = sent(one_service("10.180.0.2", **LOCAL), (OWN, NODE_PORT), OWN)
    assert (found.verdict, pods(found)) == ("FORWARD", ["10.180.0.2"])


@EXTERNAL
def test_without_an_endpoint_here_guests_never_get_their_answer(to):
    found = sent(one_service("10.180.0.2", **LOCAL, **OUTSIDE), to)
    assert (found.verdict, pods(found)) == ("DROP", [])
    assert [step.decision for step in found.steps[-2:]] == ["turn to other nodes", "lose the answer"]
    assert "LOCAL" in found.steps[-1].rule


@ANYWHERE
def test_policy_local_without_any_endpoint_is_refused(to):
    assert sent(one_service(**LOCAL, **WITHIN, **OUTSIDE), to).verdict == "REJECT"


def test_internal_policy_local_keeps_to_the_node():
    found = sent(one_service(here("10.180.0.1"), "10.180.0.2", **WITHIN), (CLUSTER_IP, 80), POD)
    assert pods(found) == ["10.180.0.1"]


def test_internal_policy_local_turns_to_other_nodes_where_the_service_is_open_to_the_outside():
    found = sent(one_service("10.180.0.2", **WITHIN), (CLUSTER_IP, 80), POD)
    assert (found.verdict, pods(found)) == ("FORWARD", ["10.180.0.2"])


def test_internal_policy_local_of_a_service_for_the_inside_only_is_refused_without_an_endpoint_here():
    cluster = one_service("10.180.0.2", node_port=None, type="ClusterIP", **WITHIN)
    assert sent(cluster, (CLUSTER_IP, 80), POD).verdict == "REJECT"


# Masquerade


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("external IP", ("KUBE-SERVICES", "KUBE-EXTERNAL-IP dst,dst", "KUBE-MARK-MASQ")),
        ("load balancer", ("KUBE-SERVICES", "KUBE-LOAD-BALANCER dst,dst", "KUBE-LOAD-BALANCER")),
        ("node port", ("KUBE-NODE-PORT -p tcp", "KUBE-NODE-PORT-TCP dst", "KUBE-MARK-MASQ")),
    ],
)
@pytest.mark.parametrize("source", [GUEST, POD, OWN])
def test_external_policy_cluster_masquerades_everyone(to, expected, source):
    found = sent(one_service("10.180.0.1", **OUTSIDE), DESTINATIONS[to], source)
    assert found.masquerade
    chain, match, target = expected
    line = rule(found, "masquerade")
    assert line.startswith(f"-A {chain} -m comment --comment ")
    assert line.endswith(f"-m set --match-set {match} -j {target}")


@pytest.mark.parametrize(("source", "expected"), [(GUEST, True), (OWN, True), (POD, False)])
def test_a_cluster_ip_masquerades_all_but_pods(source, expected):
    assert sent(one_service("10.180.0.1"), (CLUSTER_IP, 80), source).masquerade is expected


def test_masquerade_all_masquerades_pods_too_at_the_cluster_ip():
    cluster = one_service("10.180.0.1", proxy=replace(PROXY, masquerade_all=True))
    assert sent(cluster, (CLUSTER_IP, 80), POD).masquerade


def test_without_a_cluster_cidr_only_the_node_is_masqueraded_which_calls_with_the_cluster_ip_itself():
    cluster = one_service("10.180.0.1", proxy=NO_DETECTOR)
    assert not sent(cluster, (CLUSTER_IP, 80)).masquerade
    found = sent(cluster, (CLUSTER_IP, 80), CLUSTER_IP)
    assert found.masquerade
    assert "--match-set KUBE-CLUSTER-IP src,dst " in rule(found, "masquerade")


def test_a_hairpin_is_masqueraded_on_the_pods_own_node_only():
    at_home = sent(one_service(here(POD), "10.180.0.2"), (CLUSTER_IP, 80), POD)
    assert list(at_home.endpoints["masquerade"]) == [False, True]
    assert rule(at_home, "masquerade on a hairpin").endswith("--match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE")
    away = sent(one_service(POD, "10.180.0.2"), (CLUSTER_IP, 80), POD)
    assert list(away.endpoints["masquerade"]) == [False, False]


def test_packets_from_loopback_addresses_are_not_masqueraded_and_come_to_nothing():
    found = sent(one_service("10.180.0.1"), (CLUSTER_IP, 80), "127.0.0.1")
    assert (found.verdict, found.steps[-1].rule) == ("DROP", "-A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN")


# Source ranges


def guarded(*ranges, **more):
    return one_service("10.180.0.1", load_balancer_source_ranges=list(ranges), **OUTSIDE, **more)


def test_source_ranges_keep_out_who_is_in_none():
    assert sent(guarded("203.0.113.0/25"), (BALANCER, 80)).verdict == "FORWARD"
    found = sent(guarded("198.51.100.0/24"), (BALANCER, 80))
    assert (found.verdict, rule(found, "drop")) == ("DROP", "-A KUBE-SOURCE-RANGES-FIREWALL -j DROP")
    assert sent(guarded("198.51.100.0/24"), (BALANCER, 80), POD).verdict == "DROP"


def test_source_ranges_come_before_the_want_of_endpoints():
    cluster = one_service(load_balancer_source_ranges=["198.51.100.0/24"], **OUTSIDE)
    assert sent(cluster, (BALANCER, 80)).verdict == "DROP"


@pytest.mark.parametrize("to", [(OWN, NODE_PORT), (EXTERNAL_IP, 80), (CLUSTER_IP, 80)])
def test_source_ranges_guard_nothing_else(to):
    assert sent(guarded("198.51.100.0/24"), to).verdict == "FORWARD"


def test_the_node_is_admitted_at_the_load_balancers_address_only_if_a_range_has_it():
    assert sent(guarded("192.168.0.0/24"), (BALANCER, 80), BALANCER).verdict == "FORWARD"
    found = sent(guarded("203.0.113.0/24"), (BALANCER, 80), BALANCER)
    assert found.verdict == "DROP"
    assert rule(found, "drop") == (
        f"-A KUBE-IPVS-OUT-FILTER -s {BALANCER} -m ipvs --vaddr {BALANCER} --vproto tcp --vport 80 -j DROP"
    )


# Affinity, protocols, families


def test_affinity_is_persistence_of_the_virtual_server():
    cluster = one_service("10.180.0.1", "10.180.0.2", session_affinity="ClientIP", affinity_timeout=600)
    found = sent(cluster, (CLUSTER_IP, 80))
    assert rule(found, "look where this client was sent before") == f"-A -t {CLUSTER_IP}:80 -s rr -p 600"
    plain = one_service("10.180.0.1", session_affinity="ClientIP")
    assert " -p 10800" in rule(sent(plain, (CLUSTER_IP, 80)), "it is for ns1/svc1:p80")


@pytest.mark.parametrize(
    ("protocol", "flag", "name"),
    [("UDP", "-u", "KUBE-NODE-PORT-UDP dst"), ("SCTP", "--sctp-service", "KUBE-NODE-PORT-SCTP-HASH dst,dst")],
)
def test_other_protocols_have_servers_and_sets_of_their_own(protocol, flag, name):
    cluster = one_service("10.180.0.1", protocol=protocol)
    found = sent(cluster, (OWN, NODE_PORT), protocol=protocol)
    assert rule(found, "it is for ns1/svc1:p80") == f"-A {flag} {OWN}:{NODE_PORT} -s rr"
    assert f"--match-set {name} " in rule(found, "masquerade")
    assert sent(cluster, (OWN, NODE_PORT)).verdict == "UNHANDLED"


def test_ipv6_has_sets_of_its_own():
    cluster = one_service("fd00:180::1", cluster_ip="fd00:30::41")
    found = sent(cluster, ("fd00:30::41", 80), "2001:db8:9::9")
    assert rule(found, "it is for ns1/svc1:p80") == "-A -t [fd00:30::41]:80 -s rr"
    assert "--match-set KUBE-6-CLUSTER-IP dst,dst ! -s fd00:244::/48 " in rule(found, "masquerade")


# Virtual servers, written and read back


def test_what_is_set_up_reads_back_as_it_was_meant():
    cluster = one_service(here("10.180.0.1"), "10.180.0.2", "10.180.0.3", **OUTSIDE, session_affinity="ClientIP")
    read = read_rules(proxy_rules(cluster, NODE, "ipvs", addresses=[OWN, SECOND]))
    expected = {(*to, "FORWARD") for to in [*DESTINATIONS.values(), (SECOND, NODE_PORT)]}
    assert {*read.destinations[["address", "port", "verdict"]].itertuples(index=False, name=None)} == expected
    assert list(read.endpoints["share"]) == pytest.approx([1 / 3] * len(read.endpoints))
    assert {*read.endpoints["address"]} == {"10.180.0.1:80", "10.180.0.2:80", "10.180.0.3:80"}
    assert len(read.endpoints) == 3 * len(expected)


def test_a_virtual_server_without_real_ones_reads_back_as_one_that_refuses():
    read = read_rules(proxy_rules(one_service(), NODE, "ipvs"))
    assert {*read.destinations["verdict"]} == {"REJECT"}


def test_local_policy_sets_up_local_servers_or_else_all():
    local = proxy_rules(one_service(here("10.180.0.1"), "10.180.0.2", **LOCAL), NODE, "ipvs").splitlines()
    assert f"-a -t {OWN}:{NODE_PORT} -r 10.180.0.1:80 -m -w 1" in local
    assert f"-a -t {OWN}:{NODE_PORT} -r 10.180.0.2:80 -m -w 1" not in local
    assert f"-a -t {CLUSTER_IP}:80 -r 10.180.0.2:80 -m -w 1" in local
    none = proxy_rules(one_service("10.180.0.2", **LOCAL), NODE, "ipvs").splitlines()
    assert f"-a -t {OWN}:{NODE_PORT} -r 10.180.0.2:80 -m -w 1" in none
