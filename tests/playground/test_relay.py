"""Ports that are closed while clients come: everybody hears so, and nothing is left open."""

import asyncio
import contextlib
import gc
import socket
import sys

from nodeportkit.playground.network.guests import Guests
from nodeportkit.playground.network.relay import Entry, Relay
from nodeportkit.playground.network.requests import Entered, Requests
from nodeportkit.playground.network.sockets import listening


class Way:
    """Where all go on to."""

    address = source = "127.0.0.1"
    lost = False
    port = 0


def test_a_port_that_is_closed_while_clients_arrive_leaves_nothing_open(monkeypatch):
    left, complaints = [], []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: left.append(what.exc_value))
    requests = Requests()

    async def rush():
        loop = asyncio.get_running_loop()
        loop.set_debug(True)
        loop.set_exception_handler(lambda _, told: complaints.append(told))
        pod = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        Way.port = pod.sockets[0].getsockname()[1]
        guests = Guests("clients", 1000, Entry.end)
        for turn in range(60):
            held = listening("127.0.0.1", 0)
            place = held.getsockname()
            port = Relay(
                held, lambda: Entry(lambda _: Way, requests, lambda who: Entered("web", "node", "", 1, who), guests)
            )
            clients = [socket.socket() for _ in range(4)]
            for client in clients:
                client.setblocking(False)
                client.connect_ex(place)
            for _ in range(turn % 6):  # from before they are accepted to after the pod has been dialled
                await asyncio.sleep(0)
            port.close()
            for client in clients[: turn % 5]:
                client.close()
            for client in clients[turn % 5 :]:
                client.setblocking(True)
                client.settimeout(5)
                with contextlib.suppress(ConnectionError):
                    assert await asyncio.to_thread(client.recv, 1) == b""
                client.close()
        while len(guests):
            await asyncio.sleep(0.01)
        pod.close()
        await asyncio.sleep(0)

    asyncio.run(rush())
    gc.collect()
    assert left == []
    assert complaints == []
