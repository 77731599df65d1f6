"""`shares`, held to the closed formulas of the theory, to `trace`, and to what real kube-proxies wrote."""

from pathlib import Path

import pandas as pd
import pytest

from nodeportkit.errors import NodePortKitError, NotFound
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.sources.proxy_rules import read_rules
from nodeportkit.sources.read import read
from nodeportkit.traffic.share_summary import summarize_shares
from nodeportkit.traffic.sharing import shares
from nodeportkit.traffic.tracing import trace
from traffic_clusters import placed

REAL = Path(__file__).parent.parent / "fixtures" / "real-cluster"


def per_pod(found):
    return found.dropna(subset="pod").groupby("pod")["share"].sum().to_dict()


def only(found):
    [row] = summarize_shares(found).to_dict("records")
    return row


@pytest.mark.parametrize("pods", [(1, 1, 1), (4, 1, 1), (3, 0, 0), (7, 2, 0)])
@pytest.mark.parametrize("by", ["path", "pod"])
def test_cluster_policy_gives_every_pod_1_of_p_and_crosses_nodes_1_minus_1_of_n_for_any_placement(pods, by):
    found = shares(placed(*pods), "web", by=by)
    assert list(per_pod(found).values()) == pytest.approx([1 / sum(pods)] * sum(pods))
    assert only(found)["cross_node"] == pytest.approx(1 - 1 / len(pods))
    assert only(found)["capacity"] == pytest.approx(1)
    assert found["share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("by", ["path", "pod"])
def test_entering_one_node_only_crosses_nodes_1_minus_its_pods(by):
    found = shares(placed(4, 1, 1), "web", entry="node-0", by=by)
    assert only(found)["cross_node"] == pytest.approx(1 - 4 / 6)


@pytest.mark.parametrize("by", ["path", "pod"])
def test_local_policy_4_1_1_leaves_half_the_capacity_unused(by):
    found = shares(placed(4, 1, 1, external_traffic_policy="Local"), "web", by=by)
    assert sorted(per_pod(found).values()) == pytest.approx([1 / 12] * 4 + [1 / 3] * 2)
    assert only(found)["capacity"] == pytest.approx(0.5)
    assert only(found)["cross_node"] == 0


def test_local_policy_of_two_and_one_pods_gives_25_25_50():
    assert per_pod(shares(placed(2, 1, external_traffic_policy="Local"), "web")) == pytest.approx(
        {"web-0": 0.25, "web-1": 0.25, "web-2": 0.5}
    )


@pytest.mark.parametrize("by", ["path", "pod"])
def test_local_policy_loses_what_enters_where_no_pod_is(by):
    found = shares(placed(2, 1, 0, 0, 0, external_traffic_policy="Local"), "web", by=by)
    assert only(found)["lost"] == pytest.approx(1 - 2 / 5)
    lost = found[found["pod"].isna()]
    assert set(lost["verdict"]) == {"DROP"}
    assert found["share"].sum() == pytest.approx(1)
    if by == "path":
        assert lost["node"].tolist() == ["node-2", "node-3", "node-4"]
        assert lost["masquerade"].isna().all()


def test_a_pod_that_gets_nothing_is_seen_and_counts_for_the_capacity():
    found = shares(placed(1, 1, 0, external_traffic_policy="Local"), "web", entry="node-0")
    idle = found[found["pod"].eq("web-1")].iloc[0]
    assert idle["share"] == 0
    assert pd.isna(idle["node"])
    assert pd.isna(idle["verdict"])
    summary = only(found)
    assert (summary["endpoints"], summary["idle"], summary["capacity"]) == (2, 1, 0.5)


@pytest.mark.parametrize("by", ["path", "pod"])
def test_hints_for_zones_share_what_enters_in_the_zone_and_spread_what_enters_where_no_pod_is(by):
    zones = ["a", "a", "b", "c"]
    hints = [{"zones": ["a"]}, {"zones": ["a"]}, {"zones": ["b"]}]
    found = shares(placed(2, 0, 1, 0, zones=zones, hints=hints), "web", by=by)
    # W_z / P_z + (the weight of zones without pods) / P
    a, b = 0.5 / 2 + 0.25 / 3, 0.25 + 0.25 / 3
    assert per_pod(found) == pytest.approx({"web-0": a, "web-1": a, "web-2": b})


def test_hints_for_nodes_keep_connections_where_they_enter():
    hints = [{"nodes": ["node-0"]}, {"nodes": ["node-0"]}, {"nodes": ["node-1"]}]
    found = shares(placed(2, 1, hints=hints), "web")
    assert per_pod(found) == pytest.approx({"web-0": 0.25, "web-1": 0.25, "web-2": 0.5})
    assert only(found)["cross_node"] == 0


def test_one_endpoint_without_a_hint_means_no_hints_at_all():
    hints = [{"nodes": ["node-0"]}, {}, {"nodes": ["node-1"]}]
    assert per_pod(shares(placed(2, 1, hints=hints), "web")) == pytest.approx(
        dict.fromkeys(["web-0", "web-1", "web-2"], 1 / 3)
    )


def test_a_service_without_endpoints_refuses_everything():
    found = shares(placed(0, 0), "web")
    assert found["verdict"].tolist() == ["REJECT", "REJECT"]
    assert found["share"].tolist() == [0.5, 0.5]
    assert only(found)["lost"] == 1
    assert pd.isna(only(found)["capacity"])


def test_terminating_pods_that_serve_take_connections_if_none_is_ready():
    cluster = placed(1, 1, 0, ready=[False, False], terminating=[True, False])
    assert per_pod(shares(cluster, "web")) == pytest.approx({"web-0": 1.0})


# Who dials what


def test_pods_and_nodes_take_the_short_cut_past_policy_local():
    cluster = placed(2, 1, 0, external_traffic_policy="Local")
    for source, masquerade in (("pod", False), ("node", True)):
        found = shares(cluster, "web", source=source, destination="node-port", entry="node-2")
        assert list(per_pod(found).values()) == pytest.approx([1 / 3] * 3)
        assert set(found["masquerade"]) == {masquerade}
    lost = shares(cluster, "web", source="outside", entry="node-2")
    assert only(lost)["lost"] == 1


def test_pods_count_as_anyone_else_where_kube_proxy_does_not_know_their_range():
    cluster = placed(2, 1, 0, external_traffic_policy="Local", config=ProxyConfig())
    found = shares(cluster, "web", source="pod", destination="node-port", entry="node-2")
    assert only(found)["lost"] == 1


def test_internal_policy_counts_for_the_cluster_ip_and_not_for_the_node_port():
    cluster = placed(2, 1, 0, internal_traffic_policy="Local")
    assert only(shares(cluster, "web", source="pod"))["lost"] == pytest.approx(1 / 3)
    assert only(shares(cluster, "web", source="outside"))["lost"] == 0
    assert only(shares(cluster, "web", source="pod", destination="node-port"))["lost"] == 0


def test_node_ports_outside_of_nodeport_addresses_are_nobodys_business():
    config = ProxyConfig(mode="nftables", nodeport_addresses=("10.0.0.0/8",))
    found = shares(placed(1, 1, config=config), "web")
    assert set(found["verdict"].dropna()) == {"UNHANDLED"}
    assert only(found)["lost"] == 1
    assert only(found)["idle"] == 2


def test_source_ranges_do_not_keep_out_the_clients_they_are_for():
    cluster = placed(
        1, 1, load_balancer_ips=["203.0.113.50"], load_balancer_source_ranges=["198.51.100.0/24"], type="LoadBalancer"
    )
    assert only(shares(cluster, "web", destination="load-balancer"))["lost"] == 0


@pytest.mark.parametrize("mode", ["iptables", "nftables"])
@pytest.mark.parametrize("policy", ["Cluster", "Local"])
@pytest.mark.parametrize("source", ["outside", "pod", "node"])
@pytest.mark.parametrize("destination", ["node-port", "cluster-ip"])
def test_shares_are_what_trace_says_at_every_node(mode, policy, source, destination):
    cluster = placed(3, 1, 0, external_traffic_policy=policy, internal_traffic_policy=policy)
    found = shares(cluster, "web", source=source, destination=destination, mode=mode)
    for number in range(3):
        own = f"192.168.1.{2 + number}"
        traced = trace(
            cluster,
            source={"outside": "203.0.113.9", "pod": "10.244.200.1", "node": own}[source],
            destination=own if destination == "node-port" else "10.96.7.20",
            port=30080 if destination == "node-port" else 80,
            node=f"node-{number}",
            mode=mode,
        )
        mine = found[found["node"].eq(f"node-{number}")]
        assert set(mine["verdict"]) == {traced.verdict}
        expected = dict(zip(traced.endpoints["address"], traced.endpoints["probability"], strict=True))
        reached = mine.dropna(subset="address")
        assert dict(zip(reached["address"], reached["share"] * 3, strict=True)) == pytest.approx(expected)
        assert set(reached["masquerade"]) <= {traced.masquerade}


@pytest.mark.parametrize("node", ["node-1", "node-3"])
@pytest.mark.parametrize("dump", ["iptables-save.{}.txt", "ip6tables-save.{}.txt", "nft.{}.txt"])
def test_shares_are_those_of_the_rules_that_a_real_kube_proxy_wrote(node, dump):
    cluster = read(str(REAL / "objects.json"))
    rules = read_rules((REAL / "kube-proxy" / dump.format(node)).read_text()).endpoints
    compared = 0
    for (family, namespace, service, port, protocol), written in rules.groupby(
        ["family", "namespace", "service", "port_name", "protocol"]
    ):
        found = shares(cluster, f"{namespace}/{service}", entry=node, family=family, source="pod")
        mine = found[found["port_name"].fillna("").eq(port) & found["protocol"].eq(protocol)]
        mine = mine[mine["share"] > 0].dropna(subset="address")
        for policy in ("Cluster", "Local"):
            rows = written[written["policy"].eq(policy)]
            if dict(zip(rows["address"], rows["share"], strict=True)) == pytest.approx(
                dict(zip(mine["address"], mine["share"], strict=True)), abs=1e-6
            ):
                compared += 1
                break
        else:
            pytest.fail(f"{namespace}/{service}:{port}/{protocol}: {mine} is in none of {written}")
    assert compared >= (1 if dump.startswith("ip6") else 6)


# Entry nodes, ports, and what is asked wrongly


def test_weights_are_put_in_proportion():
    found = shares(placed(1, 1, 0), "web", entry={"node-0": 3e300, "node-2": 1e300})
    assert found.drop_duplicates("node")[["node", "weight"]].to_numpy().tolist() == [["node-0", 0.75], ["node-2", 0.25]]


def test_nodes_known_to_be_not_ready_are_no_entry_unless_asked_for():
    cluster = placed(1, 1, 1)
    cluster = cluster.replace(nodes=cluster.nodes.assign(ready=pd.array([True, False, None], dtype="boolean")))
    assert set(shares(cluster, "web")["node"]) == {"node-0", "node-2"}
    assert set(shares(cluster, "web", entry="node-1")["node"]) == {"node-1"}


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"entry": "node-9"}, NotFound, "node-9.*Did you mean .*node-0"),
        ({"entry": {"node-0": -1}}, NodePortKitError, "-1 is no weight for entry node 'node-0'"),
        ({"entry": {"node-0": float("nan")}}, NodePortKitError, "nan is no weight"),
        ({"entry": {"node-0": 0}}, NodePortKitError, "all entry weights are 0"),
        ({"entry": {}}, NodePortKitError, "all entry weights are 0"),
        ({"source": "moon"}, NodePortKitError, "no source 'moon'.*outside, pod, node"),
        ({"destination": "moon"}, NodePortKitError, "no destination 'moon'"),
        ({"destination": "external-ip"}, NodePortKitError, "has no external-ip.*node-port, cluster-ip"),
        ({"mode": "userspace"}, NodePortKitError, "mode 'userspace'.*iptables, nftables, ipvs"),
        ({"by": "moon"}, NodePortKitError, "by 'moon'"),
        ({"family": "IPv6"}, NodePortKitError, "has no IPv6 address"),
        ({"port": 81}, NotFound, "no port 81"),
    ],
)
def test_what_is_asked_wrongly_is_told(asked, error, words):
    with pytest.raises(error, match=words):
        shares(placed(1, 1), "web", **asked)


@pytest.mark.parametrize(
    ("service", "words"),
    [({"cluster_ips": ["None"]}, "headless"), ({"type": "ExternalName"}, "ExternalName: a name for DNS")],
)
def test_services_that_kube_proxy_has_nothing_to_do_with(service, words):
    with pytest.raises(NodePortKitError, match=words):
        shares(placed(1, 1, **service), "web")


def test_a_service_without_a_way_in_from_outside():
    cluster = placed(1, 1)
    cluster = cluster.replace(ports=cluster.ports.assign(node_port=pd.array([None], dtype="Int64")))
    assert only(shares(cluster, "web"))["lost"] == 0
    with pytest.raises(NodePortKitError, match="clients outside do not reach it"):
        shares(cluster, "web", source="outside")


# What was not shown


def test_a_policy_that_was_not_shown_must_not_matter():
    with pytest.raises(NodePortKitError, match="externalTrafficPolicy of 'web' was not shown"):
        shares(placed(2, 1, external_traffic_policy=None), "web")
    same = shares(placed(1, external_traffic_policy=None), "web")
    assert per_pod(same) == {"web-0": 1.0}
    assert same["masquerade"].isna().all()  # Cluster would, Local would not


def test_readiness_that_was_not_shown_is_not_guessed():
    with pytest.raises(NodePortKitError, match="whether web-1 is ready was not shown"):
        shares(placed(1, 1, ready=[True, None]), "web")


def test_hints_that_were_not_shown_are_not_guessed():
    with pytest.raises(NodePortKitError, match="trafficDistribution, but the hints"):
        shares(placed(1, 1, traffic_distribution="PreferClose", hints=[None, None]), "web")


def test_without_nodes_the_shares_of_policy_cluster_are_known_but_not_what_crosses_nodes():
    cluster = placed(2, 1)
    cluster = cluster.replace(nodes=cluster.nodes.iloc[:0])
    for by in ("path", "pod"):
        found = shares(cluster, "web", by=by)
        assert list(per_pod(found).values()) == pytest.approx([1 / 3] * 3)
        assert pd.isna(only(found)["cross_node"])
    local = placed(2, 1, external_traffic_policy="Local")
    with pytest.raises(NodePortKitError, match="not every node was shown"):
        shares(local.replace(nodes=local.nodes.iloc[:0]), "web")


def test_node_addresses_that_were_not_shown_matter_only_with_nodeport_addresses():
    cluster = placed(1, 1)
    bare = cluster.nodes.assign(internal_ips=pd.Series([pd.NA, pd.NA], dtype=object))
    assert only(shares(cluster.replace(nodes=bare), "web"))["lost"] == 0
    config = ProxyConfig(nodeport_addresses=("192.168.0.0/16",))
    with pytest.raises(NodePortKitError, match="the addresses of node node-0 were not shown"):
        shares(cluster.replace(nodes=bare, proxy=config), "web")


def test_a_service_that_has_no_address_yet_has_shares():
    assert len(shares(placed(1, 1, cluster_ips=None), "web")) == 4


# Size


def test_5000_endpoints_on_5000_nodes():
    cluster = placed(*[1] * 5000)
    with pytest.raises(NodePortKitError, match="25,000,000 paths"):
        shares(cluster, "web")
    by_pod = shares(cluster, "web", by="pod")
    assert len(by_pod) == 5000
    assert only(by_pod)["cross_node"] == pytest.approx(1 - 1 / 5000)
    assert len(shares(cluster, "web", entry="node-7")) == 5000
