"""The application that is there when a fault is to be planted and there is none: three web servers behind a node port."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["APP", "deployment", "exposed"]

APP: Final = "web"


def deployment() -> dict[str, Any]:
    """Its deployment."""
    labels = {"app": APP}
    container = {"name": APP, "image": "nginx", "ports": [{"containerPort": 80}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": APP, "labels": labels},
        "spec": {
            "replicas": 3,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


def exposed() -> dict[str, Any]:
    """Its service."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": APP},
        "spec": {"type": "NodePort", "selector": {"app": APP}, "ports": [{"port": 80, "targetPort": 80}]},
    }
