"""There is no service of that name in that namespace."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.causes.node_port_invalid import refusals
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.standings.facts import true
from nodeportkit.standings.wording import command, listed

__all__ = ["CAUSE", "WITHOUT_SERVICE", "find"]

CAUSE = Cause("service-not-found", 5, ("refused",), "there is no such service")
WITHOUT_SERVICE = True


def find(case: Case) -> Iterator[Finding]:
    """Say which names come near, and which namespaces have the name."""
    if case.service_facts is not None:
        return
    services = case.cluster.services
    here = services.loc[true(services["namespace"].eq(case.namespace)), "name"].dropna().tolist()
    elsewhere = sorted(services.loc[true(services["name"].eq(case.name)), "namespace"].dropna())
    near = difflib.get_close_matches(case.name, here, n=3, cutoff=0.6)
    every = command("get services", "default", "-A", "--field-selector", f"metadata.name={case.name}")
    # A capture of one other namespace tells nothing of this one.
    looked = case.collected("services") and (bool(here) or services["namespace"].nunique() != 1)
    if not looked:
        yield CAUSE.possible(
            object=case.object, field="metadata.name",
            evidence=f"no service of namespace {case.namespace} was shown",
            explanation="Whether the service is there was not shown. Paste what this prints:",
            verify=command("get services", case.namespace, "-o", "wide"),
        )  # fmt: skip
        return
    shown = f"services in {case.namespace}: {listed(sorted(here)) if here else 'none'}"
    told = refusals(case)
    if any(each.of_node_port for each in told):
        return  # that is a cause of its own
    refused = [f"{each.field}: {each.message}" for each in told]
    if refused:
        yield CAUSE.fact(
            object=case.object, field=refused[0].partition(":")[0], evidence="; ".join([*refused, shown]),
            explanation="The service was never made: the API server refuses its manifest. Mend what it names, and apply it again.",
            verify=every,
        )  # fmt: skip
        return
    if elsewhere:
        words = f"It stands in namespace {listed(elsewhere, 'and')}: name that one, or make one here."
    elif near:
        words = f"Did you mean {listed(near, 'or')}?"
    else:
        words = "Nothing of that name was made, or it was deleted: apply its manifest."
    yield CAUSE.fact(
        object=case.object, field="metadata.name",
        evidence="; ".join([shown, *(f"{each}/{case.name} exists" for each in elsewhere)]),
        explanation=f"There is no service {case.name} in namespace {case.namespace}, so nobody opened its port. {words}",
        verify=every,
    )  # fmt: skip
