"""sensitive-ui."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from nodeportkit.auditing.arrays import first_of
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import port_text
from nodeportkit.kube.columns import objects
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]

# Names that images and services of dashboards and admin tools have; beyond those of kubescape's control C-0021.
_TOOLS: Final = frozenset(
    """
    adminer alertmanager argocd-server argo-server argo-workflows-server centraldashboard cerebro cockpit consul-ui
    dashboard-metrics-scraper flower grafana headlamp hubble-ui jenkins jupyter jupyterhub kafka-ui kiali kibana
    kubernetes-dashboard kubeview longhorn-frontend longhorn-ui minio-console mongo-express octant pgadmin pgadmin4
    phpmyadmin portainer portainer-ce prometheus rancher redis-commander redisinsight traefik-dashboard vault-ui
    weave-scope weave-scope-app
    """.split()
)
_LABELS: Final = ("app.kubernetes.io/name", "app", "k8s-app")


def _look(scene: Scene) -> Iterator[Finding]:
    at = scene.service_of_port[scene.exposed]
    first = first_of(at)
    labels = objects(scene.services["labels"])
    pairs = scene.staying
    starts = np.searchsorted(pairs.left, np.arange(len(scene.services) + 1))
    for service, port in zip(at[first].tolist(), scene.exposed[first].tolist(), strict=True):
        namespace, name = scene.service_names[service]
        has = labels[service] if isinstance(labels[service], dict) else {}
        called = {name, *(has.get(key, "") for key in _LABELS)}
        for pod in pairs.pod[starts[service] : starts[service + 1]][:1].tolist():
            called |= {image.rpartition("/")[2] for image in scene.images_of(pod)}
        if found := sorted(called & _TOOLS):
            number = port_text(scene.ports["node_port"].iloc[port], scene.ports["protocol"].iloc[port])
            yield scene.of_service(
                service,
                "spec.type",
                f"{found[0]}, by which a cluster or its data are looked into or run, is open on every node at {number}.",
                command("patch service", namespace, name, "-p", json.dumps({"spec": {"type": "ClusterIP"}})),
            )


CHECK = Check(
    title="Dashboard or admin tool behind a node port",
    about="Told by the name of the service, its app label or the image of its pods. Reach such tools by port-forward.",
    certainty="advice",
    severity="warning",
    needs=("services",),
    look=_look,
)
