"""`read`: what the sources tell together, on the article's transcript, a real cluster, and anything else."""

import contextlib
import gzip
import io
import json
import random
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nodeportkit as npk

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
ARTICLE = FIXTURES / "article" / "nodeport-transcript.txt"
PUBLISHED = FIXTURES / "article" / "service-definition-as-published.yaml"
REAL = FIXTURES / "real-cluster"


@pytest.fixture(scope="module")
def article():
    return npk.read(ARTICLE)


@pytest.fixture(scope="module")
def from_json():
    return npk.read(REAL / "objects.json")


# The article's transcript


def test_article_services(article):
    assert article.services.groupby("namespace")["name"].count().to_dict() == {
        "default": 2,
        "kube-system": 1,
        "kubernetes-dashboard": 2,
    }


def test_article_pods_nodes_and_workloads(article):
    assert len(article.pods) == 15
    assert article.nodes["name"].tolist() == ["minikube"]
    assert article.nodes["internal_ips"].tolist() == [["192.168.59.100"]]
    assert article.workloads["kind"].value_counts().to_dict() == {"ReplicaSet": 8, "Deployment": 1}


def test_article_leaves_nothing_unread(article):
    assert article.unread["text"].tolist() == []


def test_article_chain_ends_at_the_service(article):
    chain = npk.chain(article, "myapp-service")
    assert chain[["node", "node_ip", "node_port", "port", "target_port"]].values.tolist() == [
        ["minikube", "192.168.59.100", 30008, 80, "80"]
    ]
    assert chain["pod"].isna().all()


def test_article_yaml_completes_the_table_row(article):
    service = article.services.set_index("name").loc["myapp-service"]
    assert service["selector"] == {"app": "myapp", "type": "front-end"}
    assert service["type"] == "NodePort"
    assert service["age"] == pd.Timedelta("22h")  # of the later print, not of the first
    port = article.ports.set_index("service").loc["myapp-service"]
    assert (port["protocol"], port["target_port"], port["node_port"]) == ("TCP", "80", 30008)


def test_article_labels_from_the_later_print(article):
    pod = article.pods.set_index("name").loc["myapp-deployment-88c4d7667-76nhb"]
    assert pod["labels"] == {"app": "myapp", "pod-template-hash": "88c4d7667"}
    assert pod["restarts"] == 1
    assert pd.isna(pod["node"])  # never shown


def test_article_what_minikube_alone_shows_stays_unknown(article):
    service = article.services.set_index(["namespace", "name"]).loc[("kube-system", "kube-dns")]
    assert pd.isna(service["type"])
    assert pd.isna(service["selector"])


def test_article_manifest_as_published_says_what_is_wrong_with_it():
    with pytest.raises(npk.ManifestError) as caught:
        npk.read(PUBLISHED)
    error = caught.value
    assert error.source == str(PUBLISHED)
    slip = next(slip for slip in error.slips if slip.line == 6 and "typeNodePort" in slip.message)
    assert slip.corrected.strip() == "type: NodePort"
    no_break = {slip.line for slip in error.slips if "no-break" in slip.message}
    assert no_break == {n for n, line in enumerate(PUBLISHED.read_text("utf-8").splitlines(), 1) if "\xa0" in line}
    mended = npk.read(error.corrected)
    assert mended.ports[["port", "target_port", "node_port"]].values.tolist() == [[80, "80", 30008]]
    assert mended.services["selector"].tolist() == [{"app": "myapp", "type": "front-end"}]


# A real cluster: what each text gives agrees with what the JSON gives

TEXTS = sorted((REAL / "text").glob("*.txt"))
# Relative to the moment of the print.
NOT_COMPARED = {"age", "created"}
# Tables show the first address only.
FIRST_SHOWN = {("nodes", "internal_ips"), ("services", "cluster_ips"), ("pods", "ips")}
KEYS = {
    "nodes": ["name"],
    "services": ["namespace", "name"],
    "pods": ["namespace", "name"],
    "ports": ["namespace", "service", "protocol", "port"],
    "containers": ["namespace", "pod", "container", "protocol", "container_port"],
}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_real_text_agrees_with_json(path, from_json):
    cluster = npk.read(path)
    assert cluster.unread.empty
    rows = 0
    for name, key in KEYS.items():
        told = getattr(cluster, name).set_index(key)
        true = getattr(from_json, name).set_index(key)
        assert told.index.isin(true.index).all()
        rows += len(told)
        for column in set(told.columns) - NOT_COMPARED:
            shown = told[column][told[column].notna()]
            expected = true.loc[shown.index, column].tolist()
            if (name, column) in FIRST_SHOWN:
                expected = [true[: len(text)] for text, true in zip(shown, expected, strict=True)]
            assert shown.tolist() == expected, (name, column)
    listed = addresses(cluster)
    assert listed <= addresses(from_json)
    assert rows or listed or "get-ns" in path.stem


def addresses(cluster):
    """Endpoints by slice where the print tells it, else by service."""
    shown = cluster.given[cluster.given["address"].notna()]
    by_slice = shown.dropna(subset="slice")[["namespace", "slice", "address"]]
    by_service = shown.dropna(subset="service")[["namespace", "service", "address"]]
    return {("slice", *row) for row in by_slice.itertuples(index=False, name=None)} | {
        ("service", *row) for row in by_service.itertuples(index=False, name=None)
    }


def test_real_texts_together_equal_the_json(from_json):
    together = npk.read(REAL / "text")
    assert together.unread.empty
    key = ["namespace", "service", "slice", "address", "port", "port_name", "protocol"]
    columns = [*key, "pod", "node", "zone", "ready", "derived"]
    pd.testing.assert_frame_equal(
        together.endpoints[columns].sort_values(key, ignore_index=True),
        from_json.endpoints[columns].sort_values(key, ignore_index=True),
    )
    for name, key in KEYS.items():
        told, true = getattr(together, name), getattr(from_json, name)
        assert set(told[key].itertuples(index=False)) == set(true[key].itertuples(index=False)), name


# How prints are joined


def service_yaml(**spec):
    return json.dumps(
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}
    )


def test_a_later_print_supersedes_an_earlier_one():
    cluster = npk.read(
        service_yaml(type="NodePort", selector={"app": "old"}, ports=[{"port": 80, "nodePort": 30080}]),
        service_yaml(type="ClusterIP", selector={"app": "new"}, ports=[{"port": 81}]),
    )
    assert cluster.services["selector"].tolist() == [{"app": "new"}]
    assert cluster.ports["port"].tolist() == [81]
    assert cluster.ports["node_port"].isna().all()


def test_a_table_after_yaml_keeps_what_it_does_not_show():
    table = "NAMESPACE   NAME   TYPE       CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE\n"
    table += "shop        web    NodePort   10.96.0.9    <none>        80:30081/TCP   5s\n"
    cluster = npk.read(
        service_yaml(type="NodePort", ports=[{"port": 80, "nodePort": 30080, "targetPort": "http"}]), table
    )
    assert cluster.ports[["port", "target_port", "node_port"]].values.tolist() == [[80, "http", 30081]]
    assert cluster.services["cluster_ips"].tolist() == [["10.96.0.9"]]


def test_the_namespace_comes_from_the_column_the_command_or_is_default():
    table = "NAME   STATUS   AGE\n"
    pods = "NAME    READY   STATUS    RESTARTS   AGE\n{}   1/1     Running   0          5s\n"
    del table
    text = f"$ kubectl get pods\n{pods.format('pod-a')}\n$ kubectl get pods -n shop\n{pods.format('pod-b')}"
    assert npk.read(text).pods[["namespace", "name"]].values.tolist() == [["default", "pod-a"], ["shop", "pod-b"]]


PODS = "NAME   READY   STATUS    RESTARTS   AGE\n"


def test_a_pod_that_a_later_list_does_not_show_is_gone():
    text = f"$ kubectl get pods\n{PODS}old    1/1     Running   0          5s\n\n$ kubectl get pods\n{PODS}new    1/1     Running   0          1s\n"
    assert npk.read(text).pods["name"].tolist() == ["new"]


def test_a_narrowed_list_takes_nothing_away():
    for command in (
        "kubectl get pods -l app=new",
        "kubectl get pod new",
        "kubectl get pods -n shop",
        "kubectl get pods -w",
    ):
        text = f"$ kubectl get pods\n{PODS}old    1/1     Running   0          5s\n\n$ {command}\n{PODS}new    1/1     Running   0          1s\n"
        assert npk.read(text).pods["name"].tolist() == ["old", "new"], command


def test_deleted_is_gone_until_it_is_printed_again():
    listed = f"$ kubectl get pods\n{PODS}web    1/1     Running   0          5s\n\n"
    deleted = '$ kubectl delete pod web\npod "web" deleted\n\n'
    assert npk.read(listed + deleted).pods.empty
    assert npk.read(listed + deleted + listed).pods["name"].tolist() == ["web"]


def test_the_last_row_of_a_watch_wins():
    text = (
        f"$ kubectl get pods -w\n{PODS}web    0/1     Pending   0          0s\n"
        "web    0/1     ContainerCreating   0          1s\nweb    1/1     Running             0          4s\n"
    )
    pods = npk.read(text).pods
    assert pods[["status", "ready"]].values.tolist() == [["Running", True]]
    assert len(npk.read_tables(text)[0].frame) == 3


def test_a_service_without_endpoints_is_stated_to_have_none():
    services = "NAME   TYPE       CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE   SELECTOR\n"
    services += "web    NodePort   10.96.0.9    <none>        80:30081/TCP   5s    app=web\n\n"
    pods = f"{PODS[:-1]}   LABELS\nweb-0  1/1     Running   0          5s    app=web\n\n"
    endpoints = "$ kubectl get endpoints\nNAME   ENDPOINTS   AGE\nweb    <none>      5s\n"
    assert npk.read(services, pods).endpoints["derived"].tolist() == [True]
    assert npk.read(services, pods, endpoints).endpoints.empty


def test_rules_of_both_families_complete_each_other(from_json):
    dumps = [REAL / "kube-proxy" / f"{command}-save.node-1.txt" for command in ("iptables", "ip6tables")]
    cluster = npk.read(*dumps)
    dual = cluster.services.set_index("name").loc["dual"]
    assert dual["cluster_ips"] == from_json.services.set_index("name").loc["dual", "cluster_ips"]
    true = from_json.endpoints
    ready = true[(true["service"] == "dual") & true["ready"]]
    assert set(cluster.endpoints.loc[cluster.endpoints["service"] == "dual", "address"]) == set(ready["address"])


def test_minikube_does_not_take_away_protocols():
    table = "NAME   TYPE       CLUSTER-IP   EXTERNAL-IP   PORT(S)                     AGE\n"
    table += "dns    NodePort   10.96.0.9    <none>        53:30053/UDP,53:30053/TCP   5s\n\n"
    minikube = (
        "$ minikube service list\n"
        "|-----------|------|-------------|---------------------------|\n"
        "| NAMESPACE | NAME | TARGET PORT |            URL            |\n"
        "|-----------|------|-------------|---------------------------|\n"
        "| default   | dns  |          53 | http://192.168.49.2:30053 |\n"
        "|-----------|------|-------------|---------------------------|\n"
    )
    ports = npk.read(table + minikube).ports
    assert ports[["protocol", "port", "node_port"]].values.tolist() == [["UDP", 53, 30053], ["TCP", 53, 30053]]


@pytest.mark.parametrize("text", ["~0", "~", "/", ".", "..", "../..", "//"])
def test_a_paste_of_dots_slashes_and_tildes_is_no_folder(text):
    assert npk.read(text).unread["text"].tolist() == [text]


def test_a_folder_of_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("nodeportkit.sources.origins._MOST_FILES", 2)
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text("")
    with pytest.raises(npk.ReadError, match="more than 2 files"):
        npk.read(tmp_path)


# Sources of every kind


def test_sources_of_every_kind_give_the_same(tmp_path, from_json, monkeypatch):
    path = REAL / "objects.json"
    text = path.read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    Path("copy.json").write_text(text, "utf-8")
    Path("folder/deeper").mkdir(parents=True)
    Path("folder/deeper/copy.json").write_text(text, "utf-8")
    objects = json.loads(text)
    forms = [
        str(path),
        path,
        text,
        text.encode(),
        io.StringIO(text),
        io.BytesIO(text.encode()),
        objects,
        objects["items"],
    ]
    forms += ["copy.json", "*.json", Path("folder"), "folder", from_json, [path]]
    with path.open("rb") as stream:
        for form in (*forms, stream):
            cluster = npk.read(form)
            for name in ("nodes", "services", "ports", "pods", "containers", "endpoints", "workloads"):
                pd.testing.assert_frame_equal(getattr(cluster, name), getattr(from_json, name))


def test_a_saved_cluster_is_a_source(tmp_path, from_json):
    for name in ("cluster.json", "cluster.json.gz"):
        again = npk.read(from_json.save(tmp_path / name))
        pd.testing.assert_frame_equal(again.endpoints, from_json.endpoints)


@pytest.mark.parametrize("name", ["pods.json", "pods.json.gz", "pods.yaml", "pods.txt", "saved.json", "mixed.json"])
def test_a_large_file_is_read_as_a_small_one(name, tmp_path, monkeypatch, from_json):
    items = [item for item in json.loads((REAL / "objects.json").read_text("utf-8"))["items"] if item["kind"] == "Pod"]
    listed = {"apiVersion": "v1", "items": items * 40, "kind": "List", "metadata": {"resourceVersion": ""}}
    path = tmp_path / name
    if name == "saved.json":
        from_json.save(path)
    elif name == "pods.txt":
        path.write_text(ARTICLE.read_text("utf-8"), "utf-8")
    else:
        if name == "mixed.json":
            listed["items"].append({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tls"}})
        text = json.dumps(listed, indent=None if name == "mixed.json" else 4)
        path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    small = npk.read(path)
    monkeypatch.setattr("nodeportkit.sources.origins._LARGE", 1)
    large = npk.read(path)
    pd.testing.assert_frame_equal(large.pods, small.pods)
    pd.testing.assert_frame_equal(large.unread, small.unread)
    assert len(large.pods) > 10


def test_a_large_file_that_is_cut_off_is_told_with_its_line(tmp_path, monkeypatch):
    monkeypatch.setattr("nodeportkit.sources.origins._LARGE", 1)
    path = tmp_path / "pods.json"
    path.write_bytes((REAL / "objects.json").read_bytes()[:-100])
    with pytest.raises(npk.ReadError, match="ends before it is whole") as raised:
        npk.read(path)
    assert raised.value.line == path.read_text("utf-8").count("\n") + 1


@pytest.mark.parametrize("name", ["nothing-here.yaml", "nothing-*.txt", Path("nothing-here")])
def test_a_file_that_is_not_there_is_said_so(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nothing-hare.yaml").write_text("kind: Service")
    with pytest.raises(npk.NotFound, match="nothing-"):
        npk.read(name)


def test_a_source_of_another_type_is_refused():
    with pytest.raises(npk.ReadError, match="a int"):
        npk.read(3)


def test_the_rest_of_a_paste_is_read_where_a_part_is_broken():
    broken = "$ cat svc.yaml\napiVersion: v1\nkind: Service\nspec:\n  typeNodePort\n  ports:\n  - port: 80\n\n"
    cluster = npk.read(f"{broken}$ kubectl get pods\n{PODS}web    1/1     Running   0          5s\n")
    assert cluster.pods["name"].tolist() == ["web"]
    assert "  typeNodePort" in cluster.unread["text"].tolist()
    [problem] = cluster.problems
    assert isinstance(problem, npk.ManifestError)
    assert [slip.line for slip in problem.slips] == [5]


# Never a crash, nothing lost

LINES = [line for path in [ARTICLE, *TEXTS] for line in path.read_text("utf-8").splitlines()]
pasted = st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=80)), max_size=30).map("\n".join)


@settings(max_examples=200, deadline=None)
@given(pasted)
def test_any_text_gives_a_cluster_or_an_error_of_ours(text):
    try:
        cluster = npk.read(text)
    except npk.NodePortKitError:
        return
    lines = text.splitlines()
    assert all(1 <= line <= max(len(lines), 1) for line in cluster.unread["line"])


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(TEXTS))
def test_real_text_with_lines_lost_or_cut_still_reads(rng: random.Random, path):
    lines = path.read_text("utf-8").splitlines()
    kept = [
        line if rng.random() < 0.9 else line[: rng.randrange(len(line) + 1)] for line in lines if rng.random() < 0.9
    ]
    with contextlib.suppress(npk.NodePortKitError):
        npk.read("\n".join(kept))
