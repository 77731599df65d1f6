"""Nodes."""

from datetime import datetime

from nodeportkit.cells import NONE, UNKNOWN
from nodeportkit.kube.printing.fields import age, items, mapping, name, strings, text
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The node's name.", format="name"),
    Column("Status", "Whether it is ready, and whether pods may be scheduled on it."),
    Column("Roles", "Its roles, from its labels."),
    Column("Age", "Time since it was created."),
    Column("Version", "The version of its kubelet."),
    Column("Internal-IP", "Its first address inside the cluster's network.", wide=True),
    Column("External-IP", "Its first address that can be reached from outside.", wide=True),
    Column("OS-Image", "Its operating system.", wide=True),
    Column("Kernel-Version", "Its kernel, and the architecture in brackets.", wide=True),
    Column("Container-Runtime", "What runs its containers.", wide=True),
)

_ROLE_PREFIX = "node-role.kubernetes.io/"
_ROLE = "kubernetes.io/role"


def cells(node: Object, now: datetime) -> list[str | int]:
    """Print a node."""
    info = mapping(node, "status", "nodeInfo")
    kernel, architecture = text(info, "kernelVersion"), text(info, "architecture")
    return [
        name(node),
        _status(node),
        ",".join(roles(strings(node, "metadata", "labels"))) or NONE,
        age(node, now),
        text(info, "kubeletVersion"),
        _address(node, "InternalIP"),
        _address(node, "ExternalIP"),
        text(info, "osImage") or UNKNOWN,
        # The architecture stands there from servers of 1.35 on (kubernetes/kubernetes pull request 132402).
        f"{kernel} ({architecture})" if kernel and architecture else kernel or UNKNOWN,
        text(info, "containerRuntimeVersion") or UNKNOWN,
    ]


def roles(labels: dict[str, str]) -> list[str]:
    """List the roles that the labels of a node give it, sorted.

    Examples
    --------
    >>> roles({"node-role.kubernetes.io/control-plane": "", "kubernetes.io/role": "worker"})
    ['control-plane', 'worker']
    """
    found = {key.removeprefix(_ROLE_PREFIX) for key in labels if key.startswith(_ROLE_PREFIX)}
    return sorted((found | {labels.get(_ROLE, "")}) - {""})


def _status(node: Object) -> str:
    ready = [text(c, "status") for c in items(node, "status", "conditions") if text(c, "type") == "Ready"]
    status = "Unknown" if not ready else "Ready" if ready[-1] == "True" else "NotReady"
    return f"{status},SchedulingDisabled" if mapping(node, "spec").get("unschedulable") is True else status


def _address(node: Object, kind: str) -> str:
    addresses = items(node, "status", "addresses")
    return next((text(a, "address") for a in addresses if text(a, "type") == kind), NONE)


PRINTER = KindPrinter("Node", COLUMNS, cells, namespaced=False)
