"""The shares that checks work with are those of `npk.shares`, which asks of each service port by itself."""

import random

import numpy as np
import pytest

import nodeportkit as npk
from nodeportkit.auditing.running import scene_of
from nodeportkit.faults import healthy_cluster
from nodeportkit.traffic.share_summary import summarize_shares

from .things import cluster, end, node, pod, port, service, slice_


def agrees(found: npk.Cluster) -> int:
    """Compare every exposed service port; give how many were compared."""
    scene = scene_of(found)
    reach, compared = scene.reach, 0
    for at in scene.exposed:
        if not reach.known[at]:
            continue
        row, name = scene.ports.iloc[at], scene.label(int(scene.service_of_port[at]))
        shares = summarize_shares(npk.shares(found, name, source="outside", destination="node-port"))
        [told] = shares[(shares["port_name"] == row["port_name"]) & (shares["protocol"] == row["protocol"])].to_dict(
            "records"
        )
        assert reach.lost[at] == pytest.approx(told["lost"])
        assert reach.cross_node[at] == pytest.approx(told["cross_node"])
        assert reach.largest[at] == pytest.approx(told["largest"])
        assert reach.capacity[at] == pytest.approx(told["capacity"])
        compared += 1
    return compared


def made_up(seed: int, *, hints: bool = False) -> npk.Cluster:
    """One service on up to six nodes, some down, and pods here and there: ready, not ready, or on their way out."""
    rng = random.Random(seed)
    zone = "topology.kubernetes.io/zone"
    nodes = [node(n, ready=rng.random() < 0.8, labels={zone: rng.choice("ab")}) for n in range(1, rng.randint(2, 6))]
    pods = [
        pod(
            f"web-{n}",
            rng.randint(1, len(nodes)),
            ip=f"10.1.0.{n}",
            ready=rng.random() < 0.7,
            leaving=rng.random() < 0.3,
        )
        for n in range(1, rng.randint(2, 9))
    ]
    web = service(externalTrafficPolicy=rng.choice(["Cluster", "Local"]))
    slices = []
    if hints:
        ends = [
            end(
                one,
                ready=rng.random() < 0.8,
                hints={"forZones": [{"name": rng.choice("ab")}]} if rng.random() < 0.95 else None,
            )
            for one in pods
        ]
        slices = [slice_(*ends)]
    return cluster(*nodes, *pods, web, *slices)


@pytest.mark.parametrize("hints", [False, True], ids=["plain", "hints"])
def test_made_up_services_have_the_shares_that_npk_gives(hints):
    compared = sum(agrees(made_up(seed, hints=hints)) for seed in range(12))
    assert compared >= 6


def test_healthy_clusters_have_the_shares_that_npk_gives():
    assert agrees(npk.read(*healthy_cluster(5, nodes=4, services=8))) >= 4


def test_documented_shares_under_local():
    """4 + 1 + 1 pods on three nodes under Local: shares 1/12 x 4, 1/3, 1/3, half of the capacity usable."""
    nodes = [node(n) for n in (1, 2, 3)]
    pods = [pod(f"web-{n}", max(n - 3, 1), ip=f"10.1.0.{n}") for n in range(1, 7)]
    reach = scene_of(cluster(*nodes, *pods, service(externalTrafficPolicy="Local"))).reach
    assert sorted(np.round(reach.share, 6)) == pytest.approx(sorted([1 / 12] * 4 + [1 / 3] * 2), abs=1e-6)
    assert reach.capacity[0] == pytest.approx(0.5)


def test_of_two_families_that_of_the_cluster_ip_counts():
    nodes = [node(n) for n in (1, 2)]
    pods = [pod("a", 1, ip=["10.1.0.1", "fd00::1"]), pod("b", 2, ip=["10.1.0.2"])]
    web = service(clusterIPs=["10.96.0.7", "fd01::7"], ipFamilies=["IPv4", "IPv6"])
    assert scene_of(cluster(*nodes, *pods, web)).reach.largest[0] == pytest.approx(0.5)
    other = service(clusterIPs=["fd01::7", "10.96.0.7"], ipFamilies=["IPv6", "IPv4"])
    assert scene_of(cluster(*nodes, *pods, other)).reach.largest[0] == pytest.approx(1.0)


def test_what_is_not_known_of_a_policy_gives_no_share():
    found = cluster(node(1), pod(), service())
    blank = found.replace(services=found.services.assign(external_traffic_policy=None).astype(found.services.dtypes))
    assert not scene_of(blank).reach.known[0]


def test_two_ports_of_a_service_stand_apart():
    two = service(ports=[port(name="a"), port(81, "gone", 30081, name="b")])
    reach = scene_of(cluster(node(1), node(2), pod(), two)).reach
    assert reach.known.tolist() == [True, False]
