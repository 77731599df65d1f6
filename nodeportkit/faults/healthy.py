"""A cluster in which every service is as it should be."""

from __future__ import annotations

import random
from typing import Final

from nodeportkit.errors import NodePortKitError
from nodeportkit.faults.apps import APPS, App, web
from nodeportkit.faults.controllers import settle
from nodeportkit.faults.ground import PLATFORMS, Ground
from nodeportkit.faults.objects import Object, of_kind
from nodeportkit.faults.surroundings import add_surroundings
from nodeportkit.faults.system import add_system

__all__ = ["healthy_cluster"]

_NAMESPACES: Final = ("shop", "payments", "media", "search", "reports")
_WORDS: Final = (
    *("cart", "checkout", "catalog", "frontend", "gateway", "invoices", "mailer", "orders", "pricing", "profile"),
    *("ratings", "stock", "tracking", "uploads", "wallet", "wiki", "billing", "chat", "feed", "quotes"),
)


def healthy_cluster(
    seed: int, *, nodes: int = 3, services: int = 6, platform: str | None = None, dual_stack: bool | None = None
) -> list[Object]:
    """The objects of a made-up cluster in which every service is as it should be.

    What is often taken for broken is among it: slices written by hand, canaries that share a label, target ports that nobody
    declares, pods in the network of their node, finished jobs, evicted pods, headless services, ExternalNames, policies.

    Parameters
    ----------
    seed
        Which of them: the same seed and arguments give the same objects.
    nodes
        How many nodes, at least 1.
    services
        How many applications, at least 1: the first is a plain one behind a node port. Some have more than one service.
    platform
        Who runs it: `kubeadm`, `eks`, `gke`, `k3s`, `cilium` (which takes the place of kube-proxy), `kind` or `minikube`.
    dual_stack
        Whether there are IPv6 addresses too.

    Returns
    -------
    list of dict
        Nodes, Namespaces, Services, EndpointSlices, Pods and their workloads, NetworkPolicies, Ingresses and Events, as
        `kubectl get -o json` gives them; `nodeportkit.read` takes them.

    Raises
    ------
    NodePortKitError
        For numbers below 1 or an unknown platform.

    Examples
    --------
    >>> objects = healthy_cluster(7, nodes=4, services=10)
    >>> sum(thing["kind"] == "Node" for thing in objects)
    4
    """
    if nodes < 1 or services < 1:
        raise NodePortKitError(f"no cluster has {nodes} nodes and {services} services", hint="Give at least 1 of each.")
    if platform is not None and platform not in PLATFORMS:
        raise NodePortKitError(f"there is no platform {platform!r}", hint=f"Give one of {', '.join(PLATFORMS)}.")
    rng = random.Random(f"healthy {seed}")
    chosen = rng.choice(PLATFORMS)
    dual = rng.random() < 0.25
    ground = Ground(rng, nodes, platform or chosen, dual=dual if dual_stack is None else dual_stack)
    add_system(ground)
    bag: list[App] = []
    for number, name in enumerate(_names(rng, services)):
        namespace = _NAMESPACES[number % max(1, min(len(_NAMESPACES), services // 3))]
        if not number or namespace not in {thing["metadata"]["name"] for thing in of_kind(ground.objects, "Namespace")}:
            ground.namespace(namespace)
        bag = bag or rng.sample((web, *APPS), len(APPS) + 1)  # every kind comes up before one comes up again
        app = bag.pop() if number else web
        app(ground, namespace, name)
    add_surroundings(ground.objects, rng)
    settle(ground.objects)
    return ground.objects


def _names(rng: random.Random, count: int) -> list[str]:
    """Different names, in no order."""
    words = rng.sample(_WORDS, len(_WORDS))
    return [words[n % len(words)] + (f"-{n // len(words) + 1}" if n >= len(words) else "") for n in range(count)]
