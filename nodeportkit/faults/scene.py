"""A healthy cluster in the hands of somebody who is about to break one thing in it."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from nodeportkit.errors import NodePortKitError
from nodeportkit.faults.building import event
from nodeportkit.faults.controllers import is_ready, matched_pods, settle
from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, identity, labels_of, name_of, namespace_of, of_kind
from nodeportkit.kube.proxy_config import ProxyConfig

__all__ = ["Scene", "Unplantable", "full_name"]

_SERVICE = "kubernetes.io/service-name"


class Unplantable(NodePortKitError):
    """The cluster has no place for that fault."""


def full_name(thing: Object) -> str:
    """`namespace/name`."""
    return f"{namespace_of(thing)}/{name_of(thing)}"


class Scene:
    """The objects of a cluster, which may be changed, and what there is to find in them."""

    def __init__(self, objects: list[Object], rng: random.Random) -> None:
        self.objects = objects
        self.rng = rng

    def find(self, kind: str, wanted: Callable[[Object], bool] = lambda _: True) -> Object:
        """One object of a kind, by chance."""
        found = [thing for thing in of_kind(self.objects, kind) if wanted(thing)]
        if not found:
            raise Unplantable(f"no {kind} of this cluster will do")
        return self.rng.choice(found)

    def front(self, wanted: Callable[[Object], bool] = lambda _: True) -> Object:
        """A service with a node port for TCP, Cluster policy and ready pods, all of them owned, none on the host's network."""
        return self.find("Service", lambda service: self._is_front(service) and wanted(service))

    def _is_front(self, service: Object) -> bool:
        spec = service["spec"]
        pods = matched_pods(self.objects, service)
        return (
            (
                any("nodePort" in port and port["protocol"] == "TCP" for port in spec["ports"] or ())
                and spec["externalTrafficPolicy"] == "Cluster"
                and bool(pods)
                and all(is_ready(pod) and not pod["spec"].get("hostNetwork") for pod in pods)
                and all("ownerReferences" in pod["metadata"] for pod in pods)
            )
            if "ports" in spec
            else False
        )

    def open_front(self, wanted: Callable[[Object], bool] = lambda _: True) -> Object:
        """The same, under no policy: one that names ports would stand in the way of others, which is another fault."""

        def under_policy(service: Object) -> bool:
            policies = list(of_kind(self.objects, "NetworkPolicy", namespace=namespace_of(service)))
            terms = [policy["spec"]["podSelector"].get("matchLabels", {}).items() for policy in policies]
            return any(term <= labels_of(pod).items() for pod in self.pods(service) for term in terms)

        return self.front(lambda service: wanted(service) and not under_policy(service))

    def port(self, service: Object) -> Object:
        """One of its ports for TCP with a node port."""
        return self.rng.choice([p for p in service["spec"]["ports"] if "nodePort" in p and p["protocol"] == "TCP"])

    def pods(self, service: Object) -> list[Object]:
        """The pods its selector matches."""
        return matched_pods(self.objects, service)

    def owners(self, pods: Sequence[Object]) -> list[Object]:
        """The ReplicaSets and other owners of pods, and the owners of those."""
        found: list[Object] = []
        names = {self._owner(pod) for pod in pods}
        while names:
            found += (level := [thing for thing in self.objects if identity(thing) in names])
            names = {self._owner(thing) for thing in level if "ownerReferences" in thing["metadata"]}
        return found

    def _owner(self, thing: Object) -> tuple[str, str, str]:
        reference = thing["metadata"]["ownerReferences"][0]
        return reference["kind"], namespace_of(thing), reference["name"]

    def specs(self, pods: Sequence[Object]) -> Iterator[Object]:
        """The pod specs of pods, and of the templates of their owners: who changes an application changes all of them."""
        for pod in pods:
            yield pod["spec"]
        for workload in self.owners(pods):
            yield workload["spec"]["template"]["spec"]

    @property
    def nodes(self) -> list[Object]:
        """All nodes."""
        return list(of_kind(self.objects, "Node"))

    def node(self, wanted: Callable[[Object], bool] = lambda _: True) -> Object:
        """A node, by chance."""
        return self.find("Node", wanted)

    def addresses(self, node: Object, family: str = "IPv4", type_: str = "InternalIP") -> list[str]:
        """The addresses of a node, of a family and type."""
        told = [entry["address"] for entry in node["status"]["addresses"] if entry["type"] == type_]
        return [address for address in told if (":" in address) == (family == "IPv6")]

    def is_kind(self) -> bool:
        """Whether the nodes are containers of kind."""
        return any(node["spec"].get("providerID", "").startswith("kind://") for node in self.nodes)

    def remove(self, things: Sequence[Object]) -> None:
        """Take objects away."""
        gone = {identity(thing) for thing in things}
        self.objects[:] = [thing for thing in self.objects if identity(thing) not in gone]

    def slices(self, service: Object) -> list[Object]:
        """The slices that carry the service's label."""
        slices = of_kind(self.objects, "EndpointSlice", namespace=namespace_of(service))
        return [thing for thing in slices if labels_of(thing).get(_SERVICE) == name_of(service)]

    def forget(self, service: Object, *, slices: bool = True) -> None:
        """Take away its slices, and the Ingresses that send requests to it."""
        named = f"'name': '{name_of(service)}'"
        ingresses = of_kind(self.objects, "Ingress", namespace=namespace_of(service))
        self.remove([*(self.slices(service) if slices else ()), *(i for i in ingresses if named in str(i["spec"]))])

    def warn(self, about: Object, reason: str, message: str, source: str = "kubelet") -> None:
        """Add a Warning event."""
        self.objects.append(event(about, "Warning", reason, message, source=source, count=self.rng.randrange(2, 40)))

    def move(self, pod: Object, node: Object) -> None:
        """Put a pod on another node, where it gets addresses of that node's ranges."""
        pod["spec"]["nodeName"] = name_of(node)
        number = int(node["spec"]["podCIDRs"][0].split(".")[2])
        taken = {entry["ip"] for other in of_kind(self.objects, "Pod") for entry in other["status"].get("podIPs", ())}
        last = next(n for n in range(100, 250) if f"10.244.{number}.{n}" not in taken)
        ips = [f"10.244.{number}.{last}"]
        ips += [
            str(ipaddress.ip_address(f"fd00:10:244:{number:x}::{last:x}"))
            for entry in pod["status"]["podIPs"]
            if ":" in entry["ip"]
        ]
        host = [entry["address"] for entry in node["status"]["addresses"] if entry["type"] == "InternalIP"]
        told = {"hostIP": host[0], "hostIPs": [{"ip": ip} for ip in host]}
        pod["status"] |= told | {"podIP": ips[0], "podIPs": [{"ip": ip} for ip in ips]}

    def fault(
        self,
        service: Object | str,
        *,
        certainty: tuple[str, ...] = ("fact",),
        also: tuple[str, ...] = (),
        checks: tuple[str, ...] = (),
        settled: bool = False,
        around: bool = False,
        proxy: ProxyConfig | None = None,
        terminal: str = "",
        **question: Any,
    ) -> Fault:
        """What was planted; controllers do their work first, unless they have done it before the last change."""
        if not settled:
            settle(self.objects)
        name = service if isinstance(service, str) else full_name(service)
        told = {key: value for key, value in question.items() if value is not None}
        return Fault("", "", self.objects, name, told, certainty, also, checks, around, proxy, terminal)

    def dialled(self, service: Object, *, node: Object | None = None) -> dict[str, Any]:
        """How the service's node port is dialled, as far as a person says it: the port, mostly, and a node or its address."""
        told: dict[str, Any] = {"port": self.port(service)["nodePort"]} if self.rng.random() < 0.8 else {}
        chosen = node or self.rng.choice(self.nodes)
        if node is not None or self.rng.random() < 0.6:
            if self.rng.random() < 0.5:
                return told | {"node": name_of(chosen)}
            return told | {"address": self.addresses(chosen)[0]}
        return told
