"""More connections than there may be, and more ports than the system grants."""

import contextlib
import http.client
import socket
import subprocess
import sys
import textwrap
import time

from nodeportkit.playground.network.limits import raise_limit
from nodeportkit.playground.process.control import Control


def eventually(holds, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def crowd_of(number, address):
    """So many connections at once, or as many as this process may have, none of which says a word."""
    raise_limit()
    opened = []
    with contextlib.suppress(OSError):  # there are no more for this process
        for at in range(number):
            opened.append(socket.socket())
            opened[-1].setblocking(False)
            opened[-1].connect_ex(address)
            if at % 100 == 0:
                time.sleep(0.01)
    return opened


def test_floods_of_connections_are_survived_and_told(cluster, monkeypatch):
    cluster.kubectl("run", "web", "--image=nginx", "--port=80", "--expose", "--labels=app=web")
    cluster.kubectl("patch", "service", "web", "-p", '{"spec":{"type":"NodePort"}}')
    port = int(cluster.kubectl("get", "service", "web", "-o", "jsonpath={.spec.ports[0].nodePort}"))
    node = cluster.world.addresses.node(1)

    def page():
        with contextlib.closing(http.client.HTTPConnection(node, port, timeout=5)) as asking:
            try:
                asking.request("GET", "/")
                return asking.getresponse().status
            except (OSError, http.client.HTTPException):
                return None

    def ready():
        with contextlib.suppress(AssertionError):  # one that comes with the crowd may be sent away with it
            return cluster.kubectl("get", "--raw", "/readyz") == "ok"
        return False

    eventually(lambda: page() == 200, 20)
    for guests, address in (
        (cluster.server.guests, ("127.0.0.1", cluster.port)),
        (cluster.world.proxy.connections, (node, port)),
    ):
        monkeypatch.setattr(guests, "most", 400)
        before = guests.ended
        opened = crowd_of(2000, address)
        try:
            eventually(lambda guests=guests, before=before: guests.ended > before, 30)
            # While all of them are still there.
            eventually(ready, 20)
            eventually(lambda: page() == 200, 20)
            assert len(guests) <= 400
        finally:
            for one in opened:
                one.close()
        eventually(lambda guests=guests: len(guests) < 50, 20)
    told = {it["kind"]: it for it in cluster.do(lambda: Control(cluster.world).status())["crowded"]}
    assert told["connections through services"]["most"] == 400
    cluster.kubectl("delete", "pod,service", "web", "--now")


def test_as_many_ports_as_the_system_lets_it_open_and_the_rest_is_told(tmp_path):
    program = """
    import json, time
    from nodeportkit.playground.playground import Playground

    with Playground(speed=8) as playground:
        playground.kubectl("run web --image=nginx --labels=app=web")
        port = [{"port": 80}]
        made = [
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": f"web-{number}"},
             "spec": {"type": "NodePort", "selector": {"app": "web"}, "ports": port}}
            for number in range(40)
        ]
        playground.kubectl("apply -f -", text="".join(f"---\\n{json.dumps(one)}\\n" for one in made))
        playground.kubectl("wait pod/web --for=condition=Ready --timeout=30s")
        end = time.monotonic() + 30
        while "cannot be served" not in playground.status() and time.monotonic() < end:
            time.sleep(0.1)
        print(playground.status())
        print(playground.curl(playground.minikube("service web-0 --url").strip()))
        print(playground.kubectl("get pods -o name"))
    """
    words = f"ulimit -n 200; exec env XDG_STATE_HOME={tmp_path} {sys.executable} -c '{textwrap.dedent(program)}'"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "cannot be served: this system lets the playground open 200 files, and no more" in done.stdout
    assert done.stdout.rstrip().endswith("pod/web")
