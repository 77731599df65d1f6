"""The article's session, typed for real: every step of it, in its order, with kubectl and curl against a fresh playground."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nodeportkit as npk
from nodeportkit.playground.minikube import answer
from nodeportkit.playground.playground import Playground

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures/article"
# The page was made with no-break spaces.
ARTICLE = (FIXTURES / "nodeport-transcript.txt").read_text(encoding="utf-8").replace("\xa0", " ")
PUBLISHED = (FIXTURES / "service-definition-as-published.yaml").read_text(encoding="utf-8").replace("\xa0", " ")
STEPS = npk.read_transcript(ARTICLE)
NODE = "192.168.59.100"
RESTARTS = {"myapp-deployment": 1, "storage-provisioner": 11, "dashboard": 2, "": 4}  # by a part of a pod's name


class Terminal:
    """A terminal in a folder: gives what a line prints, complaints included."""

    def __init__(self, playground, folder):
        self.playground, self.folder = playground, folder
        kubectl = shutil.which("kubectl", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        self._environment = {"PATH": f"{Path(kubectl).parent}:{os.environ['PATH']}", "HOME": str(folder)}
        self._environment |= playground.environment

    def type(self, line, data=None):
        """Run a line; minikube is the playground's own."""
        if line.startswith("minikube "):
            return str(self.playground.minikube(line))
        done = subprocess.run(
            ["sh", "-c", re.sub(r"^curl ", "curl -sS ", line)],  # whose output is a terminal sees no progress
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            input=None if data is None else data.encode(),
            stdin=subprocess.DEVNULL if data is None else None,
            cwd=self.folder,
            env=self._environment,
            timeout=60,
            check=False,
        )
        return done.stdout.decode()

    def choose_editor(self, script):
        editor = self.folder / "editor"
        editor.write_text(f'#!/bin/sh\n{script} "$1"\n')
        editor.chmod(0o755)
        self._environment["KUBE_EDITOR"] = str(editor)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory):
    """A terminal beside a playground that is as the author's minikube was before the first command."""
    folder = tmp_path_factory.mktemp("article")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        with Playground(nodes=1, speed=8) as playground:
            made = Terminal(playground, folder)
            made.type(f"kubectl create -f {FIXTURES / 'cluster.yaml'}")
            for change in range(1, 8):
                made.type(f"kubectl set env deployment/myapp-deployment CHANGE={change}")
            made.type("kubectl rollout status deployment/myapp-deployment --timeout=50s")
            made.type("kubectl wait pods --all -A --for=condition=Ready --timeout=50s")
            restarted(made)
            (folder / "service-definition.yaml").write_text(PUBLISHED.replace("typeNodePort", "type: NodePort"))
            made.choose_editor("sed -i '/type: front-end/d'")
            yield made


def restarted(terminal):
    """Write into the pods' status that their containers have been started again, as often as the author's."""
    pods = eventually(
        lambda: json.loads(terminal.type("kubectl get pods -A -o json")),
        lambda found: not any("deletionTimestamp" in pod["metadata"] for pod in found["items"]),
    )
    for pod in pods["items"]:
        times = next(count for name, count in RESTARTS.items() if name in pod["metadata"]["name"])
        for container in pod["status"]["containerStatuses"]:
            began = container["state"]["running"]["startedAt"]
            ended = {"exitCode": 255, "reason": "Error", "startedAt": began, "finishedAt": began}
            container |= {"restartCount": times, "lastState": {"terminated": ended}}
    said = terminal.type("kubectl replace --subresource=status --validate=false -f -", json.dumps(pods))
    assert said.count(" replaced") == len(pods["items"]), said


def eventually(look, wanted, seconds=15):
    end = time.monotonic() + seconds
    while not wanted(found := look()):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def plain(text):
    """A print without what differs from cluster to cluster: names that are drawn by lot, ages, addresses, and widths."""
    letters = "[bcdfghjklmnpqrstvwxz2456789]"  # of names that Kubernetes draws by lot
    for pattern, word in (
        (r"\b\d+\.\d+\.\d+\.\d+\b", "ADDRESS"),
        (r"^(minikube|node-1)\b", "NODE"),
        (rf"(?<=[-=]){letters}{{8,10}}(-{letters}{{5}})?(?=[\s,]|$)", "HASH"),
        (rf"(?<=kube-proxy-){letters}{{5}}\b", "HASH"),
        (r"\b(\d+[smhdy])+\b", "AGE"),
        (r"(?<=creationTimestamp: ).*|(?<=resourceVersion: ).*|(?<=uid: ).*", "ITS OWN"),
        (r"\d+ ms: .*", "N ms: REFUSED"),  # curl's releases say it in different words
        (r"-{3,}", "---"),
        (r"(?<=\S)[ \t]+", " "),
    ):
        text = re.sub(pattern, word, text, flags=re.MULTILINE)
    return [line.rstrip() for line in text.strip().splitlines()]


def in_order(lines):
    """The lines of each table sorted: pods and ReplicaSets stand in the order of names that are drawn by lot."""
    blocks = "\n".join(lines).split("\n\n")
    return [sorted(block.splitlines()) for block in blocks]


def test_every_step_prints_what_the_article_shows(terminal):
    address = terminal.playground.minikube("ip").strip()
    assert [step.command.split()[0] for step in STEPS].count("kubectl") == 7
    assert len(STEPS) == 13
    for step in STEPS:
        command = step.command.replace(NODE, address)
        if command.startswith("curl"):  # kube-proxy takes a moment to hear of a change
            wanted = plain(step.output)
            eventually(lambda line=command: plain(terminal.type(line)), lambda found, wanted=wanted: found == wanted)
        elif step.output:
            found, wanted = plain(terminal.type(command)), plain(step.output)
            assert in_order(found) == in_order(wanted), command
        else:  # the article does not show what these two print
            said = {"edit": "service/myapp-service edited", "delete": 'service "myapp-service" deleted'}
            assert terminal.type(command).startswith(said[command.split()[1]]), command
    gone = f"curl http://{address}:30008"
    eventually(lambda: terminal.type(gone), lambda said: said.startswith("curl: (7)"))


def test_the_page_comes_with_the_headers_of_nginx(terminal):
    terminal.type("kubectl run page --image=nginx:1.25.3 --port=80")
    terminal.type("kubectl wait pod/page --for=condition=Ready --timeout=30s")
    terminal.type("kubectl expose pod page --type=NodePort")
    url = terminal.playground.minikube("service page --url").strip()
    shown = ARTICLE[ARTICLE.index("<!DOCTYPE") : ARTICLE.index("</html>") + len("</html>\n")]
    head = eventually(lambda: terminal.type(f"curl -i {url}/index.html"), lambda said: "200 OK" in said)
    assert head.endswith(f"\r\n\r\n{shown}")
    for line in ("Server: nginx/1.25.3", "Content-Type: text/html", "Content-Length: 612", "Connection: keep-alive"):
        assert f"\r\n{line}\r\n" in head
    # In the order of src/http/ngx_http_header_filter_module.c; what is the playground's own comes after it.
    order = ["Server", "Date", "Content-Type", "Content-Length", "Connection", "Accept-Ranges"]
    assert re.findall(r"^([\w-]+): ", head.partition("\r\n\r\n")[0], flags=re.MULTILINE)[: len(order)] == order
    assert "<center><h1>404 Not Found</h1></center>" in terminal.type(f"curl {url}/index.php")
    assert "405 Not Allowed" in terminal.type(f"curl -i -X DELETE {url}/")


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
    nodes = [{"metadata": {"name": "minikube"}, "status": {"addresses": [{"type": "InternalIP", "address": NODE}]}}]
    shown = {step.command: step.output.strip() for step in STEPS}
    assert answer("service list", services, nodes).strip() == shown["minikube service list"]
    assert answer("minikube service myapp-service --url", services, nodes) == f"http://{NODE}:30008\n"
    assert answer("node list", services, nodes).split() == shown["minikube node list"].split()
