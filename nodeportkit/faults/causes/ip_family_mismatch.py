"""Client, Service or pods speak different IP families."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.scene import Scene

__all__ = ["NEEDS", "VARIANTS"]

NEEDS = {"dual_stack": True}


def pods_are_older(scene: Scene) -> Fault:
    """The service is for IPv6 alone, and its pods are from the time before the cluster had it."""
    service = scene.front(lambda s: s["spec"]["ipFamilies"] == ["IPv4"])
    question = scene.dialled(service)
    service["spec"] |= {"clusterIP": "fd00:10:96::abc", "clusterIPs": ["fd00:10:96::abc"], "ipFamilies": ["IPv6"]}
    for pod in scene.pods(service):
        pod["status"]["podIPs"] = [entry for entry in pod["status"]["podIPs"] if ":" not in entry["ip"]]
    if "address" in question:
        question["address"] = scene.addresses(scene.node(), "IPv6")[0]
    return scene.fault(service, symptom="refused", checks=("ip-family-mismatch",), **question)


def dialled_over_ipv6(scene: Scene) -> Fault:
    """The service is for IPv4 alone, and the client dials the node's IPv6 address."""
    service = scene.front(lambda s: s["spec"]["ipFamilies"] == ["IPv4"])
    address = scene.addresses(scene.node(), "IPv6")[0]
    return scene.fault(service, symptom="refused", address=address, port=scene.port(service)["nodePort"])


VARIANTS = (pods_are_older, dialled_over_ipv6)
