"""Which pods are kube-proxies, and which nodes have one: kubeadm, minikube, EKS and GKE run them in kube-system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["is_proxy", "runs_proxy"]


def is_proxy(name: Any, labels: Any) -> bool:
    """Tell a kube-proxy pod of kube-system by its labels or name: the DaemonSet's pods, and static ones.

    Examples
    --------
    >>> is_proxy("kube-proxy-x7k2p", None), is_proxy("proxy", {"k8s-app": "kube-proxy"}), is_proxy("coredns", {})
    (True, True, False)
    """
    told = labels if isinstance(labels, Mapping) else {}
    known = {told.get("k8s-app"), told.get("component"), told.get("app.kubernetes.io/name")}
    return "kube-proxy" in known or str(name).startswith("kube-proxy-")


def runs_proxy(labels: Any) -> bool:
    """Tell whether a node is of a kind that gets such a pod: no virtual one, and not Windows, where it is often a service.

    Examples
    --------
    >>> runs_proxy({}), runs_proxy({"type": "virtual-kubelet"}), runs_proxy({"kubernetes.io/os": "windows"})
    (True, False, False)
    """
    told = labels if isinstance(labels, Mapping) else {}
    virtual = told.get("type") == "virtual-kubelet" or told.get("eks.amazonaws.com/compute-type") == "fargate"
    return not virtual and told.get("kubernetes.io/os", "linux") == "linux"
