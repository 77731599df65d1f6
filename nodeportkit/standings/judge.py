"""From facts to a standing: each cause looks, in the order in which a packet travels; the first that sees itself speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from nodeportkit.cluster import Cluster
from nodeportkit.standings import entry, health, matching, pods, readiness, target
from nodeportkit.standings.facts import Facts, gather
from nodeportkit.standings.result import Standing
from nodeportkit.standings.symptoms import changed_since, symptom

__all__ = ["fault", "judged", "standing"]

_Cause = Callable[[Facts], Standing | None]
# Who looks, and the id of the cause that it looks for, be it that what was shown does not tell.
_WITHOUT_ENDPOINTS: Final[tuple[tuple[str, _Cause], ...]] = (
    ("no-selector", matching.no_selector),
    ("slice-drift", health.misnamed),
    ("selector-mismatch", matching.selector_not_shown),
    ("no-pods", pods.no_pods),
    ("no-pods", matching.pods_not_shown),
    ("selector-mismatch", matching.labels_not_shown),
    ("selector-mismatch", matching.selector_mismatch),
    ("no-pods", pods.only_finished_pods),
    ("pods-not-ready", pods.none_has_an_address),
    ("protocol-mismatch", target.protocol_mismatch),
    ("named-port-missing", target.named_port_missing),
    ("named-port-missing", target.slices_without_a_port),
    ("slice-drift", health.drifted),
)
_WITH_ENDPOINTS: Final[tuple[tuple[str, _Cause], ...]] = (
    ("node-not-ready", entry.node_not_ready),
    ("pods-not-ready", readiness.pods_not_ready),
    ("pods-not-ready", readiness.readiness_not_shown),
    ("local-policy-no-local-pod", entry.local_policy_no_local_pod),
)


def standing(cluster: Cluster, service: str, port: int | str | None = None) -> Standing:
    """How the chain of a service stands, in words.

    Parameters
    ----------
    cluster
        The cluster.
    service
        `"name"` or `"namespace/name"`.
    port
        Only this port of the service: its name, its number, or its node port. Without it, the first port that is broken
        speaks for the service.

    Returns
    -------
    Standing

    Raises
    ------
    NotFound
        If there is no such service or port.

    Examples
    --------
    >>> cluster = Cluster(
    ...     services={"namespace": ["default"], "name": ["web"], "type": ["NodePort"], "selector": [{"app": "web"}]},
    ...     ports={
    ...         "namespace": ["default"],
    ...         "service": ["web"],
    ...         "port": [80],
    ...         "target_port": ["8080"],
    ...         "node_port": [30080],
    ...     },
    ...     pods={"namespace": ["default"], "name": ["web-0"], "labels": [{"app": "shop"}]},
    ... )
    >>> found = standing(cluster, "web")
    >>> found.title, found.cause, found.broken_link
    ('web answers nobody: its selector matches no pod', 'selector-mismatch', 'selector')
    >>> found.reason
    'No pod carries app=web.'
    """
    facts = gather(cluster, service, port)
    found = entry.not_exposed(facts) or entry.ports_not_shown(facts) or _of_ports(facts)
    return replace(found, symptom=symptom(facts, whole=found.whole), changed_since=changed_since(facts))


def _of_ports(facts: Facts) -> Standing:
    """The standing of the first port that is broken, else of the first of which it is unknown, else of all."""
    several = len(facts.ports) > 1
    found = [_of_port(facts.of_port(at) if several else facts) for at in range(len(facts.ports))]
    if several and len({(each.whole, each.cause) for each in found}) == 1:
        # The same can be said of all: it is said of the service.
        return _of_port(replace(facts.of_port(0), subject=facts.name))
    return min(found, key=lambda each: (each.whole is not False, each.whole is not None))


def _of_port(facts: Facts) -> Standing:
    return judged(facts)[1]


def judged(facts: Facts) -> tuple[str, Standing]:
    """The standing of one port, and the id of the cause that it is about: also where what was shown does not tell.

    Its own `cause` is "" there. A chain that holds is about no cause.
    """
    return fault(facts) or ("", health.healthy(facts))


def fault(facts: Facts) -> tuple[str, Standing] | None:
    """The same where a cause sees itself, or cannot tell; None for a chain that holds."""
    for cause, looks in _WITH_ENDPOINTS if len(facts.ends) else _WITHOUT_ENDPOINTS:
        found = looks(facts)
        if found is not None:
            return found.cause or cause, found
    return None
