"""How good an answer is, where it is known what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, name_of, of_kind
from nodeportkit.faults.scene import full_name

__all__ = ["Judgement", "healthy_questions", "judge", "judge_healthy"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """How good an answer of `diagnose` is.

    Attributes
    ----------
    found
        The cause stands at rank 1, with a certainty that the evidence warrants; one that no object can show stands anywhere.
    false_facts, false_hints
        Other causes that are called so.
    told
        The answer in short, for people.
    """

    found: bool
    false_facts: tuple[str, ...]
    false_hints: tuple[str, ...]
    told: str

    @property
    def flawless(self) -> bool:
        """Found, and nothing else said for certain or hinted at."""
        return self.found and not self.false_facts and not self.false_hints


def judge(fault: Fault, answer: pd.DataFrame) -> Judgement:
    """How good the answer to the question of a fault is.

    Parameters
    ----------
    fault
        What is wrong, of `plant`.
    answer
        What `diagnose` says: a frame with the columns cause and certainty, best first.

    Examples
    --------
    >>> from nodeportkit.faults import faulty_cluster
    >>> fault = faulty_cluster("no-pods", 1)
    >>> judge(fault, pd.DataFrame({"cause": ["no-pods"], "certainty": ["fact"]})).flawless
    True
    """
    rows = _rows(answer)
    if fault.certainty == ("possible",):
        found = any(cause == fault.cause for cause, _ in rows)
    else:
        found = bool(rows) and rows[0][0] == fault.cause and rows[0][1] in fault.certainty
    return _judgement(
        found, [(cause, certainty) for cause, certainty in rows if cause not in (fault.cause, *fault.also)], rows
    )


def judge_healthy(answer: pd.DataFrame) -> Judgement:
    """How good the answer is where nothing is wrong: no more than possibilities may be named."""
    rows = _rows(answer)
    return _judgement(True, rows, rows)


def healthy_questions(objects: Iterable[Object]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What to ask of the services of a healthy cluster: each without a symptom, and those with node ports with one.

    Examples
    --------
    >>> from nodeportkit.faults import healthy_cluster
    >>> next(healthy_questions(healthy_cluster(1)))
    ('default/kubernetes', {})
    """
    held = list(objects)
    nodes = list(of_kind(held, "Node"))
    for number, service in enumerate(of_kind(held, "Service")):
        yield full_name(service), {}
        ports = [port["nodePort"] for port in service["spec"].get("ports", ()) if "nodePort" in port]
        if ports:
            node, port = nodes[number % len(nodes)], ports[number % len(ports)]
            address = node["status"]["addresses"][0]["address"]
            refused = {"symptom": "refused", "node": name_of(node), "port": port}
            yield full_name(service), refused if port % 2 else {"symptom": "timeout", "address": address, "port": port}


def _rows(answer: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(answer["cause"], answer["certainty"], strict=True))


def _judgement(found: bool, others: list[tuple[str, str]], rows: list[tuple[str, str]]) -> Judgement:
    def called(word: str) -> tuple[str, ...]:
        return tuple(cause for cause, certainty in others if certainty == word)

    told = ", ".join(f"{cause} ({certainty})" for cause, certainty in rows[:4]) or "nothing"
    return Judgement(found, called("fact"), called("hint"), told)
