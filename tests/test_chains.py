"""The chain: what a real kube-proxy balances to on its node is the share that the chain tells."""

import re
from collections import defaultdict

import pandas as pd
import pytest

from nodeportkit.chains import chain, links
from nodeportkit.cluster import Cluster
from nodeportkit.errors import NotFound
from nodeportkit.kube.routing import usable
from nodeportkit.sources.read import read

COLUMNS = [
    "namespace", "service", "port_name", "protocol", "node", "node_ip", "node_port", "cluster_ip", "port", "target_port",
    "pod", "pod_ip", "pod_node", "pod_port", "ready", "hop", "share",
]  # fmt: skip


@pytest.fixture(scope="module")
def real(fixtures):
    return read(fixtures / "real-cluster" / "objects.json")


# A real kube-proxy


def balanced(text: str) -> dict[tuple[str, int], dict[str, float]]:
    """By protocol and node port: the endpoints that a client from outside is sent to, each with its probability."""
    rules = defaultdict(list)
    for found in re.finditer(r"^\[\d+:\d+\] -A (\S+) (.*)$", text, re.MULTILINE):
        rules[found[1]].append(found[2])

    def follow(chain: str) -> dict[str, float]:
        shares, left = defaultdict(float), 1.0
        for rule in rules[chain]:
            jump = re.search(r"-j (KUBE-(?:EXT|SVC|SVL|SEP)-\S+)", rule)
            if to := re.search(r"-j DNAT .*--to-destination (\S+)", rule):
                shares[to[1]] += left
            # Sources on the node and in its pods, and clients seen before, are others.
            elif (
                jump and " --src-type LOCAL" not in rule and not re.match(r"(! )?-s ", rule) and "--rcheck" not in rule
            ):
                chance = float(found[1]) if (found := re.search(r"--probability (\S+)", rule)) else 1.0
                for end, share in follow(jump[1]).items():
                    shares[end] += left * chance * share
                left *= 1 - chance
        return shares

    return {
        (found[1].upper(), int(found[2])): follow(found[3])
        for rule in rules["KUBE-NODEPORTS"]
        if "-d 127.0.0.0/8" not in rule and (found := re.search(r"-p (\w+) .*--dport (\d+) .*?-j (KUBE-EXT-\S+)", rule))
    }


@pytest.mark.parametrize("node", ["node-1", "node-3"])
@pytest.mark.parametrize("program", ["iptables", "ip6tables"])
def test_shares_are_those_of_a_real_kube_proxy(real, fixtures, program, node):
    dump = balanced((fixtures / "real-cluster" / "kube-proxy" / f"{program}-save.{node}.txt").read_text())
    exposed = real.ports[real.ports["node_port"].notna()]
    seen = 0
    for port in exposed.itertuples():
        paths = chain(real, f"{port.namespace}/{port.service}", port.node_port, node=node)
        paths = paths[
            (paths["protocol"] == port.protocol) & paths["pod_ip"].str.contains(":").eq(program == "ip6tables")
        ]
        bracketed = paths["pod_ip"] if program == "iptables" else "[" + paths["pod_ip"] + "]"
        told = dict(zip(bracketed + ":" + paths["pod_port"].astype("string"), paths["share"], strict=True))
        expected = dump.get((port.protocol, port.node_port), {})
        assert {end: share for end, share in told.items() if share} == pytest.approx(expected, abs=1e-6), port.service
        seen += len(expected)
    assert seen > 4


# Columns and rows


def test_a_row_is_a_node_and_an_endpoint(real):
    paths = chain(real, "shop/web", "http")
    assert list(paths.columns) == COLUMNS
    assert len(paths) == 3 * 6
    row = paths[(paths["node"] == "node-2") & (paths["pod"] == "web-0")].iloc[0]
    assert row.to_dict() == {
        "namespace": "shop", "service": "web", "port_name": "http", "protocol": "TCP", "node": "node-2",
        "node_ip": "192.168.1.3", "node_port": 30080, "cluster_ip": "10.96.10.1", "port": 80, "target_port": "http",
        "pod": "web-0", "pod_ip": "10.244.1.10", "pod_node": "node-1", "pod_port": 8080, "ready": True,
        "hop": "cross-node", "share": 0.2,
    }  # fmt: skip
    dtypes = {column: str(paths[column].dtype) for column in ("node", "node_port", "ready", "hop", "share")}
    assert dtypes == {"node": "string", "node_port": "Int64", "ready": "boolean", "hop": "string", "share": "Float64"}


def test_addresses_of_a_row_are_of_one_family(real):
    paths = chain(real, "dual")
    assert len(paths) == 3 * 12
    is_v6 = paths[["node_ip", "cluster_ip", "pod_ip"]].apply(lambda column: column.str.contains(":"))
    assert (is_v6.nunique(axis="columns") == 1).all()
    assert paths.groupby(["node", is_v6["pod_ip"]])["share"].sum().tolist() == pytest.approx([1.0] * 6)


def test_a_service_without_endpoints_has_a_row_for_each_node(real):
    paths = chain(real, "nobody")
    assert paths["node"].tolist() == ["node-1", "node-2", "node-3"]
    assert paths["node_port"].tolist() == [30008] * 3
    assert paths[["pod", "pod_ip", "pod_node", "pod_port", "ready", "hop", "share"]].isna().all(axis=None)


def test_a_service_without_ports_has_rows_too(real):
    paths = chain(real, "outside")
    assert len(paths) == 3
    assert paths["port"].isna().all()


def test_a_service_without_node_port_has_pods_and_no_shares(real):
    paths = chain(real, "ext")
    assert set(paths["pod"]) == {"api-0", "api-1"}
    assert paths[["node_port", "share"]].isna().all(axis=None)


def test_a_connection_is_lost_where_policy_local_finds_no_pod(real):
    lost = chain(real, "api-local").groupby("node")["share"].sum()
    assert lost.to_dict() == {"node-1": 0.0, "node-2": 1.0, "node-3": 1.0}


@pytest.mark.parametrize(
    ("port", "count"), [("http", 18), ("metrics", 18), (80, 18), ("9090", 18), (30090, 18), (None, 36)]
)
def test_a_port_is_named_by_name_number_or_node_port(real, port, count):
    assert len(chain(real, "web", port)) == count


def test_one_number_may_be_two_ports(real):
    assert chain(real, "dns", 53)["protocol"].tolist() == ["UDP"] * 3 + ["TCP"] * 3


def test_what_is_not_there_is_told_with_what_is(real):
    with pytest.raises(NotFound, match=r"Service 'web' has no port 8080\. Did you mean (30)?80"):
        chain(real, "web", 8080)
    with pytest.raises(NotFound, match="Did you mean node-1"):
        chain(real, "web", node="node1")
    with pytest.raises(NotFound, match="Did you mean"):
        chain(real, "shop/wep")


def test_links_hold_every_service_port_and_every_endpoint(real):
    found = links(real)
    assert len(found.drop_duplicates(["namespace", "service", "protocol", "port"])) == len(real.ports)
    assert len(found.dropna(subset=["pod_ip"])) == len(real.endpoints)
    lonely = found[found["pod_ip"].isna()]
    assert sorted(lonely["service"]) == ["kubernetes", "nobody"]
    assert found["hints"].map(type).isin([dict, type(pd.NA)]).all()


# What was not shown


def small(**changes):
    parts = {
        "nodes": {"name": ["a", "b"], "internal_ips": [["192.168.1.1"], ["192.168.1.2"]]},
        "services": {
            "namespace": ["shop"], "name": ["web"], "selector": [{"app": "web"}], "external_traffic_policy": ["Cluster"],
        },
        "ports": {
            "namespace": ["shop"], "service": ["web"], "port_name": [""], "protocol": ["TCP"], "port": [80],
            "target_port": ["8080"], "node_port": [30080],
        },
        "pods": {
            "namespace": ["shop"] * 2, "name": ["web-0", "web-1"], "node": ["a", "b"], "ips": [["10.0.0.1"], ["10.0.0.2"]],
            "labels": [{"app": "web"}] * 2, "ready": [True] * 2, "terminating": [False] * 2,
        },
    }  # fmt: skip
    for name, columns in changes.items():
        parts[name] = {**parts.get(name, {}), **columns} if columns else None
    return Cluster(**parts)


def test_without_nodes_there_is_a_row_without_one():
    paths = chain(small(nodes=None), "web")
    assert paths["pod"].tolist() == ["web-0", "web-1"]
    assert paths[["node", "node_ip", "hop"]].isna().all(axis=None)
    assert paths["share"].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    "changes",
    [
        {"pods": {"ready": [True, None]}},
        {"services": {"external_traffic_policy": [None]}},
        {"services": {"external_traffic_policy": ["Local"]}, "pods": {"node": ["a", None]}},
        {"services": {"external_traffic_policy": ["Local"]}, "nodes": None},
        {"services": {"traffic_distribution": ["PreferSameZone"]}},
        {"ports": {"node_port": [None]}},
    ],
    ids=["readiness", "policy", "a pod's node", "nodes", "hints", "node port"],
)
def test_a_share_that_what_was_shown_does_not_tell_is_missing(changes):
    paths = chain(small(**changes), "web")
    assert set(paths["pod"]) == {"web-0", "web-1"}
    assert paths["share"].isna().all()


def test_a_policy_that_was_not_shown_is_no_matter_where_both_give_the_same():
    one = small(
        services={"external_traffic_policy": [None]}, nodes={"name": ["a"], "internal_ips": [["192.168.1.1"]]},
        pods={"node": ["a", "a"]},
    )  # fmt: skip
    assert chain(one, "web")["share"].tolist() == [0.5, 0.5]


def test_a_hop_is_missing_where_a_node_is():
    paths = chain(small(pods={"node": ["a", None]}), "web")
    assert paths["hop"].tolist() == ["same-node", pd.NA, "cross-node", pd.NA]
    assert paths["share"].tolist() == [0.5] * 4


def test_ports_whose_names_were_not_shown_have_the_pods_and_no_number():
    # As `get services` and `get endpoints` print them: neither shows which number is behind which port.
    ports = {
        "namespace": ["shop"] * 2, "service": ["web"] * 2, "port_name": [None] * 2, "protocol": ["TCP"] * 2,
        "port": [80, 9090], "target_port": [None] * 2, "node_port": [30080, 30090],
    }  # fmt: skip
    endpoints = {
        "namespace": ["shop"] * 4, "service": ["web"] * 4, "address": ["10.0.0.1", "10.0.0.2"] * 2,
        "port": [8080, 8080, 9091, 9091], "ready": [True] * 4,
    }  # fmt: skip
    found = links(small(ports=ports, endpoints=endpoints))
    assert found[["port", "pod"]].to_numpy().tolist() == [
        [80, "web-0"],
        [80, "web-1"],
        [9090, "web-0"],
        [9090, "web-1"],
    ]
    assert found["pod_port"].isna().all()


def test_a_share_is_missing_where_nobody_knows_how_many_endpoints_a_port_has():
    ports = {
        "namespace": ["shop"] * 2, "service": ["web"] * 2, "port_name": [None] * 2, "protocol": ["TCP"] * 2,
        "port": [80, 9090], "target_port": [None] * 2, "node_port": [30080, 30090],
    }  # fmt: skip
    endpoints = {
        "namespace": ["shop"] * 6, "service": ["web"] * 6, "address": ["10.0.0.1", None, None, None, None, None],
        "port": [8080, None, None, None, None, None], "ready": [True] * 6,
    }  # fmt: skip
    paths = chain(small(ports=ports, endpoints=endpoints), "web", 80, node="a")
    assert paths["pod_ip"].tolist() == ["10.0.0.1", pd.NA]
    assert paths["share"].isna().all()


def test_an_endpoint_counts_once_though_two_slices_hold_it():
    endpoints = {
        "namespace": ["shop"] * 3, "service": ["web"] * 3, "slice": ["x", "y", "y"], "port_name": [""] * 3,
        "protocol": ["TCP"] * 3, "address": ["10.0.0.1", "10.0.0.1", "10.0.0.2"], "port": [8080] * 3,
        "ready": [False, True, True],
    }  # fmt: skip
    paths = chain(small(endpoints=endpoints), "web", node="a")
    assert paths["share"].tolist() == [0.5, 0.5]


def test_a_slice_without_a_port_number_serves_no_port():
    endpoints = {
        "namespace": ["shop"], "service": ["web"], "slice": ["x"], "port_name": [""], "protocol": ["TCP"],
        "address": ["10.0.0.1"], "port": [None], "ready": [True],
    }  # fmt: skip
    assert chain(small(endpoints=endpoints), "web")["pod_ip"].isna().all()


# Which endpoints kube-proxy takes


def routed(policy, nodes, **columns):
    count = len(next(iter(columns.values())))
    plain = {"ready": [None] * count, "serving": [None] * count, "terminating": [None] * count, "node": ["a"] * count}
    endpoints = pd.DataFrame(plain | {"hints": [{}] * count} | columns)
    zones = pd.DataFrame(
        {"name": list(nodes), "zone": [{"a": "z1", "b": "z1", "c": "z2", "d": None}[n] for n in nodes]}
    )
    return usable(endpoints, zones, policy).astype(int).tolist()


def test_conditions_that_are_missing_mean_ready():
    assert routed("Cluster", "a", ready=[None, False]) == [[1, 0]]


def test_terminating_endpoints_serve_where_none_is_ready_for_cluster_and_local_apart():
    ends = {"ready": [False, True], "serving": [True, True], "terminating": [True, False], "node": ["a", "b"]}
    assert routed("Cluster", "ab", **ends) == [[0, 1], [0, 1]]
    assert routed("Local", "abc", **ends) == [[1, 0], [0, 1], [0, 0]]
    gone = {"ready": [False, False], "serving": [True, False], "terminating": [True, True]}
    assert routed("Cluster", "a", **gone) == [[1, 0]]


ZONES = [{"zones": ["z1"]}, {"zones": ["z1", "z2"]}, {"zones": ["z3"]}]


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ({"hints": ZONES}, [[1, 1, 0], [0, 1, 0], [1, 1, 1]]),
        ({"hints": [*ZONES[:2], {}]}, [[1, 1, 1]] * 3),
        ({"hints": [*ZONES[:2], {}], "ready": [True, True, False]}, [[1, 1, 0], [0, 1, 0], [1, 1, 0]]),
        ({"hints": [{"nodes": ["a"], "zones": ["z2"]}, {"nodes": ["b"], "zones": ["z1"]}] * 2}, [[1, 0] * 2, [1, 0] * 2, [1] * 4]),
        ({"hints": ZONES, "ready": [False] * 3, "serving": [True] * 3, "terminating": [True] * 3}, [[1] * 3] * 3),
    ],
    ids=["zones", "one without hint", "one without hint that is not ready", "nodes first", "terminating"],
)  # fmt: skip
def test_hints_leave_out_what_is_far(ends, expected):
    assert routed("Cluster", "acd", **ends) == expected


def test_hints_do_not_matter_to_policy_local():
    assert routed("Local", "a", hints=ZONES) == [[1, 1, 1]]
