"""The builder of manifests, without a page: fields and YAML are set, and what follows is read."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

import nodeportkit as npk
from nodeportkit.widgets import ManifestBuilder
from reports.hostile import NASTY, hostile

REAL = Path(__file__).parent.parent / "fixtures" / "real-cluster" / "objects.json"
ARTICLE = Path(__file__).parent.parent / "fixtures" / "article" / "service-definition-as-published.yaml"
WEB = """\
apiVersion: v1
kind: Service
metadata:
  name: shop-front
  namespace: shop
  annotations:
    note: kept
spec:
  type: NodePort
  selector:
    app: web
  ports:
  - port: 80
    targetPort: http
"""


@pytest.fixture(scope="module")
def real():
    return npk.read(REAL)


def everything(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


def controls(builder, label):
    return [one for one in everything(builder) if getattr(one, "description", None) == label]


def control(builder, label):
    return controls(builder, label)[0]


def press(builder, label):
    control(builder, label).click()


def notes(builder):
    """What is said beside fields, as text."""
    said = [one.value for one in everything(builder.children[0].children[0]) if hasattr(one, "value")]
    return [re.sub(r"<[^>]+>", "", text) for text in said if "npk" in str(text)]


def words(builder):
    return re.sub(r"<[^>]+>", "", builder.children[1].value)


def title(builder):
    found = re.search(r"<title>(.*?)</title>", builder.children[2].value)
    return found and found[1]


def test_it_begins_with_a_service_that_reaches_pods(real):
    builder = ManifestBuilder(real)
    assert builder.manifest == yaml.safe_load(builder.yaml)
    assert builder.manifest["spec"]["type"] == "NodePort"
    assert builder.findings.empty
    assert "The API server would accept this. It would choose the node port. Then my-service reaches" in words(builder)


def test_without_a_cluster_only_the_rules_count():
    builder = ManifestBuilder()
    assert "The API server would accept this." in words(builder)
    assert title(builder) is None
    assert not [note for note in notes(builder) if "match" in note]


def test_fields_write_the_yaml_and_keep_what_they_do_not_show(real):
    builder = ManifestBuilder(real, WEB)
    assert control(builder, "target port").value == "http"
    control(builder, "name").value = "front"
    control(builder, "node port").value = "30123"
    control(builder, "target port").value = "8080"
    control(builder, "traffic policy").value = "Local"
    assert yaml.safe_load(builder.yaml) == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "front", "namespace": "shop", "annotations": {"note": "kept"}},
        "spec": {
            "type": "NodePort",
            "selector": {"app": "web"},
            "ports": [{"port": 80, "targetPort": 8080, "nodePort": 30123}],
            "externalTrafficPolicy": "Local",
        },
    }
    control(builder, "node port").value = ""
    assert "nodePort" not in builder.yaml
    assert title(builder) == "front reaches 5 of 6 pods on 3 nodes"


def test_pasted_yaml_comes_back_into_the_fields(real):
    builder = ManifestBuilder(real)
    text = control_of_text(builder)
    text.value = WEB.replace("- port: 80", "- port: 81\n    nodePort: 30222\n    protocol: UDP")
    shown = [control(builder, label).value for label in ("name", "port", "node port", "protocol", "selector")]
    assert shown == ["shop-front", "81", "30222", "UDP", "app"]
    text.value = "no manifest at all"
    assert "There is no Service in this text: the fields show the last one that was." in words(builder)
    assert builder.manifest["metadata"]["name"] == "shop-front"
    assert builder.yaml == "no manifest at all"


def control_of_text(builder):
    return next(one for one in everything(builder) if type(one).__name__ == "Writing")


def test_the_count_of_pods_follows_the_labels(real):
    builder = ManifestBuilder(real, WEB)
    # As the real API server listed them: six pods with app=web, one of which is not ready.
    assert "6 pods match, 5 of them ready" in notes(builder)
    assert {"web", "api"} <= set(control(builder, "=").options)
    press(builder, "add a label")
    control(builder, "and").value, controls(builder, "=")[1].value = "tier", "frnt"
    assert builder.manifest["spec"]["selector"] == {"app": "web", "tier": "frnt"}
    assert {"no pod matches", "no pod matches this label"} <= set(notes(builder))
    assert title(builder) == "shop-front answers nobody: its selector matches no pod"
    removers = controls(builder, "✕")
    removers[1].click()
    assert builder.manifest["spec"]["selector"] == {"app": "web"}
    controls(builder, "✕")[0].click()
    assert "selector" not in builder.manifest["spec"]


def test_another_key_brings_its_most_frequent_value():
    labels = [{"app": "web", "tier": "back"}, {"app": "web", "tier": "front"}, {"app": "api", "tier": "front"}]
    cluster = npk.Cluster(
        pods={"namespace": ["shop"] * 3, "name": ["a", "b", "c"], "labels": labels, "ready": [True] * 3}
    )
    builder = ManifestBuilder(cluster, WEB)
    assert set(control(builder, "selector").options) == {"app", "tier"}
    control(builder, "selector").value = "tier"
    assert builder.manifest["spec"]["selector"] == {"tier": "front"}
    assert "2 pods match" in notes(builder)


def test_target_ports_are_offered_from_the_pods_containers(real):
    assert control(ManifestBuilder(real, WEB), "target port").options == ("http", "metrics", "8080", "9090")


def test_what_the_server_objects_to_stands_at_its_field(real):
    builder = ManifestBuilder(real, WEB.replace("targetPort: http", "nodePort: 30080"))
    assert any("It belongs to shop/web." in note for note in notes(builder))
    assert "The API server would refuse this: 1 thing to mend." in words(builder)
    assert title(builder) is None
    lines = next(one.value for one in everything(builder) if "line " in str(getattr(one, "value", "")))
    assert "line 14: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated" in lines
    control(builder, "node port").value = "eighty"
    assert builder.manifest["spec"]["ports"][0]["nodePort"] == "eighty"
    assert "refuse" in words(builder)
    control(builder, "node port").value = "30999"
    assert builder.findings.empty


def test_several_ports_get_names(real):
    builder = ManifestBuilder(real, WEB)
    press(builder, "add a port")
    assert [port["port"] for port in builder.manifest["spec"]["ports"]] == [80, 443]
    assert builder.findings.empty  # a server wants a name of each
    controls(builder, "✕")[-1].click()
    assert [port["port"] for port in builder.manifest["spec"]["ports"]] == [80]


def test_a_service_that_is_there_is_changed(real):
    key = real.services.set_index(["namespace", "name"]).index
    assert ("shop", "web") in key
    builder = ManifestBuilder(real, WEB.replace("shop-front", "web").replace("app: web", "app: api"))
    # Its old endpoints do not count for the new selector.
    assert title(builder).startswith("web reaches ")
    assert "web-0" not in builder.children[2].value


def test_the_articles_manifest_is_mended_by_what_it_says(real):
    builder = ManifestBuilder(real, ARTICLE.read_text())
    assert "refuse" in words(builder)
    said = " ".join(one.value for one in everything(builder) if isinstance(getattr(one, "value", None), str))
    assert "a colon and a blank are missing after `type`" in said.lower()
    control(builder, "namespace").value = "shop"  # a field writes the text anew, as it was understood
    assert "typeNodePort" not in builder.yaml


def test_other_documents_are_kept(real):
    other = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n"
    builder = ManifestBuilder(real, f"{other}---\n{WEB}")
    control(builder, "name").value = "front"
    first, second = yaml.safe_load_all(builder.yaml)
    assert (first["metadata"]["name"], second["metadata"]["name"]) == ("settings", "front")


def test_the_command_gives_a_shell_the_very_text(real):
    text = WEB.replace("kept", "|\n      EOF\n      $(touch x) `y` \\z")
    builder = ManifestBuilder(real, text)
    script = builder.command.replace("kubectl apply -f -", "cat")
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True, text=True)
    assert done.stdout == text


@pytest.mark.parametrize("spec", ["5", "{ports: 7}", "{ports: [5], selector: x}", "{selector: {app: 5}, ports: {}}"])
def test_what_is_of_the_wrong_shape_is_shown_as_far_as_it_goes_and_can_be_mended(real, spec):
    builder = ManifestBuilder(real, f"kind: Service\napiVersion: v1\nmetadata: {{name: web}}\nspec: {spec}\n")
    assert "refuse" in words(builder)
    press(builder, "add a port")
    press(builder, "add a label")
    assert isinstance(builder.manifest["spec"]["ports"], list)


def test_there_has_to_be_a_service():
    with pytest.raises(npk.NodePortKitError, match="no Service in the manifest"):
        ManifestBuilder(manifest="apiVersion: v1\nkind: Pod\n")


def test_text_of_strangers_stays_text():
    builder = ManifestBuilder(hostile())
    for text in NASTY:
        spec = {"type": "NodePort", "selector": {text: text}, "ports": [{"port": 80, "name": text}]}
        metadata = {"name": text, "namespace": text}
        builder.manifest = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}
        shown = [one.value for one in everything(builder) if type(one).__name__ == "HTML"]
        assert not [text for text in shown if "<script" in text or "<img" in text or "\x1b" in text]


def test_pages_without_a_kernel_show_the_chain_and_the_yaml(real):
    bundle, _ = ManifestBuilder(real, WEB)._repr_mimebundle_()
    assert "image/svg+xml" in bundle or "image/png" in bundle
    assert WEB in bundle["text/plain"]


def test_tries_at_another_service_are_not_shown_as_tries_at_this_one():
    tried = """
$ kubectl get nodes -o wide
NAME     STATUS   ROLES    AGE   VERSION   INTERNAL-IP
node-1   Ready    <none>   5d    v1.36.0   192.168.1.2

$ kubectl get pods -o wide --show-labels
NAME    READY   STATUS    RESTARTS   AGE   IP           NODE     NOMINATED NODE   READINESS GATES   LABELS
web-0   1/1     Running   0          5d    10.244.1.4   node-1   <none>           <none>            app=web

$ curl http://192.168.1.2:30080
curl: (7) Failed to connect to 192.168.1.2 port 30080 after 0 ms: Connection refused
"""
    service = yaml.safe_load(WEB)
    service["metadata"]["namespace"] = "default"
    service["spec"]["ports"] = [{"port": 80, "nodePort": 30080}]
    builder = ManifestBuilder(npk.read(tried), service)
    shown = "".join(widget.value for widget in everything(builder) if isinstance(getattr(widget, "value", None), str))
    assert "web-0" in shown
    assert "refused" not in shown


def test_what_is_only_to_be_known_is_not_shown_as_wrong():
    builder = ManifestBuilder(npk.read(WEB), WEB)
    assert builder.findings["severity"].tolist() == ["note"]
    notes = [it.value for it in everything(builder) if "kubectl create" in str(getattr(it, "value", ""))]
    assert any("npk-muted" in note for note in notes)
    assert not any("npk-wrong" in note for note in notes)
