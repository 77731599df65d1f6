"""The kernel as the judge: what real connections find, beside what `trace` says."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from kernel.rig import NODES, PODS, TARGET_PORT, Rig, node_addresses, pod_ip
from kernel.services import Case
from kernel.sockets import SECONDS, Answer
from nodeportkit.cluster import Cluster
from nodeportkit.kube.packets import Packet
from nodeportkit.traffic.rules import proxy_rules
from nodeportkit.traffic.seen_by import seen_by
from nodeportkit.traffic.tracing import Trace, follow

_AT_ONCE = 100
_ROUNDS = 60  # of six endpoints, 60 rounds of 6 connections miss one once in 10^28 cases
_NAMES = {pod_ip(pod, family): pod for pod in PODS for family in ("IPv4", "IPv6")}
_VERDICTS = {"refused": "REJECT", "timeout": "DROP"}


@dataclass(frozen=True)
class Found:
    """What became of a packet: the verdict, and each pod that got it, with whether it was masqueraded."""

    verdict: str
    pods: frozenset[tuple[str, bool]] = frozenset()


def load(rig: Rig, cluster: Cluster, mode: str) -> None:
    """Write the rules of every node."""
    for number, node in enumerate(NODES, 1):
        own = node_addresses(number)
        rig.load(node, mode, {f: proxy_rules(cluster, node, mode, f, addresses=own) for f in ("IPv4", "IPv6")})


def predictions(cluster: Cluster, mode: str, cases: Iterable[Case], family: str) -> dict[Case, Trace]:
    """What `trace` says."""
    seen = {node: seen_by(cluster, node, family, node_addresses(n)) for n, node in enumerate(NODES, 1)}
    said = {}
    for case in cases:
        node, service_ports = seen[case.node]
        packet = Packet(case.source, case.destination, case.port, case.protocol)
        said[case] = follow(packet, service_ports, node, mode)
    return said


def as_predicted(said: Trace) -> Found:
    """The prediction in the words of the judge."""
    ends = zip(said.endpoints["address"], said.endpoints["masquerade"], strict=True)
    return Found(said.verdict, frozenset((_NAMES[_host(address)], bool(masked)) for address, masked in ends))


def _host(address: str) -> str:
    return address.removesuffix(f":{TARGET_PORT}").strip("[]")


def as_met(answers: Iterable[Answer]) -> Found:
    """What connections of one case found; they have one verdict between them."""
    verdicts = sorted({_verdict(answer) for answer in answers})
    pods = frozenset((answer.by, answer.masqueraded) for answer in answers if answer.by in PODS)
    return Found(" and ".join(verdicts), pods)


def _verdict(answer: Answer) -> str:
    if answer.outcome == "answered":
        return "FORWARD" if answer.by in PODS else "UNHANDLED"
    return _VERDICTS.get(answer.outcome, answer.outcome)


async def _dialled(rig: Rig, case: Case, predicted: Found, gate: asyncio.Semaphore) -> Found:
    """Dial, and again as long as a predicted pod has not answered."""
    answers: set[Answer] = set()
    at_once = len(predicted.pods) + 1 if predicted.pods else 1
    for _ in range(_ROUNDS):
        async with gate:
            dials = [
                rig.hosts[case.host].dial(case.source, case.destination, case.port, case.protocol)
                for _ in range(at_once)
            ]
            answers.update(await asyncio.gather(*dials))
        own = node_addresses(NODES.index(case.node) + 1)
        assert all(answer.seen in own for answer in answers if answer.masqueraded), f"{case}: {answers}"
        met = as_met(answers)
        if met.verdict != "FORWARD" or met.pods >= predicted.pods or met.pods - predicted.pods:
            break
    return met


def judge(rig: Rig, said: dict[Case, Trace]) -> dict[Case, Found]:
    """Dial every case; once more what is not as predicted, since chance can give a client's port to two connections."""
    predicted = {case: as_predicted(trace) for case, trace in said.items()}
    met = _dial_all(rig, predicted)
    again = {case: predicted[case] for case in predicted if met[case] != predicted[case]}
    return met | _dial_all(rig, again)


def _dial_all(rig: Rig, predicted: dict[Case, Found]) -> dict[Case, Found]:
    async def all_of_them() -> list[Found]:
        gate = asyncio.Semaphore(_AT_ONCE)
        return await asyncio.gather(*(_dialled(rig, case, found, gate) for case, found in predicted.items()))

    return dict(zip(predicted, asyncio.run(all_of_them()), strict=True))


def landed(rig: Rig, case: Case, count: int, *, at_once: int = _AT_ONCE, seconds: float = SECONDS) -> Counter[str]:
    """Where so many connections of one case came to: the host that answered, or what happened in place of an answer."""

    async def dial(gate: asyncio.Semaphore) -> Answer:
        async with gate:
            return await rig.hosts[case.host].dial(case.source, case.destination, case.port, case.protocol, seconds)

    async def dial_all() -> list[Answer]:
        gate = asyncio.Semaphore(at_once)
        return await asyncio.gather(*(dial(gate) for _ in range(count)))

    return Counter(answer.by or answer.outcome for answer in asyncio.run(dial_all()))


def differences(said: dict[Case, Trace], met: dict[Case, Found]) -> list[str]:
    """Where `trace` was wrong, to be read by a person."""
    return [
        f"{case}\n  the kernel: {met[case].verdict} {sorted(met[case].pods)}\n  trace: {trace}"
        for case, trace in said.items()
        if as_predicted(trace) != met[case]
    ]


def verdicts(met: dict[Case, Found]) -> Counter[str]:
    """How often each verdict was met."""
    return Counter(found.verdict for found in met.values())
