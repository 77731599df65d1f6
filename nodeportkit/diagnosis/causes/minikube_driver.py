"""minikube's docker driver on macOS, Windows or WSL: the node's address is inside a virtual machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from nodeportkit.cluster import Cluster
from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding

__all__ = ["CAUSE", "find", "is_minikube"]

CAUSE = Cause("minikube-driver", 18, ("timeout",), "minikube's driver gives this machine no route to the node")
_CONTAINERS: Final = ("docker", "podman")
_SYSTEMS: Final = {"darwin": "macOS", "windows": "Windows", "wsl": "WSL"}
_NETWORK: Final = "192.168.49."  # what the docker driver gives its first cluster


def is_minikube(cluster: Cluster) -> bool:
    """Whether minikube made the cluster: it labels its nodes, names the first like the profile, and says what it runs it with."""
    marked = any(
        isinstance(it, Mapping) and any(key.startswith("minikube.k8s.io/") for key in it)
        for it in cluster.nodes["labels"]
    )
    named = bool(cluster.nodes["name"].eq("minikube").any())
    return marked or named or (cluster.nodes.empty and cluster.host.driver is not None)


def find(case: Case) -> Iterator[Finding]:
    """The driver and the system stand in what minikube printed, if anywhere."""
    dialled = case.dial.kind in ("node", "stranger", "nothing") and case.client.kind == "outside"
    if not dialled or not is_minikube(case.cluster) or case.symptom not in (None, "timeout"):
        return
    driver, system = case.cluster.host.driver, case.cluster.host.system
    if driver not in (None, *_CONTAINERS) or system not in (None, *_SYSTEMS):
        return
    address = case.dial.address or ""
    said = {
        "object": f"Node {case.dial.node or 'minikube'}", "field": "status.addresses",
        "explanation": "The node is a container inside a virtual machine, and the machine has no way to its address. Let "
        "minikube open a tunnel, and dial what it prints while it runs:",
        "fix": case.command("service", case.name, "--url").replace("kubectl", "minikube", 1),
    }  # fmt: skip
    if driver and system:
        yield CAUSE.fact(
            **said, evidence=f"dialled {case.dial}; minikube uses the {driver} driver on {_SYSTEMS[system]}"
        )
    elif case.symptom and driver:
        yield CAUSE.hint(
            **said, verify="uname -a",
            evidence=f"dialled {case.dial}; minikube uses the {driver} driver; the machine's system was not shown",
        )  # fmt: skip
    elif case.symptom and (address.startswith(_NETWORK) or not address):
        shown = f"{address} is of the network that the docker driver uses" if address else "the driver was not shown"
        yield CAUSE.possible(**said, evidence=shown, verify="minikube profile list")
