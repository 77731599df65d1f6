"""What runs in the playground's process: `python -m nodeportkit.playground.process.host`, started by `launch`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable

import msgspec

from nodeportkit.errors import NodePortKitError
from nodeportkit.playground.network.limits import raise_limit
from nodeportkit.playground.process.control import Control
from nodeportkit.playground.process.launch import prepare
from nodeportkit.playground.process.pids import start_time
from nodeportkit.playground.process.settings import Settings
from nodeportkit.playground.process.state import MARK, State, clean, locked, running, save
from nodeportkit.playground.serving.identity import HOST, new_identity
from nodeportkit.playground.serving.kubeconfig import kubeconfig_text, write_privately
from nodeportkit.playground.serving.web import serve
from nodeportkit.playground.world import World

__all__ = ["explained", "main", "run", "run_here"]


def _listen(over: asyncio.Event) -> None:
    """Notice that whoever holds the other end of the standard input is gone."""
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        over.set()


async def run(settings: Settings, ready: Callable[[State], None]) -> None:
    """Run a playground until it is told to end; `ready` is called as soon as it answers."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, over.set)
    if settings.guarded:
        loop.add_reader(sys.stdin.fileno(), _listen, over)
    raise_limit()
    identity = new_identity()
    world = World(settings.nodes, speed=settings.speed, authority=identity.authority.decode())
    server, port = await serve(world.api, identity, settings.port, own=Control(world).answer, guests=world.clients)
    url = f"https://{HOST}:{port}"
    try:
        pid = os.getpid()
        state = State(pid, start_time(pid) or "", url, str(settings.kubeconfig), settings.nodes, settings.speed)
        save(settings.folder, state)
        write_privately(settings.kubeconfig, MARK + kubeconfig_text(url, identity))
        ready(state)
        await over.wait()
    finally:
        server.stop()
        await world.close()
        await server.close_all_connections()
        clean(settings.folder)


def explained(error: Exception, settings: Settings) -> str:
    """In one line why a playground could not begin."""
    if isinstance(error, OSError):
        where = error.filename or (f"port {settings.port}" if settings.port else settings.folder)
        return f"the playground cannot begin: {where}: {error.strerror or error}"
    return str(error)


def run_here(settings: Settings, ready: Callable[[State], None]) -> None:
    """Run a playground in this process, until Ctrl-C.

    Raises
    ------
    NodePortKitError
        If it cannot begin, or runs already.
    """
    try:
        with locked(settings.folder):
            if running(settings.folder):
                raise NodePortKitError("the playground runs already", hint="End it: nodeportkit playground down.")
            prepare(settings.folder, settings.kubeconfig)
        asyncio.run(run(settings, ready))
    except OSError as error:
        raise NodePortKitError(explained(error, settings)) from error


def main(arguments: list[str] | None = None) -> int:
    """Run a playground; what became of it is told by the pipe that `launch` gave."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--report", type=int, required=True)
    parser.add_argument("--settings", required=True)
    options = parser.parse_args(arguments)
    settings = msgspec.json.decode(options.settings, type=Settings, dec_hook=lambda type_, value: type_(value))
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    os.umask(0o077)

    def tell(said: dict[str, object]) -> None:
        with contextlib.suppress(OSError), os.fdopen(options.report, "wb") as pipe:  # whoever asked may be gone
            pipe.write(msgspec.json.encode(said))

    try:
        asyncio.run(run(settings, lambda state: tell({"state": state})))
    except (NodePortKitError, OSError, ValueError) as error:
        tell({"error": explained(error, settings)})
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
