"""A cluster in one process: the API, the controllers, nodes for pods to run on, and the network between them."""

from __future__ import annotations

from typing import Final

from tornado.iostream import IOStream

from nodeportkit.kube.allocation import Allocators, ClusterIPAllocator
from nodeportkit.playground.api.decoding import Options
from nodeportkit.playground.api.server import ApiServer
from nodeportkit.playground.clock import Clock
from nodeportkit.playground.controllers.manager import Manager
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
_VERSION: Final = "v1.37.0"


class World:
    """A cluster, on addresses that no other on this machine has. Make it where an asyncio loop runs.

    Parameters
    ----------
    nodes
        How many nodes.
    speed
        How many times as fast as ours its clock runs.
    """

    def __init__(self, nodes: int = 3, *, speed: float = 1.0) -> None:
        if not 1 <= nodes <= _MOST_NODES:
            raise ValueError(f"a playground has 1 to {_MOST_NODES} nodes, not {nodes}")
        self.clock = Clock(speed)
        self._claim = claim()
        self.addresses = self._claim.addresses
        allocators = Allocators(cluster_ips={"IPv4": ClusterIPAllocator(self.addresses.services)})
        self.api = ApiServer(allocators=allocators, now=self.clock.now)
        self.manager = Manager(self.api, self.clock)
        self.requests = Requests()
        self.limits = Limits.now()
        self.doors = Doors(self.limits)
        self.pods = Pods(
            self.api.store, lambda: self.proxy.look_again(), self.requests, self.doors, self.limits.connections
        )
        self.proxy = Proxy(
            self.api.store, self.clock, self.pods.find, self.addresses, self.requests, self.doors, self.limits
        )
        self.clients: Guests[IOStream] = Guests("clients of the API", self.limits.clients, IOStream.close)
        self.guests = (self.clients, self.proxy.connections, self.proxy.sessions, self.pods.guests)
        for name in _NAMESPACES:
            self._make("namespaces", "", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        for number in range(1, nodes + 1):
            self._make("nodes", "", node(number, self.api.writer.time(), self.addresses))
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


def node(number: int, when: str, addresses: Addresses) -> Object:
    """The node of a number: its addresses are of the loopback, and may be dialled."""
    name = f"node-{number}"
    ready = {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "message": "kubelet is posting ready status",
        "lastHeartbeatTime": when,
        "lastTransitionTime": when,
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "topology.kubernetes.io/zone": f"zone-{'abc'[(number - 1) % 3]}",
                **({"node-role.kubernetes.io/control-plane": ""} if number == 1 else {}),
            },
        },
        "spec": {"podCIDR": addresses.pods(number), "podCIDRs": [addresses.pods(number)]},
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": addresses.node(number)},
                {"type": "Hostname", "address": name},
            ],
            "conditions": [ready],
            "capacity": {"cpu": "2", "memory": "2Gi", "pods": "110"},
            "allocatable": {"cpu": "2", "memory": "2Gi", "pods": "110"},
            "nodeInfo": {
                "machineID": f"{number:032x}",
                "systemUUID": f"{number:032x}",
                "bootID": f"{number:032x}",
                "kernelVersion": "0.0.0-nodeportkit",
                "osImage": "nodeportkit playground",
                "containerRuntimeVersion": "nodeportkit://0.1.0",
                "kubeletVersion": _VERSION,
                "kubeProxyVersion": "",
                "operatingSystem": "linux",
                "architecture": "amd64",
            },
        },
    }


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
