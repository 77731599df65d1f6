"""What diagnoses of planted faults are worth: recall at rank 1, and false alarms."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
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
    clusters = max(1, round(HEALTHY * size))
    with ProcessPoolExecutor() as pool:
        planted = list(pool.map(judged, causes(), [max(1, round(SEEDS * size))] * len(causes())))
        quiet = Counter[str]()
        for counts, lines in pool.map(healthy, range(clusters), chunksize=10):
            quiet += counts
            print(*lines, sep="\n", end="\n" if lines else "")
    total = Counter[str]()
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
        "objects allow; for firewall and cross-node-network, which no object shows: named.",
        rows,
        [
            (f"every cause found: {total['found']:,} of {total['asked']:,}", total["found"] == total["asked"]),
            (f"no false fact where a fault is planted: {total['facts']}", total["facts"] == 0),
            (f"no false hint where a fault is planted: {total['hints']}", total["hints"] == 0),
            (f"no false fact in healthy clusters: {quiet['facts']}", quiet["facts"] == 0),
            (f"no false hint in healthy clusters: {quiet['hints']}", quiet["hints"] == 0),
        ],
    )


def _row(planted: str, counts: Counter[str], found: str) -> dict[str, str]:
    return {
        "planted": planted,
        "asked": f"{counts['asked']:,}",
        "found": found,
        "false facts": str(counts["facts"]),
        "false hints": str(counts["hints"]),
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
    return counts, lines
