"""A share of `python -m benchmarks faults`: every form of every cause is found, and healthy clusters raise no alarm."""

import random

import pandas as pd
import pytest

import nodeportkit as npk
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

FORMS = [(cause, variant) for cause in causes() for variant in variants(cause)]
HARMLESS_TO_OTHERS = ["named-port-missing", "no-selector", "pods-not-ready", "selector-mismatch", "slice-drift"]
KINDS = ("Node", "Service", "Pod", "EndpointSlice", "Deployment", "DaemonSet")


@pytest.mark.parametrize(("cause", "variant"), FORMS)
def test_a_planted_cause_is_named_first_and_nothing_else_for_certain(cause, variant):
    fault = faulty_cluster(cause, 8, variant=variant)
    got = judge(fault, npk.diagnose(fault.cluster(), fault.service, **fault.question))
    assert got.flawless, f"{fault} -> {got.told}"


@pytest.mark.parametrize("seed", range(1000, 1020))
def test_a_healthy_cluster_gets_no_fact_and_no_hint(seed):
    objects = healthy_cluster(seed, nodes=1 + seed % 5, services=2 + seed % 3)
    cluster = npk.read(as_list(objects))
    told = {}
    for service, question in healthy_questions(objects):
        got = judge_healthy(npk.diagnose(cluster, service, **question))
        if not got.flawless:
            told[service, str(question)] = got.told
    assert not told


@pytest.mark.parametrize("cause", HARMLESS_TO_OTHERS)
def test_a_service_beside_a_broken_one_gets_no_fact_and_no_hint(cause):
    fault = faulty_cluster(cause, 9)
    cluster = fault.cluster()
    others = [asked for asked in healthy_questions(fault.objects) if asked[0] != fault.service]
    service, question = random.Random(cause).choice(others)
    got = judge_healthy(npk.diagnose(cluster, service, **question))
    assert got.flawless, f"{service} {question} -> {got.told}"


@pytest.mark.parametrize("kinds", [KINDS, ("Service", "Pod"), ("Node", "Service")])
def test_tables_of_a_healthy_cluster_raise_no_alarm(kinds):
    objects = healthy_cluster(1030 + len(kinds), services=5)
    cluster = npk.read(as_tables(objects, kinds))
    for service, question in healthy_questions(objects):
        answer = npk.diagnose(cluster, service, **question)
        assert "fact" not in set(answer["certainty"]), f"{service} {question}"
        # Without slices nobody knows whether a person wrote one.
        hints = set(answer.loc[answer["certainty"] == "hint", "cause"])
        assert hints <= (set() if "EndpointSlice" in kinds else {"no-selector"}), f"{service} {question}"


def test_a_wrong_answer_is_judged_wrong():
    fault = faulty_cluster("no-pods", 1)
    answer = pd.DataFrame({"cause": ["firewall", "no-pods"], "certainty": ["hint", "fact"]})
    assert not judge(fault, answer).found
    assert judge(fault, answer).false_hints == ("firewall",)
    assert not judge(fault, answer.iloc[:0]).found
    assert judge_healthy(answer).false_facts == ("no-pods",)
