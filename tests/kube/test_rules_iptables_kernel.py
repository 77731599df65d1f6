"""The iptables rules, loaded into the kernel and dumped again, against what a real kube-proxy had written there."""

import re

import pytest

import nodeportkit as npk
from kernel_tools import namespace, require
from nodeportkit.traffic.rules import proxy_rules

pytestmark = pytest.mark.kernel

PROXY = npk.ProxyConfig(
    cluster_cidrs=("10.244.0.0/16", "fd00:244::/48"), service_cidrs=("10.96.0.0/16", "fd00:10:96::/112")
)
# The dumps come from a namespace that had these, on both nodes.
ADDRESSES = ("192.168.1.2", "fd00:168::2")
# kube-proxy goes through services in no particular order, so these chains hold the same rules in any order.
UNORDERED = {"KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-NODEPORTS", "KUBE-PROXY-FIREWALL"}
COMMANDS = {"IPv4": "iptables", "IPv6": "ip6tables"}
COUNTERS = ("ct_state_invalid_dropped_pkts", "localhost_nps_accepted_pkts")


@pytest.fixture(scope="module")
def cluster(root):
    return npk.read(root / "tests/fixtures/real-cluster/objects.json").replace(proxy=PROXY)


@pytest.fixture
def kernel():
    require("nfacct", "iptables-save", "iptables-restore", "ip6tables-save", "ip6tables-restore")
    with namespace("rules") as opened:
        for counter in COUNTERS:
            opened.run("nfacct", "add", counter)
        yield opened


def tables(dump):
    """What a dump says: by table, the chains with their policies, and by chain the rules in order."""
    found, chains, rules = {}, {}, {}
    for line in dump.splitlines():
        if line.startswith("*"):
            chains, rules = {}, {}
            found[line[1:]] = (chains, rules)
        elif line.startswith(":") and "CANARY" not in line:
            name, policy, _ = line[1:].split()
            chains[name] = policy
            rules[name] = []
        elif match := re.match(r"(?:\[\d+:\d+\] )?-A (\S+) ?(.*)", line):
            rules[match[1]].append(match[2])
    found.pop("mangle", None)  # holds the canary alone
    for _, rules in found.values():
        for name in UNORDERED & rules.keys():
            rules[name].sort()
    return found


@pytest.mark.parametrize("family", COMMANDS)
@pytest.mark.parametrize("node", ["node-1", "node-3"])
def test_loaded_and_dumped_again_they_equal_what_kube_proxy_wrote(kernel, cluster, fixtures, node, family):
    real = fixtures / "real-cluster" / "kube-proxy" / f"{COMMANDS[family]}-save.{node}.txt"
    text = proxy_rules(cluster, node, "iptables", family, addresses=ADDRESSES, accounting=True)
    kernel.run(f"{COMMANDS[family]}-restore", text=text)
    ours, theirs = tables(kernel.run(f"{COMMANDS[family]}-save")), tables(real.read_text())
    assert sum(len(rules) for _, chains in theirs.values() for rules in chains.values()) > (
        20 if family == "IPv6" else 150
    )
    assert ours == theirs
