"""The tables of kubectl: pairs of print and what it tells, a real cluster, and anything else."""

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nodeportkit import read
from nodeportkit.errors import NodePortKitError
from nodeportkit.sources.command import parse_command
from nodeportkit.sources.reader import Context
from nodeportkit.sources.scan import scan
from nodeportkit.sources.tables import read_tables
from nodeportkit.sources.tables.reader import find
from nodeportkit.sources.text import clean
from prints import plain, rows_of, told

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
CASES = sorted((FIXTURES / "tables").glob("*.txt"))
REAL = FIXTURES / "real-cluster" / "text"
ARTICLE = FIXTURES / "article" / "nodeport-transcript.txt"
PRINTED = [*CASES, ARTICLE, *sorted(REAL.glob("*.txt"))]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_print_tells_what_stands_beside_it(path):
    assert told(path.read_text(encoding="utf-8")) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def test_the_article_has_its_tables_in_order():
    tables = read_tables(ARTICLE.read_text(encoding="utf-8"))
    kinds = [
        "services",
        "minikube-nodes",
        "minikube-services",
        "pods",
        "services",
        "deployments.apps",
        "replicasets.apps",
    ]
    assert [table.kind for table in tables] == [*kinds, "pods"]
    assert [len(table.frame) for table in tables] == [2, 1, 5, 6, 2, 1, 8, 15]
    assert tables[3].frame["RESTARTS"].unique().tolist() == ["1 (66m ago)"]
    assert tables[-1].line == 59


# Nothing is lost


def bare(text):
    return "".join(text.split())


def assert_nothing_is_lost(text):
    """Each line of a table is the row that its cells make up; the others are told of in another way."""
    lines = clean(text)
    found = scan(text)
    unread = {line for line, _ in found.unread}
    for finding in found.findings:
        if finding.table is None or finding.table.kind.startswith("minikube-"):
            continue
        told_of = unread | {outcome.line for outcome in finding.outcomes}
        rows = [bare("".join(cells)) for cells in finding.table.frame.to_numpy().tolist()]
        printed = [
            bare(line)
            for number, line in enumerate(lines[finding.start : finding.end], finding.start + 1)
            if line and number not in told_of
        ]
        header = bare("".join(finding.table.frame.columns))
        assert rows in (printed, printed[1:])
        assert rows == printed or printed[0] == header


@pytest.mark.parametrize("path", PRINTED, ids=lambda path: path.stem)
def test_every_line_can_be_put_together_from_its_cells(path):
    assert_nothing_is_lost(path.read_text(encoding="utf-8"))


@given(st.text(max_size=400))
def test_any_text_can_be_read(text):
    try:
        read_tables(text)
    except NodePortKitError:
        return
    assert_nothing_is_lost(text)


@given(st.data())
def test_prints_that_were_damaged_lose_nothing(data):
    text = data.draw(st.sampled_from(PRINTED)).read_text(encoding="utf-8")[:20_000]
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        length = data.draw(st.sampled_from([0, 1, 2, 7, 80]))
        piece = data.draw(
            st.sampled_from(
                ["", " ", "   ", "\n", "\t", "x", "é日\u0301", "NAME   AGE\n", "error: no\n", "|", "<none>"]
            )
        )
        text = text[:at] + piece + text[at + length :]
    try:
        found = scan(text)
        for finding in found.findings:
            finding.fragments()
    except NodePortKitError:
        return
    assert_nothing_is_lost(text)


# What is laid out as kubectl does reads back

names = st.from_regex(r"[a-z][a-z0-9]{0,20}(-[a-z0-9]{1,5})?", fullmatch=True)
words = st.text(
    st.characters(categories=["Ll", "Lu", "Nd", "Lo"], include_characters="-_.:<>/=,(\u0301"), min_size=1, max_size=12
)
cells = st.one_of(st.just(""), words, st.builds("{} {}".format, words, words))
columns = st.lists(st.from_regex(r"[A-Z]{2,8}(-[A-Z]{2})?", fullmatch=True), min_size=1, max_size=6, unique=True)


def laid_out(rows, widths=None, padding=3):
    """The lines of a tabwriter that remembers its widths, and the widths."""
    count = len(rows[0])
    widths = widths or [0] * count
    widths = [max(widths[i], 6, *(len(row[i]) + padding for row in rows)) for i in range(count)]
    return ["".join(map(str.ljust, row[:-1], widths)) + row[-1] for row in rows], widths


@given(columns, st.lists(st.tuples(names, st.lists(cells, min_size=6, max_size=6)), min_size=1, max_size=8))
def test_a_table_laid_out_as_kubectl_does_reads_back(columns, objects):
    header = ["NAME", *(name for name in columns if name != "NAME"), "AGE"]
    rows = [[name, *others[: len(header) - 2], "5s"] for name, others in objects]
    # A combining mark at the start of a cell belongs to the blank before it.
    assume(all(cell == cell.strip() and not cell.startswith("\u0301") for row in rows for cell in row))
    lines, _ = laid_out([header, *rows])
    (table,) = read_tables("$ kubectl get widgets.example.com\n" + "\n".join(lines))
    assert table.kind == "widgets.example.com"
    assert list(table.frame.columns) == header
    assert table.frame.to_numpy().tolist() == rows


statuses = st.sampled_from(["Running", "Pending", "ContainerCreating", "CrashLoopBackOff", "Completed", "Init:0/2"])
restarts = st.sampled_from(["0", "1 (66m ago)", "12 (3d4h ago)"])
ages = st.sampled_from(["5s", "3m10s", "2d17h", "1y20d"])
pods = st.tuples(names, st.sampled_from(["0/1", "1/1", "10/12"]), statuses, restarts, ages)


@given(st.lists(pods, min_size=1, max_size=4), st.lists(pods, max_size=8))
def test_a_watch_whose_columns_move_reads_back(listed, changed):
    header = ("NAME", "READY", "STATUS", "RESTARTS", "AGE")
    lines, widths = laid_out([header, *listed])
    for pod in changed:
        line, widths = laid_out([pod], widths)
        lines += line
    (table,) = read_tables("$ kubectl get pods -w\n" + "\n".join(lines))
    assert table.frame.to_numpy().tolist() == [list(pod) for pod in (*listed, *changed)]


def test_a_large_table_reads_as_its_rows_do_alone():
    pods = [
        (f"web-{i}", "1/1", "Running" if i % 7 else "Completed", "0" if i % 5 else "1 (66m ago)", "5s")
        for i in range(3000)
    ]
    lines, _ = laid_out([("NAME", "READY", "STATUS", "RESTARTS", "AGE"), *pods])
    lines.insert(1500, "Warning: something else")
    (table,) = read_tables("\n".join(lines))
    assert table.frame.to_numpy().tolist() == [list(pod) for pod in pods]


# A real cluster: what the text tells is what the objects are


@pytest.fixture(scope="module")
def objects():
    items = json.loads((REAL.parent / "objects.json").read_text(encoding="utf-8"))["items"]
    return {
        kind: {
            (item["metadata"].get("namespace"), item["metadata"]["name"]): item
            for item in items
            if item["kind"] == kind
        }
        for kind in {item["kind"] for item in items}
    }


def frames(number):
    """The fragments of the real text with a number, by frame."""
    (path,) = REAL.glob(f"{number}-*.txt")
    parts = {}
    for finding in scan(path.read_text(encoding="utf-8")).findings:
        for part in finding.fragments():
            parts.setdefault(part.frame, []).append(part)
    return parts


def column(part, name):
    return [plain(value) for value in part.rows[name]]


def of(objects, kind, part, namespace="namespace", name="name"):
    keys = zip(column(part, namespace), column(part, name), strict=True)
    return [objects[kind][key] for key in keys]


@pytest.mark.parametrize("number", ["02", "08", "11", "12", "19", "22"])
def test_services_agree_with_the_objects(objects, number):
    services, ports = frames(number)["services"][0], frames(number)["ports"][0]
    real = of(objects, "Service", services)
    complete = {"11": ("shop",), "12": ("shop",), "19": ("shop",)}.get(number, ("*",))
    wanted = [key for key in objects["Service"] if complete == ("*",) or key[0] in complete]
    assert sorted(zip(column(services, "namespace"), column(services, "name"), strict=True)) == sorted(wanted)
    assert services.complete == complete
    specs = [item["spec"] for item in real]
    assert column(services, "type") == [spec["type"] for spec in specs]
    assert [ips[:1] for ips in column(services, "cluster_ips")] == [spec.get("clusterIPs", [])[:1] for spec in specs]
    assert column(services, "external_name") == [spec.get("externalName", "") for spec in specs]
    assert column(services, "load_balancer_ips") == [
        [entry["ip"] for entry in item["status"]["loadBalancer"].get("ingress", [])] for item in real
    ]
    assert column(services, "external_ips") == [
        None if spec["type"] == "LoadBalancer" else spec.get("externalIPs", []) for spec in specs
    ]
    if number in ("02", "08"):
        assert column(services, "selector") == [spec.get("selector", {}) for spec in specs]
    if number == "12":
        assert column(services, "labels") == [item["metadata"].get("labels", {}) for item in real]
    assert sorted(rows_of(ports.rows[["namespace", "service", "protocol", "port", "node_port"]])) == sorted(
        [key[0], key[1], port["protocol"], port["port"], port.get("nodePort", 0)]
        for key in wanted
        for port in objects["Service"][key]["spec"].get("ports", [])
    )
    assert ports.rows["target_port"].isna().all()


def condition(item, name):
    (found,) = [entry for entry in item["status"]["conditions"] if entry["type"] == name]
    return found["status"] == "True"


@pytest.mark.parametrize("number", ["03", "04", "07", "08", "18", "19"])
def test_pods_agree_with_the_objects(objects, number):
    pods = frames(number)["pods"][0]
    real = of(objects, "Pod", pods)
    assert len(real) == len(objects["Pod"])
    assert column(pods, "ready") == [condition(item, "Ready") for item in real]
    assert column(pods, "terminating") == ["deletionTimestamp" in item["metadata"] for item in real]
    statuses = [item["status"]["containerStatuses"] for item in real]
    assert column(pods, "containers") == [len(item["spec"]["containers"]) for item in real]
    assert column(pods, "ready_containers") == [sum(entry["ready"] for entry in entries) for entries in statuses]
    assert column(pods, "restarts") == [sum(entry["restartCount"] for entry in entries) for entries in statuses]
    for phase, item in zip(column(pods, "phase"), real, strict=True):
        assert phase in (item["status"]["phase"], None)
    if number in ("03", "08"):
        assert column(pods, "node") == [item["spec"]["nodeName"] for item in real]
        assert column(pods, "ips") == [[item["status"]["podIP"]] for item in real]
    if number == "04":
        assert column(pods, "labels") == [item["metadata"]["labels"] for item in real]


def test_custom_columns_of_pods_agree_with_the_objects(objects):
    pods = frames("20")["pods"][0]
    real = of(objects, "Pod", pods)
    assert column(pods, "node") == [item["spec"]["nodeName"] for item in real]
    assert column(pods, "ips") == [[item["status"]["podIP"]] for item in real]
    assert pods.complete == ("shop",)


@pytest.mark.parametrize("number", ["01", "09"])
def test_nodes_agree_with_the_objects(objects, number):
    nodes = frames(number)["nodes"][0]
    real = [objects["Node"][None, name] for name in column(nodes, "name")]
    assert len(real) == len(objects["Node"])
    assert column(nodes, "ready") == [condition(item, "Ready") for item in real]
    assert column(nodes, "schedulable") == [not item["spec"].get("unschedulable") for item in real]
    assert column(nodes, "version") == [item["status"]["nodeInfo"]["kubeletVersion"] for item in real]
    if number == "09":
        assert column(nodes, "labels") == [item["metadata"]["labels"] for item in real]
        assert column(nodes, "zone") == [item["metadata"]["labels"]["topology.kubernetes.io/zone"] for item in real]
        return
    info = [item["status"]["nodeInfo"] for item in real]
    assert column(nodes, "os_image") == [entry["osImage"] for entry in info]
    assert column(nodes, "kernel_version") == [entry["kernelVersion"] for entry in info]
    assert column(nodes, "container_runtime") == [entry["containerRuntimeVersion"] for entry in info]
    internal = [[a["address"] for a in item["status"]["addresses"] if a["type"] == "InternalIP"] for item in real]
    assert column(nodes, "internal_ips") == [addresses[:1] for addresses in internal]


@pytest.mark.parametrize("number", ["05", "19"])
def test_slices_agree_with_the_objects(objects, number):
    parts = frames(number)["endpoints"]
    covered = pd.concat([part.covers for part in parts])
    slices = objects["EndpointSlice"]
    named = {key for key in slices if key[0] == "shop"}
    assert {(namespace, name) for namespace, _, name in covered.itertuples(index=False)} == named
    assert covered["service"].isna().all()
    for part in parts:
        shown = part.rows.groupby(["namespace", "slice"], sort=False)
        for (namespace, name), rows in shown:
            item = slices[namespace, name]
            ports = item["ports"] or []
            addresses = [entry["addresses"][0] for entry in item["endpoints"]]
            assert len(rows) == len(ports) * len(addresses)
            assert set(rows["port"]) == {port["port"] for port in ports}
            assert set(rows["address"].dropna()) <= set(addresses)
            assert part.detail == (2 if rows["address"].notna().all() else 1)
            assert len(rows["address"].dropna().unique()) == min(len(set(addresses)), 3)


def test_endpoints_agree_with_the_slices(objects):
    parts = frames("06")["endpoints"]
    ready = {}
    for (namespace, _), item in objects["EndpointSlice"].items():
        listed = ready.setdefault((namespace, item["metadata"]["labels"]["kubernetes.io/service-name"]), [])
        if item["addressType"] == "IPv4":  # Endpoints hold the first family only
            listed += [
                (endpoint["addresses"][0], port["port"])
                for endpoint in item["endpoints"] or []
                if endpoint["conditions"]["ready"]
                for port in item["ports"] or []
            ]
    assert {tuple(row) for part in parts for row in part.covers.itertuples(index=False)} == ready.keys()
    shown = pd.concat([part.rows for part in parts])
    assert shown["ready"].all()
    for key, real in ready.items():
        rows = shown[(shown["namespace"] == key[0]) & (shown["service"] == key[1])]
        seen = rows.dropna(subset=["address"])
        assert len(rows) == len(real)
        assert set(zip(seen["address"], seen["port"], strict=True)) <= set(real)
    assert [part.detail for part in parts] == [2, 1]


# What is no table, and what a command says of one


@pytest.mark.parametrize(
    "text",
    [
        "ERROR   FAILED",
        "HTTP/1.1   200   OK",
        "WARNING   DEPRECATED\nthis is prose about it",
        "docs/readme",
        "src/main.go",
        "No resources found in default namespace.",
        "Some words   and more words\nNAME",
    ],
)
def test_these_are_no_tables(text):
    assert read_tables(text) == []


@pytest.mark.parametrize(
    ("command", "complete"),
    [
        ("kubectl get svc", ("default",)),
        ("kubectl get svc -n shop", ("shop",)),
        ("kubectl get all", ("default",)),
        ("kubectl get svc -l app=web", ()),
        ("kubectl get svc web", ()),
        ("kubectl get svc -w", ()),
        ("kubectl get pods", ()),
        (None, ()),
    ],
)
def test_a_list_is_complete_only_where_the_command_says_so(command, complete):
    lines = [
        "NAME   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE",
        "web    ClusterIP   10.96.0.9    <none>        80/TCP    5d",
    ]
    context = Context(command=parse_command(command) if command else None)
    assert find(lines, 0, context).fragments()[0].complete == complete


def test_names_without_namespaces_are_no_objects():
    assert told("$ kubectl get pods -A -o custom-columns=NAME:.metadata.name\nNAME\nweb\n")["fragments"] == []


def test_rows_of_several_kinds_without_headers():
    tables = read_tables("""\
$ kubectl get all --no-headers
pod/web-0                   1/1   Running   0     57s
daemonset.apps/agent   2     2     2     2     2     <none>   57s
deployment.apps/web   3/3   3     3     58s
replicaset.apps/web-6b7f   3     3     3     58s
$ kubectl get svc,po -A --no-headers
default   service/web     NodePort    10.96.0.9   <none>   80:30080/TCP   5d
shop      pod/api-0    0/1   Pending   0     5d
$ kubectl get svc | grep -n web
4:web   NodePort   10.96.0.9   <none>   80:30080/TCP   5d
""")
    assert [(table.kind, table.line, *table.frame.iloc[0]) for table in tables] == [
        ("pods", 2, "pod/web-0", "1/1", "Running", "0", "57s"),
        ("daemonsets.apps", 3, "daemonset.apps/agent", "2", "2", "2", "2", "2", "<none>", "57s"),
        ("deployments.apps", 4, "deployment.apps/web", "3/3", "3", "3", "58s"),
        ("replicasets.apps", 5, "replicaset.apps/web-6b7f", "3", "3", "3", "58s"),
        ("services", 7, "default", "service/web", "NodePort", "10.96.0.9", "<none>", "80:30080/TCP", "5d"),
        ("pods", 8, "shop", "pod/api-0", "0/1", "Pending", "0", "5d"),
    ]
    assert all(len(table.frame) == 1 for table in tables)


def test_events_of_1_9_and_events_without_their_last_column():
    text = """\
$ kubectl get events
LASTSEEN   FIRSTSEEN   COUNT     NAME                         KIND      TYPE      REASON    SOURCE              MESSAGE
1m         1h          12        web-7587c6fdb6-8hzcq.1523a   Pod       Warning   BackOff   kubelet, minikube   Back-off restarting failed container
$ kubectl get events -n shop
LAST SEEN   TYPE     REASON   OBJECT
5m          Normal   Pulled   pod/web-0
"""
    cluster = read(text)
    told = cluster.events[["namespace", "kind", "name", "type", "reason", "count"]].to_numpy(
        dtype=object, na_value=None
    )
    assert told.tolist() == [
        ["default", "Pod", "web-7587c6fdb6-8hzcq", "Warning", "BackOff", 12],
        ["shop", "Pod", "web-0", "Normal", "Pulled", None],
    ]
    assert cluster.events["age"].tolist() == [pd.Timedelta(minutes=1), pd.Timedelta(minutes=5)]
    assert cluster.unread.empty
