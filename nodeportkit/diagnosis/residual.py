"""What is left to ask where nothing that was shown explains the symptom: an answer is never empty."""

from __future__ import annotations

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.causes import (
    application_layer,
    cross_node_network,
    kube_proxy_down,
    rolling_update,
    tunnel_closed,
    uneven_by_design,
)
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import from_the_node

__all__ = ["residual"]

_PROXY_LOGS = "kubectl logs -n kube-system -l k8s-app=kube-proxy --tail=50 --prefix"


def residual(case: Case) -> Finding:
    """The cause behind the symptom that stands in no object, and the command that tells most about it."""
    cause, explanation, verify = _next(case)
    shown = case.facts.pods_listed
    return cause.possible(
        object=case.object,
        evidence="nothing that was shown explains it" + ("" if shown else "; the pods were not shown"),
        explanation=explanation,
        verify=verify if shown else case.command("get services,pods,endpointslices", "-o", "wide", "--show-labels"),
    )


def _next(case: Case) -> tuple[Cause, str, str]:
    logs = case.listing("pods").replace("kubectl get pods", "kubectl logs", 1)
    logs = f"{logs} --tail=50 --prefix" if case.facts.selector else case.listing("endpointslices")
    match case.symptom:
        case "http":
            return (
                application_layer.CAUSE,
                "An answer came: it is the request or the application. See what it says:",
                logs,
            )
        case "reset":
            words = (
                "Connected, then cut off: pods that are just being replaced do so, and applications. See what they say:"
            )
            return rolling_update.CAUSE, words, logs
        case "uneven":
            words = (
                "kube-proxy chooses a pod once a connection, at random. Count connections for each pod, and give the counts "
                "(observed=, --observed). See which pods get any:"
            )
            return uneven_by_design.CAUSE, words, case.listing("endpointslices")
        case "timeout" if case.dial.kind == "loopback":
            words = (
                "What listens on this address belongs to this machine: a tunnel that hangs, perhaps. See what it is:"
            )
            return tunnel_closed.CAUSE, words, f"ss -ltnp 'sport = :{case.dial.port}'" if case.dial.port else "ss -ltnp"
        case "timeout":
            words = "The objects are as they should be: packets get lost on their way, most often between nodes. See the network plug-in's pods:"
            return cross_node_network.CAUSE, words, "kubectl get pods -n kube-system -o wide"
    words = (
        "The objects are as they should be. What kube-proxy, or what stands in for it, made of them on the node stands in no "
        "object. "
    )
    node, number = next(iter(case.entry_nodes), None), next(iter(sorted(case.node_ports)), None)
    address = next(iter((case.node_named(node) or {}).get("internal_ips") or ()), None) if node else None
    if node and address and number:
        return kube_proxy_down.CAUSE, words + "Try from the node itself:", from_the_node(node, address, number)
    return kube_proxy_down.CAUSE, words + "See what it says:", _PROXY_LOGS
