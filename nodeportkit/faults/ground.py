"""The ground that applications stand on: nodes, addresses, node ports, and what runs in every cluster."""

from __future__ import annotations

import ipaddress
import random
from typing import Final

from nodeportkit.faults import kubelet
from nodeportkit.faults.objects import Object, name_of, new, uid

__all__ = ["PLATFORMS", "Ground"]

PLATFORMS: Final = ("kubeadm", "eks", "gke", "k3s", "cilium", "kind", "minikube")
_NETWORK: Final = {"kubeadm": "192.168.{}.{}", "eks": "10.0.{}.{}", "gke": "10.132.{}.{}", "k3s": "192.168.{}.{}"}
_ZONES: Final = ("a", "b", "c")


class Ground:
    """Nodes and their addresses; what is built on them is added to `objects`.

    Parameters
    ----------
    rng
        Where chance comes from.
    nodes
        How many nodes.
    platform
        Who runs the cluster: one of `PLATFORMS`.
    dual
        Whether nodes, pods and services have IPv6 addresses too.
    """

    def __init__(self, rng: random.Random, nodes: int, platform: str, *, dual: bool) -> None:
        self.rng = rng
        self.platform = platform
        self.dual = dual
        self.objects: list[Object] = []
        self.nodes = [self._node(number) for number in range(nodes)]
        # A control plane keeps ordinary pods away, where there is room elsewhere.
        apart = platform in ("kubeadm", "kind", "cilium") and nodes > 2
        if apart:
            plane = self.nodes[0]
            plane["metadata"]["labels"]["node-role.kubernetes.io/control-plane"] = ""
            plane["spec"]["taints"] = [{"effect": "NoSchedule", "key": "node-role.kubernetes.io/control-plane"}]
        self.everywhere = [name_of(node) for node in self.nodes]
        self.workers = self.everywhere[1:] if apart else self.everywhere
        self._pods_on = dict.fromkeys(self.everywhere, 1)
        self._services = 9
        self._taken: set[int] = set()
        for namespace in ("default", "kube-system"):
            self.namespace(namespace)
        self.objects += self.nodes

    def namespace(self, name: str) -> None:
        """Add a namespace."""
        made = new("Namespace", "", name, labels={"kubernetes.io/metadata.name": name})
        self.objects.append(made | {"spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}})

    def node_ips(self, node: str) -> list[str]:
        """The internal addresses of a node."""
        addresses = self.nodes[self.everywhere.index(node)]["status"]["addresses"]
        return [entry["address"] for entry in addresses if entry["type"] == "InternalIP"]

    def pod_ips(self, node: str) -> list[str]:
        """Addresses for one more pod on a node."""
        number = self.everywhere.index(node)
        self._pods_on[node] += 1
        last = self._pods_on[node]
        return [f"10.244.{number}.{last}", *([_short(f"fd00:10:244:{number:x}::{last:x}")] if self.dual else [])]

    def cluster_ips(self, families: list[str]) -> list[str]:
        """Addresses for one more service."""
        self._services += self.rng.randrange(1, 5)
        high, low = divmod(self._services, 250)
        return [
            f"10.96.{high}.{low + 1}" if f == "IPv4" else _short(f"fd00:10:96::{self._services:x}") for f in families
        ]

    def node_port(self) -> int:
        """A number nobody has yet, mostly from the part of the range that the API server itself picks from."""
        low = 30086 if self.rng.random() < 0.8 else 30000
        number = next(n for n in iter(lambda: self.rng.randrange(low, 32768), None) if n not in self._taken)
        self._taken.add(number)
        return number

    def _node(self, number: int) -> Object:
        zone = f"eu-west-1{_ZONES[number % 3]}"
        name, address, provider = self._standing(number, zone)
        made = new("Node", "", name, labels={"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"})
        if self.platform == "minikube":
            made["metadata"]["labels"]["minikube.k8s.io/name"] = "minikube"
        if self.platform in ("eks", "gke"):
            made["metadata"]["labels"]["topology.kubernetes.io/zone"] = zone
        high, low = divmod(number, 250)
        addresses = [{"address": address, "type": "InternalIP"}]
        if self.dual:
            addresses.append({"address": _short(f"fd00:168:{high:x}::{low + 11:x}"), "type": "InternalIP"})
        if self.platform in ("eks", "gke"):
            addresses.append({"address": f"203.0.{113 - high}.{low + 4}", "type": "ExternalIP"})
        addresses.append({"address": name, "type": "Hostname"})
        ranges = [f"10.244.{number}.0/24", *([f"fd00:10:244:{number:x}::/64"] if self.dual else [])]
        made["spec"] = {"podCIDR": ranges[0], "podCIDRs": ranges} | ({"providerID": provider} if provider else {})
        when = made["metadata"]["creationTimestamp"]
        resources = {"cpu": "4", "memory": "16Gi", "pods": "110"}
        made["status"] = {
            "addresses": addresses,
            "allocatable": resources,
            "capacity": resources,
            "conditions": [
                *(
                    _node_condition(type_, "False", reason, when)
                    for type_, reason in (
                        ("MemoryPressure", "KubeletHasSufficientMemory"),
                        ("DiskPressure", "KubeletHasNoDiskPressure"),
                        ("PIDPressure", "KubeletHasSufficientPID"),
                    )
                ),
                _node_condition("Ready", "True", "KubeletReady", when) | {"message": "kubelet is posting ready status"},
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": uid("Boot", "", name),
                "containerRuntimeVersion": "containerd://2.1.4",
                "kernelVersion": "6.12.48-amd64",
                "kubeProxyVersion": "",
                "kubeletVersion": "v1.34.2+k3s1" if self.platform == "k3s" else "v1.34.2",
                "machineID": uid("Machine", "", name).replace("-", ""),
                "operatingSystem": "linux",
                "osImage": "Debian GNU/Linux 13 (trixie)",
                "systemUUID": uid("System", "", name),
            },
        }
        return made

    def _standing(self, number: int, zone: str) -> tuple[str, str, str]:
        """Name, address and provider ID of a node."""
        high, low = divmod(number, 240)
        address = _NETWORK.get(self.platform, "192.168.{}.{}").format(high + 10, low + 11)
        if self.platform == "kind":
            name = "kind-control-plane" if not number else f"kind-worker{number if number > 1 else ''}"
            return name, f"172.18.{high}.{low + 2}", f"kind://docker/kind/{name}"
        if self.platform == "minikube":
            return "minikube" if not number else f"minikube-m{number + 1:02}", f"192.168.{49 + high}.{low + 2}", ""
        if self.platform == "eks":
            return f"ip-{address.replace('.', '-')}.ec2.internal", address, f"aws:///{zone}/i-0{number:016x}"
        if self.platform == "gke":
            name = f"gke-prod-pool-1-5f3c{number:04x}-{'bcdfghjk'[number % 8]}7wq"
            return name, address, f"gce://my-project/europe-west1-{zone[-1]}/{name}"
        name = f"node-{number + 1}"
        return name, address, f"k3s://{name}" if self.platform == "k3s" else ""


def place(ground: Ground, pod: Object, node: str) -> None:
    """Put a pod on a node, where it runs and is ready."""
    pod["spec"]["nodeName"] = node
    host = ground.node_ips(node)
    kubelet.running(pod, host, host if pod["spec"].get("hostNetwork") else ground.pod_ips(node))


def _node_condition(type_: str, status: str, reason: str, when: str) -> Object:
    return {
        "lastHeartbeatTime": "2026-11-20T11:58:31Z",
        "lastTransitionTime": when,
        "reason": reason,
        "status": status,
        "type": type_,
    }


def _short(address: str) -> str:
    """An IPv6 address as programs print it."""
    return str(ipaddress.ip_address(address))
