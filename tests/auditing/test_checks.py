"""Every check finds what it is for, and is quiet about what only comes near."""

import pytest

import nodeportkit as npk
from nodeportkit.auditing import all_checks
from nodeportkit.auditing.check import SEVERITIES

from .cases import CASES

EACH = [pytest.param(check, one, id=f"{check}: {one.about}") for check, cases in CASES.items() for one in cases]


def test_every_check_is_judged_by_a_hit_and_two_near_misses():
    assert set(CASES) == set(all_checks())
    for check, cases in CASES.items():
        hits = [one for one in cases if one.says is not None]
        assert hits, check
        assert len(cases) - len(hits) >= 2, check


@pytest.mark.parametrize(("check", "one"), EACH)
def test_it_says_this_or_nothing(check, one):
    found = npk.audit(one.cluster, ignore=set(all_checks()) - {check}, **one.settings)
    assert set(found["check"]) <= {check}
    if one.says is None:
        assert found["message"].tolist() == []
    else:
        assert found["message"].str.contains(one.says, regex=False).any(), found["message"].tolist()
    for row in found.to_dict("records"):
        assert row["severity"] in SEVERITIES
        assert row["certainty"] in ("fact", "hint", "advice")
        assert row["object"]
        assert row["field"]
        assert row["message"].endswith((".", "?"))
        assert not row["fix"] or row["fix"].startswith(("kubectl ", "sysctl "))
