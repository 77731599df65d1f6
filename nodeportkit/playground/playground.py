"""`Playground`: a small Kubernetes for a notebook, in a process of its own."""

from __future__ import annotations

import os
import random
import shlex
import shutil
import subprocess
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from nodeportkit.errors import NodePortKitError, NotFound, nearest
from nodeportkit.playground.process.asking import ask, call, reach, remarks
from nodeportkit.playground.process.launch import environment, start, stop
from nodeportkit.playground.process.settings import Settings
from nodeportkit.playground.process.state import State, folder_for, passing_folder, running
from nodeportkit.playground.programs import Printed, kubectl_path, run
from nodeportkit.playground.sample import APP, deployment, exposed
from nodeportkit.playground.services import ends_of, find_service, key_of, node_port_of

if TYPE_CHECKING:
    import pandas as pd

    from nodeportkit.live import LiveCluster
    from nodeportkit.playground.faults.planting import Planted

__all__ = ["Playground"]

_WITHIN: Final = 120.0
_STEP: Final = 0.05


class Playground:
    """A small Kubernetes in a process of its own: real kubectl talks to its API, real curl dials its node ports.

    It begins when it is made, and ends with `stop`, at the end of a `with` statement, or with the program that made it. No root
    and no container is needed: nodes, pods and services have addresses of their own within 127.0.0.0/8.

    Parameters
    ----------
    nodes
        How many nodes it has.
    speed
        How many times as fast as ours its clock runs: at 10, what takes a minute takes six seconds.

    Attributes
    ----------
    kubeconfig
        The file that leads to it.
    environment
        KUBECONFIG and KUBECACHEDIR, for processes that run kubectl.

    Raises
    ------
    NodePortKitError
        If it cannot begin; the message says why.

    Examples
    --------
    ::

        with npk.Playground() as playground:
            playground.kubectl("create deployment myapp --image=nginx --replicas=3")
            playground.kubectl("expose deployment myapp --type=NodePort --port=80")
            print(playground.minikube("service list"))
    """

    def __init__(self, nodes: int = 3, speed: float = 1.0) -> None:
        folder = passing_folder()
        settings = Settings(folder, folder / "kubeconfig", nodes, speed, guarded=True)
        state, process = start(settings)
        self._hold(state, folder, lambda before: _finished(folder, process, before))

    @classmethod
    def attach(cls, kubeconfig: str | Path | None = None) -> Playground:
        """A playground that runs already, as `nodeportkit playground up` begins one.

        It goes on when this program or a `with` statement ends; `stop` ends it.

        Parameters
        ----------
        kubeconfig
            The file that leads to it, if it was begun with one of its own.

        Raises
        ------
        NodePortKitError
            If it does not run.
        """
        folder = folder_for(None if kubeconfig is None else Path(kubeconfig))
        state = running(folder)
        if state is None:
            raise NodePortKitError("no playground runs", hint="To begin one: nodeportkit playground up")
        found = cls.__new__(cls)
        found._hold(state, folder, _put_back)
        return found

    def _hold(self, state: State, folder: Path, at_end: Callable[[dict[str, str | None]], None]) -> None:
        self._state, self._folder = state, folder
        self.kubeconfig = Path(state.kubeconfig)
        self.environment = environment(folder, self.kubeconfig)
        self._before: dict[str, str | None] = {}
        self._finish = weakref.finalize(self, at_end, self._before)

    def use(self) -> Playground:
        """Let `!kubectl` in notebook cells, and what else this program starts, talk to this playground until it stops."""
        folders = [str(Path(kubectl_path()).parent), os.environ.get("PATH", "")]
        for name, value in {**self.environment, "PATH": os.pathsep.join(folders)}.items():
            self._before.setdefault(name, os.environ.get(name))
            os.environ[name] = value
        return self

    def kubectl(self, command: str | Sequence[str], text: str | None = None) -> Printed:
        """What the real kubectl prints, its complaints included.

        Parameters
        ----------
        command
            What stands behind `kubectl`: `"get pods -o wide"`, or a list of words.
        text
            What it reads where the command says `-f -`.
        """
        words = shlex.split(command) if isinstance(command, str) else list(command)
        return run([kubectl_path(), *(words[1:] if words[:1] == ["kubectl"] else words)], self.environment, text)

    def curl(self, command: str | Sequence[str]) -> Printed:
        """What the real curl prints; it gives up after three seconds unless told otherwise (`-m`)."""
        path = shutil.which("curl")
        if path is None:
            raise NodePortKitError("there is no curl on this machine", hint="Use load(), or a browser.")
        words = shlex.split(command) if isinstance(command, str) else list(command)
        elsewhere = [
            word
            for (address, port), (to, at) in self._reach().items()
            for word in ("--connect-to", f"{address}:{port}:{to}:{at}")
        ]
        asked = words[1:] if words[:1] == ["curl"] else words
        return run([path, "-sS", "-m", "3", *elsewhere, *asked], self.environment)

    def minikube(self, command: str) -> Printed:
        """What minikube would print: `ip`, `node list`, `service list`, `service NAME --url`."""
        from nodeportkit.playground.minikube import answer

        services, nodes = (self.call("GET", f"/api/v1/{plural}")["items"] for plural in ("services", "nodes"))
        return Printed(answer(command, services, nodes, self._reach()))

    def cluster(self) -> LiveCluster:
        """The cluster as `connect` reads it."""
        from nodeportkit.live import connect

        return connect(kubeconfig=self.kubeconfig)

    def load(
        self,
        service: str,
        connections: int = 300,
        *,
        clients: int | Sequence[str] = 20,
        nodes: Sequence[str] | None = None,
        port: str | int | None = None,
        seconds: float = 2.0,
    ) -> pd.DataFrame:
        """Dial the service's node port for real, and say who answered.

        Parameters
        ----------
        service
            `"name"` or `"namespace/name"`.
        connections
            How many, each with one request; by turns through the nodes and from the clients.
        clients
            From how many client addresses, or which.
        nodes
            The nodes dialled; without them, all.
        port
            The name or number of the service's port, if it has several.
        seconds
            How long a client waits.

        Returns
        -------
        DataFrame
            - namespace, service, port_name, protocol: the service port
            - node: the entry node
            - client: the address that dialled
            - pod, address (`ip:port`), pod_node: who answered, and where; missing if nobody did
            - outcome: `answered`, `http 500`, `refused`, `timeout` or `reset`
            - connections: how many of these

            `compare(shares(playground.cluster(), service), found)` says whether the spread is chance.

        Raises
        ------
        NotFound, NodePortKitError
            If there is no such service, node or port, or it has no node port.
        """
        from nodeportkit.playground.loading import Entry, client_addresses, load

        namespace, name = key_of(service)
        chosen = node_port_of(find_service(self.call, namespace, name), port)
        addresses = self.addresses
        for unknown in set(nodes or ()) - set(addresses):
            raise NotFound(f"There is no node {unknown!r} here", hint=nearest(unknown, addresses))
        reach = self._reach(chosen.get("protocol", "TCP"))
        places = {node: (addresses[node], chosen["nodePort"]) for node in nodes or addresses}
        entries = [Entry(node, *reach.get(place, place)) for node, place in places.items()]
        told = {
            "namespace": namespace,
            "service": name,
            "port_name": chosen.get("name") or "",
            "protocol": chosen.get("protocol", "TCP"),
        }
        who = client_addresses(clients) if isinstance(clients, int) else list(clients)
        found = load(entries, connections, clients=who, seconds=seconds, port=told)
        taken_at = ends_of(self.call, namespace, name, told["port_name"])
        address = found["pod"].map(taken_at).astype(found["pod"].dtype)
        found.insert(list(found.columns).index("pod_node"), "address", address)
        return found

    @property
    def addresses(self) -> dict[str, str]:
        """The addresses of the nodes, by name."""
        return {node["name"]: node["address"] for node in ask(self._state, "GET", "status")["nodes"]}

    def plant(self, fault: str | None = None, service: str | None = None) -> Planted:
        """Break a service that works.

        Parameters
        ----------
        fault
            The name of a cause that a playground can show: `selector-mismatch`, `target-port-mismatch`,
            `pods-not-ready`, `network-policy` and so on; `faults` lists them. Without it, any of them: a surprise.
        service
            The service to break, `"name"` or `"namespace/name"`; without it, one called `web` is made with three pods.

        Returns
        -------
        Planted
            What was planted, where, and what a client will see.

        Raises
        ------
        NodePortKitError
            If there is no such fault or service.
        """
        from nodeportkit.playground.faults.planting import find, planted
        from nodeportkit.playground.faults.site import Site

        fault = random.choice(self.faults) if fault is None else fault
        find(fault)
        site = Site(self.call, *(key_of(service) if service else self._app()))
        ask(self._state, "POST", "remember")
        return planted(fault, site, self.addresses)

    @property
    def faults(self) -> list[str]:
        """The names of the faults that can be planted."""
        from nodeportkit.playground.faults.planting import FAULTS

        return list(FAULTS)

    def heal(self) -> None:
        """Take back the faults that were planted: everything is as it was before the first of them."""
        ask(self._state, "POST", "heal")

    def stop_node(self, name: str) -> None:
        """Switch a node off: it answers nobody, is NotReady 40 seconds later, and its pods leave after another 300.

        Raises
        ------
        NodePortKitError
            If there is no such node.
        """
        self._switch(name, "true")

    def start_node(self, name: str) -> None:
        """Switch a node on again.

        Raises
        ------
        NodePortKitError
            If there is no such node.
        """
        self._switch(name, None)

    def reset(self) -> None:
        """Begin anew: everything that was added is gone, and the nodes are as at first."""
        ask(self._state, "POST", "reset")

    def status(self) -> Printed:
        """Where it can be dialled, and what in it is not as on a real cluster."""
        told = ask(self._state, "GET", "status")
        nodes = [f"{it['name']}  {it['address']}{'' if it['ready'] else '  NotReady'}" for it in told["nodes"]]
        head = f"The playground runs at {self._state.url}: {told['pods']} pods, {told['services']} services."
        return Printed("\n".join([head, *nodes, *remarks(told)]) + "\n")

    def call(self, method: str, path: str, body: Any = None, *, media: str = "application/json") -> dict[str, Any]:
        """What its API answers; what kubectl asks can be asked so without it.

        Raises
        ------
        NodePortKitError
            If it refuses, in its own words, or gives no answer.
        """
        return call(self._state, method, path, body, media=media)

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._finish.alive and running(self._folder) is not None

    def stop(self) -> None:
        """End it; everything in it is gone."""
        stop(self._folder)
        self._finish()

    def __enter__(self) -> Playground:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish()

    def __repr__(self) -> str:
        if not self._finish.alive:
            return "Playground(stopped)"
        return f"Playground(nodes={self._state.nodes}, kubeconfig={str(self.kubeconfig)!r})"

    def _switch(self, node: str, stopped: str | None) -> None:
        from nodeportkit.playground.machines import STOPPED

        change = {"metadata": {"annotations": {STOPPED: stopped}}}
        self.call("PATCH", f"/api/v1/nodes/{node}", change, media="application/merge-patch+json")

    def _reach(self, protocol: str = "TCP") -> dict[tuple[str, int], tuple[str, int]]:
        """Where ports are that are not where the cluster says."""
        return reach(ask(self._state, "GET", "status"), protocol)

    def _app(self) -> tuple[str, str]:
        """A service that works, made if it is not there."""
        known = self.call("GET", "/api/v1/namespaces/default/services")["items"]
        if any(it["metadata"]["name"] == APP for it in known):
            return "default", APP
        deployments = "/apis/apps/v1/namespaces/default/deployments"
        wanted = self.call("POST", deployments, deployment())["spec"]["replicas"]
        self.call("POST", "/api/v1/namespaces/default/services", exposed())
        end = time.monotonic() + _WITHIN
        while time.monotonic() < end:
            if self.call("GET", f"{deployments}/{APP}").get("status", {}).get("readyReplicas") == wanted:
                return "default", APP
            time.sleep(_STEP)
        raise NodePortKitError(
            "the pods of the service web do not get ready", hint="Look: playground.kubectl('get pods')"
        )


def _finished(folder: Path, process: subprocess.Popen[bytes] | None, before: Mapping[str, str | None]) -> None:
    """End the process, and put back what the environment was."""
    stop(folder)
    if process is not None:
        if process.stdin is not None:
            process.stdin.close()
        process.wait()
    folder.with_name(f".{folder.name}.lock").unlink(missing_ok=True)  # nobody else has this name
    _put_back(before)


def _put_back(before: Mapping[str, str | None]) -> None:
    """Make the environment what it was."""
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
