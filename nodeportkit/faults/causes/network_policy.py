"""A NetworkPolicy admits no traffic from the client, or from the node after source NAT."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, labels_of, namespace_of, of_kind
from nodeportkit.faults.scene import Scene, Unplantable
from nodeportkit.faults.surroundings import policy

__all__ = ["VARIANTS"]

_CLIENT = "203.0.113.200"


def deny_all(scene: Scene) -> Fault:
    """A policy for the whole namespace admits nobody."""
    service = _alone(scene)
    return _plant(scene, service, {}, None, around=True)


def for_pods_only(scene: Scene) -> Fault:
    """It admits pods alone; after source NAT the client has the node's address."""
    service = _alone(scene)
    peer = scene.rng.choice([{"podSelector": {"matchLabels": {"app": "client"}}}, {"namespaceSelector": {}}])
    return _plant(scene, service, {"matchLabels": service["spec"]["selector"]}, [{"from": [peer]}])


def other_port(scene: Scene) -> Fault:
    """It admits everybody, to another port."""
    service = _alone(scene)
    rule = {"ports": [{"port": 9999, "protocol": "TCP"}]}
    return _plant(scene, service, {"matchLabels": service["spec"]["selector"]}, [rule])


def for_clients_only(scene: Scene) -> Fault:
    """It admits the clients' addresses; with Cluster policy pods see those of nodes."""
    service = _alone(scene)
    rule = {"from": [{"ipBlock": {"cidr": "203.0.113.192/26"}}]}
    return _plant(scene, service, {"matchLabels": service["spec"]["selector"]}, [rule], source=_CLIENT)


def except_nodes(scene: Scene) -> Fault:
    """It admits everybody but private addresses, and nodes have such."""
    service = _alone(scene)
    block = {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]}
    selector = {"matchLabels": service["spec"]["selector"]}
    return _plant(scene, service, selector, [{"from": [{"ipBlock": block}]}], source=_CLIENT)


def _alone(scene: Scene) -> Object:
    """A service of IPv4, whose pods lose the policies that admitted traffic to them: policies add up."""
    if len(scene.nodes) < 2:
        raise Unplantable("a pod's own node is always admitted")

    def crosses(service: Object) -> bool:
        # Hints may keep every connection on the node it comes in at.
        return service["spec"]["ipFamilies"] == ["IPv4"] and "trafficDistribution" not in service["spec"]

    service = scene.front(crosses)
    pods = [labels_of(pod).items() for pod in scene.pods(service)]
    policies = of_kind(scene.objects, "NetworkPolicy", namespace=namespace_of(service))
    applied = [p for p in policies if any(p["spec"]["podSelector"]["matchLabels"].items() <= labels for labels in pods)]
    scene.remove(applied)
    return service


def _plant(
    scene: Scene,
    service: Object,
    selector: Object,
    ingress: list[Object] | None,
    *,
    around: bool = False,
    source: str | None = None,
) -> Fault:
    scene.objects.append(policy(namespace_of(service), "locked-down", selector, ingress))
    port = scene.port(service)["nodePort"]
    checks = ("policy-blocks-nodes",)
    return scene.fault(service, symptom="timeout", port=port, source=source, checks=checks, around=around)


VARIANTS = (deny_all, for_pods_only, other_port, for_clients_only, except_nodes)
