"""On one node kube-proxy follows no changes, and its rules lead to pods that are gone."""

from __future__ import annotations

from typing import Final

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


_LABELS: Final = {"k8s-app": "kube-proxy"}


def plant(site: Site) -> Seen:
    """On one node kube-proxy follows no changes, and its rules lead to pods that are gone.

    A playground's nodes are served without pods of kube-proxy's; where there are any, they decide.
    """
    container = {"name": "kube-proxy", "image": "registry.k8s.io/kube-proxy:v1.37.0"}
    pod = {"hostNetwork": True, "tolerations": [{"operator": "Exists"}], "containers": [container]}
    template = {"metadata": {"labels": _LABELS}, "spec": pod}
    spec = {"selector": {"matchLabels": _LABELS}, "template": template}
    metadata = {"name": "kube-proxy", "labels": _LABELS}
    made = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata, "spec": spec}
    site.call("POST", "/apis/apps/v1/namespaces/kube-system/daemonsets", made)
    nodes = [node["metadata"]["name"] for node in site.nodes]
    proxies = site.await_pods("kube-system", _LABELS, len(nodes))
    sick = next(it for it in proxies if it["spec"]["nodeName"] == nodes[-1])
    site.mark(f"/api/v1/namespaces/kube-system/pods/{sick['metadata']['name']}", ready="false")
    number = len(site.pods)
    site.renew()
    site.await_pods(site.namespace, site.selector, number)
    return Seen("refused", node=nodes[-1])
