"""`diagnose`: a case opened, every cause asked, and what they say put in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.diagnosis.attempts import attempts, named_symptom
from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.causes import modules
from nodeportkit.diagnosis.dial import dialled, resolve, who
from nodeportkit.diagnosis.finding import Finding
from nodeportkit.diagnosis.residual import residual
from nodeportkit.errors import NodePortKitError
from nodeportkit.frames import STRING
from nodeportkit.standings.facts import Facts, gather

__all__ = ["COLUMNS", "diagnose"]

COLUMNS: Final = ("cause", "certainty", "object", "field", "evidence", "explanation", "fix", "alternative", "verify")
_CERTAINTIES: Final = ("fact", "hint", "possible")


def diagnose(
    cluster: Cluster,
    service: str,
    *,
    symptom: str | None = None,
    node: str | None = None,
    address: str | None = None,
    port: int | None = None,
    observed: Any = None,
    manifest: Any = None,
    source: str | None = None,
) -> pd.DataFrame:
    """Why a service does not answer as it should: the causes, ranked, each with its proof and its fix.

    Parameters
    ----------
    cluster
        What was read. The more of nodes, services, endpoint slices, pods, workloads and network policies it holds, the more
        is certain; what is missing makes a cause at most `possible`, with the command that would tell.
    service
        `"name"` or `"namespace/name"`; it need not be there.
    symptom
        `"refused"` (at once), `"timeout"` (silence), `"http"` (an answer, but the wrong one), `"reset"` (connected, then cut
        off), `"uneven"` (one pod gets most). Without it, and without an address or a port, the last try of a node port in a
        transcript counts.
    node, address, port
        What was dialled: the number, the address, the node that the connection enters at. An address together with a node
        means "on that node".
    observed
        How many connections each pod got: a mapping, or anything else that `compare` takes.
    manifest
        The manifest that was to make the service, as text or as an object: tells why the service is not there.
    source
        Who dialled: `"outside"` (also without it), `"pod"`, `"node"`, an IP address, or the name of a pod or a node.

    Returns
    -------
    DataFrame
        A row for each cause that was found, the likeliest first; empty where nothing is wrong and no symptom was named. With
        a symptom there is always a command to run next.

        - rank: 1, 2, ...
        - cause: its id, `selector-mismatch` and so on
        - certainty: `fact` (the objects prove it), `hint` (they point to it), `possible` (only a command would prove it)
        - object, field: what proves it
        - evidence: the proof, as shown
        - explanation: what it means
        - fix: the command that mends it; "" where none is known
        - alternative: a command that mends it in another way; "" where none is known
        - verify: the command that would tell more; "" where none is needed

    Raises
    ------
    NotFound
        If several services have that name and no namespace was given, or if there is no such node.
    NodePortKitError
        If symptom, address, port or source are none that there are.

    Examples
    --------
    >>> from nodeportkit.sources.read import read
    >>> cluster = read('''
    ... NAMESPACE  NAME  TYPE      CLUSTER-IP  EXTERNAL-IP  PORT(S)       AGE  SELECTOR
    ... shop       web   NodePort  10.96.7.20  <none>       80:30080/TCP  5d   app=web,tier=front
    ...
    ... NAMESPACE  NAME   READY  STATUS   RESTARTS  AGE  LABELS
    ... shop       web-0  1/1    Running  0         5d   app=web
    ... ''')
    >>> found = diagnose(cluster, "shop/web", symptom="refused", port=30080)
    >>> found[["rank", "cause", "certainty"]].head(1)
       rank              cause certainty
    0     1  selector-mismatch      hint
    >>> print(found["evidence"][0])
    spec.selector.tier=front; 1 of 1 pod has app=web, none has a label tier
    >>> print(found["fix"][0])
    kubectl patch service -n shop web -p '{"spec": {"selector": {"tier": null}}}'
    >>> print(found["verify"][0])  # a Deployment that is scaled to zero may make such pods
    kubectl get deployments,statefulsets,daemonsets -n shop -o wide
    """
    case = _opened(cluster, service, named_symptom(symptom), node, address, port, observed, manifest, source)
    found: list[Finding] = []
    for module in modules():
        if case.service_facts is not None or getattr(module, "WITHOUT_SERVICE", False):
            found += module.find(case)
    answer = ranked(found, case.symptom)
    if not answer and case.symptom and case.service_facts is not None:
        answer = [residual(case)]
    return _frame(answer)


def ranked(found: Iterable[Finding], symptom: str | None) -> list[Finding]:
    """The findings in order.

    First what is known of the service and of what was dialled: facts, then hints. Then what stands aside, like a node without
    kube-proxy that nobody dialled: it is true, and the service may be sound on every other node. Last what is only possible:
    guesses that the symptom allows. Without a symptom nothing is guessed: what is possible then stands in the fields of the
    service, and goes before what stands aside.

    Of equally certain ones those that explain the symptom go first, then those by which every connection fails, then those
    that a packet meets first on its way. What is only possible is left out where it explains nothing, and where a fact
    explains everything.
    """
    first: dict[object, Finding] = {}
    for finding in found:  # one command for each cause that is only possible, however many ports it may be behind
        first.setdefault((finding.cause, None if finding.certainty == "possible" else finding), finding)
    each = list(first.values())
    settled = any(f.certainty == "fact" and not f.partial and _explains(f, symptom) for f in each)
    named = any(f.certainty != "possible" and not f.last_resort and _explains(f, symptom) for f in each)
    each = [f for f in each if not (f.last_resort and named)]
    kept = [f for f in each if f.certainty != "possible" or (_explains(f, symptom) and (f.beneath or not settled))]

    def rank(finding: Finding) -> tuple[int, int, bool, bool, int]:
        guessed = finding.certainty == "possible" and symptom is not None
        nearness = 2 if guessed else int(finding.aside)
        certainty = _CERTAINTIES.index(finding.certainty)
        return nearness, certainty, not _explains(finding, symptom), finding.partial, finding.place

    return sorted(kept, key=rank)


def _explains(finding: Finding, symptom: str | None) -> bool:
    return symptom is None or not finding.explains or symptom in finding.explains


def _opened(
    cluster: Cluster,
    service: str,
    symptom: str | None,
    node: str | None,
    address: str | None,
    port: int | None,
    observed: Any,
    manifest: Any,
    source: str | None,
) -> Case:
    facts = _facts(cluster, service)
    address = None if address is None else dialled(cluster, address)
    namespace, _, name = service.rpartition("/")
    if not name:
        raise NodePortKitError(f"{service!r} is no name of a service", hint='Give "name" or "namespace/name".')
    if facts is not None:
        namespace, name = facts.namespace, facts.name
    namespace = namespace or "default"
    tries = attempts(cluster, facts)
    failed = next((each for each in reversed(tries) if each.symptom and symptom in (None, each.symptom)), None)
    if failed and node is None and address is None and port is None:
        symptom, address, port = failed.symptom, failed.address, failed.port
    return Case(
        cluster,
        namespace,
        name,
        facts,
        symptom or ("uneven" if observed is not None else None),
        resolve(cluster, address, port, node, (namespace, name)),
        who(cluster, source),
        tries,
        observed,
        manifest,
    )


def _facts(cluster: Cluster, service: str) -> Facts | None:
    """What is known of the service; None if it is not there."""
    namespace, _, name = service.rpartition("/")
    services = cluster.services
    there = services["name"].eq(name) & (services["namespace"].eq(namespace) if namespace else True)
    if not there.fillna(False).any():
        return None
    return gather(cluster, service, None)


def _frame(found: Iterable[Finding]) -> pd.DataFrame:
    rows = list(found)
    columns: Mapping[str, Any] = {
        name: pd.array([getattr(finding, name) for finding in rows], dtype=STRING) for name in COLUMNS
    }
    return pd.DataFrame({"rank": pd.array(range(1, len(rows) + 1), dtype="Int64"), **columns})
