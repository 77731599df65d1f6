"""An HTTP server that counts who is connected."""

from __future__ import annotations

from typing import Any

from tornado import iostream
from tornado.http1connection import HTTP1ServerConnection
from tornado.httpserver import HTTPServer

from nodeportkit.playground.network.guests import Guests

__all__ = ["Visits"]


class Visits(HTTPServer):
    """Tornado's server; connections are ended for others where there are too many."""

    guests: Guests[iostream.IOStream]  # given it as soon as it is made

    def handle_stream(self, stream: iostream.IOStream, address: Any) -> None:
        """Serve a connection that was accepted."""
        super().handle_stream(stream, address)
        self.guests.arrive(stream)

    def on_close(self, server_conn: object) -> None:
        """Count no longer a connection that is over."""
        assert isinstance(server_conn, HTTP1ServerConnection)
        self.guests.leave(server_conn.stream)
        super().on_close(server_conn)
