"""The article's session, typed for real: real kubectl and curl against a fresh playground, step for step."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from nodeportkit.playground.minikube import answer
from nodeportkit.playground.playground import Playground

PUBLISHED = Path(__file__).resolve().parents[1] / "fixtures/article/nodeport-transcript.txt"
ARTICLE = PUBLISHED.read_text(encoding="utf-8").replace("\xa0", " ")  # the page was made with no-break spaces
DEFINITION = """
apiVersion: v1
kind: Service
metadata:
  name: myapp-service
spec:
  type: NodePort
  ports:
    - targetPort: 80
      port: 80
      nodePort: 30008
  selector:
    app: myapp
    type: front-end
"""


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """Runs a line as a terminal would, in a playground of one node; gives what it prints, errors included."""
    folder = tmp_path_factory.mktemp("article")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        with Playground(nodes=1, speed=4) as playground:
            kubectl = shutil.which("kubectl", path=f"{Path(os.sys.executable).parent}:{os.environ['PATH']}")
            path = f"{Path(kubectl).parent}:{os.environ['PATH']}"

            def run(line, code=0, **more):
                environment = {"PATH": path, "HOME": str(folder), **playground.environment, **more}
                done = subprocess.run(
                    ["sh", "-c", line],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    cwd=folder,
                    env=environment,
                    timeout=60,
                    check=False,
                )
                said = done.stdout.decode()
                assert done.returncode == code, said
                return said

            run.playground, run.folder = playground, folder
            yield run


def heads(text):
    """The header lines of the tables in a print."""
    return [line.split() for line in text.splitlines() if re.match(r"(NAMESPACE|NAME) ", line)]


def printed_for(command):
    """What the article's terminal showed below a command."""
    return ARTICLE.split(f"{command}\n", 1)[1].split("\n\n", 1)[0]


def eventually(look, wanted, seconds=15):
    end = time.monotonic() + seconds
    while not wanted(found := look()):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def test_the_session_step_for_step(shell):
    shell(
        "kubectl create deployment myapp-deployment --image=nginx --replicas=6 --dry-run=client -o yaml > deployment.yaml"
    )
    text = (shell.folder / "deployment.yaml").read_text().replace("app: myapp-deployment", "app: myapp")
    (shell.folder / "deployment.yaml").write_text(text)
    assert shell("kubectl create -f deployment.yaml") == "deployment.apps/myapp-deployment created\n"
    shell("kubectl rollout status deployment/myapp-deployment --timeout=30s")

    # The service, and what is seen of it.
    (shell.folder / "service-definition.yaml").write_text(DEFINITION)
    assert shell("kubectl create -f service-definition.yaml") == "service/myapp-service created\n"
    listed = shell("kubectl get services")
    assert heads(listed) == heads(printed_for("kubectl get services"))
    row = next(line.split() for line in listed.splitlines() if line.startswith("myapp-service"))
    assert [row[1], row[3], row[4]] == ["NodePort", "<none>", "80:30008/TCP"]

    # minikube's answers, and the refusal.
    minikube = shell.playground.minikube
    address = minikube("ip").strip()
    assert minikube("node list") == f"node-1\t{address}\n"
    url = minikube("service myapp-service --url").strip()
    assert url == f"http://{address}:30008"
    refused = eventually(lambda: shell(f"curl {url}; true"), lambda said: "curl:" in said)
    pattern = r"curl: \(7\) Failed to connect to \S+ port 30008 after \d+ ms: \S.*"  # releases end it in other words
    assert re.search(pattern, ARTICLE)
    assert re.search(pattern, refused)

    # Finding out: everything runs, but the labels differ from the selector.
    everything = shell("kubectl get all")
    assert heads(everything) == heads(ARTICLE.split("kubectl get all\n")[1].split("$ curl")[0])
    assert re.search(r"^deployment.apps/myapp-deployment +6/6 +6 +6 ", everything, flags=re.MULTILINE)
    labels = shell("kubectl get pods -A --show-labels")
    assert heads(labels) == heads(printed_for("kubectl get pods -A --show-labels"))
    assert len(re.findall(r" app=myapp,pod-template-hash=\S+$", labels, flags=re.MULTILINE)) == 6
    service = shell("kubectl get service myapp-service -o yaml")
    wanted = printed_for("kubectl get service myapp-service -o yaml")
    fields = re.compile(r"^ *(?:- )?[A-Za-z]+:", flags=re.MULTILINE)
    assert fields.findall(service) == fields.findall(wanted)
    changing = re.compile(r"(creationTimestamp|resourceVersion|uid|clusterIP): .*|- [0-9.]+$", flags=re.MULTILINE)
    assert changing.sub("", service).strip() == changing.sub("", wanted).strip()

    # The repair, in an editor, and the page.
    editor = shell.folder / "editor"
    editor.write_text("#!/bin/sh\nsed -i '/type: front-end/d' \"$1\"\n")
    editor.chmod(0o755)
    edited = shell("kubectl edit service myapp-service", KUBE_EDITOR=str(editor))
    assert edited == "service/myapp-service edited\n"
    page = eventually(lambda: shell(f"curl -s {url}; true"), bool)
    assert "<h1>Welcome to nginx!</h1>" in page
    assert "<h1>Welcome to nginx!</h1>" in ARTICLE

    # Several pods: each answers some time.
    named = "curl -s -o /dev/null -D - " + url + " | grep -i x-pod-name"
    assert len({shell(named) for _ in range(40)}) > 3

    # And the end.
    gone = shell("kubectl delete service myapp-service")
    assert gone.startswith('service "myapp-service" deleted')
    eventually(lambda: shell(f"curl {url}; true"), lambda said: "curl: (7)" in said)


def test_minikube_draws_the_table_as_the_article_shows_it():
    def service(namespace, name, port=None):
        ports = [{"port": 80, "targetPort": 80, "nodePort": port}] if port else [{"port": 443}]
        return {"metadata": {"namespace": namespace, "name": name}, "spec": {"ports": ports}}

    services = [
        service("kubernetes-dashboard", "kubernetes-dashboard"),
        service("kubernetes-dashboard", "dashboard-metrics-scraper"),
        service("kube-system", "kube-dns"),
        service("default", "myapp-service", 30008),
        service("default", "kubernetes"),
    ]
    address = {"type": "InternalIP", "address": "192.168.59.100"}
    nodes = [{"metadata": {"name": "minikube"}, "status": {"addresses": [address]}}]
    assert answer("service list", services, nodes).rstrip("\n") == printed_for("minikube service list")
    assert answer("minikube service myapp-service --url", services, nodes) == "http://192.168.59.100:30008\n"
    assert answer("node list", services, nodes).split() == printed_for("minikube node list").split()
