"""Planted faults: valid objects, nothing changed but what should be, and the symptom that a person would see."""

import json

import pytest

import nodeportkit as npk
from nodeportkit.faults import causes, faulty_cluster, healthy_cluster, plant, variants
from nodeportkit.faults.objects import identity, of_kind
from nodeportkit.faults.scene import full_name
from official_client import unknown_fields

FORMS = [(cause, variant) for cause in causes() for variant in variants(cause)]
# In these nothing is wrong with the objects: what is dialled, asked for or seen is.
ASKED_WRONGLY = {
    *((cause, variant) for cause, variant in FORMS if cause in ("application-layer", "cross-node-network", "firewall")),
    *(
        (cause, variant)
        for cause, variant in FORMS
        if cause in ("kind-port-mapping", "minikube-driver", "tunnel-closed", "wrong-port")
    ),
    *((cause, variant) for cause, variant in FORMS if cause in ("node-address-not-served", "node-ip-unroutable")),
    ("ip-family-mismatch", "dialled_over_ipv6"),
    ("not-exposed", "external_name"),
    ("service-not-found", "misspelt"),
    ("service-not-found", "other_namespace"),
    ("uneven-by-design", "few_requests"),
}

# What becomes of a packet to the node port, decided by the rules of kube-proxy that a real kernel confirmed.
VERDICTS = {
    "ip-family-mismatch": "UNHANDLED",
    "local-policy-no-local-pod": "DROP",
    "no-pods": "REJECT",
    "no-selector": "REJECT",
    "node-port-invalid": "UNHANDLED",
    "not-exposed": "UNHANDLED",
    "pods-not-ready": "REJECT",
    "selector-mismatch": "REJECT",
}
VERDICTS_OF_FORMS = {
    ("named-port-missing", "misspelt"): "REJECT",
    ("named-port-missing", "renamed"): "REJECT",
    ("named-port-missing", "missing_in_some"): "FORWARD",
    ("node-address-not-served", "loopback_switched_off"): "UNHANDLED",
    ("node-address-not-served", "loopback_of_ipv6"): "UNHANDLED",
    ("node-address-not-served", "outside_ranges"): "UNHANDLED",
    ("node-not-ready", "under_all_pods"): "REJECT",
    ("protocol-mismatch", "service_is_udp"): "UNHANDLED",
    ("protocol-mismatch", "service_is_udp_by_name"): "UNHANDLED",
    ("protocol-mismatch", "container_is_udp_by_name"): "REJECT",
    ("service-not-found", "deleted"): "UNHANDLED",
    ("slice-drift", "emptied"): "REJECT",
    ("slice-drift", "port_name_differs"): "REJECT",
    ("wrong-port", "service_port"): "UNHANDLED",
    ("wrong-port", "target_port"): "UNHANDLED",
    ("wrong-port", "mistyped"): "UNHANDLED",
    ("application-layer", "answers_wrongly"): "FORWARD",
    ("target-port-mismatch", "wrong_number"): "FORWARD",
}


def verdict(fault):
    """What becomes of a packet as the question says it is sent; what it does not say is chosen."""
    cluster, question = fault.cluster(), fault.question
    nodes = dict(zip(cluster.nodes["name"], cluster.nodes["internal_ips"], strict=True))
    address = question.get("address")
    node = question.get("node") or next((n for n, ips in nodes.items() if address in ips), next(iter(nodes)))
    address = address or nodes[node][0]
    namespace, _, name = fault.service.partition("/")
    ports = cluster.ports[(cluster.ports["namespace"] == namespace) & (cluster.ports["service"] == name)]
    open_ports = ports[ports["node_port"].fillna(0) > 0]["node_port"]
    port = question.get("port") or (int(open_ports.iloc[0]) if len(open_ports) else 30001)
    source = "fd01::9" if ":" in address else "203.0.113.9"
    mode = "iptables" if cluster.proxy.mode == "ipvs" else None
    return npk.trace(cluster, source=source, destination=address, port=port, node=node, mode=mode).verdict


@pytest.fixture(scope="module")
def healthy():
    """For each platform a cluster with a place for everything, and how its objects read."""
    found = {}
    for platform in ("kubeadm", "kind", "minikube"):
        objects = healthy_cluster(10, nodes=4, services=20, dual_stack=True, platform=platform)
        found[platform] = objects, written(objects)
    return found


def written(objects):
    return {identity(thing): json.dumps(thing, sort_keys=True) for thing in objects}


@pytest.mark.parametrize(("cause", "variant"), FORMS)
def test_a_fault_changes_what_it_should_and_gives_the_symptom(cause, variant, healthy):
    objects, before = healthy[{"kind-port-mapping": "kind", "minikube-driver": "minikube"}.get(cause, "kubeadm")]
    fault = plant(objects, cause, 2, variant=variant)
    assert (fault.cause, fault.variant) == (cause, variant)
    assert written(objects) == before, "the healthy cluster was changed too"
    after = written(fault.objects)
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert bool(changed) == ((cause, variant) not in ASKED_WRONGLY)
    made = [thing for thing in fault.objects if identity(thing) in changed]
    assert not {(*identity(thing), field) for thing in made[:12] for field in unknown_fields(thing)}
    services = [key for key in changed if key[0] == "Service"]
    assert len(services) <= 2
    exists = fault.service in {full_name(thing) for thing in of_kind(fault.objects, "Service")}
    assert exists == (cause not in ("service-not-found", "node-port-invalid"))
    if expected := VERDICTS_OF_FORMS.get((cause, variant)) or VERDICTS.get(cause):
        assert verdict(fault) == expected


def test_a_seed_gives_one_fault():
    assert faulty_cluster("no-pods", 4) == faulty_cluster("no-pods", 4)


def test_every_form_of_a_cause_comes_up():
    objects = healthy_cluster(11, nodes=4, services=20)
    planted = {plant(objects, "pods-not-ready", seed).variant for seed in range(40)}
    assert planted == set(variants("pods-not-ready"))


def test_the_size_can_be_chosen():
    objects = faulty_cluster("kube-proxy-down", 1, nodes=7, services=12, platform="gke").objects
    assert sum(thing["kind"] == "Node" for thing in objects) == 7


@pytest.mark.parametrize(
    ("cause", "variant", "message"),
    [
        ("selector-mismach", None, "no cause 'selector-mismach'"),
        ("no-pods", "gone", "no-pods has no variant 'gone'"),
        ("kube-proxy-down", None, "no place for kube-proxy-down"),
    ],
)
def test_what_cannot_be_planted_is_refused(cause, variant, message):
    with pytest.raises(npk.NodePortKitError, match=message):
        plant(healthy_cluster(1, nodes=1, platform="k3s"), cause, 1, variant=variant)


def test_a_cluster_of_a_size_without_a_place_for_it_is_refused():
    with pytest.raises(npk.NodePortKitError, match="no cluster of that size"):
        faulty_cluster("local-policy-no-local-pod", 1, nodes=1)
