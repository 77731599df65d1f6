"""A cluster in one process: the API, the controllers, nodes for pods to run on, and the network between them."""

from __future__ import annotations

from typing import Final

from tornado.iostream import IOStream

from nodeportkit.kube.allocation import Allocators, ClusterIPAllocator
from nodeportkit.playground.api.decoding import Options
from nodeportkit.playground.api.server import ApiServer
from nodeportkit.playground.clock import Clock
from nodeportkit.playground.controllers.manager import Manager
from nodeportkit.playground.machines import READY, joined
from nodeportkit.playground.network.addresses import Addresses, claim
from nodeportkit.playground.network.doors import Doors
from nodeportkit.playground.network.guests import Guests
from nodeportkit.playground.network.limits import Limits
from nodeportkit.playground.network.pods import Pods
from nodeportkit.playground.network.proxy import Proxy
from nodeportkit.playground.network.requests import Requests
from nodeportkit.playground.resources import resources
from nodeportkit.playground.store import Object

__all__ = ["World"]

_NAMESPACES: Final = ("default", "kube-system", "kube-public", "kube-node-lease")
_MOST_NODES: Final = 250


class World:
    """A cluster, on addresses that no other on this machine has. Make it where an asyncio loop runs.

    Parameters
    ----------
    nodes
        How many nodes.
    speed
        How many times as fast as ours its clock runs.
    authority
        The certificate by which pods know the API server (PEM).
    """

    def __init__(self, nodes: int = 3, *, speed: float = 1.0, authority: str = "") -> None:
        if not 1 <= nodes <= _MOST_NODES:
            raise ValueError(f"a playground has 1 to {_MOST_NODES} nodes, not {nodes}")
        self.clock = Clock(speed)
        self._claim = claim()
        self.addresses = self._claim.addresses
        allocators = Allocators(cluster_ips={"IPv4": ClusterIPAllocator(self.addresses.services)})
        self.api = ApiServer(allocators=allocators, now=self.clock.now, authority=authority)
        self.manager = Manager(self.api, self.clock, self.addresses)
        self.requests = Requests()
        self.limits = Limits.now()
        self.doors = Doors(self.limits)
        self.pods = Pods(
            self.api.store,
            lambda: self.proxy.look_again(),
            self.requests,
            self.api.logs,
            self.clock.now,
            self.doors,
            self.limits.connections,
        )
        self.proxy = Proxy(
            self.api.store, self.clock, self.pods.find, self.addresses, self.requests, self.doors, self.limits
        )
        self.clients: Guests[IOStream] = Guests("clients of the API", self.limits.clients, IOStream.close)
        self.guests = (self.clients, self.proxy.connections, self.proxy.sessions, self.pods.guests)
        for name in _NAMESPACES:
            self._make("namespaces", "", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        for number in range(1, nodes + 1):
            self._make("nodes", "", _node(number, self.api.writer.time(), self.addresses))
        self._make("services", "default", _kubernetes(self.addresses))
        self._make("configmaps", "kube-system", _kube_proxy(self.addresses))

    async def close(self) -> None:
        """Stop the controllers, and close every socket."""
        self.manager.close()
        self.proxy.close()
        await self.pods.close()
        self._claim.close()

    def _make(self, name: str, namespace: str, thing: Object) -> None:
        resource = next(resource for resource in resources() if resource.name == name)
        self.api.writer.create(resource, namespace, thing, Options(manager="nodeportkit"))


def _node(number: int, when: str, addresses: Addresses) -> Object:
    """A node that has been there for a while."""
    roles = {"node-role.kubernetes.io/control-plane": ""} if number == 1 else {}
    metadata = {"name": f"node-{number}", "labels": roles}
    made = joined({"apiVersion": "v1", "kind": "Node", "metadata": metadata}, number, addresses)
    ready = {"type": "Ready", "status": "True", **READY, "lastHeartbeatTime": when, "lastTransitionTime": when}
    made["status"]["conditions"] = [ready]
    return made


def _kubernetes(addresses: Addresses) -> Object:
    """The service of the API server itself."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": "kubernetes",
            "namespace": "default",
            "labels": {"component": "apiserver", "provider": "kubernetes"},
        },
        "spec": {"clusterIP": addresses.kubernetes, "ports": [{"name": "https", "port": 443, "targetPort": 6443}]},
    }


def _kube_proxy(addresses: Addresses) -> Object:
    """How kube-proxy is set up on every node, where kubeadm keeps it too."""
    config = (
        "apiVersion: kubeproxy.config.k8s.io/v1alpha1\n"
        f"clusterCIDR: {addresses.all_pods}\n"
        "kind: KubeProxyConfiguration\n"
        "mode: iptables\n"
    )
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "kube-proxy", "namespace": "kube-system", "labels": {"app": "kube-proxy"}},
        "data": {"config.conf": config},
    }
