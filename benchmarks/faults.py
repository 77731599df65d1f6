"""What diagnoses of planted faults are worth: recall at rank 1, and false alarms."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from benchmarks.results import Result
from nodeportkit.diagnosis import diagnose
from nodeportkit.faults import (
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


def run(folder: Path, shares: tuple[float, ...]) -> Result:  # noqa: ARG001 - every benchmark is called alike
    size = shares[-1]
    rows, found, asked, facts, hints = [], 0, 0, 0, 0
    for cause in causes():
        counts, missed = judged(cause, max(1, round(SEEDS * size)))
        for line in missed:
            print(line)
        rows.append(
            {
                "planted": cause,
                "asked": str(counts["asked"]),
                "found": f"{counts['found'] / counts['asked']:.0%}",
                "false facts": str(counts["facts"]),
                "false hints": str(counts["hints"]),
            }
        )
        found, asked = found + counts["found"], asked + counts["asked"]
        facts, hints = facts + counts["facts"], hints + counts["hints"]
    clusters = max(1, round(HEALTHY * size))
    quiet = healthy(clusters)
    none = {"planted": f"nothing: {clusters} healthy clusters", "asked": str(quiet["asked"]), "found": "-"}
    rows.append(none | {"false facts": str(quiet["facts"]), "false hints": str(quiet["hints"])})
    return Result(
        "Causes found, and false alarms",
        "Faults planted in made-up clusters, each form of each cause several times, asked about as a person would; and every "
        "service of healthy clusters, without a symptom, and refused or timed out. Found: named at rank 1, as certainly as the "
        "objects allow; for firewall and cross-node-network, which no object shows: named.",
        rows,
        [
            (f"every cause found: {found:,} of {asked:,}", found == asked),
            (f"no false fact where a fault is planted: {facts}", facts == 0),
            (f"no false hint where a fault is planted: {hints}", hints == 0),
            (f"no false fact in healthy clusters: {quiet['facts']}", quiet["facts"] == 0),
            (f"no false hint in healthy clusters: {quiet['hints']}", quiet["hints"] == 0),
        ],
    )


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
    return counts, lines


def healthy(clusters: int) -> Counter[str]:
    """How diagnoses of all services of healthy clusters fare."""
    counts: Counter[str] = Counter()
    for seed in range(clusters):
        objects = healthy_cluster(seed, nodes=1 + seed % 5, services=3 + seed % 9)
        cluster = read(as_list(objects))
        for service, question in healthy_questions(objects):
            got = judge_healthy(diagnose(cluster, service, **question))
            counts.update(asked=1, facts=len(got.false_facts), hints=len(got.false_hints))
            if got.false_facts or got.false_hints:
                print(f"healthy {seed}: {service} {question} -> {got.told}")
    return counts
