"""What kube-proxy does with a packet, a fact a test (reference: kubernetes/kubernetes pkg/proxy; KEP-1669, 2086, 3866).

The suite in tests/kernel holds the same decisions to the kernel; here each stands by itself, and with it what needs no
packet to be seen, such as hints.
"""

from dataclasses import replace

import pandas as pd
import pytest

from nodeportkit.traffic.tracing import trace
from rules_cluster import NODE, PROXY, here, one_service

GUEST, POD, OWN, SECOND = "203.0.113.9", "10.244.7.7", "192.168.0.2", "192.168.5.2"
CLUSTER_IP, EXTERNAL_IP, BALANCER = "172.30.0.41", "192.0.2.22", "1.2.3.4"
NODE_PORT = 3001
LOCAL, WITHIN = {"external_traffic_policy": "Local"}, {"internal_traffic_policy": "Local"}
OUTSIDE = {"external_ips": [EXTERNAL_IP], "load_balancer_ips": [BALANCER]}
GONE, LEAVING, WAITING = (
    {"ready": False, "serving": serving, "terminating": terminating}
    for serving, terminating in ((False, True), (True, True), (False, False))
)
DESTINATIONS = {
    "cluster IP": (CLUSTER_IP, 80),
    "external IP": (EXTERNAL_IP, 80),
    "load balancer": (BALANCER, 80),
    "node port": (OWN, NODE_PORT),
}
EXTERNAL = pytest.mark.parametrize("to", [value for key, value in DESTINATIONS.items() if key != "cluster IP"])
ANYWHERE = pytest.mark.parametrize("to", DESTINATIONS.values(), ids=DESTINATIONS)


@pytest.fixture(params=["iptables", "nftables"])
def mode(request):
    return request.param


def sent(cluster, to, mode, source=GUEST, **options):
    destination, port = to
    return trace(cluster, source=source, destination=destination, port=port, node=NODE, mode=mode, **options)


def pods(found):
    return [address.rpartition(":")[0].strip("[]") for address in found.endpoints["address"]]


def with_proxy(**settings):
    return replace(PROXY, **settings)


# Which services and destinations exist


@ANYWHERE
def test_a_packet_to_each_destination_finds_the_endpoints(mode, to):
    found = sent(one_service("10.180.0.1", "10.180.0.2", **OUTSIDE), to, mode)
    assert (found.verdict, pods(found), found.service) == ("FORWARD", ["10.180.0.1", "10.180.0.2"], "ns1/svc1:p80")
    assert list(found.endpoints["probability"]) == [0.5, 0.5]


def test_an_external_name_service_has_no_rules_even_with_a_cluster_ip(mode):
    cluster = one_service("10.180.0.1", type="ExternalName").replace(
        services=one_service("10.180.0.1").services.assign(type="ExternalName")
    )
    assert sent(cluster, DESTINATIONS["cluster IP"], mode).verdict == "UNHANDLED"


@pytest.mark.parametrize("address", ["None", ""])
def test_a_headless_service_has_no_rules(mode, address):
    cluster = one_service("10.180.0.1", cluster_ip=address)
    assert sent(cluster, DESTINATIONS["node port"], mode).verdict == "UNHANDLED"


def test_an_external_ip_uses_the_service_port_never_the_node_port(mode):
    cluster = one_service("10.180.0.1", **OUTSIDE)
    assert sent(cluster, (EXTERNAL_IP, NODE_PORT), mode).verdict == "UNHANDLED"
    assert sent(cluster, (BALANCER, NODE_PORT), mode).verdict == "UNHANDLED"


def test_a_node_port_is_not_reached_by_the_service_port(mode):
    assert sent(one_service("10.180.0.1"), (OWN, 80), mode).verdict == "UNHANDLED"


def test_the_target_port_is_never_matched_but_the_packet_goes_to_the_slices_port(mode):
    cluster = one_service({"address": "10.180.0.1", "port": 8080}, **OUTSIDE)
    assert sent(cluster, (EXTERNAL_IP, 8080), mode).verdict == "UNHANDLED"
    assert list(sent(cluster, (EXTERNAL_IP, 80), mode).endpoints["address"]) == ["10.180.0.1:8080"]


@pytest.mark.parametrize(("ip_mode", "verdict"), [("VIP", "FORWARD"), ("", "FORWARD"), ("Proxy", "UNHANDLED")])
def test_a_load_balancer_address_has_rules_unless_its_ip_mode_is_proxy(mode, ip_mode, verdict):
    cluster = one_service("10.180.0.1", load_balancer_ips=[BALANCER], load_balancer_ip_modes=[ip_mode])
    assert sent(cluster, DESTINATIONS["load balancer"], mode).verdict == verdict


def test_a_load_balancer_with_a_host_name_only_has_no_rule(mode):
    cluster = one_service("10.180.0.1", load_balancer_ips=["lb.example.com"])
    assert sent(cluster, DESTINATIONS["node port"], mode).verdict == "FORWARD"


def test_tcp_and_udp_on_one_number_are_two_ports(mode):
    cluster = one_service("10.180.0.1", protocol="UDP", **OUTSIDE)
    for to in DESTINATIONS.values():
        assert sent(cluster, to, mode, protocol="UDP").verdict == "FORWARD"
    assert sent(cluster, DESTINATIONS["node port"], mode, protocol="SCTP").verdict == "UNHANDLED"
    assert sent(cluster, DESTINATIONS["external IP"], mode).verdict == "UNHANDLED"


@pytest.mark.parametrize("other", [{"port_name": "admin"}, {"protocol": "UDP"}, {"namespace": "ns2"}])
def test_a_slice_belongs_to_a_service_port_by_namespace_port_name_and_protocol(mode, other):
    cluster = one_service("10.180.0.1")
    cluster = cluster.replace(endpoints=cluster.endpoints.assign(**other))
    assert sent(cluster, DESTINATIONS["node port"], mode).verdict == "REJECT"


def test_an_unnamed_port_belongs_to_the_unnamed_port_of_a_slice(mode):
    cluster = one_service("10.180.0.1", port_name="")
    assert sent(cluster, DESTINATIONS["node port"], mode).service == "ns1/svc1"
    named = cluster.replace(endpoints=cluster.endpoints.assign(port_name="p80"))
    assert sent(named, DESTINATIONS["node port"], mode).verdict == "REJECT"


def test_sctp_is_a_port_of_its_own_too(mode):
    cluster = one_service("10.180.0.1", protocol="SCTP", **OUTSIDE)
    for to in DESTINATIONS.values():
        assert sent(cluster, to, mode, protocol="SCTP").verdict == "FORWARD"
        assert sent(cluster, to, mode, protocol="UDP").service is None


def test_source_ranges_of_the_other_family_are_left_out(mode):
    cluster = one_service("10.180.0.1", **OUTSIDE, load_balancer_source_ranges=["2001:db8:7::/48"])
    assert sent(cluster, DESTINATIONS["load balancer"], mode).verdict == "FORWARD"


def test_every_address_of_an_interface_is_the_nodes_own(mode):
    cluster = one_service("10.180.0.2", **LOCAL)
    to = DESTINATIONS["node port"]
    assert sent(cluster, to, mode, source=SECOND).verdict == "DROP"
    assert sent(cluster, to, mode, source=SECOND, addresses=[OWN, SECOND]).verdict == "FORWARD"


def test_slices_of_one_service_are_merged_and_an_endpoint_counts_once(mode):
    cluster = one_service(
        {"address": "10.180.0.1", "slice": "svc1-a"},
        {"address": "10.180.0.2", "slice": "svc1-b"},
        {"address": "10.180.0.1", "slice": "svc1-b"},
    )
    assert list(sent(cluster, DESTINATIONS["node port"], mode).endpoints["probability"]) == [0.5, 0.5]


def test_addresses_of_the_other_family_are_left_out(mode):
    cluster = one_service("10.180.0.1", "fd00:244::1", external_ips=[EXTERNAL_IP, "2001:db8:e::22"])
    assert pods(sent(cluster, DESTINATIONS["external IP"], mode)) == ["10.180.0.1"]
    assert (
        sent(cluster, ("2001:db8:e::22", 80), mode, source="2001:db8::9").verdict == "UNHANDLED"
    )  # no cluster IP of it
    both = cluster.replace(services=cluster.services.assign(cluster_ips=[[CLUSTER_IP, "fd00:10:96::a"]]))
    assert pods(sent(both, ("2001:db8:e::22", 80), mode, source="2001:db8::9")) == ["fd00:244::1"]


def test_an_external_ip_that_is_a_node_ip_is_handled_by_the_service_first(mode):
    cluster = one_service("10.180.0.1", external_ips=[OWN])
    assert sent(cluster, (OWN, 80), mode).steps[0].reason.startswith("192.168.0.2 is its external IP")


def test_service_addresses_are_looked_at_before_node_ports(mode):
    # 192.168.0.2:3001 is both an external address of one service and the node port of another.
    cluster = one_service("10.180.0.1", external_ips=[OWN])
    other = one_service("10.180.0.2", name="ns1/svc2", cluster_ip="172.30.0.42")
    both = cluster.replace(
        services=pd.concat([other.services, cluster.services], ignore_index=True),
        ports=pd.concat([other.ports, cluster.ports.assign(port=NODE_PORT, node_port=3999)], ignore_index=True),
        endpoints=pd.concat([other.endpoints, cluster.endpoints], ignore_index=True),
        stated=None,
    )
    found = sent(both, (OWN, NODE_PORT), mode)
    assert (found.service, pods(found)) == ("ns1/svc1:p80", ["10.180.0.1"])


def test_addresses_with_leading_zeros_are_decimal(mode):
    cluster = one_service(
        "10.180.0.1",
        external_ips=["192.000.002.010"],
        load_balancer_ips=[BALANCER],
        load_balancer_source_ranges=[" 203.0.113.000/025 "],
    )
    assert sent(cluster, ("192.0.2.10", 80), mode).verdict == "FORWARD"
    assert sent(cluster, (BALANCER, 80), mode).verdict == "FORWARD"
    assert sent(cluster, (BALANCER, 80), mode, source="203.0.113.200").verdict == "DROP"


# Endpoint selection


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([{"ready": None}, WAITING], ["10.180.0.1"]),
        ([WAITING, {}], ["10.180.0.2"]),
        ([LEAVING, {}], ["10.180.0.2"]),
        ([LEAVING, WAITING], ["10.180.0.1"]),
        ([LEAVING, GONE], ["10.180.0.1"]),
        ([{"ready": False, "terminating": True}, LEAVING], ["10.180.0.2"]),
        ([{"ready": False, "serving": True}, LEAVING], ["10.180.0.2"]),
    ],
    ids=[
        "ready unless said",
        "not ready never",
        "ready before leaving",
        "leaving else",
        "gone never",
        "serving as ready unless said",
        "not terminating unless said",
    ],
)
def test_conditions_choose_the_endpoints(mode, states, expected):
    ends = [{"address": f"10.180.0.{i}", **state} for i, state in enumerate(states, 1)]
    assert pods(sent(one_service(*ends), DESTINATIONS["node port"], mode)) == expected


def test_local_falls_back_to_terminating_endpoints_on_its_own_while_cluster_uses_ready_ones(mode):
    cluster = one_service(here("10.180.0.1", **LEAVING), "10.180.0.2", **LOCAL)
    assert pods(sent(cluster, DESTINATIONS["node port"], mode)) == ["10.180.0.1"]
    assert pods(sent(cluster, DESTINATIONS["node port"], mode, source=POD)) == ["10.180.0.2"]


def test_an_endpoint_without_a_node_is_not_local(mode):
    cluster = one_service({"address": "10.180.0.1", "node": None}, **LOCAL)
    assert sent(cluster, DESTINATIONS["node port"], mode).verdict == "DROP"


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        ([{"zones": ["a"]}, {"zones": ["b"]}], ["10.180.0.1"]),
        ([{"zones": ["a", "b"]}, {"zones": ["b"]}], ["10.180.0.1"]),
        ([{"zones": ["b"]}, {"zones": ["b"]}], ["10.180.0.1", "10.180.0.2"]),
        ([{"zones": ["a"]}, {}], ["10.180.0.1", "10.180.0.2"]),
        ([{"nodes": ["node-2"], "zones": ["a"]}, {"nodes": [NODE], "zones": ["b"]}], ["10.180.0.2"]),
        ([{"nodes": ["node-2"], "zones": ["a"]}, {"nodes": ["node-2"], "zones": ["b"]}], ["10.180.0.1"]),
    ],
    ids=["own zone", "several zones", "none for the zone", "one without a hint", "own node first", "else own zone"],
)
def test_hints_choose_among_ready_endpoints(mode, hints, expected):
    ends = [{"address": f"10.180.0.{i}", "hints": hint} for i, hint in enumerate(hints, 1)]
    assert pods(sent(one_service(*ends), DESTINATIONS["node port"], mode)) == expected


def test_hints_are_not_looked_at_where_only_terminating_endpoints_are_left(mode):
    ends = [{"address": f"10.180.0.{i}", "hints": {"zones": [zone]}, **LEAVING} for i, zone in ((1, "a"), (2, "b"))]
    assert len(pods(sent(one_service(*ends), DESTINATIONS["node port"], mode))) == 2


def test_a_terminating_endpoint_needs_no_hint(mode):
    ends = [{"address": "10.180.0.1", "hints": {"zones": ["a"]}}, {"address": "10.180.0.2", "hints": {"zones": ["b"]}}]
    cluster = one_service(*ends, {"address": "10.180.0.3", "hints": {}, **LEAVING})
    assert pods(sent(cluster, DESTINATIONS["node port"], mode)) == ["10.180.0.1"]


@pytest.mark.parametrize("zone", [None, ""])
def test_a_node_without_a_zone_filters_nothing(mode, zone):
    ends = [{"address": f"10.180.0.{i}", "hints": {"zones": [zone]}} for i, zone in ((1, "a"), (2, "b"))]
    cluster = one_service(*ends)
    nodes = cluster.nodes.assign(zone=pd.array([zone, "b"], dtype=cluster.nodes["zone"].dtype))
    assert len(pods(sent(cluster.replace(nodes=nodes), DESTINATIONS["node port"], mode))) == 2


def test_traffic_distribution_is_not_read_but_hints_are(mode):
    cluster = one_service(here("10.180.0.1"), "10.180.0.2", traffic_distribution="PreferSameNode")
    assert len(pods(sent(cluster, DESTINATIONS["node port"], mode))) == 2


def test_hints_are_never_applied_to_local(mode):
    ends = [here("10.180.0.1", hints={"zones": ["b"]}), here("10.180.0.2", hints={"zones": ["a"]})]
    assert len(pods(sent(one_service(*ends, **LOCAL), DESTINATIONS["node port"], mode))) == 2


# Internal traffic


def test_internal_policy_local_keeps_to_the_node(mode):
    cluster = one_service(here("10.180.0.1"), "10.180.0.2", **WITHIN)
    assert pods(sent(cluster, DESTINATIONS["cluster IP"], mode, source=POD)) == ["10.180.0.1"]


def test_internal_policy_local_without_local_endpoints_drops_and_without_any_rejects(mode):
    to = DESTINATIONS["cluster IP"]
    assert sent(one_service("10.180.0.2", **WITHIN), to, mode, source=POD).verdict == "DROP"
    assert sent(one_service(**WITHIN), to, mode, source=POD).verdict == "REJECT"


@EXTERNAL
def test_the_internal_policy_has_no_effect_on_external_destinations(mode, to):
    cluster = one_service("10.180.0.2", **WITHIN, **OUTSIDE)
    assert pods(sent(cluster, to, mode, source=POD)) == ["10.180.0.2"]


def test_the_external_policy_has_no_effect_on_the_cluster_ip(mode):
    assert sent(one_service("10.180.0.2", **LOCAL), DESTINATIONS["cluster IP"], mode).verdict == "FORWARD"


@pytest.mark.parametrize(
    ("settings", "source", "masquerade"),
    [
        ({}, POD, False),
        ({}, GUEST, True),
        ({}, OWN, True),
        ({"masquerade_all": True}, POD, True),
        ({"cluster_cidrs": ()}, GUEST, False),
        ({"cluster_cidrs": (), "masquerade_all": True}, GUEST, True),
    ],
)
def test_traffic_to_the_cluster_ip_is_masqueraded_if_it_comes_from_no_pod(mode, settings, source, masquerade):
    cluster = one_service("10.180.0.2", proxy=with_proxy(**settings))
    assert sent(cluster, DESTINATIONS["cluster IP"], mode, source=source).masquerade is masquerade


# External traffic


@EXTERNAL
@pytest.mark.parametrize("source", [GUEST, POD, OWN])
def test_external_policy_cluster_always_masquerades_whoever_the_client_is(mode, to, source):
    found = sent(one_service("10.180.0.1", **OUTSIDE), to, mode, source=source)
    assert (found.verdict, found.masquerade) == ("FORWARD", True)


@EXTERNAL
@pytest.mark.parametrize(
    ("source", "expected", "masquerade"),
    [
        (POD, ["10.180.0.1", "10.180.0.2"], False),
        (OWN, ["10.180.0.1", "10.180.0.2"], True),
        (GUEST, ["10.180.0.1"], False),
    ],
    ids=["pod", "this node", "anyone else"],
)
def test_external_policy_local_has_short_cuts_for_pods_and_the_node(mode, to, source, expected, masquerade):
    found = sent(one_service(here("10.180.0.1"), "10.180.0.2", **LOCAL, **OUTSIDE), to, mode, source=source)
    assert (pods(found), found.masquerade) == (expected, masquerade)


@EXTERNAL
@pytest.mark.parametrize(("source", "verdict"), [(POD, "FORWARD"), (OWN, "FORWARD"), (GUEST, "DROP")])
def test_the_short_cuts_work_where_outsiders_are_dropped_for_want_of_a_local_endpoint(mode, to, source, verdict):
    assert sent(one_service("10.180.0.2", **LOCAL, **OUTSIDE), to, mode, source=source).verdict == verdict


def test_without_a_pod_range_pods_count_as_anyone_else_and_nodes_still_take_the_short_cut(mode):
    cluster = one_service("10.180.0.2", **LOCAL, proxy=with_proxy(cluster_cidrs=()))
    assert sent(cluster, DESTINATIONS["node port"], mode, source=POD).verdict == "DROP"
    assert sent(cluster, DESTINATIONS["node port"], mode, source=OWN).verdict == "FORWARD"


@EXTERNAL
def test_masquerade_all_changes_only_traffic_to_the_cluster_ip(mode, to):
    cluster = one_service(here("10.180.0.1"), **LOCAL, **OUTSIDE, proxy=with_proxy(masquerade_all=True))
    assert not sent(cluster, to, mode).masquerade


def test_a_nodes_address_among_its_pods_counts_as_a_pods(mode):
    cluster = one_service("10.180.0.2", **LOCAL)
    found = sent(cluster, DESTINATIONS["node port"], mode, source="10.244.1.1", addresses=[OWN, "10.244.1.1"])
    assert (found.verdict, found.masquerade) == ("FORWARD", False)


def test_a_pod_that_is_sent_to_itself_is_masqueraded(mode):
    cluster = one_service(here(POD), "10.180.0.2")
    found = sent(cluster, DESTINATIONS["cluster IP"], mode, source=POD)
    assert not found.masquerade
    assert dict(zip(pods(found), found.endpoints["masquerade"], strict=True)) == {"10.180.0.2": False, POD: True}


@ANYWHERE
@pytest.mark.parametrize("policy", [{}, LOCAL | WITHIN])
def test_a_hairpin_is_masqueraded_at_every_kind_of_destination(mode, to, policy):
    found = sent(one_service(here(POD), **policy, **OUTSIDE), to, mode, source=POD)
    assert list(found.endpoints["masquerade"]) == [True]


def test_a_pod_that_is_sent_to_itself_by_another_node_is_masqueraded_in_iptables_mode_only(mode):
    found = sent(one_service(POD, **LOCAL), DESTINATIONS["node port"], mode, source=POD)
    assert list(found.endpoints["masquerade"]) == [mode == "iptables"]


@EXTERNAL
@pytest.mark.parametrize("source", [GUEST, POD])
def test_without_endpoints_anywhere_everyone_is_rejected(mode, to, source):
    assert (
        sent(one_service(here("10.180.0.1", **WAITING), **LOCAL, **OUTSIDE), to, mode, source=source).verdict
        == "REJECT"
    )


@pytest.mark.parametrize("to", [DESTINATIONS["external IP"], DESTINATIONS["load balancer"]])
def test_what_the_node_itself_sends_to_an_outside_address_without_endpoints_is_rejected_by_nftables_only(mode, to):
    assert sent(one_service(**OUTSIDE), to, mode, source=OWN).verdict == (
        "UNHANDLED" if mode == "iptables" else "REJECT"
    )


# Source ranges

RANGES = {"load_balancer_source_ranges": ["203.0.113.0/25", "10.9.0.0/16"]}


@pytest.mark.parametrize(
    ("source", "verdict"),
    [("203.0.113.9", "FORWARD"), ("10.9.1.1", "FORWARD"), ("203.0.113.200", "DROP"), (POD, "DROP"), (OWN, "DROP")],
)
def test_source_ranges_drop_all_others_pods_and_nodes_included(mode, source, verdict):
    assert (
        sent(one_service("10.180.0.1", **OUTSIDE, **RANGES), DESTINATIONS["load balancer"], mode, source=source).verdict
        == verdict
    )


@pytest.mark.parametrize("to", [DESTINATIONS["node port"], DESTINATIONS["external IP"], DESTINATIONS["cluster IP"]])
def test_source_ranges_do_not_restrict_other_destinations(mode, to):
    cluster = one_service("10.180.0.1", **OUTSIDE, **RANGES)
    assert sent(cluster, to, mode, source="203.0.113.200").verdict == "FORWARD"


@pytest.mark.parametrize(("ranges", "verdict"), [(["192.168.0.0/24"], "FORWARD"), (["203.0.113.0/25"], "DROP")])
def test_a_range_with_the_node_admits_the_load_balancers_address_as_a_source(mode, ranges, verdict):
    cluster = one_service("10.180.0.1", **OUTSIDE, load_balancer_source_ranges=ranges)
    assert sent(cluster, DESTINATIONS["load balancer"], mode, source=BALANCER).verdict == verdict


def test_a_blocked_client_of_a_service_without_endpoints_is_rejected_by_iptables_and_dropped_by_nftables(mode):
    verdict = "REJECT" if mode == "iptables" else "DROP"
    assert (
        sent(one_service(**OUTSIDE, **RANGES), DESTINATIONS["load balancer"], mode, source="8.8.8.8").verdict == verdict
    )


def test_source_ranges_hold_for_an_external_ip_that_is_the_load_balancers_too_in_nftables_only(mode):
    cluster = one_service("10.180.0.1", external_ips=[BALANCER], load_balancer_ips=[BALANCER], **RANGES)
    verdict = "FORWARD" if mode == "iptables" else "DROP"
    assert sent(cluster, DESTINATIONS["load balancer"], mode, source="8.8.8.8").verdict == verdict


# Node ports

TWO = {"addresses": (OWN, SECOND, "2001:db8::1", "2001:db8:5::1")}


@pytest.mark.parametrize(
    ("wanted", "iptables", "nftables"),
    [
        ((), {OWN, SECOND, "127.0.0.1", "127.9.9.9"}, {OWN}),
        (("primary",), {OWN}, {OWN}),
        (("192.168.5.0/24",), {SECOND}, {SECOND}),
        (("0.0.0.0/0",), {OWN, SECOND, "127.0.0.1", "127.9.9.9"}, {OWN, SECOND}),
        (("127.0.0.0/8",), {"127.0.0.1"}, set()),
        (("2001:db8::/64",), {OWN, SECOND, "127.0.0.1", "127.9.9.9"}, {OWN, SECOND}),
        (("10.0.0.0/8",), set(), set()),
    ],
    ids=[
        "unset",
        "primary",
        "one range",
        "every address",
        "loopback is 127.0.0.1",
        "other family only",
        "none of them",
    ],
)
def test_nodeport_addresses_say_which_addresses_answer(mode, wanted, iptables, nftables):
    cluster = one_service("10.180.0.1", proxy=with_proxy(nodeport_addresses=wanted), **TWO)
    answering = {
        address
        for address in (OWN, SECOND, "127.0.0.1", "127.9.9.9", "192.168.0.3")
        if sent(cluster, (address, NODE_PORT), mode).verdict == "FORWARD"
    }
    assert answering == (iptables if mode == "iptables" else nftables)


@pytest.mark.parametrize("wanted", [(), ("::/0",), ("::1/128",)])
def test_the_ipv6_loopback_address_never_serves_node_ports(mode, wanted):
    cluster = one_service("fd00:244::1", cluster_ip="fd00:10:96::a", proxy=with_proxy(nodeport_addresses=wanted))
    assert sent(cluster, ("::1", NODE_PORT), mode, source="::1").verdict == "UNHANDLED"


@pytest.mark.parametrize(("wanted", "iptables"), [((), "both"), (("2001:db8:5::/64",), "second")])
def test_nodeport_addresses_hold_for_ipv6(mode, wanted, iptables):
    cluster = one_service("fd00:244::1", cluster_ip="fd00:10:96::a", proxy=with_proxy(nodeport_addresses=wanted), **TWO)
    found = [sent(cluster, (ip, NODE_PORT), mode, source="2001:db8::9").verdict for ip in TWO["addresses"][2:]]
    first = "FORWARD" if not wanted else "UNHANDLED"
    second = "FORWARD" if wanted or (mode == "iptables" and iptables == "both") else "UNHANDLED"
    assert found == [first, second]


def test_localhost_node_ports_can_be_turned_off(mode):
    cluster = one_service("10.180.0.1", proxy=with_proxy(localhost_nodeports=False))
    assert sent(cluster, ("127.0.0.1", NODE_PORT), mode, source="127.0.0.1").verdict == "UNHANDLED"


def test_traffic_of_127_0_0_1_takes_the_short_cut_and_is_masqueraded():
    cluster = one_service("10.180.0.2", **LOCAL)
    found = sent(cluster, ("127.0.0.1", NODE_PORT), "iptables", source="127.0.0.1")
    assert (found.verdict, found.masquerade) == ("FORWARD", True)


@pytest.mark.parametrize(("endpoints", "verdict"), [([], "REJECT"), (["10.180.0.2"], "DROP")])
def test_for_want_of_endpoints_iptables_refuses_on_every_local_address(mode, endpoints, verdict):
    cluster = one_service(*endpoints, **LOCAL, proxy=with_proxy(nodeport_addresses=("192.168.5.0/24",)), **TWO)
    expected = verdict if mode == "iptables" else "UNHANDLED"
    assert sent(cluster, (OWN, NODE_PORT), mode).verdict == expected
    assert sent(cluster, (SECOND, NODE_PORT), mode).verdict == verdict


@pytest.mark.parametrize("endpoints", [[], [here("10.180.0.1")]], ids=["none", "local"])
def test_the_health_check_node_port_is_no_destination_of_the_service(mode, endpoints):
    cluster = one_service(*endpoints, **LOCAL, health_check_node_port=31999)
    assert sent(cluster, (OWN, 31999), mode).verdict == "UNHANDLED"


@pytest.mark.parametrize(
    ("endpoints", "says"),
    [
        ([here("10.180.0.1"), here("10.180.0.2"), "10.180.0.3"], "200: 2 ready endpoints on this node"),
        ([here("10.180.0.1", **LEAVING), "10.180.0.3"], "503: 0 ready endpoints on this node"),
    ],
    ids=["ready", "terminating"],
)
def test_the_health_check_counts_ready_endpoints_here_and_no_terminating_ones(mode, endpoints, says):
    found = sent(one_service(*endpoints, **LOCAL, health_check_node_port=31999), (OWN, 31999), mode)
    assert says in found.steps[0].reason


def test_what_source_ranges_admit_goes_the_way_of_any_external_traffic(mode):
    ranges = {"load_balancer_source_ranges": ["203.0.113.0/24"]}
    to = DESTINATIONS["load balancer"]
    assert sent(one_service("10.180.0.2", **LOCAL, **OUTSIDE, **ranges), to, mode).verdict == "DROP"
    local = sent(one_service(here("10.180.0.1"), **LOCAL, **OUTSIDE, **ranges), to, mode)
    assert (local.verdict, local.masquerade) == ("FORWARD", False)
    assert sent(one_service("10.180.0.2", **OUTSIDE, **ranges), to, mode).masquerade


# Dropped, rejected, not handled


def test_a_cluster_ip_with_a_port_that_no_service_has_is_rejected_by_nftables_only(mode):
    found = sent(one_service("10.180.0.1"), (CLUSTER_IP, 81), mode)
    assert (found.verdict, found.service) == ("UNHANDLED" if mode == "iptables" else "REJECT", None)


def test_an_unused_address_of_the_service_range_is_dropped_by_nftables_only(mode):
    cluster = one_service("10.180.0.1", proxy=with_proxy(service_cidrs=("172.30.0.0/16",)))
    assert sent(cluster, ("172.30.9.9", 80), mode).verdict == ("UNHANDLED" if mode == "iptables" else "DROP")
    assert sent(one_service("10.180.0.1"), ("172.30.9.9", 80), mode).verdict == "UNHANDLED"


def test_other_addresses_are_not_handled(mode):
    found = sent(one_service("10.180.0.1"), ("192.168.0.3", NODE_PORT), mode)
    assert (found.verdict, found.masquerade, found.endpoints.empty) == ("UNHANDLED", False, True)


@ANYWHERE
def test_rejected_packets_are_never_masqueraded(mode, to):
    cluster = one_service(**OUTSIDE, proxy=with_proxy(masquerade_all=True))
    assert not sent(cluster, to, mode).masquerade
