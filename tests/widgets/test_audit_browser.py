"""The browser of findings, without a page: controls are set, and what it would show is read."""

import re
from pathlib import Path

import pytest

import nodeportkit as npk
from nodeportkit.widgets import AuditBrowser
from reports.hostile import NASTY, hostile

REAL = Path(__file__).parent.parent / "fixtures" / "real-cluster" / "objects.json"


@pytest.fixture(scope="module")
def real():
    return npk.read(REAL)


def control(browser, name):
    return next(one for one in browser.children[0].children if one.description == name)


def words(browser):
    return browser.children[2].value


def title(browser):
    found = re.search(r"<title>(.*?)</title>", browser.children[1].value)
    return found and found[1]


def test_it_begins_with_the_worst(real):
    browser = AuditBrowser(real)
    assert repr(browser) == "AuditBrowser(30 findings)"
    assert "Service shop/nobody: The selector" in words(browser)
    assert "kubectl set selector service -n shop nobody app=web" in words(browser)
    assert title(browser) == "nobody answers nobody: its selector matches no pod"


def test_it_is_filtered_and_a_finding_is_picked(real):
    browser = AuditBrowser(real)
    browser.severity = "note"
    assert repr(browser) == "AuditBrowser(20 of 30 findings)"
    browser.severity, browser.check = "", "endpoints-not-ready"
    picks = control(browser, "finding")
    assert picks.options[0][0] == "Service shop/dual: endpoints-not-ready"
    picks.value = dict(picks.options)["Service shop/web: endpoints-not-ready"]
    assert title(browser) == "web reaches 5 of 6 pods on 3 nodes"
    assert "kubectl describe pod -n shop web-5" in words(browser)


def test_what_concerns_numbers_is_shown_on_their_map(real):
    browser = AuditBrowser(real)
    browser.check = "node-port-range-usage"
    assert title(browser) == "Eleven of 2,768 node ports are in use"


def test_it_offers_what_there_is_and_refuses_the_rest(real):
    browser = AuditBrowser(real)
    assert [value for _, value in control(browser, "severity").options] == ["", "error", "warning", "note"]
    assert [value for _, value in control(browser, "namespace").options] == ["", "shop"]
    with pytest.raises(npk.NotFound, match="endpoints-not-ready"):
        browser.check = "endpoint-not-ready"


def test_a_filter_that_leaves_nothing_says_so(real):
    browser = AuditBrowser(real)
    browser.severity, browser.check = "error", "external-ips"
    assert "Nothing of that was found." in words(browser)
    assert title(browser) is None
    browser.severity = ""
    assert "It claims 198.51.100.77" in words(browser)


def test_settings_reach_the_audit(real):
    browser = AuditBrowser(real, ignore=["type-node-port"], namespaces=["shop"])
    assert "type-node-port" not in set(browser.findings["check"])


def test_without_a_kernel_there_is_a_still_and_a_list(real):
    data, _ = AuditBrowser(real)._repr_mimebundle_()
    assert data["image/png"]
    assert data["text/plain"].splitlines()[:2] == [
        "30 findings",
        "error: Service shop/nobody: The selector app=web,type=front-end matches no pod in namespace shop; without "
        "type=front-end it would match 6.",
    ]


def test_an_empty_cluster_has_nothing_to_browse():
    browser = AuditBrowser(npk.Cluster())
    assert "Nothing was found." in words(browser)
    assert "checks had nothing to look at" in words(browser)


def test_nothing_that_anybody_may_write_gets_out():
    browser = AuditBrowser(hostile())
    shown = browser.children[1].value + words(browser)
    assert "<script>alert" not in shown
    assert "<img" not in shown
    assert not [text for text in NASTY if text in shown]
