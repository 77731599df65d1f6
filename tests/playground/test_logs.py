"""`kubectl logs`: what nginx's own image would have written of the requests that came, until the pod is gone."""

import contextlib
import http.client
import os
import re
import subprocess
import time
from datetime import UTC, datetime

import pytest
from kubernetes import client, config

from .conftest import KUBECTL

# log_format main of the image's nginx.conf (github.com/nginx/nginx, conf/nginx.conf).
ACCESS = re.compile(
    r'(?P<client>\S+) - - \[(?P<time>[^]]+)\] "(?P<request>[^"]*)" (?P<code>\d+) (?P<length>\d+) "(?P<referer>[^"]*)" '
    r'"(?P<agent>[^"]*)" "(?P<via>[^"]*)"'
)


@pytest.fixture(scope="module")
def web(cluster):
    """Two pods of nginx behind a node port: its nodes' addresses, and its number."""
    cluster.kubectl("create", "deployment", "web", "--image=nginx:1.27.0", "--replicas=2", "--port=80")
    cluster.kubectl("expose", "deployment", "web", "--type=NodePort", "--port=80")
    cluster.kubectl("rollout", "status", "deployment/web", "--timeout=30s")
    port = int(cluster.kubectl("get", "service", "web", "-o", "jsonpath={.spec.ports[0].nodePort}"))
    nodes = cluster.kubectl("get", "nodes", "-o", "jsonpath={.items[*].status.addresses[0].address}").split()
    return nodes, port


def visit(address, port, path="/", method="GET", headers=None):
    """A request as soon as somebody answers: its status, and who answered."""
    end = time.monotonic() + 15
    while True:
        with contextlib.suppress(OSError), contextlib.closing(http.client.HTTPConnection(address, port, 5)) as visitor:
            visitor.request(method, path, headers=headers or {})
            answer = visitor.getresponse()
            length = len(answer.read())
            return answer.status, answer.getheader("X-Pod-Name"), length
        assert time.monotonic() < end
        time.sleep(0.1)


def test_requests_are_written_as_nginx_writes_them(cluster, web):
    (node, *_), port = web
    before = datetime.now(UTC).replace(microsecond=0)
    headers = {"User-Agent": "a test", "Referer": 'http://"x"/', "X-Forwarded-For": "203.0.113.9"}
    code, pod, length = visit(node, port, "/?a=b", headers=headers)
    last = cluster.kubectl("logs", pod, "--tail=1")
    told = ACCESS.fullmatch(last.strip())
    assert told, last
    assert (told["request"], int(told["code"]), int(told["length"])) == ("GET /?a=b HTTP/1.1", code, length)
    # ngx_http_log_module: quotes and backslashes are written as \xXX.
    assert (told["referer"], told["agent"], told["via"]) == (r"http://\x22x\x22/", "a test", "203.0.113.9")
    assert before <= datetime.strptime(told["time"], "%d/%b/%Y:%H:%M:%S %z") <= datetime.now(UTC)


def test_the_client_is_the_node_that_masquerades_or_who_dialled_it(cluster, web):
    (node, *_), port = web
    _, pod, _ = visit(node, port)
    assert ACCESS.fullmatch(cluster.kubectl("logs", pod, "--tail=1").strip())["client"] == node
    cluster.kubectl("patch", "service", "web", "-p", '{"spec":{"externalTrafficPolicy":"Local"}}')
    homes = cluster.kubectl(
        "get", "pods", "-l", "app=web", "-o", "jsonpath={range .items[*]}{.metadata.name} {.status.hostIP}{'\\n'}{end}"
    )
    pod, home = homes.split()[:2]
    end = time.monotonic() + 15
    while ACCESS.fullmatch(cluster.kubectl("logs", pod, "--tail=1").strip())["client"] != "127.0.0.1":
        assert time.monotonic() < end
        assert visit(home, port)[1] == pod
    cluster.kubectl("patch", "service", "web", "-p", '{"spec":{"externalTrafficPolicy":"Cluster"}}')


def test_what_is_not_there_is_an_error_too(cluster, web):
    (node, *_), port = web
    _, pod, _ = visit(node, port, "/nope")
    error, access = cluster.kubectl("logs", pod, "--tail=2").splitlines()
    assert '[error] 29#29: *1 open() "/usr/share/nginx/html/nope" failed (2: No such file or directory)' in error
    assert ACCESS.fullmatch(access)["code"] == "404"
    _, pod, _ = visit(node, port, method="HEAD")
    assert '"HEAD / HTTP/1.1" 200 0 ' in cluster.kubectl("logs", pod, "--tail=1")


def test_logs_are_followed_until_the_pods_are_gone(cluster, web):
    cluster.kubectl("create", "deployment", "going", "--image=nginx", "--replicas=2", "--port=80")
    cluster.kubectl("rollout", "status", "deployment/going", "--timeout=30s")
    env = {"PATH": os.environ["PATH"], "HOME": str(cluster.folder), "KUBECONFIG": str(cluster.kubeconfig)}
    asked = [KUBECTL, "logs", "-f", "-l", "app=going", "--prefix", "--timestamps"]
    with subprocess.Popen(asked, env=env, stdout=subprocess.PIPE, text=True) as following:
        begun = [following.stdout.readline() for _ in range(8)]
        assert {line.split("/")[1] for line in begun} == set(
            cluster.kubectl("get", "pods", "-l", "app=going", "-o", "jsonpath={.items[*].metadata.name}").split()
        )
        cluster.kubectl("expose", "deployment", "going", "--type=NodePort", "--port=80")
        port = int(cluster.kubectl("get", "service", "going", "-o", "jsonpath={.spec.ports[0].nodePort}"))
        _, pod, _ = visit(web[0][0], port, headers={"User-Agent": "somebody"})
        line = following.stdout.readline()
        assert re.fullmatch(rf'\[pod/{pod}/nginx\] 20\S+Z \S+ - - \[.*\] "GET / .* "somebody" "-"\n', line), line
        cluster.kubectl("delete", "deployment,service", "going")
        assert following.stdout.read() == ""
        assert following.wait(timeout=20) == 0


def test_only_what_is_asked_for_is_shown(cluster, web):
    (node, *_), port = web
    _, pod, _ = visit(node, port, "/one")
    assert cluster.kubectl("logs", "service/web", "--tail=0").startswith("Found 2 pods")
    assert cluster.kubectl("logs", pod, "--limit-bytes=5") == "/dock"
    assert cluster.kubectl("logs", pod, "--since-time=2200-01-01T00:00:00Z") == ""
    assert '"GET /one ' in cluster.kubectl("logs", pod, "--since=1h")
    moments = [line.split()[0] for line in cluster.kubectl("logs", pod, "--timestamps").splitlines()]
    assert moments == sorted(moments)
    second = moments[-1].partition(".")[0]  # kubectl asks for whole seconds
    later = cluster.kubectl("logs", pod, f"--since-time={second}Z").splitlines()
    assert len(later) == sum(moment.startswith(second) for moment in moments)


def test_the_python_client_reads_and_follows(cluster, web):
    core = client.CoreV1Api(config.new_client_from_config(str(cluster.kubeconfig)))
    (node, *_), port = web
    _, pod, _ = visit(node, port, "/python")
    assert '"GET /python ' in core.read_namespaced_pod_log(pod, "default", tail_lines=1)
    stream = core.read_namespaced_pod_log(pod, "default", follow=True, tail_lines=1, _preload_content=False)
    assert b'"GET /python ' in next(iter(stream.stream()))
    stream.close()


def test_a_container_that_crashed_shows_what_it_printed_and_what_it_printed_before(cluster):
    cluster.kubectl("run", "crashing", "--image=whoami", "--port=80", "--annotations=nodeportkit.io/crash=true")
    cluster.kubectl("wait", "--for=jsonpath={.status.containerStatuses[0].restartCount}=1", "pod/crashing")
    assert cluster.kubectl("logs", "crashing") == "listening on port 80\n"
    assert cluster.kubectl("logs", "crashing", "--previous") == "listening on port 80\n"
    cluster.kubectl("run", "unpulled", "--image=ngnix")
    cluster.kubectl(
        "wait", "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ErrImagePull", "pod/unpulled"
    )
    said = cluster.kubectl("logs", "unpulled", code=1)
    assert said == (
        'Error from server (BadRequest): container "unpulled" in pod "unpulled" is waiting to start: image can\'t be pulled\n'
    )
    cluster.kubectl("delete", "pod", "crashing", "unpulled")


def test_of_a_node_that_is_off_there_is_no_log(cluster, web):
    (node, *_), port = web
    _, pod, _ = visit(node, port)
    home, address = cluster.kubectl("get", "pod", pod, "-o", "jsonpath={.spec.nodeName} {.status.hostIP}").split()
    cluster.kubectl("annotate", "node", home, "nodeportkit.io/stopped=true")
    said = cluster.kubectl("logs", pod, code=1)
    assert said == (
        f'Error from server: Get "https://{address}:10250/containerLogs/default/{pod}/nginx": '
        f"dial tcp {address}:10250: connect: no route to host\n"
    )
    cluster.kubectl("annotate", "node", home, "nodeportkit.io/stopped-")


def test_no_more_lines_are_kept_than_there_is_room_for(cluster):
    logs = cluster.world.api.logs
    pod = {"metadata": {"uid": "of nobody"}}
    cluster.do(lambda: [logs.write(pod, "c", str(number)) for number in range(30_000)])
    kept = logs.of(pod, "c")
    assert len(kept) == 20_000
    assert kept[-1].text == "29999"
