"""What the API server gives out.

Bands: KEP-3668 (kubernetes.io/blog/2023/05/11/nodeport-dynamic-and-static-allocation). Messages: what a server 1.36.2 said, and
kubernetes/kubernetes pkg/registry/core/service/storage/alloc.go.
"""

import copy
import random

import pytest

from nodeportkit.errors import ReadError
from nodeportkit.kube.allocation import (
    Allocators,
    ClusterIPAllocator,
    NodePortAllocator,
    admit_create,
    admit_update,
    node_port_bands,
    release,
)
from nodeportkit.kube.allocation.node_ports import Refused


def service(name="web", **spec):
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"selector": {"app": name}, **spec},
    }


def node_port(*ports, **spec):
    return service(type="NodePort", ports=list(ports or ({"port": 80},)), **spec)


def told(errors):
    return [str(error) for error in errors]


def numbers(made):
    return [port.get("nodePort") for port in made["spec"]["ports"]]


@pytest.fixture
def allocators():
    return Allocators(NodePortAllocator(seed=1), {"IPv4": ClusterIPAllocator("10.96.0.0/12", seed=1)})


@pytest.fixture
def dual():
    ranges = {"IPv4": "10.96.0.0/12", "IPv6": "fd00:10:96::/112"}
    return Allocators(
        NodePortAllocator(seed=1), {family: ClusterIPAllocator(cidr, seed=1) for family, cidr in ranges.items()}
    )


# Bands


@pytest.mark.parametrize(
    ("text", "static", "dynamic"),
    [
        ("30000-32767", range(30000, 30086), range(30086, 32768)),
        ("30000-30015", range(30000, 30000), range(30000, 30016)),
        ("30000-30016", range(30000, 30016), range(30016, 30017)),
        ("30000-30127", range(30000, 30016), range(30016, 30128)),
        ("1-65535", range(1, 129), range(129, 65536)),
        ("8000-10000", range(8000, 8062), range(8062, 10001)),
        ("30000+99", range(30000, 30016), range(30016, 30100)),
    ],
)
def test_the_bands_of_a_range(text, static, dynamic):
    assert node_port_bands(text) == (static, dynamic)


@pytest.mark.parametrize("text", ["", "web", "32767-30000", "30000-", "0-70000", "-1-5", "30000-32767-3"])
def test_what_is_no_range(text):
    with pytest.raises(ReadError, match=r"is no range of ports\. Write the first and the last, like 30000-32767"):
        node_port_bands(text)


# Node ports one by one


def test_automatic_node_ports_come_from_the_dynamic_band_until_it_is_full():
    ports = NodePortAllocator("30000-30127", seed=3)
    picked = [ports.allocate_next() for _ in range(112)]
    assert sorted(picked) == list(range(30016, 30128))
    assert picked != sorted(picked)
    assert sorted(ports.allocate_next() for _ in range(16)) == list(range(30000, 30016))
    assert ports.free == 0
    with pytest.raises(Refused, match=r"^range is full$"):
        ports.allocate_next()
    ports.release(30100)
    assert ports.allocate_next() == 30100


def test_one_seed_gives_one_order_and_another_another():
    orders = [[NodePortAllocator(seed=seed).allocate_next() for _ in range(2)] for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


def test_a_number_is_given_out_once():
    ports = NodePortAllocator(taken=[30080, 80])
    with pytest.raises(Refused, match=r"^provided port is already allocated$"):
        ports.allocate(30080)
    ports.allocate(30081)
    assert ports.is_taken(30081)
    # [seen] on a server 1.36.2
    words = "provided port is not in the valid range. The range of valid ports is 30000-32767"
    for port in (80, 29999, 32768):
        with pytest.raises(Refused) as refused:
            ports.allocate(port)
        assert str(refused.value) == words


def test_a_full_band_costs_no_more_than_a_look_at_each_number():
    ports = NodePortAllocator("1-65535", range(1, 65535), seed=1)
    assert ports.allocate_next() == 65535


# A new service


def test_a_node_port_service_gets_what_it_needs(allocators):
    made, wrong = admit_create(node_port(), allocators)
    assert wrong == []
    assert numbers(made)[0] in range(30086, 32768)
    assert made["spec"]["clusterIP"] == made["spec"]["clusterIPs"][0]
    assert made["spec"]["clusterIP"].startswith("10.")
    assert made["spec"]["ipFamilies"] == ["IPv4"]
    assert made["spec"]["ipFamilyPolicy"] == "SingleStack"


@pytest.mark.parametrize(
    ("spec", "has_ip", "node_ports"),
    [
        ({"type": "ClusterIP", "ports": [{"port": 80}]}, True, 0),
        ({"type": "LoadBalancer", "ports": [{"port": 80}]}, True, 1),
        ({"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False, "ports": [{"port": 80}]}, True, 0),
        ({"clusterIP": "None", "ports": [{"port": 80}]}, False, 0),
        ({"type": "ExternalName", "externalName": "db.example.com"}, False, 0),
    ],
)
def test_who_gets_what(allocators, spec, has_ip, node_ports):
    made, wrong = admit_create(service(**spec), allocators)
    assert wrong == []
    assert (made["spec"].get("clusterIP") not in (None, "None")) == has_ip
    assert len([port for port in made["spec"].get("ports", ()) if port.get("nodePort")]) == node_ports


def test_a_load_balancer_without_node_ports_can_still_ask_for_one(allocators):
    ports = [{"name": "a", "port": 80, "nodePort": 30080}, {"name": "b", "port": 81}]
    made, wrong = admit_create(
        service(type="LoadBalancer", allocateLoadBalancerNodePorts=False, ports=ports), allocators
    )
    assert wrong == []
    assert numbers(made) == [30080, None]


def test_ports_of_one_number_share_a_node_port(allocators):
    udp, tcp = {"name": "u", "port": 53, "protocol": "UDP"}, {"name": "t", "port": 53}
    first, second = numbers(admit_create(node_port(udp, tcp), allocators)[0])
    assert first == second
    assert numbers(admit_create(node_port(udp, tcp | {"nodePort": 30053}), allocators)[0]) == [30053, 30053]
    both = admit_create(node_port(udp | {"nodePort": 30054}, tcp | {"nodePort": 30055}), allocators)
    assert (numbers(both[0]), both[1]) == ([30054, 30055], [])


def test_ports_of_two_numbers_do_not_share(allocators):
    made, wrong = admit_create(node_port({"name": "a", "port": 80}, {"name": "b", "port": 81}), allocators)
    assert wrong == []
    assert len(set(numbers(made))) == 2
    asked = [{"name": "a", "port": 1, "nodePort": 30100}, {"name": "b", "port": 2, "nodePort": 30100}]
    expected = ["spec.ports[1].nodePort: Invalid value: 30100: provided port is already allocated"]  # seen
    assert told(admit_create(node_port(*asked), allocators)[1]) == expected
    assert admit_create(node_port({"port": 1, "nodePort": 30100}), allocators)[1] == []  # it was given back


def test_a_number_is_taken_for_every_protocol(allocators):
    admit_create(node_port({"port": 53, "protocol": "UDP", "nodePort": 30053}), allocators)
    expected = ["spec.ports[0].nodePort: Invalid value: 30053: provided port is already allocated"]  # seen
    assert told(admit_create(node_port({"port": 53, "protocol": "TCP", "nodePort": 30053}), allocators)[1]) == expected


def test_allocation_comes_before_the_rules(allocators):
    made = node_port({"port": 0, "nodePort": 8080})
    words = "provided port is not in the valid range. The range of valid ports is 30000-32767"
    assert told(admit_create(made, allocators)[1]) == [f"spec.ports[0].nodePort: Invalid value: 8080: {words}"]


def test_a_refused_service_takes_nothing(allocators):
    before = allocators.node_ports.free
    wanted = node_port({"port": 80, "protocol": "tcp", "nodePort": 30080}, clusterIP="10.96.0.9")
    expected = 'spec.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"'
    assert told(admit_create(wanted, allocators)[1]) == [expected]
    assert allocators.node_ports.free == before
    wanted["spec"]["ports"][0]["protocol"] = "TCP"
    assert admit_create(wanted, allocators)[1] == []


def test_a_cluster_ip_is_given_out_once(allocators):
    assert admit_create(service(clusterIP="10.96.0.7", ports=[{"port": 80}]), allocators)[1] == []
    # [seen] on a server 1.36.2
    expected = 'spec.clusterIPs: Invalid value: ["10.96.0.7"]: failed to allocate IP 10.96.0.7: provided IP is already allocated'
    assert told(admit_create(service("b", clusterIP="10.96.0.7", ports=[{"port": 80}]), allocators)[1]) == [expected]
    expected = (
        'spec.clusterIPs: Invalid value: ["192.0.2.1"]: failed to allocate IP 192.0.2.1: the provided network does not '
        "match the current range"
    )
    assert told(admit_create(service("b", clusterIP="192.0.2.1", ports=[{"port": 80}]), allocators)[1]) == [expected]


def test_the_range_of_node_ports_can_be_used_up():
    allocators = Allocators(NodePortAllocator("30000-30001", [30000, 30001]))
    wrong = admit_create(node_port(), allocators)[1]
    assert [(error.type, error.detail) for error in wrong] == [
        ("Internal", "failed to allocate a nodePort: range is full")
    ]


def test_a_small_range_of_cluster_ips_can_be_used_up():
    ips = ClusterIPAllocator("10.0.0.0/29", seed=1)
    # Neither the network's own address nor that of its broadcast.
    assert sorted(ips.allocate_next() for _ in range(6)) == [f"10.0.0.{last}" for last in range(1, 7)]
    with pytest.raises(Refused, match=r"^range is full$"):
        ips.allocate_next()
    with pytest.raises(Refused, match=r"^the provided IP \(10.0.0.0\) is not in the valid range"):
        ips.allocate("10.0.0.0")


LOCAL = {"type": "LoadBalancer", "externalTrafficPolicy": "Local", "ports": [{"port": 80}]}


def test_a_local_load_balancer_gets_a_port_for_health_checks(allocators):
    made, wrong = admit_create(service(**LOCAL), allocators)
    assert wrong == []
    assert made["spec"]["healthCheckNodePort"] in range(30086, 32768)
    assert admit_create(service("b", **LOCAL, healthCheckNodePort=30500), allocators)[1] == []
    wrong = admit_create(service("c", **LOCAL, healthCheckNodePort=30500), allocators)[1]
    detail = "failed to allocate requested HealthCheck NodePort 30500: provided port is already allocated"
    assert [(error.type, error.detail) for error in wrong] == [("Internal", detail)]


# Families


@pytest.mark.parametrize(
    ("spec", "families", "policy"),
    [
        ({}, ["IPv4"], "SingleStack"),
        ({"ipFamilyPolicy": "PreferDualStack"}, ["IPv4"], "PreferDualStack"),
        ({"clusterIP": "None"}, ["IPv4"], "SingleStack"),
        ({"clusterIP": "None", "selector": None}, ["IPv4", "IPv6"], "RequireDualStack"),
    ],
)
def test_families_of_a_cluster_of_one(allocators, spec, families, policy):
    made, wrong = admit_create(service(ports=[{"port": 80}], **spec), allocators)
    assert wrong == []
    assert (made["spec"]["ipFamilies"], made["spec"]["ipFamilyPolicy"]) == (families, policy)


@pytest.mark.parametrize(
    ("spec", "families", "count"),
    [
        ({}, ["IPv4"], 1),
        ({"ipFamilies": ["IPv6"]}, ["IPv6"], 1),
        ({"ipFamilyPolicy": "PreferDualStack"}, ["IPv4", "IPv6"], 2),
        ({"ipFamilyPolicy": "RequireDualStack", "ipFamilies": ["IPv6"]}, ["IPv6", "IPv4"], 2),
        ({"clusterIP": "fd00:10:96::5"}, ["IPv6"], 1),
    ],
)
def test_families_of_a_cluster_of_two(dual, spec, families, count):
    made, wrong = admit_create(service(ports=[{"port": 80}], **spec), dual)
    assert wrong == []
    assert made["spec"]["ipFamilies"] == families
    assert len(made["spec"]["clusterIPs"]) == count
    assert [":" in ip for ip in made["spec"]["clusterIPs"]] == [family == "IPv6" for family in families]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            {"ipFamilyPolicy": "RequireDualStack"},
            'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
        ),
        ({"ipFamilies": ["IPv6"]}, 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'),
        (
            {"clusterIP": "fd00::5"},
            'spec.clusterIPs[0]: Invalid value: ["fd00::5"]: IPv6 is not configured on this cluster',
        ),
        (
            {"ipFamilyPolicy": "SingleStack", "ipFamilies": ["IPv4", "IPv6"]},
            "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when "
            "multiple IP families are specified",
        ),
    ],
)
def test_what_a_cluster_of_one_family_cannot(allocators, spec, expected):
    assert told(admit_create(service(ports=[{"port": 80}], **spec), allocators)[1]) == [expected]


# A changed service


@pytest.fixture
def stored(allocators):
    return admit_create(node_port({"name": "http", "port": 80, "nodePort": 30080}), allocators)[0]


def test_what_was_allocated_and_is_left_out_is_kept(allocators, stored):
    made, wrong = admit_update(node_port({"name": "http", "port": 8080}), stored, allocators)
    assert wrong == []
    assert numbers(made) == [30080]
    assert made["spec"]["clusterIPs"] == stored["spec"]["clusterIPs"]


def test_another_node_port_gives_the_first_back(allocators, stored):
    made, wrong = admit_update(node_port({"name": "http", "port": 80, "nodePort": 30081}), stored, allocators)
    assert wrong == []
    assert not allocators.node_ports.is_taken(30080)
    assert allocators.node_ports.is_taken(30081)
    assert numbers(made) == [30081]


def test_a_change_that_is_refused_changes_nothing(allocators, stored):
    wanted = node_port({"name": "http", "port": 80, "nodePort": 30081}, clusterIP="10.96.3.3")
    wrong = admit_update(wanted, stored, allocators)[1]
    assert told(wrong) == ['spec.clusterIPs[0]: Invalid value: ["10.96.3.3"]: may not change once set']  # seen
    assert allocators.node_ports.is_taken(30080)
    assert not allocators.node_ports.is_taken(30081)


def test_a_node_port_of_another_is_taken(allocators, stored):
    admit_create(node_port({"port": 80, "nodePort": 30090}), allocators)
    wrong = admit_update(node_port({"name": "http", "port": 80, "nodePort": 30090}), stored, allocators)[1]
    assert told(wrong) == ["spec.ports[0].nodePort: Invalid value: 30090: provided port is already allocated"]


def test_a_new_port_gets_a_node_port(allocators, stored):
    made, wrong = admit_update(node_port({"name": "http", "port": 80}, {"name": "x", "port": 81}), stored, allocators)
    assert wrong == []
    assert numbers(made)[0] == 30080
    assert numbers(made)[1] in range(30086, 32768)


def test_a_cluster_ip_service_drops_the_node_ports_of_before(allocators, stored):
    # As `kubectl patch` sends it: with everything that the object had.
    patched = copy.deepcopy(stored)
    patched["spec"]["type"] = "ClusterIP"
    made, wrong = admit_update(patched, stored, allocators)
    assert wrong == []
    assert numbers(made) == [None]
    assert "externalTrafficPolicy" not in made["spec"]
    assert not allocators.node_ports.is_taken(30080)


def test_a_cluster_ip_service_cannot_ask_for_another_node_port(allocators, stored):
    wanted = service(type="ClusterIP", ports=[{"name": "http", "port": 80, "nodePort": 30081}])
    wrong = admit_update(wanted, stored, allocators)[1]
    assert told(wrong) == ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"]


def test_an_external_name_gives_everything_back_and_gets_it_again(allocators, stored):
    named = service(type="ExternalName", externalName="db.example.com")
    made, wrong = admit_update(named, stored, allocators)
    assert wrong == []
    assert {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}.isdisjoint(made["spec"])
    address = stored["spec"]["clusterIP"]
    again, wrong = admit_update(node_port({"port": 80, "nodePort": 30080}, clusterIP=address), made, allocators)
    assert wrong == []
    assert again["spec"]["clusterIPs"] == [address]


def test_a_port_of_health_checks_comes_and_goes(allocators):
    old = admit_create(service(**LOCAL), allocators)[0]
    port = old["spec"]["healthCheckNodePort"]
    assert admit_update(service(**LOCAL), old, allocators)[0]["spec"]["healthCheckNodePort"] == port
    cluster = copy.deepcopy(old)
    cluster["spec"]["externalTrafficPolicy"] = "Cluster"
    made, wrong = admit_update(cluster, old, allocators)
    assert wrong == []
    assert "healthCheckNodePort" not in made["spec"]
    assert not allocators.node_ports.is_taken(port)


def test_a_second_family_comes_and_goes(dual):
    old = admit_create(service(ports=[{"port": 80}]), dual)[0]
    both, wrong = admit_update(service(ports=[{"port": 80}], ipFamilyPolicy="PreferDualStack"), old, dual)
    assert wrong == []
    assert both["spec"]["clusterIPs"][0] == old["spec"]["clusterIP"]
    assert len(both["spec"]["clusterIPs"]) == 2
    second = both["spec"]["clusterIPs"][1]
    single = copy.deepcopy(both)
    single["spec"]["ipFamilyPolicy"] = "SingleStack"
    one, wrong = admit_update(single, both, dual)
    assert wrong == []
    assert one["spec"]["clusterIPs"] == [old["spec"]["clusterIP"]]
    assert admit_create(service("b", clusterIP=second, ports=[{"port": 80}]), dual)[1] == []
    less = copy.deepcopy(both)
    less["spec"]["clusterIPs"] = less["spec"]["clusterIPs"][:1]
    expected = "spec.ipFamilyPolicy: Invalid value: \"PreferDualStack\": must be 'SingleStack' to release the secondary cluster IP"
    assert told(admit_update(less, both, dual)[1]) == [expected]


def test_a_deleted_service_gives_everything_back(allocators):
    before = allocators.node_ports.free
    made = admit_create(service(**LOCAL), allocators)[0]
    assert allocators.node_ports.free == before - 2
    release(made, allocators)
    assert allocators.node_ports.free == before
    assert admit_create(service("b", clusterIP=made["spec"]["clusterIP"], ports=[{"port": 80}]), allocators)[1] == []


def test_many_requests_never_share_a_number_and_lose_none(allocators):
    """Whatever is asked for, what services have and what is taken is the same."""
    rng = random.Random(7)
    stored = {}
    for step in range(400):
        name = f"s{rng.randrange(30)}"
        if name in stored and rng.random() < 0.3:
            release(stored.pop(name), allocators)
        else:
            wanted = service(
                name,
                type=rng.choice(["ClusterIP", "NodePort", "LoadBalancer"]),
                externalTrafficPolicy=rng.choice([None, "Local"]),
                ports=[
                    {"name": f"p{at}", "port": rng.choice([53, 80]), "protocol": rng.choice(["TCP", "UDP"])}
                    | ({"nodePort": rng.randrange(29999, 30040)} if rng.random() < 0.3 else {})
                    for at in range(rng.choice([1, 2]))
                ],
            )
            old = stored.get(name)
            made, wrong = admit_update(wanted, old, allocators) if old else admit_create(wanted, allocators)
            if not wrong:
                stored[name] = made
        owners = {}
        for owner, made in stored.items():
            mine = {number for number in numbers(made) if number} | {made["spec"].get("healthCheckNodePort")} - {None}
            for number in mine:
                assert owners.setdefault(number, owner) == owner, (step, number)
        assert allocators.node_ports.free == 2768 - len(owners), step
