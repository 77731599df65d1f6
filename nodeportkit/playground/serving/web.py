"""The HTTP side of the API server: Tornado, which comes with Jupyter, and keeps hundreds of watches open in one thread."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

from tornado import httpserver, iostream, netutil, web

from nodeportkit.kube.validation.status import failure
from nodeportkit.playground.api.exchange import Request
from nodeportkit.playground.api.server import ApiServer
from nodeportkit.playground.network.guests import Guests
from nodeportkit.playground.network.limits import Limits
from nodeportkit.playground.serving.doorkeeper import LARGEST_BODY, Doorkeeper, Rules
from nodeportkit.playground.serving.identity import HOST, Identity

__all__ = ["Own", "serve"]

_LARGEST_HEADERS: Final = 1 << 16
_ANY: Final = 1 << 62  # of bodies it is the doorkeeper that knows
_BODY_WITHIN: Final = 30.0
_QUIET: Final = 120  # seconds; also how long the head of a request may take
_READ_WITHIN: Final = 60.0  # an answer, or a watch, whose client does not read what it is sent
_OWN: Final = "/nodeportkit/"

# Answers what is asked of the playground itself: method, path and body -> a document, or None for what there is not.
Own: TypeAlias = Callable[[str, str, bytes], Awaitable[Any]]


class _Handler(web.RequestHandler):
    """Passes each request to the API server; that its sender may ask is seen to by the doorkeeper."""

    SUPPORTED_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

    def initialize(self, api: ApiServer, own: Own | None) -> None:
        """Take what each request needs."""
        self._api = api
        self._own = own
        self._watch: asyncio.Future[None] | None = None

    def _refuse(self, code: int, reason: str, message: str) -> None:
        self.set_status(code)
        self._write_json(failure(code, reason, message))
        self.finish()

    async def get(self) -> None:
        """Answer, and wait until that is read."""
        await self._serve()
        if not self._finished:
            try:
                await asyncio.wait_for(self.finish(), _READ_WITHIN)
            except (iostream.StreamClosedError, TimeoutError):
                self.request.connection.stream.close()  # type: ignore[union-attr]

    head = post = put = patch = delete = get

    async def _serve(self) -> None:
        if self._own and self.request.path.startswith(_OWN):
            method, path = str(self.request.method), self.request.path.removeprefix(_OWN)
            told = await self._own(method, path, self.request.body)
            if told is None:
                self._refuse(404, "NotFound", "the server could not find the requested resource")
            else:
                self._write_json(told)
            return
        query = {
            name: [value.decode("utf-8", "replace") for value in values]
            for name, values in self.request.query_arguments.items()
        }
        headers = {name.lower(): value for name, value in self.request.headers.items()}
        asked = Request(self.request.method or "GET", self.request.path, query, headers, self.request.body)
        answer = self._api.answer(asked)
        self.set_status(answer.code)
        for warning in answer.warnings:
            # Quotes and backslashes escaped, and nothing that would end a header: field names are the client's text.
            self.add_header("Warning", f"299 - {json.dumps(warning)}")
        if answer.events is not None:
            self.set_header("Content-Type", "application/json;stream=watch")
            await self._send(_written(answer.events))
        elif answer.lines is not None:
            self.set_header("Content-Type", "text/plain")
            await self._send(answer.lines)
        elif answer.text is not None:
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.write(answer.text)
        else:
            self.set_header("Content-Type", answer.type)
            self.write(answer.content)

    async def _send(self, parts: AsyncIterator[str]) -> None:
        """Send each part as soon as there is one, until that was all or the client is gone."""
        self._watch = asyncio.ensure_future(self._stream(parts))
        with contextlib.suppress(asyncio.CancelledError):  # the client is gone
            await self._watch

    async def _stream(self, parts: AsyncIterator[str]) -> None:
        self.set_header("Cache-Control", "no-cache, private")
        try:
            await self.flush()
            async for part in parts:
                self.write(part)
                await asyncio.wait_for(self.flush(), _READ_WITHIN)
        except (iostream.StreamClosedError, TimeoutError):
            self.request.connection.stream.close()  # type: ignore[union-attr]
        finally:
            await parts.aclose()  # type: ignore[attr-defined]

    def _write_json(self, document: Any) -> None:
        self.set_header("Content-Type", "application/json")
        self.write(json.dumps(document, separators=(",", ":")))

    def on_connection_close(self) -> None:
        """End the watch of a client that is gone, though nothing happens that would tell."""
        if self._watch is not None:
            self._watch.cancel()

    def write_error(self, status_code: int, **_: Any) -> None:
        """Answer what went wrong before, or in, the API server as a Status too."""
        reasons = {400: "BadRequest", 405: "MethodNotAllowed", 413: "RequestEntityTooLarge"}
        reason = reasons.get(status_code, "InternalError")
        self._write_json(failure(status_code, reason, f"{status_code}: {self._reason}"))
        self.finish()

    def set_default_headers(self) -> None:
        """Say nothing of the server."""
        self.clear_header("Server")


async def _written(events: AsyncIterator[Any]) -> AsyncIterator[str]:
    """Each event as a line of its own."""
    try:
        async for event in events:
            yield json.dumps(event, separators=(",", ":")) + "\n"
    finally:
        await events.aclose()  # type: ignore[attr-defined]


async def serve(
    api: ApiServer,
    identity: Identity,
    port: int = 0,
    *,
    own: Own | None = None,
    guests: Guests[iostream.IOStream] | None = None,
) -> tuple[httpserver.HTTPServer, int]:
    """Answer requests on loopback from now on.

    Parameters
    ----------
    api
        What answers them.
    identity
        The certificate, and the token that is asked for.
    port
        Where; 0 takes a free one.
    own
        Answers what is asked below `/nodeportkit/`, with the token as everything else.
    guests
        Who is connected; without it, as many may be as this process can bear.

    Returns
    -------
    HTTPServer, int
        The server, and its port.
    """
    application = web.Application([(r"/.*", _Handler, {"api": api, "own": own})], log_function=lambda _: None)
    server = Doorkeeper(
        application,
        ssl_options=_context(identity),
        max_body_size=_ANY,
        max_buffer_size=2 * LARGEST_BODY,
        max_header_size=_LARGEST_HEADERS,
        idle_connection_timeout=_QUIET,
        body_timeout=_BODY_WITHIN,
    )
    if guests is None:
        guests = Guests("clients of the API", Limits.now().clients, iostream.IOStream.close)
    server.keep(Rules(identity.token), guests)
    sockets = netutil.bind_sockets(port, HOST)
    server.add_sockets(sockets)
    await asyncio.sleep(0)
    return server, int(sockets[0].getsockname()[1])


def _context(identity: Identity) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # The ssl module reads keys from files only; this one is gone before anybody is served.
    with tempfile.TemporaryDirectory() as folder:
        chain = Path(folder, "chain.pem")
        chain.touch(mode=0o600)
        chain.write_bytes(identity.certificate + identity.key)
        context.load_cert_chain(chain)
    return context
