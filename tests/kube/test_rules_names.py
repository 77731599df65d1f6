"""The names of chains, against those in kube-proxy's own tests (kubernetes/kubernetes pkg/proxy/*/proxier_test.go)."""

import pytest

from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.rules.names import (
    check,
    iptables_endpoint,
    iptables_service,
    nftables_endpoint,
    nftables_service,
)
from nodeportkit.kube.service_ports import Endpoint, ServicePort


def port(namespace="ns1", service="svc1", name="p80", protocol="TCP", cluster_ip="172.30.0.41", **more):
    return ServicePort(namespace, service, name, protocol, 80, "IPv4", cluster_ip, **more)


@pytest.mark.parametrize(
    ("number", "address", "iptables", "iptables_pod", "nftables", "nftables_pod"),
    [
        (1, "10.180.0.1", "XPGD46QRK7WJZT7O", "SXIVWICOYRO3J4NJ", "ULMVA6XW", "5OJB2KTY"),
        (2, "10.180.0.2", "GNZBNJ2PO5MGZ6GT", "RS4RBKLTHTF2IUXJ", "42NFTM6N", "SGOXE6O3"),
        (3, "10.180.0.3", "X27LE4BHSL4DOUIK", "OYPFS5VJICHGATKP", "4AT6LBPK", "UEIP74TE"),
        (4, "10.180.0.5", "4SW47YFZTEDKD3PK", "C6EBXVWJJZMIWKLZ", "LAUZTJTB", "5RFCDDV7"),
        (5, "10.180.0.3", "NUKIZ6OKUXPJNT4C", "I77PXRDZVX7PMWMN", "HVFWP5L3", "GTK6MW7G"),
    ],
)
def test_chain_names_are_those_of_kube_proxy(number, address, iptables, iptables_pod, nftables, nftables_pod):
    of, to = port(f"ns{number}", f"svc{number}"), Endpoint(address, 80)
    assert iptables_service(of) == iptables
    assert iptables_endpoint(of, to) == f"KUBE-SEP-{iptables_pod}"
    assert nftables_service(of) == f"{nftables}-ns{number}/svc{number}/tcp/p80"
    assert nftables_endpoint(of, to) == f"{nftables_pod}-ns{number}/svc{number}/tcp/p80__{address}/80"


def test_protocols_on_one_number_have_chains_of_their_own():
    names = {iptables_service(port(protocol=protocol)) for protocol in ("TCP", "UDP", "SCTP")}
    assert len(names) == 3


def test_colons_of_an_address_are_dots_and_long_names_end_in_dots():
    name = nftables_endpoint(port(), Endpoint("2001:db8::1", 80))
    assert name.endswith("-ns1/svc1/tcp/p80__2001.db8..1/80")
    long = nftables_endpoint(
        port("n" * 63, "s" * 63, "p" * 63, "SCTP"), Endpoint("2001:db8:" + "aaaa:" * 5 + "1", 65535)
    )
    assert len(long) == 240
    assert long.endswith("...")
    assert len("affinity-" + long) <= 256


@pytest.mark.parametrize(
    "bad",
    [
        port(service='web" -j ACCEPT'),
        port(namespace="shop\n-A INPUT"),
        port(name="a b"),
        port(protocol="TCP;"),
        port(cluster_ip="10.0.0.1 -j ACCEPT"),
        port(source_ranges=("10.0.0.0/8 }",)),
        port(load_balancer_ips=("$(reboot)",)),
        port(cluster=(Endpoint("10.1.0.1\n", 80),)),
    ],
)
def test_what_would_not_stay_one_word_of_a_rule_is_refused(bad):
    with pytest.raises(NodePortKitError, match="kube-proxy could write"):
        check(bad)
