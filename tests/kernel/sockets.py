"""Sockets in other network namespaces, all driven by this one process: small servers, and clients with a time limit.

A socket belongs to the namespace that its thread was in when it was made, and stays there.
"""

import asyncio
import contextlib
import ctypes
import os
import socket
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from kernel_tools import Namespace

SECONDS = 1.8  # how long a client waits: the kernel sends a lost SYN again after one second
_NET = 0x40000000  # CLONE_NEWNET
_IPV6_FREEBIND = 78  # listen on addresses that are local by a route alone, as IPv4 does of itself
_LIBC = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def inside(namespace: Namespace) -> Iterator[None]:
    """Let this thread act in the namespace."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    away = os.open(f"/run/netns/{namespace.name}", os.O_RDONLY)
    try:
        _enter(away)
        yield
    finally:
        _enter(home)
        os.close(away)
        os.close(home)


def _enter(file: int) -> None:
    if _LIBC.setns(file, _NET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def settings(namespace: Namespace, **values: str) -> None:
    """Set kernel parameters below net/ (`_` for `/`, as the names given here have none)."""
    with inside(namespace):
        for name, value in values.items():
            Path("/proc/sys/net", name.replace("__", "/")).write_text(value)


@dataclass(frozen=True)
class Answer:
    """What a client found: how it ended; who answered, which client that server saw, and whether that is the client."""

    outcome: str
    by: str = ""
    seen: str = ""
    masqueraded: bool = False


class Host:
    """A namespace with a name, whose sockets can listen and dial."""

    def __init__(self, name: str, namespace: Namespace) -> None:
        self.name = name
        self.namespace = namespace
        self._ports = cycle(range(33000, 60000))  # one after the other, so that no old connection is met again

    def socket(self, address: str, port: int, protocol: str) -> socket.socket:
        """A bound socket in the namespace; port 0 for a fresh one."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with inside(self.namespace):
            made = socket.socket(family, socket.SOCK_STREAM if protocol == "TCP" else socket.SOCK_DGRAM)
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            made.setsockopt(socket.IPPROTO_IPV6, _IPV6_FREEBIND, 1)
        for _ in range(50):
            with contextlib.suppress(OSError):
                made.bind((address, port or next(self._ports)))
                return made
        made.close()
        raise OSError(f"{self.name} has no {address} to bind {protocol} port {port} to")

    async def dial(
        self, source: str, destination: str, port: int, protocol: str = "TCP", seconds: float = SECONDS
    ) -> Answer:
        """What a client at the source address finds at the destination."""
        with self.socket(source, 0, protocol) as client:
            try:
                async with asyncio.timeout(seconds):
                    return await _ask(client, destination, port)
            except TimeoutError:
                return Answer("timeout")
            except ConnectionRefusedError:
                return Answer("refused")
            except OSError as error:
                return Answer(f"failed: {error}")


async def _ask(client: socket.socket, destination: str, port: int) -> Answer:
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, (destination, port))
    with contextlib.suppress(PermissionError):  # the host's own rules kept a datagram in: what follows tells how
        await loop.sock_sendall(client, b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
    reply = b""
    while not reply.endswith(b"\n\n"):
        part = await loop.sock_recv(client, 1000)
        if not part:
            break
        reply += part
    by, seen, at = reply.decode().split("\r\n\r\n")[1].split()
    own = client.getsockname()[:2]
    # What is masqueraded gets a random port, so it shows even where the node itself is the client.
    return Answer("answered", by, seen, masqueraded=own != (seen, int(at)))


def _reply(name: str, client: tuple) -> bytes:
    body = f"{name} {client[0]} {client[1]}\n\n".encode()
    return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body


class _Http(asyncio.Protocol):
    """Answers any request with the host's name and the client's address."""

    def __init__(self, name: str) -> None:
        self.name = name

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, _data):
        self.transport.write(_reply(self.name, self.transport.get_extra_info("peername")))
        self.transport.close()


class _Datagrams(asyncio.DatagramProtocol):
    """The same for a datagram."""

    def __init__(self, name: str) -> None:
        self.name = name

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, _data, peer):
        self.transport.sendto(_reply(self.name, peer), peer)


class Servers:
    """Servers of many hosts, in a thread of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._open: list[asyncio.BaseTransport | asyncio.Server] = []
        self._thread.start()

    def serve(self, host: Host, port: int, protocol: str = "TCP", addresses: Iterable[str] = ("0.0.0.0", "::")) -> None:
        """Answer with the host's name, without addresses on all that it has.

        An answer to a datagram comes from the address that was asked only if that address is named here, or the only one.
        """
        for address in addresses:
            self._run(self._listen(host, host.socket(address, port, protocol), protocol))

    async def _listen(self, host: Host, bound: socket.socket, protocol: str) -> None:
        if protocol == "TCP":
            server = await self._loop.create_server(lambda: _Http(host.name), sock=bound, backlog=1000)
            self._open.append(server)
        else:
            transport, _ = await self._loop.create_datagram_endpoint(lambda: _Datagrams(host.name), sock=bound)
            self._open.append(transport)

    def _run(self, task) -> None:
        asyncio.run_coroutine_threadsafe(task, self._loop).result(timeout=10)

    def close(self) -> None:
        """End them all."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    async def _close(self) -> None:
        for opened in self._open:
            opened.close()
        await asyncio.sleep(0.2)  # for transports that are still closing
