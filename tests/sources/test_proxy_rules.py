"""Dumps of kube-proxy's rules, read: against what a real kube-proxy 1.36 wrote, and what was sent through its rules."""

import contextlib
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodeportkit as npk
from nodeportkit.errors import NodePortKitError, ReadError
from nodeportkit.sources.proxy_rules import Rules, read_rules
from nodeportkit.traffic.rules import proxy_rules

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
REAL = FIXTURES / "real-cluster" / "kube-proxy"
DUMPS = {path.name: path.read_text() for path in sorted([*REAL.iterdir(), *(FIXTURES / "proxy_rules").iterdir()])}
OF_REAL = [path.name for path in sorted(REAL.iterdir())]
PORT = ["namespace", "service", "port_name", "protocol"]
SET = [*PORT, "family", "policy", "chain", "dump"]


def rules(name: str) -> Rules:
    return read_rules(DUMPS[name])


def of(frame: pd.DataFrame, service: str, port_name: str = "") -> pd.DataFrame:
    return frame[(frame["service"] == service) & (frame["port_name"] == port_name)]


@pytest.fixture(scope="module")
def objects():
    return npk.read(FIXTURES / "real-cluster" / "objects.json")


# What was sent from each node before its dump: see the README beside the dumps.


@pytest.mark.parametrize("node", ["node-1", "node-3"])
def test_counters_tell_where_the_connections_went(node):
    read = rules(f"iptables-save.{node}.txt")
    went = {name: of(read.endpoints, *name)["packets"].sum() for name in [("web", "http"), ("web-local", "")]}
    assert went == {("web", "http"): 120 + 60, ("web-local", ""): 30}  # by node port and by cluster IP
    assert of(read.endpoints, "web-sticky")["packets"].sum() == 20
    assert of(read.endpoints, "dns", "dns")["packets"].sum() == 15
    assert read.endpoints["packets"].sum() == 245


@pytest.mark.parametrize("node", ["node-1", "node-3"])
def test_counters_tell_which_way_the_connections_came(node):
    came = rules(f"iptables-save.{node}.txt").destinations
    came = came[came["packets"] > 0].set_index(["kind", "port"])["packets"]
    assert came.to_dict() == {
        ("node-port", 30053): 15,
        ("cluster-ip", 80): 60,
        ("node-port", 30080): 120,
        ("node-port", 30081): 30,
        ("node-port", 30083): 20,
    }


def test_session_affinity_sends_one_client_to_one_endpoint():
    sticky = of(rules("iptables-save.node-1.txt").endpoints, "web-sticky")
    assert sticky["packets"].tolist() == [0, 20, 0, 0, 0]


@pytest.mark.parametrize("node", ["node-1", "node-3"])
def test_packets_are_those_that_the_endpoints_own_rules_counted(node):
    text = DUMPS[f"iptables-save.{node}.txt"]
    translated = re.findall(
        r'^\[(\d+):(\d+)\] -A KUBE-SEP-\S+ -p (\S+) .*--comment "shop/([^"]+)".* -j DNAT --to-destination (\S+)$',
        text,
        re.M,
    )
    counted = {(name, protocol.upper(), to): (int(p), int(b)) for p, b, protocol, name, to in translated}
    endpoints = rules(f"iptables-save.{node}.txt").endpoints
    names = endpoints["service"] + (":" + endpoints["port_name"]).where(endpoints["port_name"] != "", "")
    sums = endpoints.groupby([names, "protocol", "address"])[["packets", "bytes"]].sum()
    assert {key: tuple(row) for key, row in zip(sums.index, sums.to_numpy().tolist(), strict=True)} == counted


# The rules themselves.


@pytest.mark.parametrize("name", [name for name in DUMPS if "stats" not in name])
def test_shares_of_a_set_sum_to_one(name):
    shares = rules(name).endpoints.groupby(SET, dropna=False)["share"].sum()
    assert len(shares) > 0
    assert shares.between(1 - 1e-9, 1 + 1e-9).all()


def test_shares_of_equal_chances_are_equal():
    web = of(rules("iptables-save.node-1.txt").endpoints, "web", "http")
    assert web["share"].tolist() == pytest.approx([0.2] * 5, abs=1e-8)
    exact = of(rules("nft.node-1.txt").endpoints, "web", "http")
    assert exact["share"].tolist() == [0.2] * 5


@pytest.mark.parametrize("node", ["node-1", "node-3"])
def test_json_and_text_of_nft_are_the_same(node):
    text, parsed = rules(f"nft.{node}.txt"), rules(f"nft.{node}.json")
    for name in ("endpoints", "destinations", "ports"):
        pd.testing.assert_frame_equal(getattr(text, name), getattr(parsed, name))


@pytest.mark.parametrize("node", ["node-1", "node-3"])
def test_iptables_and_nftables_of_a_node_agree(node):
    iptables = read_rules(DUMPS[f"iptables-save.{node}.txt"] + DUMPS[f"ip6tables-save.{node}.txt"])
    nftables = rules(f"nft.{node}.txt")
    endpoints = [*PORT, "address", "policy", "family"]
    pd.testing.assert_frame_equal(iptables.endpoints[endpoints], nftables.endpoints[endpoints])
    assert iptables.endpoints["share"].tolist() == pytest.approx(nftables.endpoints["share"].tolist(), abs=1e-8)
    destinations = [*PORT, "kind", "address", "port", "verdict", "family"]
    one, other = iptables.destinations[destinations], nftables.destinations[destinations]
    # nftables does not tell an external IP from a load balancer IP without source ranges.
    unknown = other["kind"].isna()
    assert other.loc[unknown, "address"].tolist() == ["198.51.100.77"]
    pd.testing.assert_frame_equal(one[~unknown], other[~unknown])
    ports = [*PORT, "internal_policy", "external_policy", "affinity_seconds", "source_ranges", "family"]
    pd.testing.assert_frame_equal(iptables.ports[ports], nftables.ports[ports])


def test_local_sets_are_each_nodes_own():
    def local(node: str, service: str) -> list[str]:
        endpoints = of(rules(f"iptables-save.{node}.txt").endpoints, service)
        return endpoints.loc[endpoints["policy"] == "Local", "address"].tolist()

    assert local("node-1", "web-local") == ["10.244.1.10:8080", "10.244.1.11:8080"]
    assert local("node-3", "web-local") == ["10.244.3.10:8080", "10.244.3.11:8080"]
    assert local("node-1", "api-local") == []
    assert local("node-3", "api-local") == ["10.244.3.20:3001"]


def test_verdicts():
    destinations = rules("iptables-save.node-1.txt").destinations
    refused = destinations[destinations["verdict"] != "FORWARD"]
    assert refused[["service", "kind", "port", "verdict"]].to_numpy().tolist() == [
        ["kubernetes", "cluster-ip", 443, "REJECT"],
        ["api-local", "cluster-ip", 80, "DROP"],
        ["api-local", "node-port", 30082, "DROP"],
        ["nobody", "cluster-ip", 80, "REJECT"],
        ["nobody", "node-port", 30008, "REJECT"],
    ]


def test_what_is_said_of_a_service_port():
    ports = rules("iptables-save.node-1.txt").ports
    load_balancer = of(ports, "lb", "http").iloc[0]
    assert load_balancer["source_ranges"] == ["203.0.113.0/24"]
    assert load_balancer["health_check_port"] == 31999
    assert load_balancer["external_policy"] == "Local"
    assert of(ports, "web-sticky")["affinity_seconds"].tolist() == [600]
    assert of(ports, "web", "http")["affinity_seconds"].tolist() == [0]


@pytest.mark.parametrize("name", OF_REAL)
def test_every_line_of_a_real_dump_is_read(name):
    assert rules(name).unread.empty


# Spellings.


@pytest.mark.parametrize("name", ["iptables-as-written.txt", "nft-as-written.txt"])
def test_rules_as_they_are_written(name):
    read = rules(name)
    web = of(read.endpoints, "web", "http")
    assert web["address"].tolist() == ["10.244.1.9:8080", "10.244.2.4:8080", "10.244.3.7:8080"]
    assert web["share"].tolist() == pytest.approx([1 / 3] * 3, abs=1e-8)
    assert web["packets"].isna().all()
    assert read.unread.empty
    told = of(read.destinations, "web", "http")[["kind", "address", "port"]].astype(object)
    assert told.where(told.notna(), None).to_numpy().tolist() == [
        ["cluster-ip", "10.96.7.20", 8000],
        ["node-port", None, 31080],
    ]
    assert of(read.destinations, "none", "http")["verdict"].tolist() == ["DROP"]


def test_without_counters_nothing_was_counted():
    text = re.sub(r"^\[\d+:\d+\] ", "", DUMPS["iptables-save.node-1.txt"], flags=re.M)
    bare, full = read_rules(text), rules("iptables-save.node-1.txt")
    assert bare.endpoints[["packets", "bytes", "connections"]].isna().all(axis=None)
    columns = [*SET, "address", "share"]
    pd.testing.assert_frame_equal(bare.endpoints[columns], full.endpoints[columns])


def test_rules_as_iptables_lists_them():
    lines = DUMPS["iptables-save.node-1.txt"].partition("*nat\n")[2].splitlines()
    listed = []
    for line in lines:
        if line.startswith(":KUBE"):
            listed.append(f"-N {line[1:].split()[0]}")
        elif line.startswith("["):
            counters, _, rule = line.partition(" ")
            rule, _, target = rule.rpartition(" -j ") if " -j " in rule else (rule, "", "")
            packets, octets = counters.strip("[]").split(":")
            listed.append(f"{rule} -c {packets} {octets}" + (f" -j {target}" if target else ""))
    read, full = read_rules("\n".join(listed)), rules("iptables-save.node-1.txt")
    columns = [*SET, "address", "share", "packets", "bytes"]
    pd.testing.assert_frame_equal(read.endpoints[columns], full.endpoints[columns])


def test_names_of_large_clusters_come_from_the_destinations():
    """With more than 1000 endpoints kube-proxy leaves out the comments of endpoints (largeClusterEndpointsThreshold)."""
    text = re.sub(
        r'^(.*-A KUBE-(?:SEP-|SV[CL]-.* -j KUBE-SEP-).*?)-m comment --comment "[^"]*" ',
        r"\1",
        DUMPS["iptables-save.node-1.txt"],
        flags=re.M,
    )
    text = re.sub(r'^(.*-A KUBE-SV[CL]-\S+ )-m comment --comment "[^"]* -> [^"]*" ', r"\1", text, flags=re.M)
    assert " -> " not in text
    pd.testing.assert_frame_equal(read_rules(text).endpoints, rules("iptables-save.node-1.txt").endpoints)


def test_without_any_comment_endpoints_stay_together():
    text = re.sub(r' -m comment --comment "[^"]*"', "", DUMPS["iptables-save.node-1.txt"])
    read, full = read_rules(text).endpoints, rules("iptables-save.node-1.txt").endpoints
    assert read[["namespace", "service", "port_name"]].isna().all(axis=None)
    key = ["chain", "policy", "address", "share", "packets"]
    pd.testing.assert_frame_equal(
        read[key].sort_values(key, ignore_index=True), full[key].sort_values(key, ignore_index=True)
    )


def test_quotes_in_a_comment_are_no_rule():
    text = '*nat\n-A KUBE-SVC-A -m comment --comment "shop/web \\" -j KUBE-SEP-Z" -j KUBE-SEP-B\n-A KUBE-SEP-B -p tcp -j DNAT --to-destination 10.0.0.1:80\nCOMMIT'
    assert read_rules(text).endpoints["address"].tolist() == ["10.0.0.1:80"]


def test_nft_with_counters():
    text = DUMPS["nft.node-1.txt"]
    text = text.replace("tcp dnat to 10.244.1.11:8080", "tcp counter packets 20 bytes 1200 dnat to 10.244.1.11:8080")
    text = text.replace("tcp . 30080 : goto", "tcp . 30080 counter packets 120 bytes 7200 : goto")
    read = read_rules(text)
    sticky = of(read.endpoints, "web-sticky")
    assert sticky["packets"].fillna(-1).tolist() == [-1, 20, -1, -1, -1]
    node_port = read.destinations[read.destinations["port"] == 30080].iloc[0]
    assert (node_port["packets"], node_port["bytes"]) == (120, 7200)
    assert read.unread.empty


def test_counters_of_an_endpoint_that_two_sets_share_are_not_split():
    text = """table ip kube-proxy {
	chain service-TZEQCN3K-shop/lb/tcp/http {
		numgen random mod 1 vmap { 0 : goto endpoint-RT7PETL2-shop/lb/tcp/http__10.244.1.9/8080 }
	}
	chain local-TZEQCN3K-shop/lb/tcp/http {
		numgen random mod 1 vmap { 0 : goto endpoint-RT7PETL2-shop/lb/tcp/http__10.244.1.9/8080 }
	}
	chain endpoint-RT7PETL2-shop/lb/tcp/http__10.244.1.9/8080 {
		meta l4proto tcp counter packets 7 bytes 420 dnat to 10.244.1.9:8080
	}
}"""
    read = read_rules(text).endpoints
    assert read["policy"].tolist() == ["Cluster", "Local"]
    assert read["packets"].isna().all()


def test_json_set_out_by_jq():
    text = json.dumps(json.loads(DUMPS["nft.node-1.json"]), indent=2)
    pd.testing.assert_frame_equal(read_rules(text).endpoints, rules("nft.node-1.json").endpoints)


# ipvs.


def test_ipvs_shares_follow_the_weights():
    endpoints = rules("ipvsadm-Ln.txt").endpoints
    shares = endpoints.groupby("chain")["share"].agg(list).to_dict()
    assert shares["TCP 10.96.10.1:80"] == [0.5, 0.5, 0.0]  # a server of weight 0 takes no new connection
    assert shares["TCP 192.168.1.2:30080"] == [0.75, 0.25]  # weighted round robin
    assert endpoints[["namespace", "service", "port_name", "policy"]].isna().all(axis=None)
    assert endpoints["active"].tolist()[0] == 4


def test_ipvs_refuses_where_there_is_no_server():
    destinations = rules("ipvsadm-Ln.txt").destinations
    assert destinations.loc[destinations["verdict"] == "REJECT", "address"].tolist() == ["10.96.10.5"]
    assert destinations["kind"].isna().all()


def test_ipvs_saved_is_ipvs_listed():
    listed, saved = rules("ipvsadm-Ln.txt"), rules("ipvsadm-Sn.txt")
    columns = [*SET, "address", "share"]
    pd.testing.assert_frame_equal(listed.endpoints[columns], saved.endpoints[columns])
    pd.testing.assert_frame_equal(listed.ports, saved.ports)


def test_ipvs_counters_join_the_weights():
    read = read_rules(DUMPS["ipvsadm-Ln.txt"] + "\n$ ipvsadm -Ln --stats\n" + DUMPS["ipvsadm-Ln--stats.txt"])
    web = read.endpoints[read.endpoints["chain"] == "TCP 10.96.10.1:80"]
    assert web["connections"].tolist() == [3, 3, 1]
    assert web["share"].tolist() == [0.5, 0.5, 0.0]
    busy = read.endpoints[read.endpoints["chain"] == "TCP 192.168.1.2:30080"]
    assert busy["bytes"].tolist() == [623_132_000, 207_711_000]  # printed in thousands
    assert len(read.endpoints) == len(rules("ipvsadm-Ln.txt").endpoints)


# Several dumps, pastes, broken ones.


def test_families_join_and_nodes_stay_apart():
    text = "\n".join(DUMPS[name] for name in OF_REAL if "tables" in name)
    read = read_rules(text)
    assert sorted(read.endpoints["dump"].unique()) == [1, 2, 3, 4]
    assert len(read.endpoints) == sum(len(rules(name).endpoints) for name in OF_REAL if "tables" in name)
    assert read.unread.empty


def test_a_paste_with_prompts():
    text = f"root@node-1:~# iptables-save -c\n{DUMPS['iptables-save.node-1.txt']}root@node-1:~# ip6tables-save -c\n{DUMPS['ip6tables-save.node-1.txt']}"
    read = read_rules(text)
    assert read.unread["line"].tolist() == [1, 2 + DUMPS["iptables-save.node-1.txt"].count("\n")]
    assert len(read.endpoints) == 47


@pytest.mark.parametrize("text", ["", "NAME TYPE\nweb  NodePort", "table of contents", "{}", '{"nftables": 3}'])
def test_what_is_no_dump_is_refused(text):
    with pytest.raises(ReadError) as caught:
        read_rules(text, source="paste.txt")
    assert "paste.txt" in str(caught.value)


def test_json_that_is_cut_off_names_its_place():
    with pytest.raises(ReadError, match=r"line 3.*cut off") as caught:
        read_rules("\n\n" + DUMPS["nft.node-1.json"][:5000])
    assert caught.value.line == 3
    assert caught.value.column


def test_a_line_that_may_be_half_is_not_used():
    text = DUMPS["iptables-save.node-1.txt"]
    cut = text[: text.index("10.244.3.10:8080\n") + 10]
    read = read_rules(cut)
    assert read.unread["line"].tolist() == [cut.count("\n") + 1]
    assert read.endpoints.empty


@pytest.mark.parametrize("name", [name for name in OF_REAL if name.endswith("txt")])
def test_whatever_is_cut_off_nothing_is_invented(name):
    text = DUMPS[name]
    known = set(rules(name).endpoints["address"])
    for end in range(len(text) // 3, len(text), 997):
        try:
            read = read_rules(text[:end])
        except ReadError:
            continue
        assert set(read.endpoints["address"].dropna()) <= known
        assert (read.endpoints.groupby(SET, dropna=False)["share"].sum() < 1 + 1e-9).all()


@given(
    name=st.sampled_from(sorted(DUMPS)),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), st.text(max_size=12)), min_size=1, max_size=4),
    start=st.floats(0, 0.9),
)
def test_a_mutated_dump_is_read_or_refused(name, cuts, start):
    text = DUMPS[name]
    text = text[int(start * len(text)) :][:6000]
    for where, width, new in cuts:
        at = int(where * len(text))
        text = text[:at] + new + text[at + width :]
    try:
        read = read_rules(text)
    except NodePortKitError:
        return
    assert read.endpoints["share"].dropna().between(0, 1).all()
    npk.read(f"$ sudo cat rules\n{text}")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["elem", "val", "map", "goto"]), inner),
    max_leaves=4,
)


@given(path=st.lists(st.integers(0, 10_000), min_size=3, max_size=12), value=VALUES)
def test_json_with_a_strange_value_is_read_or_refused(path, value):
    data = json.loads(DUMPS["nft.node-1.json"])
    place, rest = data["nftables"], path
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key, rest = keys[rest[0] % len(keys)], rest[1:]
        if not rest or not isinstance(place[key], dict | list) or not place[key]:
            break
        place = place[key]
    place[key] = value
    with contextlib.suppress(NodePortKitError):
        read_rules(json.dumps(data))


# Written and read back.


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("iptables-save.{}.txt", "IPv4"),
        ("ip6tables-save.{}.txt", "IPv6"),
        ("nft.{}.txt", "IPv4"),
        ("nft.{}.txt", "IPv6"),
    ],
)
@pytest.mark.parametrize("node", ["node-1", "node-3"])
def test_rules_that_were_written_read_back_the_same(name, family, node, objects):
    mode = "nftables" if name.startswith("nft") else "iptables"
    written, real = read_rules(proxy_rules(objects, node, mode, family=family)), rules(name.format(node))
    assert written.unread.empty
    for frame, counted in (
        ("endpoints", ["packets", "bytes", "connections", "share"]),
        ("destinations", []),
        ("ports", []),
    ):
        given_back, true = getattr(written, frame), getattr(real, frame)
        true = true[true["family"] == family].reset_index(drop=True)
        ignored = [column for column in [*counted, "packets", "bytes"] if column in true]
        pd.testing.assert_frame_equal(given_back.drop(columns=ignored), true.drop(columns=ignored))


def test_what_a_transaction_deletes_is_not_there():
    text = (
        DUMPS["nft-as-written.txt"]
        + "delete element ip kube-proxy service-ips { 10.96.7.9 . tcp . 9 : goto service-KHN6ECMT-shop/web/tcp/http }\n"
    )
    pd.testing.assert_frame_equal(read_rules(text).destinations, rules("nft-as-written.txt").destinations)


# As a source of `read`.


def wanted(frame: pd.DataFrame) -> pd.DataFrame:
    """Without services for which kube-proxy writes no rules."""
    name = "service" if "service" in frame else "name"
    return frame[~frame[name].isin(["headless", "outside"])]


SOURCES = {
    "iptables": DUMPS["iptables-save.node-1.txt"] + DUMPS["ip6tables-save.node-1.txt"],
    "nft": DUMPS["nft.node-1.txt"],
    "json": DUMPS["nft.node-1.json"],
    "transcript": f"$ sudo nft list ruleset\n{DUMPS['nft.node-1.txt']}$ echo\n",
}


@pytest.mark.parametrize("source", SOURCES)
def test_services_and_ports_are_recovered(source, objects):
    cluster = npk.read(SOURCES[source])
    assert cluster.unread.empty
    known, true = cluster.services.set_index("name"), wanted(objects.services).set_index("name")
    assert sorted(known.index) == sorted(true.index)
    assert known["cluster_ips"].to_dict() == true["cluster_ips"].to_dict()
    for column in ("external_traffic_policy", "internal_traffic_policy", "session_affinity", "affinity_timeout"):
        told = known[column].dropna()
        assert told.to_dict() == true.loc[told.index, column].to_dict()
    assert known[["type", "selector"]].isna().all(axis=None)
    columns = ["namespace", "service", "port_name", "protocol", "port", "node_port"]
    recovered = cluster.ports[columns].sort_values(columns, ignore_index=True)
    pd.testing.assert_frame_equal(recovered, wanted(objects.ports)[columns].sort_values(columns, ignore_index=True))


@pytest.mark.parametrize("source", SOURCES)
def test_endpoints_are_recovered(source, objects):
    cluster = npk.read(SOURCES[source])
    columns = ["service", "address", "port", "port_name", "protocol"]
    true = wanted(objects.endpoints)
    # `old` has terminating pods alone, which are used where nothing is ready: so rules do not tell who is ready.
    true = true[true["ready"] | (true["service"] == "old")]
    assert sorted(map(tuple, cluster.endpoints[columns].to_numpy())) == sorted(map(tuple, true[columns].to_numpy()))
    assert cluster.endpoints["ready"].isna().all()


def test_external_addresses_are_recovered():
    services = npk.read(SOURCES["iptables"]).services.set_index("name")
    assert services.loc["ext", "external_ips"] == ["198.51.100.77"]
    assert services.loc["lb", "load_balancer_ips"] == ["198.51.100.6"]
    assert services.loc["lb", "load_balancer_source_ranges"] == ["203.0.113.0/24"]
    assert services.loc["lb", "health_check_node_port"] == 31999


def test_a_part_of_a_dump_claims_no_more_than_it_shows():
    lines = [
        line for line in DUMPS["iptables-save.node-1.txt"].splitlines() if "KUBE-SERVICES" in line and "web:" in line
    ]
    cluster = npk.read("\n".join(lines))
    assert cluster.ports["node_port"].isna().all()
    assert cluster.services["name"].tolist() == ["web"]
    assert cluster.endpoints.empty


def test_ipvs_names_no_service():
    cluster = npk.read(DUMPS["ipvsadm-Ln.txt"])
    assert cluster.services.empty
    assert cluster.unread.empty
