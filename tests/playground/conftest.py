"""A playground's API server in a thread, and the real kubectl to ask it."""

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from nodeportkit.kube.allocation import Allocators, ClusterIPAllocator
from nodeportkit.playground.api.decoding import Options
from nodeportkit.playground.api.server import ApiServer
from nodeportkit.playground.resources import find
from nodeportkit.playground.serving.identity import new_identity
from nodeportkit.playground.serving.kubeconfig import kubeconfig_text, write_privately
from nodeportkit.playground.serving.web import serve

KUBECTL = shutil.which("kubectl", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")


class Running:
    """An API server that runs, and kubectl to talk to it."""

    def __init__(self, folder):
        self.folder = folder
        allocators = Allocators(cluster_ips={"IPv4": ClusterIPAllocator("10.96.0.0/16")})
        self.api = ApiServer(allocators=allocators)
        self.kubeconfig = folder / "config"
        self.identity = new_identity()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.server, self.port = asyncio.run_coroutine_threadsafe(serve(self.api, self.identity), self._loop).result()
        self.url = f"https://127.0.0.1:{self.port}"
        write_privately(self.kubeconfig, kubeconfig_text(self.url, self.identity))
        for name in ("default", "kube-system"):
            self.do(
                lambda name=name: self.api.writer.create(find("", "v1", "namespaces"), "", namespace(name), Options())
            )

    def do(self, function):
        """Call something where the server runs."""

        async def call():
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(timeout=30)

    def stop(self):
        async def close():
            self.server.stop()
            await self.server.close_all_connections()
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(timeout=30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=30)
        self._loop.close()

    def kubectl(self, *arguments, data=None, code=0):
        """Run kubectl; gives what it prints, its complaints behind it."""
        done = subprocess.run(
            [KUBECTL, *map(str, arguments)],
            input=None if data is None else data.encode(),
            stdin=subprocess.DEVNULL if data is None else None,
            capture_output=True,
            check=False,
            timeout=60,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "KUBECONFIG": str(self.kubeconfig),
                "KUBECACHEDIR": str(self.folder / "cache"),
            },
        )
        said = done.stdout.decode() + done.stderr.decode()
        assert done.returncode == code, said
        return said


def namespace(name):
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    running = Running(tmp_path_factory.mktemp("playground"))
    yield running
    running.stop()
