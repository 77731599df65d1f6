"""Real connections through the rules of `proxy_rules`, beside what `trace` says of them (reference: the Linux kernel)."""

import asyncio

import pytest

from kernel.judge import Found, as_met, differences, judge, landed, load, predictions, verdicts
from kernel.rig import (
    BALANCER_IPS,
    EXTERNAL_IPS,
    GUESTS,
    LAN,
    PODS,
    SERVICE_IPS,
    STRANGERS,
    node_addresses,
    pod_ip,
    rig,
)
from kernel.services import PORT, SERVICES, SETTINGS, STICKY, Case, cases, listeners, make_cluster
from kernel_tools import require
from nodeportkit.traffic.tracing import trace

pytestmark = pytest.mark.kernel

MODES = ("iptables", "nftables")
# What settings change, they change for these services; all of them are dialled under the usual settings.
SOME = {name: SERVICES[name] for name in ("cluster", "within", "both-local", "nobody", "guarded-nodes")}


@pytest.fixture(scope="module")
def hosts():
    require("nft", "iptables-save", "iptables-restore", "ip6tables-save", "ip6tables-restore")
    with rig() as built:
        built.listen(*listeners(SERVICES.values()))
        yield built


def judged(hosts, setting, mode, family, services):
    cluster = make_cluster(SETTINGS[setting], services)
    load(hosts, cluster, mode)
    said = predictions(cluster, mode, cases(family, services), family)
    return said, judge(hosts, said)


@pytest.mark.parametrize("family", ["IPv4", "IPv6"])
@pytest.mark.parametrize("mode", MODES)
def test_every_service_answers_refuses_or_is_silent_as_traced(hosts, mode, family):
    said, met = judged(hosts, "as-usual", mode, family, SERVICES)
    assert differences(said, met) == []
    assert min(verdicts(met)[verdict] for verdict in ("FORWARD", "REJECT", "DROP", "UNHANDLED")) > 20


@pytest.mark.parametrize(
    ("setting", "family"),
    [(setting, "IPv4") for setting in SETTINGS if setting != "as-usual"]
    + [(setting, "IPv6") for setting in ("second-addresses", "every-address", "service-ranges")],
)
@pytest.mark.parametrize("mode", MODES)
def test_settings_of_kube_proxy_change_what_trace_says_they_change(hosts, mode, setting, family):
    said, met = judged(hosts, setting, mode, family, SOME)
    assert differences(said, met) == []


def guest(node, destination, port=PORT):
    return Case("client", GUESTS["IPv4"].format(node), destination, port, "TCP", f"node-{node}")


def visitor(destination, port=PORT):
    return Case("visitor", pod_ip("visitor", "IPv4"), destination, port, "TCP", "node-1")


# A few ways whose ends are plain from the documentation: were the hosts wired wrongly, these would tell.
PLAIN = {
    "a node port reaches every pod": (
        guest(1, LAN["IPv4"].format(11), 30011),
        Found("FORWARD", frozenset((pod, True) for pod in PODS if pod != "visitor")),
    ),
    "Local keeps to the node and shows the client": (
        guest(1, LAN["IPv4"].format(11), 30012),
        Found("FORWARD", frozenset({("web-1", False), ("api-1", False)})),
    ),
    "Local without a pod here is silent": (guest(3, LAN["IPv4"].format(13), 30012), Found("DROP")),
    "no endpoints at all is refused": (guest(1, LAN["IPv4"].format(11), 30016), Found("REJECT")),
    "a load balancer that is no VIP is no business of kube-proxy": (
        guest(1, BALANCER_IPS["IPv4"].format(26)),
        Found("UNHANDLED"),
    ),
    "a guest is within the source ranges": (
        guest(1, BALANCER_IPS["IPv4"].format(22)),
        Found("FORWARD", frozenset({("web-1", True), ("web-2", True)})),
    ),
    "a stranger is not": (
        Case("client", STRANGERS["IPv4"].format(1), BALANCER_IPS["IPv4"].format(22), PORT, "TCP", "node-1"),
        Found("DROP"),
    ),
    "a pod reaches itself by its service": (
        visitor(SERVICE_IPS["IPv4"].format(31)),
        Found("FORWARD", frozenset({("visitor", True)})),
    ),
    "a pod is seen as itself behind a cluster IP": (
        visitor(SERVICE_IPS["IPv4"].format(33)),
        Found("FORWARD", frozenset({("web-1", False)})),
    ),
    "terminating pods take over where no ready one is": (
        guest(1, LAN["IPv4"].format(11), 30021),
        Found("FORWARD", frozenset({("web-1", False)})),
    ),
}


@pytest.mark.parametrize("mode", MODES)
def test_the_hosts_themselves_are_right(hosts, mode):
    load(hosts, make_cluster(SETTINGS["as-usual"]), mode)

    async def dialled():
        return {
            name: as_met(
                await asyncio.gather(
                    *(hosts.hosts[c.host].dial(c.source, c.destination, c.port, c.protocol) for _ in range(60))
                )
            )
            for name, (c, _) in PLAIN.items()
        }

    assert asyncio.run(dialled()) == {name: found for name, (_, found) in PLAIN.items()}


@pytest.mark.parametrize("family", ["IPv4", "IPv6"])
@pytest.mark.parametrize("mode", MODES)
def test_a_client_comes_to_the_same_pod_again_whatever_address_of_the_service_it_dials(hosts, mode, family):
    cluster = make_cluster(SETTINGS["as-usual"], {"sticky": STICKY})
    load(hosts, cluster, mode)
    destinations = [
        (SERVICE_IPS[family].format(STICKY.number), PORT),
        (EXTERNAL_IPS[family].format(STICKY.number), PORT),
        (BALANCER_IPS[family].format(STICKY.number), PORT),
        (LAN[family].format(11), STICKY.node_port),
    ]
    clients = [("client", GUESTS[family].format(1)), ("client", STRANGERS[family].format(1))]
    clients.append(("visitor", pod_ip("visitor", family)))
    for host, source in clients:
        first = landed(hosts, Case(host, source, *destinations[0], "TCP", "node-1"), 1)
        for destination in destinations:
            came = landed(hosts, Case(host, source, *destination, "TCP", "node-1"), 15)
            assert set(came) == set(first)
        said = trace(
            cluster,
            source=source,
            destination=destinations[0][0],
            port=PORT,
            node="node-1",
            mode=mode,
            addresses=node_addresses(1),
        )
        assert set(first) <= {
            pod for pod in PODS if any(pod_ip(pod, family) in address for address in said.endpoints["address"])
        }
