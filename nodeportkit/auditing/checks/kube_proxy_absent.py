"""kube-proxy-absent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.arrays import rows, true
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.kube.columns import objects
from nodeportkit.kube.proxy_pods import runs_proxy
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    proxies = scene.kube_proxies
    # Without any such pod the cluster does it in another way, or kube-system was not listed.
    if not len(proxies) or scene.pods["node"].take(proxies).isna().all():
        return
    pods = scene.pods.take(proxies)
    ready, unknown = true(pods["ready"]), pods["ready"].isna().to_numpy(dtype=bool)
    there = scene.node_of_pod[proxies]
    served = there[ready | unknown]
    node_names, node_labels = objects(scene.nodes["name"]), objects(scene.nodes["labels"])
    for at in rows(true(scene.nodes["ready"])):
        if at in served or not runs_proxy(node_labels[at]):
            continue
        what = "is not ready" if at in there else "is not there"
        yield Finding(
            f"Node {node_names[at]}",
            "kube-proxy",
            f"The node is ready, but its kube-proxy pod {what}: it follows no change of services and endpoints, or answers on no "
            "node port at all.",
            command("get pods", "kube-system", "-l", "k8s-app=kube-proxy", "-o", "wide"),
        )


CHECK = Check(
    title="Node without kube-proxy",
    about=(
        "In a cluster that runs kube-proxy as pods, each ready node needs a ready one. Clusters that do without (k3s, Cilium) have "
        "none, and are no finding."
    ),
    certainty="fact",
    severity="error",
    needs=("nodes", "pods"),
    look=_look,
)
