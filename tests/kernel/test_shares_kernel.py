"""Thousands of real connections through the rules of `proxy_rules`, beside `shares` (references: the Linux kernel, scipy)."""

from collections import Counter

import pytest
from scipy import stats

from kernel.judge import landed, load
from kernel.rig import GUESTS, LAN, NODES, PODS, SERVICE_IPS, pod_ip, rig
from kernel.services import PORT, SERVICES, SETTINGS, Case, make_cluster
from kernel_tools import require
from nodeportkit.sources.proxy_rules import read_rules
from nodeportkit.traffic.comparison import compare
from nodeportkit.traffic.sharing import shares

pytestmark = pytest.mark.kernel

MODES = ("iptables", "nftables")
ENTRY = {"node-1": 3, "node-2": 2, "node-3": 1}
CONNECTIONS = 3000
CHANCE = 1e-6  # so seldom the kernel may differ by chance alone


@pytest.fixture(scope="module")
def hosts():
    require("nft", "iptables-save", "iptables-restore", "ip6tables-save", "ip6tables-restore")
    with rig() as built:
        yield built


@pytest.fixture(scope="module")
def cluster():
    return make_cluster(SETTINGS["as-usual"])


def from_outside(service, number, family="IPv4"):
    """A guest at the node port, at a node."""
    port = SERVICES[service].node_port
    return Case("client", GUESTS[family].format(number), LAN[family].format(10 + number), port, "TCP", f"node-{number}")


def dialled(hosts, cases):
    """How many of so many connections came to each pod from each entry node; None for the lost ones."""
    found = {}
    for case, count in cases:
        # Those that are lost take their time; those that are late on a busy machine are not lost.
        for by, number in landed(hosts, case, count, at_once=500, seconds=5).items():
            assert by in PODS or by in ("timeout", "refused"), by
            found[case.node, by if by in PODS else None] = number
    return found


def judge(expected, met):
    """Hold what came to each pod to the shares: node by node with scipy, and all together with `compare`."""
    total = sum(met.values())
    expected = expected[expected["share"] > 0]
    share = {
        (row.node, None if row.verdict != "FORWARD" else row.pod): row.share for row in expected.itertuples(index=False)
    }
    assert set(met) == set(share)
    for node in {node for node, _ in share}:
        pods = [pod for at, pod in share if at == node]
        counts = [met[node, pod] for pod in pods]
        each = [share[node, pod] * total for pod in pods]
        assert sum(counts) == pytest.approx(sum(each))
        if len(pods) > 1:
            assert stats.chisquare(counts, each).pvalue > CHANCE, (node, counts, each)
    by_pod = Counter()
    for (_, pod), number in met.items():
        by_pod[pod] += number
    del by_pod[None]
    wanted = expected.dropna(subset="pod").groupby("pod")["share"].sum()
    found = compare(expected, by_pod)
    reached = sum(by_pod.values())
    scipy = stats.chisquare([by_pod[pod] for pod in wanted.index], wanted / wanted.sum() * reached)
    assert (found.chi_square, found.p) == (pytest.approx(scipy.statistic), pytest.approx(scipy.pvalue))
    assert found.verdict.startswith("This spread is what chance gives") == (scipy.pvalue >= 0.05)
    return by_pod


@pytest.mark.parametrize(
    ("mode", "family"), [("iptables", "IPv4"), ("nftables", "IPv4"), ("iptables", "IPv6"), ("nftables", "IPv6")]
)
def test_policy_cluster_spreads_as_shares_say_whatever_enters_where(hosts, cluster, mode, family):
    load(hosts, cluster, mode)
    cases = [(from_outside("cluster", n, family), CONNECTIONS * ENTRY[f"node-{n}"] // 6) for n in (1, 2, 3)]
    met = dialled(hosts, cases)
    by_pod = judge(shares(cluster, "cluster", entry=ENTRY, family=family), met)
    if mode == "iptables":  # kube-proxy's nftables rules count nothing
        for node in NODES:
            assert counters(hosts, node, "cluster", family) == {pod: n for (at, pod), n in met.items() if at == node}
    # Were it all to go to two of the pods, it would show.
    wrong = {pod: 1 if pod in ("web-1", "web-2") else 0.5 for pod in by_pod}
    assert "that is not chance" in compare(wrong, by_pod).verdict


@pytest.mark.parametrize("mode", MODES)
def test_policy_local_keeps_to_the_entry_node_and_loses_what_shares_say(hosts, cluster, mode):
    load(hosts, cluster, mode)
    cases = [(from_outside("local", n), CONNECTIONS * ENTRY[f"node-{n}"] // 6) for n in (1, 2, 3)]
    met = dialled(hosts, cases)
    assert met["node-3", None] == CONNECTIONS // 6
    judge(shares(cluster, "local", entry=ENTRY), met)
    if mode == "iptables":
        assert counters(hosts, "node-1", "local", "IPv4") == {
            "web-1": met["node-1", "web-1"],
            "api-1": met["node-1", "api-1"],
        }
        assert counters(hosts, "node-2", "local", "IPv4") == {"web-2": met["node-2", "web-2"]}


@pytest.mark.parametrize("mode", MODES)
def test_a_pod_at_the_cluster_ip_and_a_node_at_its_node_port_spread_as_shares_say(hosts, cluster, mode):
    load(hosts, cluster, mode)
    of_pod = Case("visitor", pod_ip("visitor", "IPv4"), SERVICE_IPS["IPv4"].format(11), PORT, "TCP", "node-1")
    judge(shares(cluster, "cluster", source="pod", entry="node-1"), dialled(hosts, [(of_pod, 1200)]))
    own = LAN["IPv4"].format(12)
    of_node = Case("node-2", own, own, SERVICES["local"].node_port, "TCP", "node-2")
    judge(shares(cluster, "local", source="node", entry="node-2"), dialled(hosts, [(of_node, 600)]))


def counters(hosts, node, service, family):
    """How many connections the rules of a node counted, by pod."""
    tool = {"IPv4": "iptables-save", "IPv6": "ip6tables-save"}[family]
    found = read_rules(hosts.hosts[node].namespace.run(tool, "-c", "-t", "nat")).endpoints
    found = found[(found["service"] == service) & (found["packets"] > 0)]
    pods = {pod_ip(pod, family): pod for pod in PODS}
    hosts_of = found["address"].str.rpartition(":")[0].str.strip("[]")
    return {pods[at]: int(n) for at, n in zip(hosts_of, found["packets"], strict=True)}
