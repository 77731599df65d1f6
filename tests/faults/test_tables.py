"""The same clusters pasted as tables: they tell less, and what they do not tell is never guessed, and always asked for."""

import itertools

import pytest

import nodeportkit as npk
from nodeportkit.faults import as_tables, causes, faulty_cluster, healthy_cluster, healthy_questions, judge, variants
from nodeportkit.faults.objects import as_list, name_of, of_kind

FORMS = [(cause, variant) for cause in causes() for variant in variants(cause)]
FEW = [("Service", "Pod"), ("Node", "Service"), ("Service",), ("Node", "Service", "Pod"), ("Service", "EndpointSlice")]
SYMPTOMS = ("refused", "timeout", "http", "reset", "uneven")


def command_of(row):
    return row["fix"] or row["verify"]


@pytest.mark.parametrize(("cause", "variant"), FORMS)
def test_tables_of_everything_lead_to_the_cause(cause, variant):
    fault = faulty_cluster(cause, 8, variant=variant)
    answer = npk.diagnose(fault.pasted(), fault.service, **fault.question)
    got = judge(fault, answer)
    assert (got.false_facts, got.false_hints) == ((), ()), got.told
    found = answer[answer["cause"] == cause]
    if found.empty and not fault.question.get("symptom"):
        # Nobody complains, and the table ends before the address that is wrong.
        assert cause == "slice-drift"
        assert "more..." in as_tables(fault.objects, ["EndpointSlice"])
        return
    assert len(found), got.told
    assert found["certainty"].iloc[0] == "possible" or answer["cause"].iloc[0] == cause, got.told
    assert command_of(found.iloc[0]) or found["certainty"].iloc[0] == "fact"


@pytest.mark.parametrize(
    ("cause", "kinds"), [(cause, FEW[number % len(FEW)]) for number, cause in enumerate(causes() * 2)]
)
def test_a_few_tables_prove_nothing_that_is_false(cause, kinds):
    fault = faulty_cluster(cause, 3 + FEW.index(kinds))
    answer = npk.diagnose(fault.pasted(kinds), fault.service, **fault.question)
    got = judge(fault, answer)
    # A service that is not there is not, whatever keeps it from being there; who wrote slices, only slices tell.
    right = {"service-not-found"} if cause == "node-port-invalid" else set()
    hinted = set() if "EndpointSlice" in kinds else {"no-selector"}
    assert set(got.false_facts) <= right, got.told
    assert set(got.false_hints) <= hinted, got.told
    if fault.question.get("symptom"):
        assert len(answer), fault.question
        assert command_of(answer.iloc[0]), got.told


@pytest.mark.parametrize("kinds", [None, *FEW])
def test_whoever_names_a_symptom_gets_a_command_to_run(kinds):
    objects = healthy_cluster(41, nodes=3, services=2)
    cluster = npk.read(as_list(objects) if kinds is None else as_tables(objects, kinds))
    node = next(of_kind(objects, "Node"))
    address = node["status"]["addresses"][0]["address"]
    for service, question in healthy_questions(objects):
        port = question.get("port")
        if port is None:
            continue
        dials = [{}, {"node": name_of(node)}, {"address": address}, {"address": "127.0.0.1"}, {"source": "pod"}]
        for dial, symptom in itertools.product(dials, SYMPTOMS):
            answer = npk.diagnose(cluster, service, symptom=symptom, port=port, **dial)
            assert len(answer), (service, symptom, dial)
            assert command_of(answer.iloc[0]), (service, symptom, dial, answer["cause"].tolist())
            assert "fact" not in set(answer["certainty"]), (service, symptom, dial)
