"""The machines that nodes stand for: what a kubelet tells of its own."""

from __future__ import annotations

from typing import Final

from nodeportkit.playground.network.addresses import Addresses
from nodeportkit.playground.store import Object

__all__ = ["READY", "STOPPED", "address_of", "is_stopped", "joined", "number_of", "switched_off"]

STOPPED: Final = "nodeportkit.io/stopped"  # "true": the machine is off
_VERSION: Final = "v1.37.0"
_CAPACITY: Final = {"cpu": "2", "memory": "2Gi", "pods": "110"}
# Why a node is Ready.
READY: Final = {"reason": "KubeletReady", "message": "kubelet is posting ready status"}


def number_of(node: Object, addresses: Addresses) -> int | None:
    """The number of the machine that a node stands for; None if it has none yet.

    Examples
    --------
    >>> number_of({"spec": {"podCIDR": "127.244.7.0/24"}}, Addresses())
    7
    """
    cidr = str((node.get("spec") or {}).get("podCIDR") or "")
    second, third = (addresses.as_real(cidr).split(".") if addresses.has(cidr) else [*"0000"])[1:3]
    number = (int(second) - 244) * 256 + int(third)
    return number if number > 0 and addresses.pods(number) == cidr else None


def address_of(node: Object) -> str:
    """The address at which a node is dialled; "" where it has not joined yet."""
    told = (node.get("status") or {}).get("addresses") or ()
    return next((str(it["address"]) for it in told if it["type"] == "InternalIP"), "")


def is_stopped(node: Object) -> bool:
    """Whether its machine is switched off."""
    return (node["metadata"].get("annotations") or {}).get(STOPPED) == "true"


def switched_off(name: str) -> str:
    """That a node is switched off, and how it is started again, in words."""
    return f"node {name} is switched off; to start it again: nodeportkit playground start-node {name}"


def joined(node: Object, number: int, addresses: Addresses) -> Object:
    """The node as it is once the machine of this number has joined the cluster under its name; not Ready yet.

    Its addresses are of the loopback and may be dialled, whatever others the node was made with.
    """
    name = node["metadata"]["name"]
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": f"zone-{'abc'[(number - 1) % 3]}",
    }
    told = {
        "addresses": [
            {"type": "InternalIP", "address": addresses.node(number)},
            {"type": "Hostname", "address": name},
        ],
        "capacity": _CAPACITY,
        "allocatable": _CAPACITY,
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
    }
    return {
        **node,
        "metadata": {**node["metadata"], "labels": {**labels, **(node["metadata"].get("labels") or {})}},
        "spec": {**(node.get("spec") or {}), "podCIDR": addresses.pods(number), "podCIDRs": [addresses.pods(number)]},
        "status": {**(node.get("status") or {}), **told},
    }
