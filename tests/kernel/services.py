"""Services of every kind, their endpoints on the pods of the rig, and the ways on which each can be dialled."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kernel.rig import (
    BALANCER_IPS,
    EXTERNAL_IPS,
    FAMILIES,
    GUESTS,
    LAN,
    NODES,
    POD_RANGES,
    PODS,
    SECOND,
    SERVICE_IPS,
    STRANGERS,
    TARGET_PORT,
    gateway,
    node_addresses,
    pod_ip,
    subnet,
)
from nodeportkit.cluster import Cluster
from nodeportkit.kube.proxy_config import ProxyConfig

__all__ = ["SERVICES", "SETTINGS", "Case", "Service", "cases", "listeners", "make_cluster"]

PORT = 80
READY = {"ready": True, "serving": True, "terminating": False}
WAITING = {"ready": False, "serving": False, "terminating": False}
LEAVING = {"ready": False, "serving": True, "terminating": True}
GONE = {"ready": False, "serving": False, "terminating": True}


@dataclass(frozen=True)
class Service:
    """A service with its pods; `states` holds the conditions of those that are not plainly ready."""

    number: int
    pods: tuple[str, ...] = ()
    states: dict[str, dict[str, bool]] = field(default_factory=dict)
    hints: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    protocols: tuple[str, ...] = ("TCP",)
    columns: dict[str, object] = field(default_factory=dict)
    external: bool = True

    @property
    def node_port(self) -> int:
        return 30000 + self.number if self.external else 0

    def addresses(self, pattern: dict[str, str]) -> list[str]:
        return [pattern[family].format(self.number) for family in FAMILIES]


ALL = ("web-1", "web-2", "web-3")
LOCAL = {"external_traffic_policy": "Local"}
WITHIN = {"internal_traffic_policy": "Local"}
ADMITTED = {"load_balancer_source_ranges": [subnet(GUESTS, f) for f in FAMILIES]}
ADMITTED_NODES = {"load_balancer_source_ranges": [subnet(LAN, f) for f in FAMILIES]}
HERE = {"web-1": {"zones": ["a"]}, "web-2": {"zones": ["b"]}, "web-3": {"zones": ["b"]}}

SERVICES = {
    "cluster": Service(11, (*ALL, "api-1", "api-2", "api-3")),
    "local": Service(12, ("web-1", "api-1", "web-2"), columns=LOCAL),
    "within": Service(13, ("web-1", "web-2"), columns=WITHIN),
    "within-alone": Service(14, ("web-1", "web-2"), columns=WITHIN, external=False),
    "both-local": Service(15, ("web-2", "web-3"), columns=LOCAL | WITHIN),
    "nobody": Service(16),
    "nobody-local": Service(17, columns=LOCAL | WITHIN),
    "waiting": Service(18, ("web-1", "web-2"), {"web-1": WAITING, "web-2": GONE}),
    "some-waiting": Service(19, ALL, {"web-1": WAITING}),
    "leaving": Service(20, ("web-1", "web-2"), {"web-1": LEAVING, "web-2": LEAVING}),
    "leaving-here": Service(21, ("web-1", "web-2", "api-2"), {"web-1": LEAVING, "api-2": LEAVING}, columns=LOCAL),
    "guarded": Service(22, ("web-1", "web-2"), columns=ADMITTED),
    "guarded-local": Service(23, ("web-1",), columns=ADMITTED | LOCAL),
    "guarded-nobody": Service(24, columns=ADMITTED),
    "guarded-nodes": Service(25, ("web-2",), columns=ADMITTED_NODES),
    "proxied": Service(26, ("web-1",), columns={"load_balancer_ip_modes": ["Proxy", "Proxy"]}),
    "names": Service(27, ("web-1", "web-2"), protocols=("TCP", "UDP")),
    "names-local": Service(28, ("web-2",), protocols=("UDP",), columns=LOCAL),
    "names-nobody": Service(29, protocols=("UDP",)),
    "zones": Service(30, ALL, hints=HERE),
    "itself": Service(31, ("visitor",)),
    "itself-local": Service(32, ("visitor", "web-3"), columns=LOCAL),
    # The same address as external IP and as that of the load balancer: only the latter is guarded.
    "twice": Service(
        33, ("web-1",), columns=ADMITTED | {"external_ips": [BALANCER_IPS[f].format(33) for f in FAMILIES]}
    ),
}
STICKY = Service(40, (*ALL, "api-1"), columns={"session_affinity": "ClientIP", "affinity_timeout": 600})

SETTINGS = {
    "as-usual": ProxyConfig(cluster_cidrs=tuple(POD_RANGES.values())),
    "service-ranges": ProxyConfig(
        cluster_cidrs=tuple(POD_RANGES.values()), service_cidrs=tuple(subnet(SERVICE_IPS, f) for f in FAMILIES)
    ),
    "masquerade-all": ProxyConfig(cluster_cidrs=tuple(POD_RANGES.values()), masquerade_all=True),
    "no-pod-range": ProxyConfig(),
    "second-addresses": ProxyConfig(
        cluster_cidrs=tuple(POD_RANGES.values()),
        nodeport_addresses=(*(subnet(SECOND, f) for f in FAMILIES), "127.0.0.0/8"),
    ),
    "every-address": ProxyConfig(cluster_cidrs=tuple(POD_RANGES.values()), nodeport_addresses=("0.0.0.0/0", "::/0")),
    "primary": ProxyConfig(cluster_cidrs=tuple(POD_RANGES.values()), nodeport_addresses=("primary",)),
    "other-family": ProxyConfig(cluster_cidrs=tuple(POD_RANGES.values()), nodeport_addresses=("fd00:1::/64",)),
    "no-localhost": ProxyConfig(cluster_cidrs=tuple(POD_RANGES.values()), localhost_nodeports=False),
}


def make_cluster(proxy: ProxyConfig, services: dict[str, Service] = SERVICES) -> Cluster:
    """The cluster on the rig."""
    ports = [(name, service, protocol) for name, service in services.items() for protocol in service.protocols]
    ends = [(*port, pod, family) for port in ports for pod in port[1].pods for family in FAMILIES]
    columns = [_columns(service) for service in services.values()]
    return Cluster(
        nodes={"name": list(NODES), "internal_ips": [node_addresses(n) for n in (1, 2, 3)], "zone": ["a", "b", "c"]},
        services={
            "namespace": ["shop"] * len(services),
            "name": list(services),
            **{key: [column.get(key) for column in columns] for key in sorted({k for c in columns for k in c})},
        },
        ports={
            "namespace": ["shop"] * len(ports),
            "service": [name for name, _, _ in ports],
            "port_name": [protocol.lower() for *_, protocol in ports],
            "protocol": [protocol for *_, protocol in ports],
            "port": [PORT] * len(ports),
            "node_port": [service.node_port or None for _, service, _ in ports],
        },
        endpoints={
            "namespace": ["shop"] * len(ends),
            "service": [name for name, *_ in ends],
            "port_name": [protocol.lower() for _, _, protocol, *_ in ends],
            "protocol": [protocol for _, _, protocol, *_ in ends],
            "address": [pod_ip(pod, family) for *_, pod, family in ends],
            "port": [TARGET_PORT] * len(ends),
            "pod": [pod for *_, pod, _ in ends],
            "node": [f"node-{PODS[pod][0]}" for *_, pod, _ in ends],
            "hints": [service.hints.get(pod, {}) for _, service, _, pod, _ in ends],
            **{key: [s.states.get(pod, READY)[key] for _, s, _, pod, _ in ends] for key in READY},
        },
        proxy=proxy,
    )


def listeners(services: Iterable[Service]) -> tuple[set[int], list[tuple[str, int]]]:
    """Where the nodes themselves and the world have to listen, to show what no rule took (see `Rig.listen`)."""
    ports = {PORT, PORT + 1, *(service.node_port for service in services if service.external)}
    datagrams = [
        (pattern[family].format(service.number), port)
        for service in services
        if "UDP" in service.protocols
        for pattern in (SERVICE_IPS, EXTERNAL_IPS, BALANCER_IPS)
        for family in FAMILIES
        for port in (PORT, service.node_port)
    ]
    return ports, datagrams


def _columns(service: Service) -> dict[str, object]:
    reached = {"external_ips": EXTERNAL_IPS, "load_balancer_ips": BALANCER_IPS} if service.external else {}
    return {
        "type": "LoadBalancer" if service.external else "ClusterIP",
        "cluster_ips": service.addresses(SERVICE_IPS),
        **{key: service.addresses(pattern) for key, pattern in reached.items()},
        "external_traffic_policy": "Cluster",
        "internal_traffic_policy": "Cluster",
        **service.columns,
    }


@dataclass(frozen=True)
class Case:
    """A connection: who dials what, and at which node kube-proxy's rules meet it."""

    host: str
    source: str
    destination: str
    port: int
    protocol: str
    node: str


def cases(family: str, services: dict[str, Service] = SERVICES) -> Iterator[Case]:
    """Every way on which every service can be dialled, and some on which nothing can be."""
    for name, service in services.items():
        for protocol in service.protocols:
            for port, target in _destinations(service, family):
                yield from (Case(*way, target, port, protocol, node) for *way, node in _clients(family))
            for number, node in enumerate(NODES, 1) if service.external else ():
                yield from _node_port(service.node_port, protocol, number, node, family)
        if name == "cluster":
            other = SERVICE_IPS[family].format(service.number)
            unused = SERVICE_IPS[family].format(250)
            for *way, node in _clients(family):
                yield Case(*way, other, PORT + 1, "TCP", node)  # a cluster IP, but none of its ports
                yield Case(*way, unused, PORT, "TCP", node)  # an address of the service range that nobody has


def _destinations(service: Service, family: str) -> Iterator[tuple[int, str]]:
    yield PORT, SERVICE_IPS[family].format(service.number)
    if service.external:
        yield PORT, EXTERNAL_IPS[family].format(service.number)
        yield PORT, BALANCER_IPS[family].format(service.number)


def _clients(family: str) -> Iterator[tuple[str, str, str]]:
    """Host, source address and entry node: from outside, a pod with and one without a service, and a node."""
    for number in (1, 3):
        yield "client", GUESTS[family].format(number), f"node-{number}"
    yield "client", STRANGERS[family].format(1), "node-1"
    yield "visitor", pod_ip("visitor", family), "node-1"
    yield "web-2", pod_ip("web-2", family), "node-2"
    yield "node-1", LAN[family].format(11), "node-1"
    yield "node-3", LAN[family].format(13), "node-3"


def _node_port(port: int, protocol: str, number: int, node: str, family: str) -> Iterator[Case]:
    guest = GUESTS[family].format(number)
    loopback = {"IPv4": "127.0.0.1", "IPv6": "::1"}[family]
    first, second, inner = LAN[family].format(10 + number), SECOND[family].format(10 + number), gateway(number, family)
    for address in (first, second, inner):
        yield Case("client", guest, address, port, protocol, node)
        yield Case(node, first, address, port, protocol, node)
    yield Case(node, loopback, loopback, port, protocol, node)
    yield Case(node, inner, first, port, protocol, node)  # the address that the node has among its pods
    if family == "IPv4":
        yield Case(node, loopback, "127.0.0.2", port, protocol, node)
    if number == 1:
        yield Case("visitor", pod_ip("visitor", family), first, port, protocol, node)
        yield Case("web-1", pod_ip("web-1", family), first, port, protocol, node)
        yield Case("node-2", LAN[family].format(12), first, port, protocol, node)
