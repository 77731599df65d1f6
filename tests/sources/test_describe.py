"""`kubectl describe`: pairs of print and frames for old and new wordings, a real cluster, and anything else."""

import json
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeportkit.frames import SCHEMAS
from nodeportkit.sources import scan as scan_module
from nodeportkit.sources.command import parse_command
from nodeportkit.sources.describe import read_describe, reader
from nodeportkit.sources.reader import Context
from nodeportkit.sources.scan import scan

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
PRINTS = sorted((FIXTURES / "describe").glob("*.txt"))
REAL = FIXTURES / "real-cluster"


@pytest.fixture(autouse=True, scope="module")
def alone():
    """No other reader takes part: what is found here, this one found."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan_module, "readers", lambda: (reader,))
        yield


# What is printed, and what it says


def plain(value):
    """A cell as JSON has it."""
    if isinstance(value, pd.Timedelta):
        return value.total_seconds()
    return value.isoformat() if isinstance(value, pd.Timestamp) else value


def shown(fragment):
    rows = [
        {name: plain(cell) for name, cell in row.items() if isinstance(cell, list | dict) or not pd.isna(cell)}
        for row in fragment.rows.astype(object).to_dict("records")
    ]
    found = {"frame": fragment.frame, "rows": rows}
    if fragment.frame == "endpoints":
        found["detail"] = fragment.detail
    if fragment.covers is not None:
        found["covers"] = ["/".join(row) for row in fragment.covers.fillna("").itertuples(index=False, name=None)]
    return found


@pytest.mark.parametrize("path", PRINTS, ids=lambda path: path.stem)
def test_a_print_says_what_stands_beside_it(path):
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = []
    for finding in scan(path.read_text(encoding="utf-8")).findings:
        found.append(
            {
                "lines": [finding.start + 1, finding.end],
                "unread": [position + 1 for position in finding.unread],
                "objects": [f"{d.kind} {d.namespace}/{d.name}" for d in finding.descriptions],
                "fragments": [shown(fragment) for fragment in finding.fragments()],
            }
        )
        events = {d.name: d.events for d in finding.descriptions if d.events}
        if events:
            found[-1]["events"] = events
    assert found == expected["findings"]


@pytest.mark.parametrize("path", PRINTS, ids=lambda path: path.stem)
def test_rows_are_typed_as_the_schemas_say(path):
    for finding in scan(path.read_text(encoding="utf-8")).findings:
        for fragment in finding.fragments():
            schema = SCHEMAS[fragment.frame]
            assert [schema[name].dtype for name in fragment.rows] == list(fragment.rows.dtypes)


# A real cluster: what kubectl described against the objects themselves


@pytest.fixture(scope="module")
def objects():
    items = json.loads((REAL / "objects.json").read_text(encoding="utf-8"))["items"]
    return {kind: [item for item in items if item["kind"] == kind] for kind in {item["kind"] for item in items}}


def described(name):
    [path] = (REAL / "text").glob(f"{name}-*.txt")
    scanned = scan(path.read_text(encoding="utf-8"))
    assert scanned.unread == []
    [finding] = scanned.findings
    assert finding.unread == ()
    frames = {}
    for fragment in finding.fragments():
        frames.setdefault(fragment.frame, []).append(fragment)
    return frames


def agree(frame, key, expected):
    """Every column that the print shows holds what the objects say; "" and 0 stand for what they do not have."""
    rows = {tuple(row[name] for name in key): row for row in frame.astype(object).to_dict("records")}
    assert set(rows) == set(expected)
    compared = set()
    for name, cells in expected.items():
        for column, value in cells.items():
            cell = rows[name][column]
            if isinstance(cell, list | dict) or not pd.isna(cell):
                assert cell == value, (name, column)
                compared.add(column)
    return compared


def test_services_of_a_real_cluster(objects):
    in_shop = [service for service in objects["Service"] if service["metadata"]["namespace"] == "shop"]
    expected = {
        (service["metadata"]["name"],): {
            "namespace": "shop",
            "type": spec["type"],
            "cluster_ips": spec.get("clusterIPs", []),
            "external_ips": spec.get("externalIPs", []),
            "load_balancer_ips": [at["ip"] for at in service["status"]["loadBalancer"].get("ingress", [])],
            "load_balancer_ip_modes": [at["ipMode"] for at in service["status"]["loadBalancer"].get("ingress", [])],
            "load_balancer_source_ranges": spec.get("loadBalancerSourceRanges", []),
            "external_name": spec.get("externalName", ""),
            "selector": spec.get("selector", {}),
            "external_traffic_policy": spec.get("externalTrafficPolicy", ""),
            "internal_traffic_policy": spec.get("internalTrafficPolicy"),
            "session_affinity": spec["sessionAffinity"],
            "ip_families": spec.get("ipFamilies", []),
            "ip_family_policy": spec.get("ipFamilyPolicy"),
            "health_check_node_port": spec.get("healthCheckNodePort", 0),
            "labels": service["metadata"].get("labels", {}),
        }
        for service in in_shop
        for spec in [service["spec"]]
    }
    [fragment] = described("15")["services"]
    compared = agree(fragment.rows, ["name"], expected)
    assert compared == set(next(iter(expected.values())))


def test_service_ports_of_a_real_cluster(objects):
    expected = {
        (service["metadata"]["name"], port["protocol"], port["port"]): {
            "namespace": "shop",
            "port_name": port.get("name", ""),
            "target_port": str(port["targetPort"]),
            "node_port": port.get("nodePort", 0),
        }
        for service in objects["Service"]
        if service["metadata"]["namespace"] == "shop"
        for port in service["spec"].get("ports", [])
    }
    [fragment] = described("15")["ports"]
    assert agree(fragment.rows, ["service", "protocol", "port"], expected) == set(next(iter(expected.values())))
    assert set(fragment.covers["service"]) == {
        service["metadata"]["name"] for service in objects["Service"] if service["metadata"]["namespace"] == "shop"
    }


def ready_endpoints(objects):
    """Service, port name, protocol, address and port of every endpoint that is ready, from the slices."""
    return Counter(
        (
            entry["metadata"]["labels"]["kubernetes.io/service-name"],
            port["name"],
            port["protocol"],
            address,
            port["port"],
        )
        for entry in objects["EndpointSlice"]
        if entry["metadata"]["namespace"] == "shop"
        for port in entry.get("ports") or []
        for endpoint in entry.get("endpoints") or []
        if endpoint["conditions"]["ready"]
        for address in endpoint["addresses"]
    )


def test_endpoints_of_described_services_of_a_real_cluster(objects):
    fragments = described("15")["endpoints"]
    rows = pd.concat([fragment.rows for fragment in fragments])
    known = ready_endpoints(objects)
    listed = rows[rows["address"].notna()]
    columns = ["service", "port_name", "protocol", "address", "port"]
    assert set(listed[columns].itertuples(index=False, name=None)) <= set(known)
    by_port = Counter((service, name, protocol) for service, name, protocol, _, _ in known.elements())
    assert Counter(rows[columns[:3]].itertuples(index=False, name=None)) == by_port
    assert rows["ready"].all()
    cut = {service for service, count in Counter((s, n) for s, n, *_ in known).items() if count > 3}
    by_detail = {fragment.detail: set(fragment.covers["service"]) for fragment in fragments}
    assert by_detail[1] == {service for service, _ in cut}
    assert by_detail[2] == {"api-local", "dns", "ext", "nobody", "old"}


def test_nodes_of_a_real_cluster(objects):
    expected = {
        (node["metadata"]["name"],): {
            "ready": True,
            "schedulable": "unschedulable" not in node["spec"],
            "roles": [],
            "internal_ips": [at["address"] for at in node["status"]["addresses"] if at["type"] == "InternalIP"],
            "external_ips": [],
            "zone": node["metadata"]["labels"]["topology.kubernetes.io/zone"],
            "pod_cidrs": node["spec"]["podCIDRs"],
            "labels": node["metadata"]["labels"],
            "version": node["status"]["nodeInfo"]["kubeletVersion"],
            "os_image": node["status"]["nodeInfo"]["osImage"],
            "kernel_version": node["status"]["nodeInfo"]["kernelVersion"],
            "container_runtime": node["status"]["nodeInfo"]["containerRuntimeVersion"],
            "created": pd.Timestamp(node["metadata"]["creationTimestamp"]),
        }
        for node in objects["Node"]
    }
    frames = described("16")
    assert agree(frames["nodes"][0].rows, ["name"], expected) == set(next(iter(expected.values())))
    pods = {
        (pod["metadata"]["namespace"], pod["metadata"]["name"]): {"node": pod["spec"]["nodeName"]}
        for pod in objects["Pod"]
        if pod["spec"].get("nodeName")
    }
    assert agree(frames["pods"][0].rows, ["namespace", "name"], pods) == {"node"}
    assert frames["pods"][0].rows["age"].between(pd.Timedelta("6s"), pd.Timedelta("7s")).all()


def test_endpoint_slices_of_a_real_cluster(objects):
    in_shop = [entry for entry in objects["EndpointSlice"] if entry["metadata"]["namespace"] == "shop"]
    expected = {
        (entry["metadata"]["name"], endpoint["addresses"][0], port["name"], port["protocol"]): {
            "namespace": "shop",
            "service": entry["metadata"]["labels"]["kubernetes.io/service-name"],
            "port": port["port"],
            "pod": endpoint["targetRef"]["name"],
            "node": endpoint["nodeName"],
            "zone": endpoint["zone"],
            "ready": endpoint["conditions"]["ready"],
            "derived": False,
        }
        for entry in in_shop
        for port in entry.get("ports") or []
        for endpoint in entry.get("endpoints") or []
    }
    [fragment] = described("17")["endpoints"]
    key = ["slice", "address", "port_name", "protocol"]
    assert agree(fragment.rows, key, expected) == set(next(iter(expected.values())))
    assert set(fragment.covers["slice"]) == {entry["metadata"]["name"] for entry in in_shop}


# The tree and the events


def test_every_label_of_a_port_block_is_there_in_its_order():
    [service] = read_describe((FIXTURES / "describe" / "service-1.36.txt").read_text(encoding="utf-8"))
    labels = [entry.label for entry in service.tree.children]
    start = labels.index("Port")
    assert labels[start : start + 5] == ["Port", "TargetPort", "AppProtocol", "NodePort", "Endpoints"]
    assert service.tree.text("Traffic Distribution") == "PreferSameZone"


def test_values_that_continue_below_each_other_belong_to_one_label():
    [node] = read_describe((FIXTURES / "describe" / "node-minikube.txt").read_text(encoding="utf-8"))
    assert node.tree.get("Annotations").values == [
        "node.alpha.kubernetes.io/ttl: 0",
        "volumes.kubernetes.io/controller-managed-attach-detach: true",
    ]
    assert node.tree.get("Lease").text("AcquireTime") == "<unset>"


def test_a_message_printed_with_its_line_ends_stays_in_one_piece():
    [pod] = read_describe((FIXTURES / "describe" / "pod-1.34.txt").read_text(encoding="utf-8"))
    [web] = pod.tree.get("Containers").children
    assert web.get("Last State").get("Message").values == [
        "panic: out of cheese",
        "Traceback (most recent call last):",
        '  File "x.py", line 1, in <module>',
        "ValueError: no",
        "main.main()",
    ]
    assert web.text("Restart Count") == "5"


def test_events_make_a_frame():
    [pod] = read_describe((FIXTURES / "describe" / "pod-1.34.txt").read_text(encoding="utf-8"))
    events = pd.DataFrame(pod.events)
    assert list(events) == ["Type", "Reason", "Age", "From", "Message"]
    assert events["Reason"].tolist() == ["Scheduled", "Unhealthy", "BackOff"]


def test_events_of_old_versions_keep_their_columns():
    [pod] = read_describe((FIXTURES / "describe" / "pod-1.1.txt").read_text(encoding="utf-8"))
    assert pod.events[0]["SubobjectPath"] == ""
    assert pod.events[1]["SubobjectPath"] == "spec.containers{nginx}"


def test_the_value_of_a_secret_is_nowhere():
    text = (FIXTURES / "describe" / "others.txt").read_text(encoding="utf-8")
    secret = read_describe(text)[0]
    said = " ".join(f"{entry.label} {' '.join(entry.values)} {entry.grid}" for entry in secret.tree.walk())
    assert "token" in said
    assert not re.search("eyJ|aHVudGVy", said + repr(secret))


@pytest.mark.parametrize("gap", ["", "\n"])
def test_the_value_of_a_secret_is_not_among_the_unread_lines(gap):
    lines = "Name:  db", "Namespace:  x", "", "Type:  Opaque", "", "Data", "====", "token:  eyJhbGci"
    text = f"{gap}\n".join(line for line in lines if line or not gap)
    scanned = scan(text)
    assert scanned.unread == []
    assert len(scanned.findings) == 1


def test_annotation_values_are_in_no_frame():
    for path in PRINTS:
        for finding in scan(path.read_text(encoding="utf-8")).findings:
            for fragment in finding.fragments():
                assert not re.search("restartedAt|last-applied|attach-detach", fragment.rows.to_string())


# What is a description, and what it describes


@pytest.mark.parametrize(
    "text",
    [
        "Name:\tweb.shop.svc.cluster.local\nAddress: 10.96.10.1",  # nslookup
        "name: web\nnamespace: shop",
        "Name: web",
        "Name:  the web  of life\nNamespace: x",
        "Name:",
        "NAME: web\nLAST DEPLOYED: Mon Jun  3 10:00:00 2024\nNAMESPACE: shop",  # helm
        "  Name:  web\n  Namespace:  shop",
    ],
)
def test_what_is_no_description(text):
    assert all(reader.find(text.split("\n"), at, Context()) is None for at in range(text.count("\n") + 1))


def test_the_command_tells_what_the_labels_do_not():
    start = "Name:         web\nNamespace:    shop\nLabels:       app=web\n"
    assert [d.kind for d in read_describe(start)] == ["unknown"]
    assert [d.kind for d in read_describe(f"$ kubectl describe svc web\n{start}")] == ["services"]
    twins = f"{start}Selector:     app=web\nReplicas:     1 current / 1 desired\n"
    assert [d.kind for d in read_describe(twins)] == ["unknown"]
    assert [d.kind for d in read_describe(f"$ kubectl describe rs\n{twins}")] == ["replicasets.apps"]


def test_the_namespace_of_the_command_holds_where_none_is_printed():
    # Before 1.6 a DaemonSet was printed without its namespace.
    lines = ["Name:   agent", "Image(s): agent:1", "Desired Number of Nodes Scheduled: 2"]
    context = Context(command=parse_command("kubectl describe ds -n kube-system"))
    [fragment] = reader.find(lines, 0, context).fragments()
    assert fragment.rows[["namespace", "kind", "name", "desired"]].to_numpy().tolist() == [
        ["kube-system", "DaemonSet", "agent", 2]
    ]


def test_an_object_described_again_is_a_finding_of_its_own():
    lines = [
        "Name:  web",
        "Namespace:  a",
        "Type:  NodePort",
        "",
        "",
        "Name:  web",
        "Namespace:  a",
        "Type:  ClusterIP",
    ]
    first = reader.find(lines, 0, Context())
    assert (first.start, first.end) == (0, 3)
    assert reader.find(lines, 5, Context()).end == 8


def test_a_described_service_without_ready_endpoints_covers_them():
    text = "Name:  web\nNamespace:  a\nType:  ClusterIP\nPort:  <unset>  80/TCP\nEndpoints:\nSession Affinity:  None"
    endpoints = reader.find(text.split("\n"), 0, Context()).fragments()[-1]
    assert (endpoints.frame, endpoints.detail, len(endpoints.rows)) == ("endpoints", 2, 0)
    assert endpoints.covers.to_numpy().tolist() == [["a", "web"]]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (
            "Terminated\n      Reason:  Completed\n      Exit Code:  0",
            {"status": "Running", "containers": 1, "restarts": 3},
        ),
        ("Running\n      Started:  x", {"status": "Running", "containers": 2, "restarts": 5}),  # a sidecar
        ("Terminated\n      Reason:  Error\n      Exit Code:  1", {"status": "Init:Error"}),  # perhaps a sidecar
    ],
)
def test_which_init_containers_count(state, expected):
    text = f"""Name:  web
Namespace:  a
Node:  n/1.2.3.4
Status:  Running
Init Containers:
  setup:
    State:  {state}
    Ready:  True
    Restart Count:  2
Containers:
  web:
    State:  Running
    Ready:  True
    Restart Count:  3
Conditions:
  Type  Status
  Initialized  True
  Ready  True"""
    row = reader.find(text.split("\n"), 0, Context()).fragments()[0].rows.iloc[0]
    assert {name: row[name] for name in ("status", "containers", "restarts") if pd.notna(row.get(name))} == expected


# Anything else


def words(text):
    """The words of a text without what only draws: dashes, list marks, colons."""
    return Counter(word for word in text.replace(":", " ").split() if word.strip("-─="))


def kept(description):
    parts = []
    for entry in description.tree.walk():
        parts += [entry.label, *entry.values]
        if entry.grid is not None:
            parts += [*entry.grid.columns, *(cell for row in entry.grid.rows for cell in row)]
    return words(" ".join(parts))


def assert_nothing_lost(text):
    scanned = scan(text)
    lines = scan_module.clean(text)
    found = [line for line, _ in scanned.unread]
    for finding in scanned.findings:
        fragments = finding.fragments()
        assert all(fragment.frame in SCHEMAS for fragment in fragments)
        assert set(finding.unread) <= set(range(finding.start, finding.end))
        starts = [d.line - 1 for d in finding.descriptions]
        for description, start, end in zip(finding.descriptions, starts, [*starts[1:], finding.end], strict=True):
            if description.kind != "secrets":
                lost = words("\n".join(lines[start:end])) - kept(description)
                # A word that a terminal has cut in two is a part of the whole one.
                assert not [word for word in lost if not any(word in whole for whole in kept(description))]
        found += range(finding.start + 1, finding.end + 1)
    for step in scanned.steps:
        found += step.typed
    assert {number for number, line in enumerate(lines, 1) if line.strip()} <= set(found)


@pytest.mark.parametrize("path", PRINTS, ids=lambda path: path.stem)
def test_no_word_of_a_print_is_lost(path):
    assert_nothing_lost(path.read_text(encoding="utf-8"))


LABELS = sorted(
    {
        match[1]
        for path in PRINTS
        for match in re.finditer(r"^ *([A-Z][A-Za-z() -]*):", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
)
VALUES = [
    "<none>",
    "<unset>",
    "80/TCP",
    "http  80/TCP",
    "10.0.0.1:80 + 2 more...",
    "True",
    "Running",
    "a=b",
    "a/b",
    "3",
    "",
]
LINES = st.one_of(
    st.builds(
        lambda indent, label, gap, value: f"{' ' * indent}{label}:{gap}{value}",
        st.sampled_from([0, 0, 0, 2, 3, 4, 6]),
        st.sampled_from(LABELS),
        st.sampled_from([" ", "  ", "\t", "          "]),
        st.one_of(st.sampled_from(VALUES), st.text(max_size=20)),
    ),
    st.sampled_from(
        ["", "", "Data", "====", "  ----  ------", "  Type  Status", "  - Addresses:  10.0.0.1", "free text"]
    ),
    st.text(max_size=30),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=30))
def test_arbitrary_descriptions_lose_nothing_and_raise_nothing(lines):
    assert_nothing_lost("\n".join(["Name:    web", "Namespace:  shop", *lines]).replace("\0", ""))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutated_prints_lose_nothing_and_raise_nothing(data):
    text = data.draw(st.sampled_from(PRINTS)).read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(at, min(at + 60, len(text))))
        new = data.draw(
            st.one_of(st.just(""), st.text(max_size=8), st.sampled_from(["\n", "\n\n\n", "\t", "  ", ":", ","]))
        )
        text = text[:at] + new.replace("\0", "") + text[end:]
    assert_nothing_lost(text)


@pytest.mark.parametrize(
    "line", ["Name:  x", "  Message:  x", "Labels:  a=b", "x", "  ----  ----", "Data", "\t\t\tx", "a: b: c:", "Events:"]
)
def test_long_input_takes_no_more_than_linear_time(line):
    lines = ["Name:  web", "Namespace:  a", *[line] * 20_000]
    assert reader.find(lines, 0, Context()).end <= len(lines)


def test_deep_indentation_is_no_deep_recursion():
    lines = ["Name:  web", "Namespace:  a", *(f"{' ' * depth}Label:" for depth in range(1, 3000))]
    [description] = reader.find(lines, 0, Context()).descriptions
    assert sum(1 for _ in description.tree.walk()) == 3002
