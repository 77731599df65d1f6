"""Real hosts in network namespaces: a client, three nodes with their pods, and the world behind the nodes.

                 world (answers for every address that nobody else has)
                   |  one network: 192.168.1.0/24 (and 192.168.2.0/24: a second address of each node)
     client -------+------- node-1 ------- node-2 ------- node-3
                              |               |              |
                       web-1 api-1 visitor  web-2 api-2   web-3 api-3

The client has an address for each entry node: packets from 203.0.113.2 enter the cluster at node-2. So answers can go back
the way that the request came.
"""

import contextlib
from collections.abc import Iterable, Iterator

from kernel.sockets import Host, Servers, settings
from kernel_tools import namespace, run

FAMILIES = ("IPv4", "IPv6")
NODES = ("node-1", "node-2", "node-3")
PODS = {
    "web-1": (1, 10),
    "web-2": (2, 10),
    "web-3": (3, 10),
    "api-1": (1, 20),
    "api-2": (2, 20),
    "api-3": (3, 20),
    "visitor": (1, 99),
}
TARGET_PORT = 8080
LAN = {"IPv4": "192.168.1.{}", "IPv6": "fd00:1::{}"}
SECOND = {"IPv4": "192.168.2.{}", "IPv6": "fd00:2::{}"}
GUESTS = {"IPv4": "203.0.113.{}", "IPv6": "2001:db8:a::{}"}
STRANGERS = {"IPv4": "198.51.100.{}", "IPv6": "2001:db8:b::{}"}
SERVICE_IPS = {"IPv4": "10.96.0.{}", "IPv6": "fd00:10:96::{}"}
EXTERNAL_IPS = {"IPv4": "192.0.2.{}", "IPv6": "2001:db8:e::{}"}
BALANCER_IPS = {"IPv4": "100.64.0.{}", "IPv6": "2001:db8:c::{}"}
POD_RANGES = {"IPv4": "10.244.0.0/16", "IPv6": "fd00:10:244::/48"}
_SUBNET = {"IPv4": 24, "IPv6": 64}
_HOST = {"IPv4": 32, "IPv6": 128}
_CLIENT = 100


def subnet(pattern: dict[str, str], family: str) -> str:
    """The network of the addresses of a pattern."""
    return f"{pattern[family].format(0 if family == 'IPv4' else '')}/{_SUBNET[family]}"


def pod_ip(name: str, family: str) -> str:
    """The address of a pod."""
    node, last = PODS[name]
    return f"10.244.{node}.{last}" if family == "IPv4" else f"fd00:10:244:{node}::{last}"


def gateway(node: int, family: str) -> str:
    """The address of a node on the links to its pods."""
    return f"10.244.{node}.1" if family == "IPv4" else f"fd00:10:244:{node}::1"


def node_addresses(node: int) -> list[str]:
    """Every address on the interfaces of a node but the loopback addresses; the primary ones first."""
    lan = [pattern[family].format(10 + node) for pattern in (LAN, SECOND) for family in FAMILIES]
    return [*lan, *(gateway(node, family) for family in FAMILIES)]


class Rig:
    """The hosts, up and running, without any rule."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        names = ("world", "client", *NODES, *PODS)
        self.hosts = {name: Host(name, stack.enter_context(namespace(name))) for name in names}
        for host in self.hosts.values():
            settings(host.namespace, **_QUIET)
        for name in NODES:
            settings(self.hosts[name].namespace, **_NODE)
        self._lan()
        for number in (1, 2, 3):
            self._node(number)
        for pod in PODS:
            self._pod(pod)
        self._world()
        self._client()
        self.servers = Servers()
        stack.callback(self.servers.close)
        for pod in PODS:
            for protocol in ("TCP", "UDP"):
                self.servers.serve(self.hosts[pod], TARGET_PORT, protocol)

    def listen(self, ports: Iterable[int], datagrams: Iterable[tuple[str, int]]) -> None:
        """Let the nodes themselves and the world answer, so that packets are seen that no rule takes.

        Parameters
        ----------
        ports
            TCP ports, on every address.
        datagrams
            Addresses and UDP ports of the world; the nodes answer on each of their own with these ports.
        """
        for port in ports:
            for name in ("world", *NODES):
                self.servers.serve(self.hosts[name], port)
        for address, port in datagrams:
            self.servers.serve(self.hosts["world"], port, "UDP", [address])
        for number, name in enumerate(NODES, 1):
            own = [*node_addresses(number), "127.0.0.1", "127.0.0.2", "::1"]
            for port in sorted({port for _, port in datagrams}):
                self.servers.serve(self.hosts[name], port, "UDP", own)

    def load(self, node: str, mode: str, rules: dict[str, str]) -> None:
        """Replace the rules of a node by these, one text a family."""
        host = self.hosts[node].namespace
        host.run("nft", "flush", "ruleset")  # those of iptables as well
        for family, text in rules.items():
            tool = {"IPv4": "iptables-restore", "IPv6": "ip6tables-restore"}[family]
            host.run(*(["nft", "-f", "-"] if mode == "nftables" else [tool]), text=text)

    def ip(self, host: str, *lines: str, options: tuple[str, ...] = ()) -> None:
        """Run commands of `ip` in a host."""
        run("ip", *options, "-n", self.hosts[host].namespace.name, "-batch", "-", text="\n".join(lines))

    def _lan(self) -> None:
        self.ip("world", "link add lan type bridge mcast_snooping 0", "link set lan up")
        for name in ("client", *NODES):
            peer = self.hosts[name].namespace.name
            self.ip("world", f"link add {name} type veth peer name eth0 netns {peer}", f"link set {name} master lan up")
            self.ip(name, "link set eth0 up")

    def _node(self, number: int) -> None:
        lines = []
        for family in FAMILIES:
            for pattern in (LAN, SECOND):
                lines.append(f"addr add {pattern[family].format(10 + number)}/{_SUBNET[family]} dev eth0")
            lines.append(f"route add default via {LAN[family].format(1)}")
            for entry in (1, 2, 3):
                way = LAN[family].format(_CLIENT if entry == number else 10 + entry)
                lines += [f"route add {p[family].format(entry)}/{_HOST[family]} via {way}" for p in (GUESTS, STRANGERS)]
            for other in {1, 2, 3} - {number}:
                network = f"{gateway(other, family).removesuffix('1')}{'0' if family == 'IPv4' else ''}"
                lines.append(f"route add {network}/{_SUBNET[family]} via {LAN[family].format(10 + other)}")
        self.ip(f"node-{number}", *lines)

    def _pod(self, name: str) -> None:
        number, _ = PODS[name]
        node, inner = f"node-{number}", self.hosts[name].namespace.name
        self.ip(node, f"link add {name} type veth peer name eth0 netns {inner}", f"link set {name} up")
        self.ip(name, "link set eth0 up")
        for family in FAMILIES:
            own, way = f"{pod_ip(name, family)}/{_HOST[family]}", gateway(number, family)
            self.ip(node, f"addr add {way}/{_HOST[family]} dev {name}", f"route add {own} dev {name}")
            self.ip(name, f"addr add {own} dev eth0", f"route add {way} dev eth0", f"route add default via {way}")

    def _world(self) -> None:
        lines = []
        for family in FAMILIES:
            lines.append(f"addr add {LAN[family].format(1)}/{_SUBNET[family]} dev lan")
            lines.append(f"route add {subnet(SECOND, family)} dev lan")
            lines += [f"route add local {subnet(p, family)} dev lo" for p in (SERVICE_IPS, EXTERNAL_IPS, BALANCER_IPS)]
            for number in (1, 2, 3):
                node = LAN[family].format(10 + number)
                network = f"{gateway(number, family).removesuffix('1')}{'0' if family == 'IPv4' else ''}"
                lines.append(f"route add {network}/{_SUBNET[family]} via {node}")
                for pattern in (GUESTS, STRANGERS):
                    lines.append(f"route add {pattern[family].format(number)}/{_HOST[family]} via {node}")
        self.ip("world", *lines)

    def _client(self) -> None:
        for family in FAMILIES:
            lines = [f"addr add {LAN[family].format(_CLIENT)}/{_SUBNET[family]} dev eth0"]
            for number in (1, 2, 3):
                lines.append(f"route add default via {LAN[family].format(10 + number)} table {100 + number}")
                for pattern in (GUESTS, STRANGERS):
                    address = pattern[family].format(number)
                    lines.append(f"addr add {address}/{_HOST[family]} dev lo")
                    lines.append(f"rule add from {address} lookup {100 + number}")
            self.ip("client", *lines, options=(f"-{family[-1]}",))


# Addresses are there at once, and no host tells another of a shorter way.
_QUIET = {
    "ipv6__conf__all__accept_dad": "0",
    "ipv6__conf__default__accept_dad": "0",
    "ipv6__conf__all__accept_redirects": "0",
    "ipv6__conf__default__accept_redirects": "0",
    "ipv4__conf__all__accept_redirects": "0",
    "ipv4__conf__all__send_redirects": "0",
    "ipv4__conf__default__send_redirects": "0",
    "ipv4__conf__all__rp_filter": "0",
    "ipv4__conf__default__rp_filter": "0",
}
# What kubelet and kube-proxy set, and no limit to how many packets are rejected.
_NODE = {
    "ipv4__ip_forward": "1",
    "ipv6__conf__all__forwarding": "1",
    "ipv4__conf__all__route_localnet": "1",
    "ipv4__icmp_ratelimit": "0",
    "ipv6__icmp__ratelimit": "0",
}


@contextlib.contextmanager
def rig() -> Iterator[Rig]:
    """The hosts, gone afterwards with all that they held."""
    with contextlib.ExitStack() as stack:
        yield Rig(stack)
