"""Causes at the target port: pods match, but have no port of that name, or have it for another protocol."""

from __future__ import annotations

import json

import pandas as pd

from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.standing import Standing
from nodeportkit.standings.wording import all_of, command, listed

__all__ = ["named_port_missing", "protocol_mismatch"]


def protocol_mismatch(facts: Facts) -> Standing | None:
    """The named port is there, for another protocol."""
    name, protocol = _target(facts)
    if name is None:
        return None
    declared = _declared(facts)
    other = declared[true(declared["port_name"].eq(name))]["protocol"].dropna().unique()
    if not len(other):
        return None
    change = [{"op": "replace", "path": f"/spec/ports/{facts.ports.index[0]}/protocol", "value": str(other[0])}]
    return facts.broken(
        "protocol-mismatch", "target-port", f"{facts.subject} answers nobody: its pods have port {name} for {listed(list(other), 'and')} only",
        f"Port {name} is {listed(list(other), 'and')} in the pods, {protocol} in the service.",
        f"Packets of one protocol never reach the other. If {other[0]} is meant:",
        fix=command("patch service", facts.namespace, facts.name, "--type", "json", "-p", json.dumps(change)),
    )  # fmt: skip


def named_port_missing(facts: Facts) -> Standing | None:
    """No pod declares a port of the name that the service sends to."""
    name, _ = _target(facts)
    if name is None:
        return None
    declared = _declared(facts)
    named = [str(each) for each in declared["port_name"].dropna().unique() if each]
    numbers = [int(each) for each in declared["container_port"].dropna().unique()]
    count = len(facts.matched)
    who = all_of(count, "pod")
    fix = ""
    if len(numbers) == 1:
        called = f"calls its port {named[0]}" if named else f"declares {numbers[0]} without a name"
        plural = f"call their port {named[0]}" if named else f"declare {numbers[0]} without a name"
        target = named[0] if named else numbers[0]
        change = [{"op": "replace", "path": f"/spec/ports/{facts.ports.index[0]}/targetPort", "value": target}]
        explanation = f"{who} {called if count == 1 else plural}. Send to that:"
        fix = command("patch service", facts.namespace, facts.name, "--type", "json", "-p", json.dumps(change))
    elif numbers:
        ports = _written(declared)
        explanation = f"{who} declare{'s' * (count == 1)} {listed(ports)}. Let the target port be one of these."
    else:
        explanation = f"{who} declare{'s' * (count == 1)} no port. Let the target port be the number that the application listens on."
    return facts.broken(
        "named-port-missing", "target-port", f"{facts.subject} answers nobody: no pod has a port named {name}",
        f"No container port is named {name}.", explanation, fix=fix,
        verify="" if fix else command("describe pods", facts.namespace, str(facts.matched["name"].iloc[0])),
    )  # fmt: skip


def _target(facts: Facts) -> tuple[str | None, str]:
    """The name of the target port, None where it is a number or was not shown, and the protocol."""
    port = facts.ports.iloc[0]
    target = port["target_port"]
    is_name = isinstance(target, str) and not target.isdecimal()
    return (target if is_name else None), "another" if pd.isna(port["protocol"]) else str(port["protocol"])


def _declared(facts: Facts) -> pd.DataFrame:
    """The ports that the matching pods declare."""
    containers = facts.cluster.containers
    mine = containers["namespace"].eq(facts.namespace) & containers["pod"].isin(facts.matched["name"].dropna())
    return containers[true(mine)]


def _written(declared: pd.DataFrame) -> list[str]:
    """The ports as words, each once: `8080 (http)`."""
    pairs = zip(declared["container_port"], declared["port_name"].fillna(""), strict=True)
    return list(dict.fromkeys(f"{number} ({name})" if name else str(number) for number, name in pairs))
