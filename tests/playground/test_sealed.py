"""That no request reads or writes a file, or starts a program."""

import contextlib
import http.client
import json
import ssl
import sys
import threading
from pathlib import Path

import pytest

from nodeportkit.playground.network.doors import Door

_WATCHED = ("open", "os.", "shutil.", "subprocess.", "pty.", "tempfile.", "glob.", "socket.connect", "exec", "compile")
_TAKEN = []  # what threads that are watched have done
_THREADS = set()


def _note(event, arguments):
    if threading.get_ident() in _THREADS and event.startswith(_WATCHED):
        _TAKEN.append((event, str(arguments[:2])))


@pytest.fixture
def taken(cluster):
    """What the server does with files, programs and other machines from now on, as the interpreter itself sees it."""
    if _note not in HOOKS:  # hooks cannot be taken back
        sys.addaudithook(_note)
        HOOKS.append(_note)
    _TAKEN.clear()
    _THREADS.add(cluster.do(threading.get_ident))
    yield _TAKEN
    _THREADS.clear()


HOOKS = []
SECRET = "/etc/hostname"
SNEAKY = [
    SECRET,
    "/../../../../../.." + SECRET,
    "/api/v1/../../../../.." + SECRET,
    "/api/v1/namespaces/default/pods/..%2f..%2f..%2f..%2fetc%2fhostname",
    "/api/v1/namespaces/..%2f..%2f..%2fetc/configmaps/hostname",
    "/openapi/v3/..%2f..%2f..%2fetc%2fhostname",
    "/openapi/v3/apis/../../../../etc/hostname",
    "/nodeportkit/../../etc/hostname",
    "/nodeportkit/..%2f..%2fetc%2fhostname",
    "/static/../../etc/hostname",
    "/file:///etc/hostname",
    "/api/v1/nodes/node-1/proxy/logs/../../etc/hostname",
    "/api/v1/namespaces/default/pods/web/exec?command=touch&command=/tmp/x",
    "/api/v1/namespaces/default/pods/web/log?container=../../etc/hostname",
    "/%00/etc/hostname",
    "/index.html;id",
    "/$(id)",
    "/`id`",
    "/index.html?page=../../../etc/hostname",
]


def test_no_request_reads_or_writes_a_file_or_starts_a_program(cluster, taken):
    cluster.kubectl("run", "web", "--image=nginx", "--port=80")
    cluster.kubectl("wait", "pod/web", "--for=condition=Ready", "--timeout=20s")
    address = cluster.kubectl("get", "pod", "web", "-o", "jsonpath={.status.podIP}")
    place = cluster.world.doors.where(Door(address, 80))
    context = ssl.create_default_context(cadata=cluster.identity.authority.decode())
    key = {"Authorization": f"Bearer {cluster.identity.token}"}
    body = json.dumps({"metadata": {"name": "../../../../tmp/written"}, "data": {"/tmp/x": "`touch /tmp/x`"}})
    hostname = Path(SECRET).read_bytes().strip()

    def answers(method, path):
        for asking in (
            http.client.HTTPSConnection("127.0.0.1", cluster.port, context=context, timeout=10),
            http.client.HTTPConnection(*place, timeout=10),
        ):
            with contextlib.closing(asking):
                asking.request(method, path, None if method in ("GET", "DELETE") else body, key)
                yield asking.getresponse().read()

    for _ in range(2):  # what is asked for the first time may be needed to be imported
        del taken[:]
        said = b"".join(
            heard
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
            for path in SNEAKY
            for heard in answers(method, path)
        )
    assert hostname not in said
    assert taken == []
    cluster.kubectl("delete", "pod", "web", "--now")
