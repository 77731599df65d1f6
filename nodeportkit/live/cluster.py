"""`connect`: the cluster of a kubeconfig, read from its API server."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError
from nodeportkit.frames import SCHEMAS
from nodeportkit.live.listing import proxy_settings, told
from nodeportkit.live.server import Server
from nodeportkit.live.watching import Watch
from nodeportkit.sources.read import read

__all__ = ["LiveCluster", "connect"]


class LiveCluster(Cluster):
    """A cluster as its API server told of it at one moment; made by `connect`.

    Like every `Cluster` it does not change: `refresh` gives another one, and `watch` one after the other. What the server did
    not give, for want of rights, is in `.problems`; such frames are not among `.collected`.
    """

    def __init__(self, *, server: Server, namespace: str | None = None, **frames: Any) -> None:
        super().__init__(**frames)
        self._server = server
        self._namespace = namespace

    def refresh(self) -> LiveCluster:
        """The same cluster as it is now.

        Raises
        ------
        NodePortKitError
            If the server gives no answer.
        """
        return _read(self._server, self._namespace)

    def watch(self) -> Watch[LiveCluster]:
        """What keeps up with the cluster from now on, through restarts and lost connections, until it is stopped.

        Returns
        -------
        Watch
            `.cluster` is the cluster as it is now; `.wait()` waits for the next change.

        Examples
        --------
        ::

            with npk.connect().watch() as watching:
                watching.wait(lambda cluster: len(cluster.pods) == 3, seconds=30)
                npk.plot_chain(watching.cluster, "web")
        """
        proxy = proxy_settings(self._server)
        return Watch(
            self._server,
            self._namespace,
            lambda things, problems: _made(self._server, self._namespace, [*things, *proxy], problems),
        )


def connect(
    context: str | None = None, kubeconfig: str | Path | None = None, namespace: str | None = None
) -> LiveCluster:
    """The cluster that a kubeconfig leads to.

    Nodes, services, pods, endpoint slices, workloads, network policies, ingresses, namespaces, events, and how kube-proxy is
    set up are read, page by page; Secrets never, and of ConfigMaps only kube-proxy's. Nothing is written.

    Parameters
    ----------
    context
        A context of the kubeconfig; without it, the current one.
    kubeconfig
        The file; without it, those of $KUBECONFIG or ~/.kube/config, and else, within a pod, what its service account may.
    namespace
        The one namespace to read; without it, all of them.

    Raises
    ------
    NodePortKitError
        If there is no such kubeconfig or context, the server gives no answer, or does not let this user list services.

    Examples
    --------
    ::

        cluster = npk.connect("minikube")
        npk.diagnose(cluster, "myapp-service", symptom="refused")
        cluster = cluster.refresh()
    """
    return _read(Server(context, kubeconfig), namespace)


def _read(server: Server, namespace: str | None) -> LiveCluster:
    return _made(server, namespace, *told(server, namespace))


def _made(server: Server, namespace: str | None, things: list[Any], problems: list[NodePortKitError]) -> LiveCluster:
    """The cluster that objects, or lists of them as JSON, tell of."""
    found = read(*things, now=datetime.now(UTC))
    state: dict[str, Any] = {name: getattr(found, name) for name in SCHEMAS if name != "endpoints"}
    state |= {name: getattr(found, name) for name in ("collected", "stated", "proxy", "host", "unread")}
    return LiveCluster(
        server=server, namespace=namespace, endpoints=found.given, problems=(*found.problems, *problems), **state
    )
