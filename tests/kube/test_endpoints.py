"""Endpoints: derived ones against a real controller and against its rules written plainly; stated ones completed."""

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeportkit.cluster import Cluster
from nodeportkit.frames import conform, empty
from nodeportkit.kube.endpoints import all_endpoints, derive
from nodeportkit.sources.read import read

CONDITIONS = ["ready", "serving", "terminating"]
SEEN = ["address", "port", "port_name", "protocol", "pod", "node", "zone", *CONDITIONS]


def rows_of(frame: pd.DataFrame, columns: list[str]) -> list[tuple]:
    plain = frame[columns].astype(object)
    return sorted(
        (tuple(None if pd.isna(cell) else cell for cell in row) for row in plain.itertuples(index=False)), key=repr
    )


# A real endpoint slice controller


@pytest.fixture(scope="module")
def objects(fixtures):
    return json.loads((fixtures / "real-cluster" / "objects.json").read_text())["items"]


@pytest.fixture(scope="module")
def real(fixtures):
    return read(fixtures / "real-cluster" / "objects.json")


def in_slices(objects, service):
    """What the slices of a service say, taken from the JSON without any help of ours."""
    return sorted(
        (
            (
                endpoint["addresses"][0], port["port"], port["name"], port["protocol"], endpoint["targetRef"]["name"],
                endpoint["nodeName"], endpoint["zone"], *(endpoint["conditions"][name] for name in CONDITIONS),
            )
            for entry in objects
            if entry["kind"] == "EndpointSlice" and entry["metadata"]["labels"]["kubernetes.io/service-name"] == service
            for port in entry["ports"] or ()
            for endpoint in entry["endpoints"] or ()
        ),
        key=repr,
    )  # fmt: skip


def test_what_is_derived_is_what_a_real_controller_made(real, objects):
    forgotten = real.replace(endpoints=None).endpoints
    names = [entry["metadata"]["name"] for entry in objects if entry["kind"] == "Service"]
    assert len(names) == 13
    for name in names:
        mine = forgotten[forgotten["service"] == name]
        assert rows_of(mine, SEEN) == in_slices(objects, name), name
        assert mine["derived"].all()


def test_what_a_source_stated_is_left_as_it_is(real, objects):
    for name in real.services["name"]:
        mine = real.endpoints[real.endpoints["service"] == name]
        assert rows_of(mine, SEEN) == in_slices(objects, name), name
        assert not mine["derived"].any()


# The rules, one after the other, for one pod and one service at a time

maybe = st.none() | st.booleans()
labels = st.none() | st.dictionaries(st.sampled_from(["app", "tier"]), st.sampled_from(["a", "b"]))
namespaces = st.sampled_from(["one", "two"])
addresses = st.sampled_from([None, [], ["10.0.0.1"], ["fd00::1"], ["10.0.0.2", "fd00::2"], ["fd00::3", "10.0.0.3"]])
protocols = st.sampled_from(["TCP", "UDP"])
pods = st.fixed_dictionaries(
    {
        "namespace": namespaces, "ips": addresses, "ready": maybe, "terminating": maybe, "labels": labels,
        "phase": st.sampled_from([None, "Running", "Pending", "Succeeded", "Failed"]), "host_network": maybe,
        "ports": st.lists(
            st.fixed_dictionaries(
                {"port_name": st.sampled_from(["", "http", "dns"]), "protocol": protocols, "sidecar": st.booleans(),
                 "container_port": st.sampled_from([53, 80, 8080])}
            ), max_size=3,
        ),
    }
)  # fmt: skip
services = st.fixed_dictionaries(
    {
        "namespace": namespaces, "type": st.sampled_from([None, "NodePort", "ClusterIP", "ExternalName"]),
        "selector": labels, "publish_not_ready": maybe,
        "ip_families": st.sampled_from([None, ["IPv4"], ["IPv6"], ["IPv4", "IPv6"]]),
        "cluster_ips": st.sampled_from([None, ["None"], ["10.96.0.1"], ["fd00:10::1"]]),
        "ports": st.lists(
            st.fixed_dictionaries(
                {"protocol": st.none() | protocols, "target_port": st.sampled_from([None, "80", "http", "dns"])}
            ), max_size=2,
        ),
    }
)  # fmt: skip


def families_wanted(service):
    if service["ip_families"]:
        return service["ip_families"]
    ips = service["cluster_ips"]
    if not ips or ips[0] == "None":
        return None
    return ["IPv6" if ":" in ips[0] else "IPv4"]


def addresses_of(pod, service):
    if pod["ips"] is None:
        return [None]
    wanted = families_wanted(service)
    if wanted is None:
        return pod["ips"][:1]
    return [ip for family in wanted for ip in pod["ips"] if (":" in ip) == (family == "IPv6")]


def port_of(pod, port):
    """The number, None where it is unknown, or False where the pod has none of that name."""
    target = port["target_port"]
    if target is None or target.isdecimal():
        return target and int(target)
    declared = [p for p in pod["ports"] if not p["sidecar"]] + [p for p in pod["ports"] if p["sidecar"]]
    if port["protocol"] is None or (not declared and pod["host_network"] is None):
        return None
    same = [p["container_port"] for p in declared if (p["port_name"], p["protocol"]) == (target, port["protocol"])]
    return same[0] if same else False


def by_the_rules(all_services, all_pods):
    for service in all_services:
        if service["type"] == "ExternalName" or not service["selector"]:
            continue
        for port in service["ports"]:
            for pod in all_pods:
                if pod["namespace"] != service["namespace"] or pod["labels"] is None:
                    continue
                if not service["selector"].items() <= pod["labels"].items() or pod["phase"] in ("Succeeded", "Failed"):
                    continue
                number = port_of(pod, port)
                if number is False:
                    continue
                # Unknown if what is known does not decide it.
                ready = {
                    True: {True: False, False: True, None: None}[pod["terminating"]],
                    False: False,
                    None: False if pod["terminating"] else None,
                }[pod["ready"]]
                for address in addresses_of(pod, service):
                    yield (
                        service["name"], port["port_name"], port["protocol"], address, number, pod["name"],
                        True if service["publish_not_ready"] else ready, pod["ready"], pod["terminating"],
                    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(services, max_size=3), st.lists(pods, max_size=4))
def test_the_rules_hold_for_any_services_and_pods(all_services, all_pods):
    for i, service in enumerate(all_services):
        service["name"] = f"service-{i}"
        for j, port in enumerate(service["ports"]):
            port |= {
                "namespace": service["namespace"],
                "service": service["name"],
                "port_name": f"p{j}",
                "port": 80 + j,
            }
    for i, pod in enumerate(all_pods):
        pod["name"] = f"pod-{i}"
        for port in pod["ports"]:
            port |= {"namespace": pod["namespace"], "pod": pod["name"]}

    def frame(name, records):
        without = [{key: value for key, value in record.items() if key != "ports"} for record in records]
        return conform(name, pd.DataFrame(without, dtype=object)) if without else empty(name)

    found = derive(
        frame("services", all_services),
        frame("ports", [port for service in all_services for port in service["ports"]]),
        frame("pods", all_pods),
        frame("containers", [port for pod in all_pods for port in pod["ports"]]),
    )
    columns = ["service", "port_name", "protocol", "address", "port", "pod", *CONDITIONS]
    assert rows_of(found, columns) == sorted(by_the_rules(all_services, all_pods), key=repr)


# What a source did not show of the endpoints it stated


def shop(**changes):
    parts = {
        "services": {"namespace": ["shop"], "name": ["web"], "selector": [{"app": "web"}]},
        "ports": {
            "namespace": ["shop"] * 2, "service": ["web"] * 2, "port_name": ["http", "metrics"], "protocol": ["TCP"] * 2,
            "port": [80, 9090], "target_port": ["8080", "9090"],
        },
        "pods": {
            "namespace": ["shop"] * 3, "name": ["web-0", "web-1", "web-2"], "node": ["a", "b", "b"],
            "ips": [["10.0.0.1"], ["10.0.0.2"], ["10.0.0.3"]], "labels": [{"app": "web"}] * 3,
            "ready": [True, True, False], "terminating": [False] * 3,
        },
        "nodes": {"name": ["a", "b"], "zone": ["z1", "z2"], "internal_ips": [["192.168.1.1"], ["192.168.1.2"]]},
    }  # fmt: skip
    return Cluster(**(parts | changes))


def stated(*addresses, **columns):
    count = len(addresses)
    return {"namespace": ["shop"] * count, "service": ["web"] * count, "address": list(addresses)} | columns


def test_the_pod_its_node_and_the_name_of_the_port_follow_from_the_address():
    found = shop(endpoints=stated("10.0.0.1", "10.0.0.2", port=[8080, 9090], ready=[True, True])).endpoints
    assert rows_of(found, ["address", "port", "port_name", "protocol", "pod", "node", "zone", "ready", "derived"]) == [
        ("10.0.0.1", 8080, "http", "TCP", "web-0", "a", "z1", True, False),
        ("10.0.0.2", 9090, "metrics", "TCP", "web-1", "b", "z2", True, False),
    ]


def test_readiness_is_taken_from_the_pods_only_where_the_source_said_nothing():
    silent = shop(endpoints=stated("10.0.0.2", "10.0.0.3", port=[8080] * 2)).endpoints
    assert rows_of(silent, ["pod", *CONDITIONS]) == [("web-1", True, True, False), ("web-2", False, False, False)]
    said = shop(endpoints=stated("10.0.0.3", port=[8080], ready=[True])).endpoints
    assert rows_of(said, ["pod", *CONDITIONS]) == [("web-2", True, None, None)]


def test_endpoints_that_were_counted_are_told_where_the_count_agrees():
    # As `get endpoints` prints two ready pods with two ports each: three, and one more.
    shown = stated("10.0.0.1", "10.0.0.2", "10.0.0.1", None, port=[8080, 8080, 9090, None], ready=[True] * 4)
    found = shop(endpoints=shown).endpoints
    assert rows_of(found, ["address", "port", "pod", "derived"]) == [
        ("10.0.0.1", 8080, "web-0", False),
        ("10.0.0.1", 9090, "web-0", False),
        ("10.0.0.2", 8080, "web-1", False),
        ("10.0.0.2", 9090, "web-1", True),
        # Such a list leaves out what is not ready.
        ("10.0.0.3", 8080, "web-2", True),
        ("10.0.0.3", 9090, "web-2", True),
    ]


def test_a_table_of_slices_counts_those_that_are_not_ready_too():
    shown = stated("10.0.0.1", "10.0.0.2", None, port=[8080, 8080, 8080], slice=["web-x"] * 3)
    one_port = {"namespace": ["shop"], "service": ["web"], "port": [80], "target_port": ["8080"]}
    found = shop(endpoints=shown, ports=one_port).endpoints
    assert rows_of(found, ["address", "pod", "ready"]) == [
        ("10.0.0.1", "web-0", True),
        ("10.0.0.2", "web-1", True),
        ("10.0.0.3", "web-2", False),
    ]


@pytest.mark.parametrize(
    "shown",
    [
        stated("10.0.0.1", "10.0.0.2", "10.0.0.1", None, None, port=[8080, 8080, 9090, None, None], ready=[True] * 5),
        stated("10.0.0.1", "10.0.0.9", "10.0.0.1", None, port=[8080, 8080, 9090, None], ready=[True] * 4),
    ],
    ids=["another count", "an address that no pod has"],
)
def test_endpoints_that_were_counted_stay_counted_where_pods_tell_something_else(shown):
    found = shop(endpoints=shown).endpoints
    assert found["address"].isna().sum() == sum(address is None for address in shown["address"])
    assert not found["derived"].any()


def test_an_address_that_leads_to_two_ports_belongs_to_both():
    ports = {
        "namespace": ["shop"] * 2, "service": ["web"] * 2, "port_name": ["dns", "dns-tcp"], "protocol": ["UDP", "TCP"],
        "port": [53, 53], "target_port": ["5353", "5353"],
    }  # fmt: skip
    found = shop(ports=ports, endpoints=stated("10.0.0.1", port=[5353], ready=[True])).endpoints
    assert rows_of(found, ["port_name", "protocol"]) == [("dns", "UDP"), ("dns-tcp", "TCP")]


def test_a_pod_that_the_selector_finds_is_known_by_its_address_though_the_host_shares_it():
    pods = {
        "namespace": ["shop", "shop", "kube-system"], "name": ["edge-0", "other", "proxy"], "node": ["a", "a", "a"],
        "ips": [["192.168.1.1"]] * 3, "labels": [{"app": "web"}, {"app": "other"}, {"app": "proxy"}],
    }  # fmt: skip
    found = shop(pods=pods, endpoints=stated("192.168.1.1", port=[8080], ready=[True])).endpoints
    assert rows_of(found, ["pod", "node"]) == [("edge-0", "a")]


@pytest.mark.parametrize(
    ("pods", "pod"),
    [
        ({"name": ["web-0"], "phase": ["Running"], "host_network": [False]}, "web-0"),
        ({"name": ["web-0"], "phase": ["Succeeded"], "host_network": [False]}, None),
        ({"name": ["web-0"], "phase": ["Running"], "host_network": [True]}, None),
        ({"name": ["done", "web-0"], "phase": ["Succeeded", "Running"], "host_network": [False] * 2}, "web-0"),
        ({"name": ["web-0", "web-1"], "phase": ["Running"] * 2, "host_network": [False] * 2}, None),
    ],
    ids=["alone", "finished", "on the host's network", "after one that has finished", "two"],
)
def test_without_labels_the_only_pod_of_an_address_is_behind_it(pods, pod):
    count = len(pods["name"])
    pods |= {"namespace": ["shop"] * count, "ips": [["10.0.0.7"]] * count}
    found = shop(pods=pods, endpoints=stated("10.0.0.7", port=[8080], ready=[True])).endpoints
    assert rows_of(found, ["pod"]) == [(pod,)]


def test_a_pod_of_a_nodes_address_is_not_taken_for_the_one_behind_it():
    pods = {"namespace": ["shop"], "name": ["proxy"], "ips": [["192.168.1.1"]]}
    found = shop(pods=pods, endpoints=stated("192.168.1.1", port=[8080], ready=[True])).endpoints
    assert rows_of(found, ["pod"]) == [(None,)]


def test_a_service_that_has_none_stated_gets_none_derived():
    none = pd.DataFrame({"namespace": ["shop"], "service": ["web"]})
    assert shop(stated=none).endpoints.empty
    assert len(shop().endpoints) == 6


def test_pods_whose_addresses_were_not_shown_are_endpoints_all_the_same():
    pods = {
        "namespace": ["default"], "name": ["myapp-1"], "labels": [{"app": "myapp"}], "ready": [True], "terminating": [False],
        "phase": ["Running"],
    }  # fmt: skip
    found = Cluster(
        services={
            "namespace": ["default"],
            "name": ["myapp"],
            "selector": [{"app": "myapp"}],
            "ip_families": [["IPv4"]],
        },
        ports={"namespace": ["default"], "service": ["myapp"], "port": [80], "target_port": ["80"]},
        pods=pods,
    ).endpoints
    assert rows_of(found, ["address", "port", "pod", "ready", "derived"]) == [(None, 80, "myapp-1", True, True)]


def test_nothing_gives_nothing():
    none = empty("endpoints")
    frames = [empty(name) for name in ("services", "ports", "pods", "containers", "nodes")]
    assert all_endpoints(*frames, none, none[["namespace", "service"]]).equals(none)


# Lists that leave some out, as kubectl really prints them

TEXTS = {
    "a list of those that are ready": ["06"],
    "a table of slices": ["05"],
    "slices described": ["17"],
    "services and pods as objects, and a list": ["13", "14", "06"],
}


@pytest.mark.parametrize("numbers", TEXTS.values(), ids=TEXTS)
def test_what_lists_leave_out_is_told_by_the_pods(real, fixtures, numbers):
    folder = fixtures / "real-cluster" / "text"
    # Nodes, services, pods with addresses, pods with labels; the rest speaks of endpoints.
    paths = [path for number in ["01", "02", "03", "04", *numbers] for path in folder.glob(f"{number}-*")]
    found = read(*paths).endpoints
    seen = ["address", "pod", "node", "ready"]
    # `get services` shows one family only, and none of two ports of one number apart.
    for name in set(real.services["name"]) - {"dual", "dns"}:
        mine, theirs = found[found["service"] == name], real.endpoints[real.endpoints["service"] == name]
        assert rows_of(mine, seen) == rows_of(theirs, seen), name
        shown = mine.dropna(subset=["port"])
        numbered = set(rows_of(theirs, ["address", "port", "pod"]))
        assert set(rows_of(shown, ["address", "port", "pod"])) <= numbered, name
