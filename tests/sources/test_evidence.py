"""NetworkPolicies, Ingresses and Events as evidence: what becomes of them in a cluster, from every source that shows them."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nodeportkit as npk
from nodeportkit.errors import NodePortKitError, ReadError
from nodeportkit.frames import SCHEMAS

PRINTED = Path(__file__).resolve().parent.parent / "fixtures" / "evidence"


def values(frame, *columns):
    """Rows of a frame, missing cells as None."""
    return [tuple(None if v is pd.NA or v is pd.NaT else v for v in row) for row in frame[list(columns)].to_numpy()]


# NetworkPolicies: kubernetes.io/docs/concepts/services-networking/network-policies, the example of that page

POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: test-network-policy
  namespace: default
spec:
  podSelector:
    matchLabels:
      role: db
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - ipBlock:
        cidr: 172.17.0.0/16
        except:
        - 172.17.1.0/24
    - namespaceSelector:
        matchLabels:
          project: myproject
    - podSelector:
        matchExpressions:
        - {key: role, operator: In, values: [frontend]}
    ports:
    - protocol: TCP
      port: 6379
  egress:
  - to:
    - ipBlock:
        cidr: 10.0.0.0/24
    ports:
    - protocol: UDP
      port: 5978
      endPort: 5990
"""


def test_a_network_policy_is_a_row_with_its_rules():
    policies = npk.read(POLICY).policies
    assert values(policies, "namespace", "name", "pod_selector", "policy_types") == [
        ("default", "test-network-policy", {"matchLabels": {"role": "db"}}, ["Ingress", "Egress"])
    ]
    assert policies["ingress"][0] == [
        {
            "from": [
                {"ipBlock": {"cidr": "172.17.0.0/16", "except": ["172.17.1.0/24"]}},
                {"namespaceSelector": {"matchLabels": {"project": "myproject"}}},
                {"podSelector": {"matchExpressions": [{"key": "role", "operator": "In", "values": ["frontend"]}]}},
            ],
            "ports": [{"protocol": "TCP", "port": 6379}],
        }
    ]
    assert policies["egress"][0] == [
        {
            "to": [{"ipBlock": {"cidr": "10.0.0.0/24"}}],
            "ports": [{"protocol": "UDP", "port": 5978, "endPort": 5990}],
        }
    ]


def policy(spec, name="deny", kind="NetworkPolicy", version="networking.k8s.io/v1", **metadata):
    metadata = {"name": name, "namespace": "shop", **metadata}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


@pytest.mark.parametrize(
    ("spec", "types"),
    [
        # pkg/apis/networking/v1/defaults.go: SetDefaults_NetworkPolicy
        ({"podSelector": {}}, ["Ingress"]),
        ({"podSelector": {}, "egress": [{}]}, ["Ingress", "Egress"]),
        ({"podSelector": {}, "policyTypes": ["Egress"], "egress": []}, ["Egress"]),
    ],
)
def test_a_policy_without_types_has_those_that_the_server_fills_in(spec, types):
    policies = npk.read(policy(spec)).policies
    assert policies["policy_types"][0] == types
    assert policies["pod_selector"][0] == {}


def test_a_rule_without_peers_or_ports_admits_all_of_them():
    spec = {"podSelector": {}, "ingress": [{"ports": [{"port": "http"}]}, {"from": [{"podSelector": {}}]}, {}]}
    assert npk.read(policy(spec)).policies["ingress"][0] == [
        {"from": [], "ports": [{"protocol": "TCP", "port": "http"}]},
        {"from": [{"podSelector": {}}], "ports": []},
        {"from": [], "ports": []},
    ]


def test_a_policy_of_a_network_plug_in_is_told_as_not_read():
    cluster = npk.read(policy({}, version="crd.projectcalico.org/v1"))
    assert cluster.policies.empty
    assert cluster.unread["text"].tolist() == ["NetworkPolicy shop/deny"]


def test_a_field_of_the_wrong_type_is_told_with_its_line():
    with pytest.raises(ReadError, match=r"test-network-policy.*ingress") as caught:
        npk.read(POLICY.replace("cidr: 172.17.0.0/16", "cidr: [1]"))
    assert caught.value.line == 15


# Ingresses


def ingress(spec, name="shop", version="networking.k8s.io/v1"):
    return policy(spec, name, "Ingress", version)


def test_every_backend_of_an_ingress_is_a_row():
    spec = {
        "ingressClassName": "nginx",
        "defaultBackend": {"service": {"name": "fallback", "port": {"name": "http"}}},
        "tls": [{"hosts": ["shop.example"], "secretName": "shop-tls"}, {"hosts": ["*.eu.example"]}],
        "rules": [
            {
                "host": "shop.example",
                "http": {
                    "paths": [
                        {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}},
                        {"path": "/cart", "pathType": "Exact", "backend": {"service": {"name": "cart", "port": {"name": "api"}}}},
                    ]
                },
            },
            {"host": "de.eu.example", "http": {"paths": [{"path": "/static", "backend": {"resource": {"kind": "StorageBucket"}}}]}},
            {"http": {"paths": [{"path": "/all", "backend": {"service": {"name": "all", "port": {"number": 8080}}}}]}},
        ],
    }  # fmt: skip
    backends = npk.read(ingress(spec)).backends
    assert values(backends, "host", "path", "service", "port", "tls") == [
        (None, None, "fallback", "http", False),
        ("shop.example", "/", "web", "80", True),
        ("shop.example", "/cart", "cart", "api", True),
        ("de.eu.example", "/static", None, None, True),
        (None, "/all", "all", "8080", False),
    ]
    assert set(values(backends, "namespace", "ingress", "class")) == {("shop", "shop", "nginx")}


@pytest.mark.parametrize("version", ["networking.k8s.io/v1beta1", "extensions/v1beta1"])
def test_backends_in_the_form_before_1_19_are_the_same(version):
    spec = {
        "backend": {"serviceName": "fallback", "servicePort": 80},
        "rules": [{"host": "a.example", "http": {"paths": [{"backend": {"serviceName": "web", "servicePort": "http"}}]}}],
    }  # fmt: skip
    assert values(npk.read(ingress(spec, version=version)).backends, "host", "path", "service", "port") == [
        (None, None, "fallback", "80"),
        ("a.example", None, "web", "http"),
    ]


def test_a_certificate_without_hosts_serves_all_of_them():
    rules = [{"host": "a.example", "http": {"paths": [{"path": "/"}]}}]
    assert npk.read(ingress({"tls": [{"secretName": "x"}], "rules": rules})).backends["tls"].tolist() == [True]


# Events

CORE = {
    "apiVersion": "v1",
    "kind": "Event",
    "metadata": {"name": "web-0.1", "namespace": "shop"},
    "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "web-0"},
    "type": "Warning",
    "reason": "BackOff",
    "message": "Back-off restarting failed container\n",
    "count": 4,
    "firstTimestamp": "2026-11-22T14:00:00Z",
    "lastTimestamp": "2026-11-22T15:00:00Z",
}


def test_an_event_says_what_happened_to_what():
    events = npk.read(CORE, now=datetime(2026, 11, 22, 15, 1, tzinfo=UTC)).events
    assert values(events, "namespace", "kind", "name", "type", "reason", "message", "count") == [
        ("shop", "Pod", "web-0", "Warning", "BackOff", "Back-off restarting failed container", 4)
    ]
    assert events["last_seen"][0] == pd.Timestamp("2026-11-22T15:00:00Z")
    assert events["age"][0] == pd.Timedelta(minutes=1)


def test_an_event_of_the_newer_api_says_the_same():
    newer = {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": "kind-worker.1", "namespace": "default"},
        "regarding": {"kind": "Node", "name": "kind-worker"},
        "type": "Normal",
        "reason": "NodeNotReady",
        "note": "Node kind-worker status is now: NodeNotReady",
        "eventTime": "2026-11-22T14:00:00.123456Z",
        "series": {"count": 3, "lastObservedTime": "2026-11-22T15:00:00.500000Z"},
    }
    events = npk.read(newer).events
    assert values(events, "namespace", "kind", "name", "message", "count") == [
        (None, "Node", "kind-worker", "Node kind-worker status is now: NodeNotReady", 3)
    ]
    assert events["last_seen"][0].floor("s") == pd.Timestamp("2026-11-22T15:00:00Z")


def test_a_message_is_no_longer_than_the_api_allows():
    # pkg/apis/core/validation/events.go: NoteLengthLimit = 1024
    assert len(npk.read(CORE | {"message": "x" * 5000}).events["message"][0]) == 1024


def test_what_one_list_shows_twice_is_counted_together():
    other = CORE | {
        "metadata": {"name": "web-0.2", "namespace": "shop"},
        "count": 3,
        "lastTimestamp": "2026-11-22T15:30:00Z",
    }
    events = npk.read({"apiVersion": "v1", "kind": "List", "items": [CORE, other]}).events
    assert values(events, "reason", "count", "last_seen") == [("BackOff", 7, pd.Timestamp("2026-11-22T15:30:00Z"))]


def test_a_later_print_of_an_event_counts_instead():
    later = CORE | {"count": 9}
    assert npk.read(CORE, later).events["count"].tolist() == [9]


# New columns of services and nodes


@pytest.mark.parametrize(
    ("annotations", "ignored"),
    [
        ({"nodeportkit.io/ignore": "type-node-port, single-endpoint"}, ["type-node-port", "single-endpoint"]),
        ({"nodeportkit.io/ignore": " All"}, ["all"]),
        ({"nodeportkit.io/ignore": ""}, []),
        ({"kubectl.kubernetes.io/last-applied-configuration": "token: abc"}, []),
        (None, []),
    ],
)
def test_a_service_says_which_checks_it_wants_to_be_left_out_of(annotations, ignored):
    service = policy({"type": "NodePort"}, "web", "Service", "v1", annotations=annotations)
    services = npk.read(service).services
    assert services["ignored_checks"][0] == ignored
    assert "token" not in services.to_string(max_colwidth=None)


@pytest.mark.parametrize(
    ("spec", "allocates"),
    [
        ({"type": "LoadBalancer"}, True),
        ({"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False}, False),
        ({"type": "NodePort"}, None),
    ],
)
def test_a_load_balancer_has_node_ports_unless_it_asks_for_none(spec, allocates):
    services = npk.read(policy(spec | {"loadBalancerClass": "example.com/lb"}, "web", "Service", "v1")).services
    assert values(services, "allocate_node_ports", "load_balancer_class") == [(allocates, "example.com/lb")]


def test_a_node_says_who_runs_its_machine():
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "kind-worker"}}
    shown = npk.read(node | {"spec": {"providerID": "kind://docker/kind/kind-worker"}}).nodes
    assert shown["provider_id"].tolist() == ["kind://docker/kind/kind-worker"]
    assert npk.read(node).nodes["provider_id"].isna().all()


# Namespaces, whose labels NetworkPolicies select


def test_a_namespace_has_labels_in_every_print():
    object_ = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "shop", "labels": {"kubernetes.io/metadata.name": "shop", "team": "a"}},
        "status": {"phase": "Active"},
    }
    table = "$ kubectl get ns --show-labels\nNAME   STATUS   AGE   LABELS\nshop   Active   5d    kubernetes.io/metadata.name=shop,team=a\n"
    described = "Name:         shop\nLabels:       kubernetes.io/metadata.name=shop\n              team=a\nAnnotations:  <none>\nStatus:       Active\n"
    for source in (object_, table, described):
        assert values(npk.read(source).namespaces, "name", "phase", "labels") == [
            ("shop", "Active", {"kubernetes.io/metadata.name": "shop", "team": "a"})
        ]


def test_a_listing_of_namespaces_takes_away_what_is_no_longer_there():
    text = transcript(
        ("kubectl get ns", "NAME      STATUS   AGE\ndefault   Active   5d\nshop      Active   5d"),
        ("kubectl delete ns shop", 'namespace "shop" deleted'),
        ("kubectl get ns", "NAME      STATUS   AGE\ndefault   Active   5d"),
    )
    assert npk.read(text).namespaces["name"].tolist() == ["default"]


# What was listed


@pytest.mark.parametrize(
    ("kind", "version", "frame"),
    [
        ("NetworkPolicy", "networking.k8s.io/v1", "policies"),
        ("Ingress", "networking.k8s.io/v1", "backends"),
        ("Event", "v1", "events"),
        ("Pod", "v1", "pods"),
        ("Deployment", "apps/v1", "workloads"),
        ("EndpointSlice", "discovery.k8s.io/v1", "endpoints"),
    ],
)
def test_an_empty_list_says_that_there_are_none(kind, version, frame):
    for items in ([], None):
        assert npk.read({"apiVersion": version, "kind": f"{kind}List", "items": items}).collected == {frame}


def test_a_mixed_list_tells_of_the_kinds_it_holds_and_no_others():
    cluster = npk.read({"apiVersion": "v1", "kind": "List", "items": [policy({"podSelector": {}}), CORE]})
    assert cluster.collected == {"policies", "events"}
    assert npk.read({"apiVersion": "v1", "kind": "List", "items": []}).collected == set()


@pytest.mark.parametrize(
    ("command", "answer", "frames"),
    [
        ("kubectl get networkpolicy -n shop", "No resources found in shop namespace.", {"policies"}),
        ("kubectl get netpol,ing -A", "No resources found", {"policies", "backends"}),
        ("kubectl get ev", "No resources found in default namespace.", {"events"}),
        ("kubectl get netpol -l app=web", "No resources found in default namespace.", set()),
        ("kubectl get netpol deny", "No resources found in default namespace.", set()),
        ("kubectl get secrets", "No resources found in default namespace.", set()),
    ],
)
def test_an_answer_that_nothing_was_found_says_that_there_is_nothing(command, answer, frames):
    assert npk.read(f"$ {command}\n{answer}\n").collected == frames


def test_an_empty_list_whose_command_is_known_says_that_there_are_none():
    printed = '{"apiVersion": "v1", "items": [], "kind": "List", "metadata": {"resourceVersion": ""}}'
    assert npk.read(f"$ kubectl get netpol -A -o json\n{printed}\n").collected == {"policies"}


@pytest.mark.parametrize(
    ("listings", "frames"),
    [
        (["-n shop"], {"policies"}),
        (["-n team"], set()),
        (["-n team", "-n shop"], {"policies"}),
        (["-A"], {"policies"}),
    ],
)
def test_that_one_namespace_holds_nothing_says_nothing_of_another(listings, frames):
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}}
    nothing = {"-A": "No resources found", "-n shop": "No resources found in shop namespace."}
    told = [
        f"$ kubectl get netpol {where}\n{nothing.get(where, 'No resources found in team namespace.')}\n"
        for where in listings
    ]
    assert npk.read(service, *told).collected - {"services", "ports"} == frames


def test_what_was_looked_at_before_stays_so(tmp_path):
    cluster = npk.read("$ kubectl get netpol -A\nNo resources found\n")
    saved = cluster.save(tmp_path / "cluster.json")
    assert npk.read(cluster, "", npk.read(saved)).collected == {"policies"}


# Over time


def manifest(*objects):
    return "---\n".join(f"{npk_yaml(thing)}" for thing in objects)


def npk_yaml(thing):
    import yaml

    return yaml.safe_dump(thing)


def transcript(*steps):
    return "\n".join(f"$ {command}\n{answer.strip()}" for command, answer in steps) + "\n"


BOTH = manifest(policy({"podSelector": {}}), ingress({"defaultBackend": {"service": {"name": "web"}}}))


@pytest.mark.parametrize(
    "answer", ['networkpolicy.networking.k8s.io "deny" deleted', 'networkpolicy.networking.k8s.io "deny" deleted from shop namespace']
)  # fmt: skip
def test_a_deleted_policy_is_gone(answer):
    text = transcript(("cat shop.yaml", BOTH), ("kubectl delete networkpolicy deny -n shop", answer))
    cluster = npk.read(text)
    assert cluster.policies.empty
    assert len(cluster.backends) == 1


def test_a_deleted_ingress_is_gone():
    text = transcript(
        ("cat shop.yaml", BOTH), ("kubectl delete ing shop -n shop", 'ingress.networking.k8s.io "shop" deleted')
    )
    cluster = npk.read(text)
    assert cluster.backends.empty
    assert len(cluster.policies) == 1


@pytest.mark.parametrize(("namespace", "left"), [("shop", 0), ("team", 1)])
def test_a_listing_of_nothing_takes_away_what_stood_in_its_namespace(namespace, left):
    answer = f"No resources found in {namespace} namespace."
    cluster = npk.read(transcript(("cat shop.yaml", BOTH), (f"kubectl get netpol,ing -n {namespace}", answer)))
    assert len(cluster.policies) == len(cluster.backends) == left


def test_a_later_print_of_an_ingress_replaces_its_backends():
    first = ingress({"rules": [{"host": h, "http": {"paths": [{"path": "/"}]}} for h in ("a.example", "b.example")]})
    second = ingress({"rules": [{"host": "b.example", "http": {"paths": [{"path": "/"}]}}]})
    assert npk.read(first, second).backends["host"].tolist() == ["b.example"]
    assert npk.read(first, ingress({})).backends.empty


def test_a_watch_that_sees_a_policy_deleted_takes_it_away():
    added = {"type": "ADDED", "object": policy({"podSelector": {}})}
    assert npk.read([added, {"type": "DELETED", "object": policy({"podSelector": {}})}]).policies.empty


def test_events_stay_when_their_object_is_deleted():
    text = transcript(
        ("kubectl get ev -o yaml", manifest(CORE)), ("kubectl delete pod web-0 -n shop", 'pod "web-0" deleted')
    )
    assert len(npk.read(text).events) == 1


# Saved and loaded


def test_all_evidence_is_saved_and_loaded(tmp_path):
    cluster = npk.read(POLICY, policy({"podSelector": {}}), ingress({"defaultBackend": {}, "tls": [{}]}), CORE)
    loaded = npk.Cluster.load(cluster.save(tmp_path / "cluster.json"))
    for name in SCHEMAS:
        pd.testing.assert_frame_equal(getattr(loaded, name), getattr(cluster, name))
    assert loaded.collected == cluster.collected == {"policies", "backends", "events"}


# What kubectl prints of them: fixtures/evidence/README.md


def printed(*names):
    return npk.read(*(PRINTED / name for name in names))


OBJECTS = printed("objects.json")


def test_a_described_policy_says_what_the_object_says():
    described = printed("describe-networkpolicies.txt")
    assert described.unread.empty
    told = [name for name in SCHEMAS["policies"].names if name != "age"]
    pd.testing.assert_frame_equal(described.policies[told], OBJECTS.policies[told])


@pytest.mark.parametrize("name", ["describe-ingresses.txt", "describe-ingresses-1.27.txt"])
def test_a_described_ingress_says_what_the_object_says(name):
    described = printed(name)
    assert described.unread.empty
    pd.testing.assert_frame_equal(described.backends, OBJECTS.backends)


def test_the_description_of_a_policy_that_is_cut_off_says_nothing_of_its_rules():
    text = (PRINTED / "describe-networkpolicies.txt").read_text(encoding="utf-8")
    policies = npk.read(text[: text.index("    ----------")]).policies
    assert policies["name"].tolist() == ["deny", "web"]
    assert policies["ingress"].isna().tolist() == [False, True]
    assert policies["policy_types"].isna().tolist() == [False, True]


def test_tables_say_a_part_of_it():
    table = printed("get.txt")
    assert table.unread.empty
    pd.testing.assert_series_equal(table.policies["pod_selector"], OBJECTS.policies["pod_selector"])
    assert values(table.backends, "ingress", "host", "class", "tls") == [
        ("shop", "shop.example", "nginx", None),
        ("shop", "a-very-long-host-name.de.eu.example", "nginx", None),
        ("only", None, None, False),
    ]


def test_objects_complete_a_table_in_whichever_order_they_come():
    table, objects = PRINTED / "get.txt", PRINTED / "objects.json"
    for cluster in (npk.read(table, objects), npk.read(objects, table)):
        pd.testing.assert_frame_equal(cluster.backends, OBJECTS.backends)
        told = [name for name in SCHEMAS["policies"].names if name != "age"]
        pd.testing.assert_frame_equal(cluster.policies[told], OBJECTS.policies[told])


@pytest.mark.parametrize(
    "names", [("events.txt",), ("get-events.txt",), ("get-events.txt", "events.txt", "objects.json")]
)
def test_events_are_the_same_in_every_print(names):
    told = ["namespace", "kind", "name", "type", "reason", "message"]
    pd.testing.assert_frame_equal(printed(*names).events[told], OBJECTS.events[told])


def test_events_below_a_description_tell_of_the_object_described():
    events = printed("describe-ingresses.txt").events
    assert values(events, "kind", "name", "reason", "count", "age") == [
        ("Ingress", "shop", "Sync", 3, pd.Timedelta(minutes=48))
    ]


def test_the_columns_that_events_had_before_are_read_too():
    events = npk.read(PRINTED.parent / "tables" / "events-old-and-new.txt").events
    assert values(events, "namespace", "kind", "name", "reason", "count")[:3] == [
        ("default", "Pod", "web-0", "BackOff", 12),
        ("default", "Deployment", "web", "ScalingReplicaSet", 1),
        ("shop", "Pod", "web-5", "Unhealthy", 4),
    ]


def test_an_event_of_a_node_is_in_no_namespace():
    table = "LAST SEEN   TYPE     REASON         OBJECT        MESSAGE\n5m          Normal   NodeNotReady   node/worker   gone\n"
    assert values(npk.read(table).events, "namespace", "kind", "name") == [(None, "Node", "worker")]


def test_a_watch_that_prints_an_event_again_counts_it_once():
    table = """\
$ kubectl events -w
LAST SEEN           TYPE      REASON    OBJECT      MESSAGE
5s                  Warning   BackOff   Pod/web-0   Back-off restarting failed container
0s (x2 over 5s)     Warning   BackOff   Pod/web-0   Back-off restarting failed container
"""
    assert values(npk.read(table).events, "name", "count") == [("web-0", 2)]


def test_a_service_described_says_which_checks_it_wants_to_be_left_out_of():
    text = "Name:         web\nNamespace:    shop\nAnnotations:  a: b\n              nodeportkit.io/ignore: all\nType:         NodePort\n"
    assert npk.read(text).services["ignored_checks"].tolist() == [["all"]]


def test_a_node_described_says_who_runs_its_machine():
    text = "Name:        kind-worker\nRoles:       <none>\nProviderID:  kind://docker/kind/kind-worker\n"
    assert npk.read(text).nodes["provider_id"].tolist() == ["kind://docker/kind/kind-worker"]


# Anything


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
LABELS = st.dictionaries(WORDS, WORDS, max_size=2)
SELECTORS = st.fixed_dictionaries({}, optional={"matchLabels": LABELS})
PEERS = st.fixed_dictionaries(
    {},
    optional={
        "podSelector": SELECTORS,
        "namespaceSelector": SELECTORS,
        "ipBlock": st.fixed_dictionaries({"cidr": WORDS}, optional={"except": st.lists(WORDS, max_size=2)}),
    },
)
PORTS = st.fixed_dictionaries({}, optional={"port": st.integers(1, 65535) | WORDS, "protocol": WORDS})
RULES = st.fixed_dictionaries(
    {}, optional={"from": st.lists(PEERS, max_size=2) | st.none(), "ports": st.lists(PORTS, max_size=2)}
)
POLICIES = st.builds(
    lambda name, spec, labels: policy(spec, name, labels=labels),
    WORDS,
    st.fixed_dictionaries({"podSelector": SELECTORS}, optional={"ingress": st.lists(RULES, max_size=2)}),
    LABELS,
)
BACKENDS = st.fixed_dictionaries({}, optional={"service": st.fixed_dictionaries({"name": WORDS})})
INGRESSES = st.builds(
    lambda name, host, paths, hosts: ingress(
        {"rules": [{"host": host, "http": {"paths": paths}}], "tls": [{"hosts": hosts}]}, name
    ),
    WORDS,
    WORDS,
    st.lists(st.fixed_dictionaries({"path": WORDS, "backend": BACKENDS}), max_size=2),
    st.lists(WORDS, max_size=2),
)
EVENTS = st.builds(
    lambda kind, name, message, at: {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": "e"},
        "regarding": {"kind": kind, "name": name},
        "note": message,
        "eventTime": at.isoformat().replace("+00:00", "Z"),
    },
    st.sampled_from(["Pod", "Node"]),
    WORDS,
    WORDS,
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(POLICIES | INGRESSES | EVENTS, max_size=5))
def test_whatever_was_read_is_saved_and_loaded(tmp_path_factory, objects):
    cluster = npk.read(objects)
    loaded = npk.Cluster.load(cluster.save(tmp_path_factory.mktemp("saved") / "cluster.json"))
    for name in SCHEMAS:
        pd.testing.assert_frame_equal(getattr(loaded, name), getattr(cluster, name))
    assert loaded.collected == cluster.collected


LINES = [
    line
    for path in sorted(PRINTED.glob("*.txt")) + sorted((PRINTED.parent / "machine").glob("*.txt"))
    for line in path.read_text(encoding="utf-8").splitlines()
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(LINES) | WORDS | st.just(""), max_size=25))
def test_lines_in_any_order_give_rows_or_a_clear_error(lines):
    try:
        cluster = npk.read("\n".join(lines) + "\n")
    except NodePortKitError:
        return
    assert not cluster.policies["name"].isna().any()
    assert not cluster.events[["kind", "reason"]].isna().any(axis=None)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(PRINTED.glob("*.txt"))), st.data())
def test_a_print_cut_off_anywhere_tells_no_more_than_the_whole(path, data):
    text = path.read_text(encoding="utf-8")
    part = npk.read(text[: data.draw(st.integers(0, len(text)))])
    whole = npk.read(text)
    assert len(part.policies) <= len(whole.policies)
    assert set(part.backends["ingress"]) <= set(whole.backends["ingress"])
    for name, admitted in part.policies.set_index("name")["ingress"].items():
        if isinstance(admitted, list) and name in set(whole.policies["name"]):
            assert admitted == whole.policies.set_index("name")["ingress"][name]
