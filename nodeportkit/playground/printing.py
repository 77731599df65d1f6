"""What programs print: nginx as the official image's does, any other what it listens on and who came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from nodeportkit.playground.images import image_of, name_and_tag
from nodeportkit.playground.store import Object

__all__ = ["at_start", "is_nginx", "on_request"]

_WORKER: Final = 29  # the process that answers: the first one after those of the entry point
_DOCUMENTS: Final = "/usr/share/nginx/html"
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # in any locale
_ODD: Final = re.compile(r'["\\\x00-\x1f\x7f-\uffff]')


def at_start(container: Object, at: datetime) -> list[str]:
    """What a container prints when it starts.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> at_start({"image": "whoami", "ports": [{"containerPort": 80}]}, datetime(2026, 11, 23, tzinfo=UTC))
    ['listening on port 80']
    """
    if not is_nginx(container["image"]):
        return [f"listening on port {it['containerPort']}" for it in container.get("ports") or ()] or ["started"]
    tag = name_and_tag(container["image"])[1]
    notice = f"{at:%Y/%m/%d %H:%M:%S} [notice] 1#1: "
    return [
        "/docker-entrypoint.sh: Configuration complete; ready for start up",
        f'{notice}using the "epoll" event method',
        *([f"{notice}nginx/{tag}"] if re.fullmatch(r"\d+\.\d+\.\d+", tag) else []),
        f"{notice}start worker processes",
        f"{notice}start worker process {_WORKER}",
    ]


def on_request(
    image: str,
    at: datetime,
    client: str,
    request: tuple[str, str, str],
    answer: tuple[int, int],
    headers: Mapping[str, str],
) -> list[str]:
    """What a server prints when it has answered a request.

    Parameters
    ----------
    image
        The container's image. Those of nginx have `log_format main` of the official image; others the common log format, as
        Apache's httpd has.
    at
        When.
    client
        The address that the pod saw.
    request
        Method, path and version of HTTP.
    answer
        The status, and the length of the body.
    headers
        The request's.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    >>> on_request("nginx", at, "192.168.1.2", ("GET", "/", "HTTP/1.1"), (200, 615), {"User-Agent": "curl/8.5.0"})
    ['192.168.1.2 - - [23/Nov/2026:01:30:00 +0000] "GET / HTTP/1.1" 200 615 "-" "curl/8.5.0" "-"']
    """
    method, path, version = request
    code, length = answer
    when = f"{at:%d}/{_MONTHS[at.month - 1]}/{at:%Y:%H:%M:%S} +0000"
    line = f'{client} - - [{when}] "{_escaped(f"{method} {path} {version}")}" {code} '
    if not is_nginx(image):
        return [f"{line}{length or '-'}"]
    said = [_escaped(headers.get(name) or "-") for name in ("Referer", "User-Agent", "X-Forwarded-For")]
    lines = [line + " ".join([str(length), *(f'"{word}"' for word in said)])]
    if code == 404:
        place = _DOCUMENTS + path.partition("?")[0]
        lines.insert(
            0,
            f'{at:%Y/%m/%d %H:%M:%S} [error] {_WORKER}#{_WORKER}: *1 open() "{_escaped(place)}" failed (2: No such file or '
            f'directory), client: {client}, server: localhost, request: "{_escaped(f"{method} {path} {version}")}", '
            f'host: "{_escaped(headers.get("Host") or "")}"',
        )
    return lines


def is_nginx(image: str) -> bool:
    """Whether an image is one of nginx's."""
    known = image_of(image)
    return known is not None and known.page == "nginx.html"


def _escaped(text: str) -> str:
    r"""The text as nginx writes it into its log: what is no plain character as \xXX (ngx_http_log_module, `escape=default`)."""
    return _ODD.sub(lambda found: "".join(f"\\x{byte:02X}" for byte in found[0].encode("utf-8", "replace")), text)
