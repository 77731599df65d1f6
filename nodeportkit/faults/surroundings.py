"""What stands around applications and does them no harm: policies that admit their traffic, Ingresses, events."""

from __future__ import annotations

import random

from nodeportkit.faults.building import event
from nodeportkit.faults.objects import Object, labels_of, name_of, namespace_of, new, of_kind

__all__ = ["add_surroundings", "policy"]


def policy(namespace: str, name: str, selector: Object, ingress: list[Object] | None) -> Object:
    """A NetworkPolicy for traffic that comes in."""
    made = new("NetworkPolicy", namespace, name)
    spec: Object = {"podSelector": selector, "policyTypes": ["Ingress"]}
    return made | {"spec": spec if ingress is None else {**spec, "ingress": ingress}}


def add_surroundings(objects: list[Object], rng: random.Random) -> None:
    """Add policies, Ingresses and Normal events to what is there."""
    for service in [s for s in of_kind(objects, "Service") if namespace_of(s) not in ("default", "kube-system")]:
        selector, kind = service["spec"].get("selector"), service["spec"]["type"]
        if selector and rng.random() < 0.35:
            objects.append(_admitting(service, rng, inside=kind == "ClusterIP"))
        if selector and kind != "ExternalName" and service["spec"].get("clusterIP") != "None" and rng.random() < 0.3:
            objects.append(_ingress(service, rng))
        if kind == "LoadBalancer":
            message = "Ensured load balancer"
            objects.append(event(service, "Normal", "EnsuredLoadBalancer", message, source="service-controller"))
    pods = [pod for pod in of_kind(objects, "Pod") if pod["status"]["phase"] == "Running"]
    for pod in rng.sample(pods, min(len(pods), 6)):
        image = pod["spec"]["containers"][0]["image"]
        objects.append(event(pod, "Normal", "Pulled", f'Container image "{image}" already present on machine'))


def _admitting(service: Object, rng: random.Random, *, inside: bool) -> Object:
    """A policy for the service's pods that admits whom the service is for; one inside is for pods of its namespace alone."""
    selector = {"matchLabels": service["spec"]["selector"]}
    everybody: list[list[Object]] = [[], [{"ipBlock": {"cidr": "0.0.0.0/0"}}, {"ipBlock": {"cidr": "::/0"}}]]
    peers = [{"podSelector": {}}] if inside else rng.choice(everybody)
    rule: Object = {"from": peers} if peers else {}
    # Numbers of named ports may differ from pod to pod; a name in the policy goes along with them.
    targets = [(p.get("targetPort", p["port"]), p["protocol"]) for p in service["spec"]["ports"]]
    if not inside and rng.random() < 0.5:
        rule["ports"] = [{"port": target, "protocol": protocol} for target, protocol in targets]
        if rng.random() < 0.3 and all(isinstance(target, int) for target, _ in targets):
            rule["ports"] = [{"port": 1024, "endPort": 65535, "protocol": protocol} for _, protocol in targets]
            rule["ports"] += [{"port": target, "protocol": protocol} for target, protocol in targets]
    return policy(namespace_of(service), f"{name_of(service)}-in", selector, [rule])


def _ingress(service: Object, rng: random.Random) -> Object:
    port = rng.choice(service["spec"]["ports"])
    by_name = "name" in port and rng.random() < 0.5
    backend = {"name": name_of(service), "port": {"name": port["name"]} if by_name else {"number": port["port"]}}
    host = f"{name_of(service)}.example.com"
    path = {"backend": {"service": backend}, "path": "/", "pathType": "Prefix"}
    made = new("Ingress", namespace_of(service), name_of(service), labels=labels_of(service))
    made["spec"] = {"ingressClassName": "nginx", "rules": [{"host": host, "http": {"paths": [path]}}]}
    if rng.random() < 0.4:
        made["spec"]["tls"] = [{"hosts": [host], "secretName": f"{name_of(service)}-tls"}]
    return made | {"status": {"loadBalancer": {}}}
