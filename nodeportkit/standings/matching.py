"""Causes at the selector: there is none, it was not shown, it matches no pod."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nodeportkit.standings.facts import Facts
from nodeportkit.standings.nearest import Nearest, nearest_pods, spelled_alike
from nodeportkit.standings.result import Standing
from nodeportkit.standings.wording import agree, all_of, command, listed, some

__all__ = ["labels_not_shown", "no_selector", "pods_not_shown", "selector_mismatch", "selector_not_shown"]


def no_selector(facts: Facts) -> Standing | None:
    """The service has no selector, and nobody wrote endpoints for it."""
    if facts.selector is None or facts.selector or len(facts.endpoints):
        return None
    slices = command("get endpointslices", facts.namespace, "-l", f"kubernetes.io/service-name={facts.name}")
    if not facts.endpoints_listed:
        return facts.unknown(
            "It has no selector.", "Somebody may have written its endpoints by hand. Paste what this prints:", slices
        )
    return facts.broken(
        "no-selector", "selector", f"{facts.subject} answers nobody: it has no selector, and no endpoints",
        "It has no selector.", "A service without one gets no endpoints by itself. Give it one; see what the pods carry:",
        verify=command("get pods", facts.namespace, "--show-labels"),
    )  # fmt: skip


def selector_not_shown(facts: Facts) -> Standing | None:
    """Which pods the service selects was not shown."""
    if facts.selector is not None:
        return None
    wide = command("get service", facts.namespace, facts.name, "-o", "yaml")
    reason = "Its selector was not shown."
    if facts.stated:
        return _without_endpoints(facts, reason, "Paste what this prints:", wide)
    return facts.unknown(reason, "Without it nobody can say which pods it wants. Paste what this prints:", wide)


def pods_not_shown(facts: Facts) -> Standing | None:
    """What pods there are was not shown."""
    if facts.pods_listed:
        return None
    reason = f"The pods of namespace {facts.namespace} were not shown."
    verify = command("get pods", facts.namespace, "-o", "wide", "--show-labels")
    if facts.stated:
        return _without_endpoints(facts, reason, "Paste what this prints:", verify)
    return facts.unknown(reason, "Paste what this prints:", verify)


def labels_not_shown(facts: Facts) -> Standing | None:
    """The labels of pods were not shown."""
    if facts.labels_shown or len(facts.matched):
        return None
    reason = "The labels of the pods were not shown."
    verify = command("get pods", facts.namespace, "--show-labels")
    might = tuple(facts.pods["name"].dropna())
    if facts.stated:
        explanation = "Its selector may match none of them. Paste what this prints:"
        return _without_endpoints(facts, reason, explanation, verify, candidates=might)
    return facts.unknown(
        reason,
        "Without them nobody can say which pods the selector matches. Paste what this prints:",
        verify,
        candidates=might,
    )


def selector_mismatch(facts: Facts) -> Standing | None:
    """The selector matches no pod: say which of its terms none carries, and which pods come near."""
    selector = facts.selector
    if not selector or len(facts.matched):
        return None
    near = nearest_pods(selector, facts.pods)
    counts = {term.key: term.pods or 0 for term in facts.terms or ()}
    absent = [f"{key}={value}" for key, value in selector.items() if not counts[key]]
    together = [f"{key}={value}" for key, value in selector.items()]
    if absent:
        reason = f"No pod carries {listed(absent, 'or')}."
    else:
        reason = f"No pod carries {'both ' if len(together) == 2 else ''}{listed(together)}{' together' * (len(together) > 2)}."
    explanation, fix = _way_out(facts, near)
    return facts.broken(
        "selector-mismatch", "selector", f"{facts.subject} answers nobody: its selector matches no pod", reason, explanation,
        fix=fix, verify="" if fix else command("get pods", facts.namespace, "--show-labels"), candidates=near.names,
    )  # fmt: skip


def _way_out(facts: Facts, near: Nearest) -> tuple[str, str]:
    """What the nearest pods carry instead, and the command that mends it."""
    if not near.names and (elsewhere := facts.elsewhere):
        return (
            f"{some(len(elsewhere), 'pod')} in namespace {listed(sorted(set(elsewhere)), 'or')} "
            f"{agree(len(elsewhere), 'does', 'do')}, but a service selects pods of its own namespace only. "
            "See what there is in this one:",
            "",
        )
    who = all_of(len(near.names), "pod")
    one = len(near.names) == 1
    if near.carried:
        who += f" that {'carries' if one else 'carry'} {listed([f'{k}={v}' for k, v in near.carried.items()])}"
    if near.lacking and near.carried and not near.instead:
        them = "it" if len(near.lacking) == 1 else "them"
        # Labels that are put on pods alone are gone with the next rollout.
        return (
            f"{who} lack{'s' * one} {them}. Put {them} into the pods' template, or take {them} out of the selector:",
            _select(facts, dict.fromkeys(near.lacking)),
        )
    if near.instead and set(near.lacking) == {old for old, _, _ in near.instead}:
        values = listed([f"{key}={value}" for _, key, value in near.instead])
        alike = all(spelled_alike(value, near.lacking[old]) for old, _, value in near.instead)
        then = ", which differs in the spelling only. Select that" if alike else ". If that is meant, select it"
        change: dict[str, str | None] = {old: None for old, key, _ in near.instead if old != key}
        change |= {key: value for _, key, value in near.instead}
        return f"{who} ha{'s' if one else 've'} {values}{then}:", _select(facts, change)
    return _what_there_is(facts), ""


def _select(facts: Facts, change: Mapping[str, str | None]) -> str:
    """The command that changes terms of the selector; None takes a term out."""
    patch = json.dumps({"spec": {"selector": change}})
    return command("patch service", facts.namespace, facts.name, "-p", patch)


def _what_there_is(facts: Facts) -> str:
    """The values that pods have for the keys of the selector."""
    said = []
    for key, value in (facts.selector or {}).items():
        carrying = sum(labels.get(key) == value for labels in facts.pods["labels"])
        values = sorted({labels[key] for labels in facts.pods["labels"] if key in labels})
        if carrying:
            said.append(f"{some(carrying, 'pod')} {agree(carrying, 'carries', 'carry')} {key}={value}.")
        elif values:
            said.append(f"Pods of this namespace carry {listed([f'{key}={value}' for value in values], 'or')}.")
        else:
            said.append(f"No pod has a label {key}.")
    return " ".join([*said, "Compare with the labels of the pods:"])


def _without_endpoints(facts: Facts, reason: str, explanation: str, verify: str, **more: Any) -> Standing:
    """A service of which a source says that it has no endpoints, while it is not known why."""
    return facts.broken(
        "", "pods", f"{facts.subject} answers nobody: it has no endpoints", reason, explanation, verify=verify, **more
    )
