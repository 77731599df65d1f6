"""What the programs in containers answer: nginx as nginx does, any other with a page that names its pod."""

from __future__ import annotations

import random
from dataclasses import dataclass
from email.utils import formatdate
from functools import cache
from importlib.resources import files
from typing import Final

from nodeportkit.playground.images import name_and_tag
from nodeportkit.playground.printing import is_nginx
from nodeportkit.playground.store import Object

__all__ = ["ERRORS", "LATENCY", "Reply", "datagram", "latency", "reply"]

LATENCY: Final = "nodeportkit.io/latency-ms"
ERRORS: Final = "nodeportkit.io/error-rate"
_REASONS: Final = {200: "OK", 404: "Not Found", 405: "Not Allowed", 500: "Internal Server Error"}
_TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to an HTTP request."""

    code: int
    body: bytes
    headers: dict[str, str]

    @property
    def reason(self) -> str:
        """The code in words."""
        return _REASONS[self.code]


def latency(pod: Object) -> float:
    """How many seconds the pod takes for an answer."""
    return _number(pod, LATENCY) / 1000


def reply(pod: Object, image: str, method: str, path: str, client: str, port: int) -> Reply:
    """What a container made of the image answers to a request.

    Parameters
    ----------
    pod
        The container's pod.
    image
        The image as the container names it.
    method, path
        The request.
    client
        The address that the pod sees.
    port
        The pod's port.
    """
    nginx = is_nginx(image)
    if random.random() < _number(pod, ERRORS):
        code = 500
    elif nginx and method not in ("GET", "HEAD"):
        code = 405
    elif nginx and path.partition("?")[0] not in ("/", "/index.html"):
        code = 404
    else:
        code = 200
    if nginx:
        body, headers = _nginx(code, image)
    else:
        body = b"an error, as its annotation asks for\n" if code == 500 else _page(pod, image, client, port)
        headers = _about(body, _TEXT)
    # Who answered, and whom the pod saw: of the playground's own, whatever the program is.
    signed = {"X-Pod-Name": pod["metadata"]["name"], "X-Node-Name": pod["spec"]["nodeName"], "X-Client-Address": client}
    return Reply(code, body, {**headers, **signed})


def datagram(pod: Object, client: str, port: int) -> bytes | None:
    """What a program answers to a datagram: a line that names its pod and node, and the client as the pod saw it.

    None where its annotation asks for errors: what goes wrong with datagrams is not told.
    """
    if random.random() < _number(pod, ERRORS):
        return None
    name, node = pod["metadata"]["name"], pod["spec"]["nodeName"]
    return f"pod={name} node={node} client={client} port={port}\n".encode()


def _page(pod: Object, image: str, client: str, port: int) -> bytes:
    name, node = pod["metadata"]["name"], pod["spec"]["nodeName"]
    plain = name_and_tag(image)[0]
    return f"pod: {name}\nnode: {node}\nimage: {plain}\nport: {port}\nclient: {client}\n".encode()


def _about(body: bytes, media: str) -> dict[str, str]:
    return {"Content-Type": media, "Content-Length": str(len(body))}


def _nginx(code: int, image: str) -> tuple[bytes, dict[str, str]]:
    """As nginx answers that has its welcome page alone."""
    tag = name_and_tag(image)[1]
    server = f"nginx/{tag}" if tag.count(".") == 2 and tag.replace(".", "").isdecimal() else "nginx"
    body = _file("nginx.html") if code == 200 else _refused(code, server)
    more = {"Accept-Ranges": "bytes"} if code == 200 else {}
    when = {"Server": server, "Date": formatdate(usegmt=True)}
    return body, {**when, **_about(body, "text/html"), "Connection": "keep-alive", **more}


def _refused(code: int, server: str) -> bytes:
    title = f"{code} {_REASONS[code]}"
    lines = [
        "<html>",
        f"<head><title>{title}</title></head>",
        "<body>",
        f"<center><h1>{title}</h1></center>",
        f"<hr><center>{server}</center>",
        "</body>",
        "</html>",
        "",
    ]
    return "\r\n".join(lines).encode()


@cache
def _file(name: str) -> bytes:
    return files("nodeportkit.playground").joinpath("pages", name).read_bytes()


def _number(pod: Object, name: str) -> float:
    try:
        return max(0.0, float((pod["metadata"].get("annotations") or {}).get(name, 0)))
    except ValueError:
        return 0.0
