"""The Service has no node port."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, name_of
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]


def cluster_ip(scene: Scene) -> Fault:
    """Its type is ClusterIP, as it is where a manifest says `typeNodePort`."""
    service = scene.front()
    question = _closed(scene, service)
    service["spec"]["type"] = "ClusterIP"
    return scene.fault(service, symptom="refused", **question)


def headless(scene: Scene) -> Fault:
    """It has not even a cluster IP."""
    service = scene.front()
    question = _closed(scene, service)
    scene.forget(service)
    service["spec"] |= {"clusterIP": "None", "clusterIPs": ["None"], "type": "ClusterIP"}
    return scene.fault(service, symptom="refused", **question)


def external_name(scene: Scene) -> Fault:
    """It is but an alias in DNS."""
    service = scene.find("Service", lambda s: s["spec"]["type"] == "ExternalName")
    node = name_of(scene.rng.choice(scene.nodes))
    return scene.fault(service, symptom="refused", node=node, port=scene.rng.randrange(30000, 30020))


def without_node_ports(scene: Scene) -> Fault:
    """A load balancer that was told to do without node ports, dialled on a node."""
    service = scene.front()
    question = _closed(scene, service)
    service["spec"] |= {"allocateLoadBalancerNodePorts": False, "type": "LoadBalancer"}
    service["spec"]["externalTrafficPolicy"] = "Cluster"
    service["status"] = {"loadBalancer": {"ingress": [{"ip": "198.51.100.77"}]}}
    return scene.fault(service, symptom="refused", **question)


def _closed(scene: Scene, service: Object) -> Object:
    """Take the node ports away; how one of them is dialled still."""
    node = scene.rng.choice(scene.nodes)
    question = {"node": name_of(node), "port": scene.port(service)["nodePort"]}
    for port in service["spec"]["ports"]:
        port.pop("nodePort", None)
    service["spec"].pop("externalTrafficPolicy")
    for field in ("allocateLoadBalancerNodePorts", "externalIPs"):
        service["spec"].pop(field, None)
    service["status"] = {"loadBalancer": {}}
    return question


VARIANTS = (cluster_ip, headless, external_name, without_node_ports)
