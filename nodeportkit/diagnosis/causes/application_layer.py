"""The port chain is sound, and the answer is HTTP: host, path, TLS, or the application itself."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.standings.facts import true

__all__ = ["CAUSE", "find"]

CAUSE = Cause("application-layer", 70, ("http",), "connections arrive; what answers is the application")


def find(case: Case) -> Iterator[Finding]:
    """By elimination: a connection reached something that speaks HTTP."""
    if case.symptom != "http" or case.headless or case.wrong_number:
        return
    sound = [port for port in case.ports if true(port.ends["ready"]).any()]
    if not sound and all(case.judged(port)[1].whole is False for port in case.ports):
        return
    if not sound:
        yield CAUSE.possible(
            object=case.object, field="spec.ports", evidence="something answered; which pods are ready was not shown",
            explanation="Packets arrive somewhere. Whether at pods of this service was not shown. Paste what this prints:",
            verify=case.command("get services,pods,endpointslices", "-o", "wide", "--show-labels"), last_resort=True,
        )  # fmt: skip
        return
    port = sound[0]
    status = next(
        (each.status for each in reversed(case.tries) if each.status is not None and each.status >= 400), None
    )
    pod = next(iter(port.used["pod"].dropna()), None)
    number = next((int(n) for n in port.used["pod_port"].dropna()), None)
    words, verify = "Look at the application's log. See which pods there are:", case.listing("pods", "-o", "wide")
    if pod and number:
        words = "Look at the application's log; ask a pod itself in the same way, and compare:"
        verify = case.command("port-forward", f"pod/{pod}", f"{number}:{number}")
    elif pod:
        words, verify = "See what the application says:", case.command("logs", str(pod), "--tail=50")
    # Elimination needs to know that all pods are of one application.
    told = CAUSE.hint if case.containers_shown or len(case.apps) == 1 else CAUSE.possible
    yield told(
        object=case.object, field="spec.ports", evidence=(f"HTTP {status}; " if status else "")
        + f"the chain holds: {len(port.used)} ready {'endpoint' if len(port.used) == 1 else 'endpoints'}, and one answered",
        explanation=f"The packets arrive: it is the request (Host header, path, http against https) or the application. {words}",
        verify=verify, last_resort=True,
    )  # fmt: skip
