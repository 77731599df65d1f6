"""A playground's API server in a thread, and the real kubectl to ask it."""

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from nodeportkit.playground.serving.identity import new_identity
from nodeportkit.playground.serving.kubeconfig import kubeconfig_text, write_privately
from nodeportkit.playground.serving.web import serve
from nodeportkit.playground.world import World

KUBECTL = shutil.which("kubectl", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")


class Running:
    """A cluster that runs in a thread, and kubectl to talk to it."""

    def __init__(self, folder, speed=1.0):
        self.folder = folder
        self.kubeconfig = folder / "config"
        self.identity = new_identity()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.world = self.do(lambda: World(speed=speed, authority=self.identity.authority.decode()))
        serving = serve(self.world.api, self.identity)
        self.server, self.port = asyncio.run_coroutine_threadsafe(serving, self._loop).result(timeout=30)
        self.url = f"https://127.0.0.1:{self.port}"
        write_privately(self.kubeconfig, kubeconfig_text(self.url, self.identity))

    def do(self, function):
        """Call something where the server runs."""

        async def call():
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(timeout=30)

    def stop(self):
        async def close():
            await self.world.close()
            self.server.stop()
            await self.server.close_all_connections()
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(timeout=30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=30)
        self._loop.close()

    def kubectl(self, *arguments, data=None, code=0, env=None, cwd=None):
        """Run kubectl; gives what it prints, its complaints behind it."""
        done = subprocess.run(
            [KUBECTL, *map(str, arguments)],
            input=None if data is None else data.encode(),
            stdin=subprocess.DEVNULL if data is None else None,
            capture_output=True,
            check=False,
            timeout=60,
            cwd=cwd,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "KUBECONFIG": str(self.kubeconfig),
                "KUBECACHEDIR": str(self.folder / "cache"),
                **(env or {}),
            },
        )
        said = done.stdout.decode() + done.stderr.decode()
        assert done.returncode == code, said
        return said


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    running = Running(tmp_path_factory.mktemp("playground"))
    yield running
    running.stop()
