"""What diagnoses of planted faults are worth: recall at rank 1, and false alarms."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.results import Result
from nodeportkit.diagnosis import diagnose
from nodeportkit.faults import (
    as_tables,
    causes,
    faulty_cluster,
    healthy_cluster,
    healthy_questions,
    judge,
    judge_healthy,
    variants,
)
from nodeportkit.faults.objects import as_list
from nodeportkit.sources.read import read

HEALTHY, SEEDS = 500, 6
TABLES = 4  # of so many healthy clusters one is shown as tables too


def run(folder: Path, shares: tuple[float, ...]) -> Result:  # noqa: ARG001 - every benchmark is called alike
    size = shares[-1]
    clusters = max(1, round(HEALTHY * size))
    with ProcessPoolExecutor() as pool:
        planted = list(pool.map(judged, causes(), [max(1, round(SEEDS * size))] * len(causes())))
        quiet = Counter[str]()
        for counts, lines in pool.map(healthy, range(clusters), chunksize=10):
            quiet += counts
            print(*lines, sep="\n", end="\n" if lines else "")
    total = Counter[str]()

    def _of_tables(what: str) -> int:
        return total[f"table {what}"] + quiet[f"table {what}"]

    rows = []
    for cause, (counts, lines) in zip(causes(), planted, strict=True):
        print(*lines, sep="\n", end="\n" if lines else "")
        rows.append(_row(cause, counts, f"{counts['found'] / counts['asked']:.0%}"))
        total += counts
    rows.append(_row(f"nothing: {clusters} healthy clusters", quiet, "-"))
    return Result(
        "Causes found, and false alarms",
        "Faults planted in made-up clusters, each form of each cause several times, asked about as a person would; and every "
        "service of healthy clusters, without a symptom, and refused or timed out. Found: named at rank 1, as certainly as the "
        "objects allow; for firewall and cross-node-network, which no object shows: named. As tables: the same clusters pasted as "
        "`kubectl get ... -A -o wide --show-labels` prints them, which tells less; led to: named, if only as possible with the "
        "command that would tell.",
        rows,
        [
            (f"every cause found: {total['found']:,} of {total['asked']:,}", total["found"] == total["asked"]),
            (f"no false fact where a fault is planted: {total['facts']}", total["facts"] == 0),
            (f"no false hint where a fault is planted: {total['hints']}", total["hints"] == 0),
            (f"no false fact in healthy clusters: {quiet['facts']}", quiet["facts"] == 0),
            (f"no false hint in healthy clusters: {quiet['hints']}", quiet["hints"] == 0),
            (f"no false fact from tables: {_of_tables('facts')}", _of_tables("facts") == 0),
            (f"no false hint from tables: {_of_tables('hints')}", _of_tables("hints") == 0),
        ],
    )


def _row(planted: str, counts: Counter[str], found: str) -> dict[str, str]:
    return {
        "planted": planted,
        "asked": f"{counts['asked']:,}",
        "found": found,
        "false facts": str(counts["facts"]),
        "false hints": str(counts["hints"]),
        "led to from tables": "-" if found == "-" else f"{counts['table led']} of {counts['table asked']}",
        "false facts from tables": str(counts["table facts"]),
        "false hints from tables": str(counts["table hints"]),
    }


def judged(cause: str, seeds: int) -> tuple[Counter[str], list[str]]:
    """How diagnoses of each form of a cause fare, and a line for each that is not flawless."""
    counts: Counter[str] = Counter()
    lines = []
    for variant in variants(cause):
        for seed in range(seeds):
            fault = faulty_cluster(cause, seed, variant=variant)
            got = judge(fault, diagnose(fault.cluster(), fault.service, **fault.question))
            counts.update(asked=1, found=got.found, facts=len(got.false_facts), hints=len(got.false_hints))
            if not got.flawless:
                lines.append(f"{cause} {variant} {seed}: {fault.service} {fault.question} -> {got.told}")
            answer = diagnose(fault.pasted(), fault.service, **fault.question)
            got, led = judge(fault, answer), cause in set(answer["cause"])
            wrong = {"table facts": len(got.false_facts), "table hints": len(got.false_hints)}
            counts.update({"table asked": 1, "table led": led, **wrong})
            if not led or any(wrong.values()):
                lines.append(f"{cause} {variant} {seed} as tables: {fault.service} {fault.question} -> {got.told}")
    return counts, lines


def healthy(seed: int) -> tuple[Counter[str], list[str]]:
    """How diagnoses of all services of a healthy cluster fare, and a line for each alarm."""
    counts: Counter[str] = Counter()
    lines = []
    objects = healthy_cluster(seed, nodes=1 + seed % 5, services=3 + seed % 9)
    cluster = read(as_list(objects))
    for service, question in healthy_questions(objects):
        got = judge_healthy(diagnose(cluster, service, **question))
        counts.update(asked=1, facts=len(got.false_facts), hints=len(got.false_hints))
        if not got.flawless:
            lines.append(f"healthy {seed}: {service} {question} -> {got.told}")
    if seed % TABLES == 0:
        cluster = read(as_tables(objects))
        for service, question in healthy_questions(objects):
            got = judge_healthy(diagnose(cluster, service, **question))
            counts.update({"table facts": len(got.false_facts), "table hints": len(got.false_hints)})
            if not got.flawless:
                lines.append(f"healthy {seed} as tables: {service} {question} -> {got.told}")
    return counts, lines
