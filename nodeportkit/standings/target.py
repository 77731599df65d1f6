"""Causes at the target port: pods match, but have no port of that name, or have it for another protocol."""

from __future__ import annotations

import json

import pandas as pd

from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.result import Standing
from nodeportkit.standings.wording import agree, all_of, command, listed

__all__ = ["named_port_missing", "protocol_mismatch", "slices_without_a_port"]


def protocol_mismatch(facts: Facts) -> Standing | None:
    """The named port is there, for another protocol."""
    name, protocol = _name(facts), facts.ports["protocol"].iloc[0]
    if name is None or pd.isna(protocol):
        return None
    declared = _declared(facts)
    others = [str(other) for other in declared.loc[true(declared["port_name"].eq(name)), "protocol"].dropna().unique()]
    if not others or protocol in others:
        return None
    return facts.broken(
        "protocol-mismatch", "target-port",
        f"{facts.subject} answers nobody: it sends {protocol} to a port for {listed(others)}",
        f"Port {name} is {listed(others)} in the pods, {protocol} in the service.",
        f"Packets of one protocol never reach the other. If {others[0]} is meant:",
        fix=_change(facts, "protocol", others[0]),
    )  # fmt: skip


def named_port_missing(facts: Facts) -> Standing | None:
    """No pod declares a port of the name that the service sends to."""
    name, declared = _name(facts), _declared(facts)
    unknown = declared.empty and facts.running["host_network"].isna().any()
    if name is None or unknown or true(declared["port_name"].eq(name)).any():
        return None
    explanation, fix = _offer(facts, declared)
    return facts.broken(
        "named-port-missing", "target-port", f"{facts.subject} answers nobody: no pod has a port named {name}",
        f"No container port is named {name}.", explanation, fix=fix,
        verify="" if fix else command("describe pod", facts.namespace, str(facts.running["name"].iloc[0])),
    )  # fmt: skip


def slices_without_a_port(facts: Facts) -> Standing | None:
    """The slices list pods and no port, while the target port was not shown: these pods lack it, by name or by protocol."""
    ends = facts.endpoints
    if pd.notna(facts.ports["target_port"].iloc[0]) or not true(ends["address"].notna() & ends["port"].isna()).any():
        return None
    return facts.broken(
        "", "target-port", f"{facts.subject} answers nobody: its endpoints have no port",
        "No pod declares the port that the service sends to.",
        "A target port that is a name is looked up in each pod, by name and protocol. Paste what this prints:",
        verify=command("get services,pods", facts.namespace, "-o", "json"),
    )  # fmt: skip


def _offer(facts: Facts, declared: pd.DataFrame) -> tuple[str, str]:
    """The ports that the pods declare, and the command that sends to them if there is but one."""
    count = len(facts.running)
    who = all_of(count, "pod")
    pairs = zip(declared["container_port"], declared["port_name"].fillna(""), strict=True)
    ports = list(dict.fromkeys((int(number), str(name)) for number, name in pairs if pd.notna(number)))
    if len(ports) == 1:
        number, name = ports[0]
        says = (
            f"{agree(count, 'calls its', 'call their')} port {name}"
            if name
            else f"{agree(count, 'declares', 'declare')} {number} without a name"
        )
        return f"{who} {says}. Send to that:", _change(facts, "targetPort", name or number)
    if ports:
        words = [f"{number} ({name})" if name else str(number) for number, name in ports]
        return (
            f"{who} {agree(count, 'declares', 'declare')} {listed(words)}. Let the target port be one of these; see what is behind each:",
            "",
        )
    return (
        f"{who} {agree(count, 'declares', 'declare')} no port. Let the target port be the number that the application "
        "listens on; see what it is told:",
        "",
    )


def _change(facts: Facts, field: str, value: object) -> str:
    """The command that changes a field of the port."""
    patch = [{"op": "replace", "path": f"/spec/ports/{facts.ports.index[0]}/{field}", "value": value}]
    return command("patch service", facts.namespace, facts.name, "--type", "json", "-p", json.dumps(patch))


def _name(facts: Facts) -> str | None:
    """The name of the target port; None where it is a number or was not shown."""
    target = facts.ports["target_port"].iloc[0]
    return target if isinstance(target, str) and not target.isdecimal() else None


def _declared(facts: Facts) -> pd.DataFrame:
    """The ports that the matching pods declare."""
    containers = facts.cluster.containers
    mine = containers["namespace"].eq(facts.namespace) & containers["pod"].isin(facts.running["name"].dropna())
    return containers[true(mine)]
