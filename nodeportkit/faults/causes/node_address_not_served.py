"""kube-proxy does not serve node ports on that address of the node."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import name_of
from nodeportkit.faults.scene import Scene, Unplantable
from nodeportkit.kube.proxy_config import ProxyConfig

__all__ = ["NEEDS", "VARIANTS"]

NEEDS = {"platform": "kubeadm"}


def loopback(scene: Scene) -> Fault:
    """127.0.0.1 on a node in a mode that never serves it."""
    return _ask(scene, "127.0.0.1", ProxyConfig(mode=scene.rng.choice(("ipvs", "nftables"))))


def loopback_switched_off(scene: Scene) -> Fault:
    """127.0.0.1 on a node where iptables mode was told not to serve it."""
    return _ask(scene, "127.0.0.1", ProxyConfig(mode="iptables", localhost_nodeports=False))


def loopback_of_ipv6(scene: Scene) -> Fault:
    """::1 on a node: no mode serves it. The service is of both families."""
    service = scene.front(lambda s: len(s["spec"]["ipFamilies"]) == 2)
    node, port = name_of(scene.node()), scene.port(service)["nodePort"]
    proxy = ProxyConfig(mode="iptables")
    return scene.fault(service, symptom="refused", node=node, address="::1", port=port, proxy=proxy)


def outside_ranges(scene: Scene) -> Fault:
    """Node ports are served on addresses of other ranges alone."""
    node = scene.node()
    proxy = ProxyConfig(mode=scene.rng.choice(("iptables", "nftables", "ipvs")), nodeport_addresses=("10.99.0.0/16",))
    service = scene.front()
    address, port = scene.addresses(node)[0], scene.port(service)["nodePort"]
    return scene.fault(service, symptom="refused", address=address, port=port, proxy=proxy, around=True)


def _ask(scene: Scene, address: str, proxy: ProxyConfig) -> Fault:
    if scene.is_kind():
        raise Unplantable("127.0.0.1 is another matter with kind")
    service = scene.front()
    node, port = name_of(scene.node()), scene.port(service)["nodePort"]
    return scene.fault(service, symptom="refused", node=node, address=address, port=port, proxy=proxy)


VARIANTS = (loopback, loopback_switched_off, loopback_of_ipv6, outside_ranges)
