"""The selector catches the pods of another application too."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The selector catches the pods of another application too."""
    labels = {**site.selector, "component": "admin"}
    ports = [{"containerPort": port} for port in {_number(site)}]
    template = {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "admin", "image": "httpd", "ports": ports}]},
    }
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    metadata = {"name": f"{site.name}-admin", "labels": {"component": "admin"}}
    site.create("deployments", {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})
    site.await_pods(site.namespace, labels, 2)
    return Seen("http")


def _number(site: Site) -> int:
    """The number of the target port on the pods."""
    target = site.service["spec"]["ports"][0].get("targetPort", 80)
    if isinstance(target, int):
        return target
    named = [
        port["containerPort"]
        for pod in site.pods
        for container in pod["spec"]["containers"]
        for port in container.get("ports") or ()
        if port.get("name") == target
    ]
    return int(named[0]) if named else 80
