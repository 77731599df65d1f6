"""The nftables rules, loaded into the kernel and dumped again, against what a real kube-proxy had written there."""

import json
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
FAMILIES = {"IPv4": "ip", "IPv6": "ip6"}


@pytest.fixture(scope="module")
def cluster(root):
    return npk.read(root / "tests/fixtures/real-cluster/objects.json").replace(proxy=PROXY)


@pytest.fixture
def kernel():
    require("nft")
    with namespace("rules") as opened:
        yield opened


def blocks(dump, family):
    """What a dump says of a table: each chain, set and map by name, its rules in order, its elements in any."""
    table = re.search(rf"^table {family} kube-proxy {{\n(.*?)^}}", dump, re.M | re.S)[1]
    found = {}
    for kind, name, body in re.findall(r"^\t(set|map|chain) (\S+) {\n(.*?)^\t}", table, re.M | re.S):
        elements = re.search(r"\t\telements = { (.*?) }\n", body, re.S)
        rest = [line.strip() for line in (body.replace(elements[0], "") if elements else body).splitlines()]
        # Clients that a service remembered are no rules.
        listed = re.split(r",\s+", elements[1]) if elements and not name.startswith("affinity-") else []
        found[kind, name] = (rest, sorted(listed))
    return found


def objects(dump, family):
    """The same of a dump in JSON."""
    found = {}
    for entry in json.loads(dump)["nftables"]:
        [(kind, what)] = entry.items()
        if kind == "metainfo" or what["family"] != family:
            continue
        what = {key: value for key, value in what.items() if key not in ("handle", "index")}
        if kind == "rule":
            found.setdefault(("rules", what["chain"]), []).append(what)
            continue
        elements = what.pop("elem", [])
        if not what["name"].startswith("affinity-"):
            what["elem"] = sorted(json.dumps(element, sort_keys=True) for element in elements)
        found[kind, what["name"]] = what
    return found


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("node", ["node-1", "node-3"])
def test_loaded_and_dumped_again_they_equal_what_kube_proxy_wrote(kernel, cluster, fixtures, node, family):
    real = fixtures / "real-cluster" / "kube-proxy"
    kernel.run("nft", "-f", "-", text=proxy_rules(cluster, node, "nftables", family, addresses=ADDRESSES))

    ours = blocks(kernel.run("nft", "list", "ruleset"), FAMILIES[family])
    theirs = blocks((real / f"nft.{node}.txt").read_text(), FAMILIES[family])
    assert len(theirs) > (20 if family == "IPv6" else 45)
    assert ours == theirs

    ours = objects(kernel.run("nft", "-j", "list", "ruleset"), FAMILIES[family])
    theirs = objects((real / f"nft.{node}.json").read_text(), FAMILIES[family])
    assert len(theirs) > (40 if family == "IPv6" else 90)
    assert ours == theirs


@pytest.mark.parametrize("family", FAMILIES)
def test_loading_a_second_time_changes_nothing(kernel, cluster, family):
    text = proxy_rules(cluster, "node-1", "nftables", family)
    kernel.run("nft", "-f", "-", text=text)
    once = kernel.run("nft", "list", "ruleset")
    kernel.run("nft", "-f", "-", text=text)
    assert blocks(kernel.run("nft", "list", "ruleset"), FAMILIES[family]) == blocks(once, FAMILIES[family])
