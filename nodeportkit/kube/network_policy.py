"""Whether NetworkPolicies admit a connection to a pod.

kubernetes/api networking/v1/types.go (`NetworkPolicySpec`): a pod that no policy for ingress selects takes every connection;
one that any selects takes those that at least one rule of these policies admits, by peer and by port. A rule without peers
admits everybody, one without ports every port. Traffic from the pod's own node is always admitted. Pods on the host's network
are beyond policies with nearly every network plug-in.

A namespace has the labels that the frame `namespaces` shows, and always `kubernetes.io/metadata.name`, which the API server
gives each. Where an answer depends on labels that were not shown, it is None.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from nodeportkit.errors import ReadError
from nodeportkit.selectors import match_labels, requirements

__all__ = ["Peer", "admits", "isolating", "labels_of_namespace"]

_NAME_LABEL: Final = "kubernetes.io/metadata.name"


@dataclass(frozen=True, slots=True)
class Peer:
    """Who connects, as the pod sees it: after source NAT, that is a node.

    Attributes
    ----------
    address
        Its IP address; None where that is not known.
    namespace, labels
        Those of the pod that it is; None for whoever is no pod. `labels` None beside a namespace: not known.
    namespace_labels
        The labels of that namespace; None where they are not known.
    """

    address: str | None = None
    namespace: str | None = None
    labels: Mapping[str, str] | None = None
    namespace_labels: Mapping[str, str] | None = None


def labels_of_namespace(namespaces: pd.DataFrame, name: str | None) -> Mapping[str, str] | None:
    """The labels of a namespace; None where they were not shown.

    Parameters
    ----------
    namespaces
        A frame of the schema `namespaces`.
    name
        The namespace; None for whoever is in none.

    Examples
    --------
    >>> from nodeportkit.frames import conform
    >>> namespaces = conform("namespaces", {"name": ["shop", "lab"], "labels": [{"team": "web"}, None]})
    >>> labels_of_namespace(namespaces, "shop"), labels_of_namespace(namespaces, "lab")
    ({'team': 'web'}, None)
    """
    found = namespaces.loc[namespaces["name"].eq(name).fillna(False).to_numpy(dtype=bool), "labels"] if name else ()
    return next((labels for labels in found if isinstance(labels, Mapping)), None)


def isolating(policies: pd.DataFrame, namespace: str, labels: Mapping[str, str]) -> pd.DataFrame:
    """The policies for ingress that select a pod; without one, the pod takes every connection.

    Parameters
    ----------
    policies
        A frame of the schema `policies`.
    namespace, labels
        Those of the pod.

    Examples
    --------
    >>> from nodeportkit.frames import conform
    >>> policies = conform(
    ...     "policies",
    ...     {
    ...         "namespace": ["shop", "shop"],
    ...         "name": ["all", "db"],
    ...         "pod_selector": [{}, {"matchLabels": {"app": "db"}}],
    ...         "policy_types": [["Ingress"], ["Ingress"]],
    ...         "ingress": [[], []],
    ...     },
    ... )
    >>> isolating(policies, "shop", {"app": "web"})["name"].tolist()
    ['all']
    """
    of_namespace = policies[policies["namespace"].eq(namespace).fillna(False).to_numpy(dtype=bool)]
    selects = [
        _for_ingress(types) and _selects(selector, labels) is True
        for types, selector in zip(of_namespace["policy_types"], of_namespace["pod_selector"], strict=True)
    ]
    return of_namespace[np.array(selects, dtype=np.bool_)]


def admits(
    policies: pd.DataFrame, peer: Peer, port: int, protocol: str = "TCP", *, names: Iterable[str] = ()
) -> bool | None:
    """Tell whether the policies that select a pod let somebody connect to it; None where that is not known.

    Parameters
    ----------
    policies
        Those that select the pod, as `isolating` gives them; none of them: everybody may.
    peer
        Who connects.
    port, protocol
        The pod's port, as the packet arrives there.
    names
        The names under which the pod declares that port, for that protocol.

    Examples
    --------
    >>> from nodeportkit.frames import conform
    >>> rule = {"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.9.0.0/16"]}}], "ports": [{"port": 8080}]}
    >>> policies = conform("policies", {"namespace": ["shop"], "name": ["web"], "ingress": [[rule]]})
    >>> (
    ...     admits(policies, Peer("10.1.0.7"), 8080),
    ...     admits(policies, Peer("10.9.0.7"), 8080),
    ...     admits(policies, Peer(), 8080),
    ... )
    (True, False, None)
    """
    if policies.empty:
        return True
    answers: list[bool | None] = []
    for namespace, rules in zip(policies["namespace"], policies["ingress"], strict=True):
        for rule in rules if isinstance(rules, list) else [None]:
            answers.append(_rule_admits(rule, str(namespace), peer, port, protocol, frozenset(names)))
    return _any(answers)


def _for_ingress(types: Any) -> bool:
    """Ingress is what a policy restricts unless it says otherwise."""
    return "Ingress" in types if isinstance(types, list) and types else True


def _rule_admits(rule: Any, namespace: str, peer: Peer, port: int, protocol: str, names: frozenset[str]) -> bool | None:
    if not isinstance(rule, Mapping):
        return None
    peers, ports = rule.get("from") or (), rule.get("ports") or ()
    if ports and not any(_port_admits(each, port, protocol, names) for each in ports):
        return False
    return _any([_peer_admits(each, namespace, peer) for each in peers]) if peers else True


def _port_admits(rule: Mapping[str, Any], port: int, protocol: str, names: frozenset[str]) -> bool:
    if (rule.get("protocol") or "TCP") != protocol:
        return False
    first = rule.get("port")
    if first is None:
        return True
    if isinstance(first, str) and not first.isdecimal():
        return first in names
    return int(first) <= port <= int(rule.get("endPort") or first)


def _peer_admits(rule: Mapping[str, Any], namespace: str, peer: Peer) -> bool | None:
    if (block := rule.get("ipBlock")) is not None:
        return _block_admits(block, peer)
    if peer.namespace is None:
        return False
    in_namespace: bool | None = peer.namespace == namespace
    if (selector := rule.get("namespaceSelector")) is not None:
        in_namespace = _selects_namespace(selector, peer.namespace, peer.namespace_labels)
    is_pod: bool | None = True
    if selector := rule.get("podSelector"):
        is_pod = _selects(selector, peer.labels)
    if in_namespace is False or is_pod is False:
        return False
    return None if in_namespace is None or is_pod is None else True


def _block_admits(block: Mapping[str, Any], peer: Peer) -> bool | None:
    """Whether a range of addresses holds the peer; one that leaves nothing out holds everybody of its family."""
    try:
        network = ipaddress.ip_network(str(block.get("cidr")), strict=False)
        left_out = [ipaddress.ip_network(str(cidr), strict=False) for cidr in block.get("except") or ()]
        address = None if peer.address is None else ipaddress.ip_address(peer.address)
    except ValueError:
        return None
    if address is None:
        return True if network.prefixlen == 0 and not left_out else None
    return address in network and not any(address in other for other in left_out)


def _selects_namespace(selector: Mapping[str, Any], namespace: str, labels: Mapping[str, str] | None) -> bool | None:
    """Whether a selector selects a namespace, of which perhaps only the name is known."""
    try:
        wanted = requirements(selector)
    except ReadError:
        return None
    known = [each for each in wanted if labels is not None or each.key == _NAME_LABEL]
    if not all(each.matches({**(labels or {}), _NAME_LABEL: namespace}) for each in known):
        return False
    return True if len(known) == len(wanted) else None


def _selects(selector: Any, labels: Any) -> bool | None:
    if not isinstance(selector, Mapping):
        return None
    if not selector:
        return True
    if not isinstance(labels, Mapping):
        return None
    try:
        return match_labels(selector, labels)
    except ReadError:
        return None


def _any(answers: Iterable[bool | None]) -> bool | None:
    """Whether any is true; None if none is, but some are not known."""
    found = set(answers)
    return True if True in found else None if None in found else False
