"""Who is let in to the API server: those with the token, for as long as they like; everybody else for a moment.

A connection that shows no token in time is closed: whoever does not finish the handshake, sends a head bit by bit, or waits.
What is asked is looked at as soon as its head is there: no body is read of those who may not ask, nor one that is too large.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import responses
from typing import Any, Final

from tornado import httputil, iostream
from tornado.http1connection import HTTP1Connection, HTTP1ServerConnection

from nodeportkit.kube.validation.status import failure
from nodeportkit.playground.network.guests import Guests
from nodeportkit.playground.network.visits import Visits
from nodeportkit.playground.serving.identity import HOST

__all__ = ["LARGEST_BODY", "Doorkeeper", "Rules"]

LARGEST_BODY: Final = 3 << 20  # the API server's own limit, which is etcd's twice
_STRANGERS_STAY: Final = 10.0  # seconds
_LINGER: Final = 2.0  # while a body that nobody wants is taken in, so that the refusal is read
_OPEN: Final = ("/healthz", "/livez", "/readyz", "/version")
_HOSTS: Final = (HOST, "localhost")


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may ask.

    Attributes
    ----------
    token
        What requests have to carry.
    strangers_stay
        How many seconds a connection without it may last.
    """

    token: str = field(repr=False)
    strangers_stay: float = _STRANGERS_STAY

    def knows(self, headers: Mapping[str, str]) -> bool:
        """Whether a request carries the token."""
        given = headers.get("Authorization", "").encode("utf-8", "replace")
        return hmac.compare_digest(given, f"Bearer {self.token}".encode())

    def refusal(self, path: str, headers: Mapping[str, str]) -> tuple[int, str, str] | None:
        """Why a request is refused: code, reason and message; None if it is not."""
        host = headers.get("Host", "")
        if (host.rpartition(":")[0] or host) not in _HOSTS or "Origin" in headers:
            return 403, "Forbidden", "requests from other sites are refused"
        if path not in _OPEN and not self.knows(headers):
            return 401, "Unauthorized", "Unauthorized"
        if _length(headers) > LARGEST_BODY:
            return _too_large()
        return None


class Doorkeeper(Visits):
    """Tornado's server behind the rules, which it is told by `keep` as soon as it is made."""

    def keep(self, rules: Rules, guests: Guests[iostream.IOStream]) -> None:
        """Keep to the rules, and count who is connected."""
        self.rules = rules
        self.guests = guests
        self._late: dict[iostream.IOStream, asyncio.TimerHandle] = {}

    def handle_stream(self, stream: iostream.IOStream, address: Any) -> None:
        """Serve a connection, which has to show the token in time."""
        later = asyncio.get_running_loop().call_later
        self._late[stream] = later(self.rules.strangers_stay, stream.close)
        super().handle_stream(stream, address)

    def start_request(self, server_conn: object, request_conn: httputil.HTTPConnection) -> httputil.HTTPMessageDelegate:
        """Look at a request's head before anybody else does."""
        assert isinstance(request_conn, HTTP1Connection)
        return _Head(super().start_request(server_conn, request_conn), request_conn, self)

    def on_close(self, server_conn: object) -> None:
        """Let go of a connection that is over."""
        assert isinstance(server_conn, HTTP1ServerConnection)
        self._forget(server_conn.stream)
        super().on_close(server_conn)

    def let_in(self, stream: iostream.IOStream) -> None:
        """Let a connection last that has shown the token."""
        self._forget(stream)
        self.guests.trust(stream)

    def _forget(self, stream: iostream.IOStream) -> None:
        if late := self._late.pop(stream, None):
            late.cancel()


class _Head(httputil.HTTPMessageDelegate):
    """A request, which is passed on or refused when its head has arrived."""

    def __init__(self, inner: httputil.HTTPMessageDelegate, connection: HTTP1Connection, keeper: Doorkeeper) -> None:
        self._inner = inner
        self._connection = connection
        self._keeper = keeper
        self._length = 0
        self._refused = False
        self._linger: asyncio.TimerHandle | None = None

    def headers_received(
        self, start_line: httputil.RequestStartLine | httputil.ResponseStartLine, headers: httputil.HTTPHeaders
    ) -> Any:
        """Pass the request on, or refuse it."""
        assert isinstance(start_line, httputil.RequestStartLine)
        if self._keeper.rules.knows(headers):
            self._keeper.let_in(self._connection.stream)
        refusal = self._keeper.rules.refusal(start_line.path.partition("?")[0], headers)
        if refusal is None:
            return self._inner.headers_received(start_line, headers)
        comes = _length(headers) > 0 or "Transfer-Encoding" in headers
        self._refuse(*refusal, body_comes=comes, expected="Expect" in headers, bare=start_line.method == "HEAD")
        return None

    def data_received(self, chunk: bytes) -> Any:
        """Pass on a part of the body."""
        self._length += len(chunk)
        if not self._refused and self._length > LARGEST_BODY:  # in parts, it does not say beforehand how long it is
            self._refuse(*_too_large(), body_comes=True)
        return None if self._refused else self._inner.data_received(chunk)

    def finish(self) -> None:
        """All has been said."""
        if self._refused:
            self._end()
        else:
            self._inner.finish()

    def on_connection_close(self) -> None:
        """The client is gone."""
        if self._linger is not None:
            self._linger.cancel()
        if not self._refused:
            self._inner.on_connection_close()

    def _refuse(
        self, code: int, reason: str, message: str, *, body_comes: bool, expected: bool = False, bare: bool = False
    ) -> None:
        self._refused = True
        body = json.dumps(failure(code, reason, message)).encode()
        headers = httputil.HTTPHeaders({"Content-Type": "application/json", "Content-Length": str(len(body))})
        if body_comes:
            headers["Connection"] = "close"
        line = httputil.ResponseStartLine("HTTP/1.1", code, responses.get(code, reason))
        self._connection.write_headers(line, headers, b"" if bare else body)
        if expected:  # the client waits with the body until it is asked for
            self._connection.finish()
        else:
            self._linger = asyncio.get_running_loop().call_later(_LINGER, self._end)

    def _end(self) -> None:
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None
            self._connection.finish()


def _length(headers: Mapping[str, str]) -> int:
    given = headers.get("Content-Length", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else 0


def _too_large() -> tuple[int, str, str]:
    # apimachinery pkg/api/errors NewRequestEntityTooLargeError
    return 413, "RequestEntityTooLarge", f"Request entity too large: limit is {LARGEST_BODY}"
