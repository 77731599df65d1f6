"""What runs in every cluster: the API server's own service, DNS, the network, and kube-proxy where there is one."""

from __future__ import annotations

from nodeportkit.faults.building import (
    container,
    daemon_set,
    deployment,
    pod_of,
    probe,
    service,
    service_port,
    template,
)
from nodeportkit.faults.ground import Ground, place
from nodeportkit.faults.objects import name_of, new, owner

__all__ = ["add_system"]

_NETWORKS = {
    "cilium": ("cilium", "quay.io/cilium/cilium:v1.18.4", {"k8s-app": "cilium"}),
    "eks": ("aws-node", "public.ecr.aws/eks/amazon-k8s-cni:v1.20.4", {"k8s-app": "aws-node"}),
    "kind": ("kindnet", "docker.io/kindest/kindnetd:v20250512-df8de77b", {"k8s-app": "kindnet"}),
    "kubeadm": ("calico-node", "quay.io/calico/node:v3.31.2", {"k8s-app": "calico-node"}),
}


def add_system(ground: Ground) -> None:
    """Add what is there before the first application."""
    _api_server(ground)
    _dns(ground)
    if ground.platform in _NETWORKS:
        name, image, labels = _NETWORKS[ground.platform]
        made_from = template(labels, [container(name, image)], hostNetwork=True, tolerations=[{"operator": "Exists"}])
        daemon_set(ground, "kube-system", name, made_from, ground.everywhere)
    _proxies(ground)


def _api_server(ground: Ground) -> None:
    labels = {"component": "apiserver", "provider": "kubernetes"}
    ports = [service_port(443, 6443, name="https")]
    made = service(ground, "default", "kubernetes", ports, None, type="ClusterIP", labels=labels)
    made["spec"] |= {"clusterIP": "10.96.0.1", "clusterIPs": ["10.96.0.1"]}
    endpoints = new("EndpointSlice", "default", "kubernetes", labels={"kubernetes.io/service-name": "kubernetes"})
    address = ground.node_ips(ground.everywhere[0])[0] if ground.platform not in ("eks", "gke") else "10.250.0.2"
    endpoints |= {
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
        "ports": [{"name": "https", "port": 6443, "protocol": "TCP"}],
    }
    ground.objects.append(endpoints)


def _dns(ground: Ground) -> None:
    ports = [("dns", 53, "UDP"), ("dns-tcp", 53, "TCP"), ("metrics", 9153, "TCP")]
    server = container(
        "coredns",
        "registry.k8s.io/coredns/coredns:v1.12.1",
        ports,
        args=["-conf", "/etc/coredns/Corefile"],
        readinessProbe=probe("http", 8181),
        lifecycle={"preStop": {"sleep": {"seconds": 5}}},
    )
    deployment(ground, "kube-system", "coredns", template({"k8s-app": "kube-dns"}, [server]), 2)
    served = [service_port(number, number, name=name, protocol=protocol) for name, number, protocol in ports]
    made = service(ground, "kube-system", "kube-dns", served, {"k8s-app": "kube-dns"}, type="ClusterIP")
    made["spec"] |= {"clusterIP": "10.96.0.10", "clusterIPs": ["10.96.0.10"]}


def _proxies(ground: Ground) -> None:
    """kube-proxy: a DaemonSet, a static pod a node with GKE, nothing in k3s and where Cilium takes its place."""
    if ground.platform in ("k3s", "cilium"):
        return
    proxy = container("kube-proxy", "registry.k8s.io/kube-proxy:v1.34.2")
    label = "component" if ground.platform == "gke" else "k8s-app"
    made_from = template(
        {label: "kube-proxy"},
        [proxy],
        hostNetwork=True,
        priorityClassName="system-node-critical",
        tolerations=[{"operator": "Exists"}],
    )
    if ground.platform != "gke":
        daemon_set(ground, "kube-system", "kube-proxy", made_from, ground.everywhere)
        return
    source = new("DaemonSet", "kube-system", "kube-proxy") | {"spec": {"template": made_from}}
    for number, node in enumerate(ground.nodes):
        pod = pod_of(source, number, name_of(node))
        pod["metadata"]["name"] = f"kube-proxy-{name_of(node)}"
        pod["metadata"]["annotations"] = {"kubernetes.io/config.source": "file"}
        pod["metadata"]["ownerReferences"] = [owner(node)]
        place(ground, pod, name_of(node))
        ground.objects.append(pod)
