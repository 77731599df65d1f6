"""What breaks servers: hostile bodies, clients that hang up, do not read, or come by the thousand."""

import contextlib
import http.client
import json
import socket
import ssl
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeportkit.kube.decoding.types import types
from nodeportkit.playground.api.exchange import Request
from nodeportkit.playground.api.server import ApiServer
from nodeportkit.playground.resources import resources

# Any request at all


JUNK = st.sampled_from([None, 0, -1, True, "", "x", "a/b", 3.5, 2**70, [], {}, [None], {"a": None}, "\ud800", "$patch"])
PLAIN = {
    "int32": st.integers(-1, 70000),
    "int64": st.integers(),
    "bool": st.booleans(),
    "time": st.just("2026-01-01T00:00:00Z"),
}


def value_of(type_, depth=0):
    """Values of a type, now and then one of another."""
    if type_.startswith("[]"):
        proper = st.lists(st.deferred(lambda: value_of(type_.removeprefix("[]"), depth + 1)), max_size=2)
    elif type_.startswith("map[string]"):
        proper = st.dictionaries(
            st.sampled_from(["a", "app", "x/y", ""]), value_of(type_.removeprefix("map[string]"), depth + 1), max_size=2
        )
    elif type_ in types():
        fields = types()[type_] if depth < 6 else {}
        proper = st.lists(st.sampled_from(sorted(fields) or [""]), max_size=3, unique=True).flatmap(
            lambda names: st.fixed_dictionaries(
                {name: value_of(fields[name], depth + 1) for name in names if name in fields}
            )
        )
    else:
        proper = PLAIN.get(type_, st.sampled_from(["", "x", "web", "None", "10.0.0.1", "ClientIP", "NodePort", "25%"]))
    return st.one_of(proper, proper, proper, JUNK)


@st.composite
def requests(draw):
    resource = draw(st.sampled_from(resources()))
    base = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
    path = f"{base}/namespaces/default/{resource.plural}" if resource.namespaced else f"{base}/{resource.plural}"
    method = draw(st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]))
    if method in ("PUT", "PATCH") or draw(st.booleans()):
        path += draw(
            st.sampled_from(["/a", "/b", "/a/status", "/a/scale", "/a/log", "/a/eviction", "/a/binding", "//", "/%00"])
        )
    query = draw(
        st.dictionaries(
            st.sampled_from(
                ["labelSelector", "fieldSelector", "limit", "continue", "resourceVersion", "dryRun", "fieldManager"]
            ),
            st.lists(st.text(max_size=12), min_size=1, max_size=2),
            max_size=1,
        )
    )
    kinds = ["json-patch+json", "merge-patch+json", "strategic-merge-patch+json", "apply-patch+yaml"]
    media = draw(
        st.sampled_from(kinds if method == "PATCH" else ["json", "json", "yaml", "vnd.kubernetes.protobuf", "x"])
    )
    thing = draw(
        st.one_of(
            value_of(resource.kind),
            JUNK,
            st.lists(st.dictionaries(st.sampled_from(["op", "path", "value", "from"]), JUNK)),
        )
    )
    if isinstance(thing, dict) and draw(st.integers(0, 9)):
        thing = {**thing, "metadata": {"name": draw(st.sampled_from("ab"))}}
    body = draw(
        st.one_of(st.just(json.dumps(thing).encode()), st.just(json.dumps(thing).encode()), st.binary(max_size=40))
    )
    if media.startswith("vnd") and draw(st.booleans()):
        body = b"k8s\0" + body
    accept = draw(
        st.sampled_from(["", "application/json", "application/json;as=Table;v=v1;g=meta.k8s.io", "text/html", ";=,"])
    )
    return Request(method, path, query, {"content-type": f"application/{media}", "accept": accept}, body)


@pytest.fixture(scope="module")
def server():
    made = ApiServer()
    space = {"metadata": {"name": "default"}}
    made.answer(Request("POST", "/api/v1/namespaces", {}, {}, json.dumps(space).encode()))
    return made


@given(request=requests())
@settings(max_examples=400, deadline=None)
def test_every_request_has_an_answer(server, request):
    answer = server.answer(request)
    assert answer.code != 500 or "resourceVersion should not be set" in answer.document["message"], answer.document
    if answer.code >= 400 and answer.text is None:
        assert answer.document["kind"] == "Status"
        assert answer.document["code"] == answer.code
    if answer.events is None:
        json.dumps(answer.document, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("json", "[" * 1_000_000),
        ("json", '{"metadata":{"name":"x"},"data":' + '{"a":' * 500 + "1" + "}" * 501),
        ("json", '{"data": {"a": NaN}}'),
        ("json", '{"data": {"a": 1e999}}'),
        ("json", '{"data": {"a": ' + "9" * 5000 + "}}"),
        ("yaml", "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))),
        ("yaml", "!!python/object/apply:os.system ['true']"),
        ("yaml", "a: &a [*a]"),
        ("yaml", "[" * 100_000),
        ("vnd.kubernetes.protobuf", "k8s\0" + "\x0a\x7f" * 100),
    ],
)  # fmt: skip
def test_bombs_are_refused(server, media, body):
    begun = time.process_time()
    sent = Request(
        "POST", "/api/v1/namespaces/default/configmaps", {}, {"content-type": f"application/{media}"}, body.encode()
    )
    assert server.answer(sent).code == 400
    assert time.process_time() - begun < 5


def test_a_giant_selector_is_answered(server):
    for selector in (
        ",".join(f"k{i}=v" for i in range(20_000)),
        f"a in ({','.join('x' * 3 for _ in range(50_000))})",
        "(" * 100_000,
    ):
        answer = server.answer(Request("GET", "/api/v1/pods", {"labelSelector": [selector]}))
        assert answer.code in (200, 400)


# Clients that misbehave


def connected(cluster, path, *, small=False):
    context = ssl.create_default_context(cadata=cluster.identity.authority.decode())
    plain = socket.socket()
    if small:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.connect(("127.0.0.1", cluster.port))
    made = context.wrap_socket(plain, server_hostname="127.0.0.1")
    asking = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {cluster.identity.token}\r\n\r\n"
    made.sendall(asking.encode())
    return made


def listeners(cluster):
    return cluster.do(lambda: len(cluster.world.api.store._listeners))


def eventually(holds, seconds=10):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def put(cluster, name, size=10):
    body = {"metadata": {"name": name}, "data": {"a": "x" * size}}
    path = "/api/v1/namespaces/default/configmaps"
    asked = Request("POST", path, {}, {"content-type": "application/json"}, json.dumps(body).encode())
    assert cluster.do(lambda: cluster.world.api.answer(asked)).code == 201


def test_two_hundred_watches_hear_the_same_and_leave_nothing_behind(cluster):
    before = listeners(cluster)
    path = "/api/v1/configmaps?watch=true&resourceVersion=0"
    watching = [connected(cluster, path) for _ in range(200)]
    eventually(lambda: listeners(cluster) == before + 200)
    put(cluster, "told-to-all")
    for one in watching:
        one.settimeout(20)
        heard = b""
        while b"told-to-all" not in heard:
            heard += one.recv(65536)
        one.close()
    eventually(lambda: listeners(cluster) == before)


def test_who_does_not_read_is_left_behind(cluster, monkeypatch):
    monkeypatch.setattr("nodeportkit.playground.serving.web._READ_WITHIN", 0.3)
    before = listeners(cluster)
    deaf = connected(cluster, "/api/v1/configmaps?watch=true&resourceVersion=0", small=True)
    eventually(lambda: listeners(cluster) == before + 1)
    for number in range(20):
        put(cluster, f"large-{number}", 900_000)
    eventually(lambda: listeners(cluster) == before)
    deaf.close()
    cluster.kubectl("delete", "configmaps", "--all", "-n", "default")


def test_an_answer_that_nobody_reads_is_given_up(cluster, monkeypatch):
    monkeypatch.setattr("nodeportkit.playground.serving.web._READ_WITHIN", 0.3)
    for number in range(20):
        put(cluster, f"long-{number}", 900_000)
    before = len(cluster.server.guests)
    deaf = connected(cluster, "/api/v1/configmaps", small=True)
    eventually(lambda: len(cluster.server.guests) == before + 1)
    eventually(lambda: len(cluster.server.guests) == before)
    deaf.close()
    cluster.kubectl("delete", "configmaps", "--all", "-n", "default")


@pytest.fixture
def hasty(cluster, monkeypatch):
    """A server that waits for nobody for long."""
    monkeypatch.setattr(cluster.server, "rules", replace(cluster.server.rules, strangers_stay=0.5))
    monkeypatch.setattr(cluster.server.conn_params, "body_timeout", 0.5)
    return cluster


def until_closed(one):
    """What a connection still says until it is closed."""
    one.settimeout(15)
    heard = b""
    with contextlib.suppress(ConnectionResetError, ssl.SSLError):
        while part := one.recv(65536):
            heard += part
    return heard


def secure(cluster):
    context = ssl.create_default_context(cadata=cluster.identity.authority.decode())
    return context.wrap_socket(socket.create_connection(("127.0.0.1", cluster.port)), server_hostname="127.0.0.1")


def test_who_does_not_finish_the_handshake_or_says_nothing_is_cut_off(hasty):
    with socket.create_connection(("127.0.0.1", hasty.port)) as plain:
        plain.sendall(b"\x16\x03\x01")  # the beginning of a handshake
        assert until_closed(plain) == b""
    with secure(hasty) as one:
        assert until_closed(one) == b""


def test_who_sends_a_head_byte_by_byte_is_cut_off(hasty):
    with secure(hasty) as one:
        one.sendall(b"GET /readyz HTTP/1.1\r\n")
        with contextlib.suppress(ConnectionResetError, BrokenPipeError, ssl.SSLError):
            for _ in range(300):
                one.sendall(b"X: y\r\n")
                time.sleep(0.05)
            pytest.fail("fifteen seconds, and nobody minds")


def test_who_has_shown_the_token_and_sends_a_body_byte_by_byte_is_cut_off(hasty):
    head = "POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999\r\n"
    with secure(hasty) as one:
        one.sendall(f"{head}Authorization: Bearer {hasty.identity.token}\r\n\r\n".encode())
        assert until_closed(one) == b""


def test_who_has_shown_the_token_may_stay_and_is_not_ended_for_others(hasty, monkeypatch):
    guests = hasty.server.guests
    watching = connected(hasty, "/api/v1/configmaps?watch=true&resourceVersion=0")
    eventually(lambda: listeners(hasty) > 0)
    monkeypatch.setattr(guests, "most", 20)
    ended = guests.ended
    crowd = [socket.create_connection(("127.0.0.1", hasty.port)) for _ in range(60)]
    eventually(lambda: guests.ended >= ended + 40)
    for one in crowd:  # and the others go for having said nothing
        assert until_closed(one) == b""
        one.close()
    put(hasty, "told-to-who-stayed")
    watching.settimeout(10)
    heard = b""
    while b"told-to-who-stayed" not in heard:
        heard += watching.recv(65536)
    watching.close()


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("known", [False, True])
def test_a_body_that_nobody_wants_is_refused_in_the_words_of_a_server(cluster, chunked, known):
    asking = http.client.HTTPSConnection(
        "127.0.0.1",
        cluster.port,
        context=ssl.create_default_context(cadata=cluster.identity.authority.decode()),
        timeout=10,
    )
    headers = {"Authorization": f"Bearer {cluster.identity.token}"} if known else {}
    body = (b"x" * 65536 for _ in range(80)) if chunked else b"x" * 5_000_000
    asking.request("POST", "/api/v1/namespaces/default/configmaps", body, headers, encode_chunked=chunked)
    answer = asking.getresponse()
    said = json.loads(answer.read())
    asking.close()
    wanted = (413, "RequestEntityTooLarge") if known else (401, "Unauthorized")
    assert (answer.status, said["kind"], said["reason"]) == (wanted[0], "Status", wanted[1])
    if known:
        assert said["message"] == "Request entity too large: limit is 3145728"


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00" * 100 + b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /api HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
        b"POST /api HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /api HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"GET /%zz/../../etc/passwd HTTP/1.1\r\n\r\n",
        b"BREW / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ],
)
def test_broken_http_hurts_nobody_else(cluster, raw):
    context = ssl.create_default_context(cadata=cluster.identity.authority.decode())
    with context.wrap_socket(socket.create_connection(("127.0.0.1", cluster.port)), server_hostname="127.0.0.1") as one:
        one.settimeout(10)
        try:
            one.sendall(raw)
            heard = one.recv(65536)
        except OSError:
            heard = b""
        assert b" 200 " not in heard[:15]
    asking = http.client.HTTPSConnection("127.0.0.1", cluster.port, context=context, timeout=10)
    asking.request("GET", "/readyz")
    assert asking.getresponse().read() == b"ok"
    asking.close()
