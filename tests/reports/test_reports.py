"""The reports: whole, self-contained, and safe whatever names and labels hold."""

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import nodeportkit as npk
from nodeportkit.auditing import all_checks

from .hostile import NASTY, hostile

REAL = Path(__file__).parent.parent / "fixtures" / "real-cluster" / "objects.json"


@pytest.fixture(scope="module")
def real():
    return npk.read(REAL)


@pytest.fixture(scope="module")
def page(real):
    return npk.html_report(real, title="The shop", when="today")


class Elements(HTMLParser):
    """The elements of a page with their attributes, and that each that is opened is closed."""

    VOID = ("meta", "br", "img", "path", "use", "input")

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        assert self.open, tag
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_loads_nothing(page):
    told = Elements(page)
    assert told.open == []
    for tag, attributes in told.found:
        assert tag not in ("script", "link", "iframe", "object", "embed", "base", "form")
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "xlink:href", "action", "data"):
            assert (attributes.get(name) or "#").startswith("#")
    policy = next(a["content"] for t, a in told.found if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "@import" not in page
    assert not re.findall(r"url\((?!#)", page)


def test_every_finding_stands_on_the_page(real, page):
    for row in npk.audit(real).to_dict("records"):
        assert html.escape(row["message"]) in page
        assert html.escape(row["fix"]) in page


def test_the_page_has_pictures_numbers_and_what_was_not_looked_at(page):
    assert page.count("<svg") == 7  # six chains, and the range of node ports
    assert "nobody answers nobody: its selector matches no pod" in page
    assert "Eleven of 2,768 node ports are in use" in page
    assert "kubectl get networkpolicies -A -o json" in page
    for reason in ("limited range", "uneven load", "open ports", "ports to manage", "node failure", "extra hop"):
        assert f"<td>{reason}</td>" in page


def test_the_page_can_do_without_pictures(real):
    assert "<svg" not in npk.html_report(real, pictures=False)


def test_an_empty_cluster_has_a_page():
    page = npk.html_report(npk.Cluster())
    assert "Nothing was found." in page
    assert Elements(page).open == []


def test_nothing_that_anybody_may_write_gets_out_of_the_page():
    page = npk.html_report(hostile())
    told = Elements(page)
    assert told.open == []
    assert {tag for tag, _ in told.found}.isdisjoint({"script", "img"})
    assert not [a for _, attributes in told.found for a in attributes if a.startswith("on")]
    for text in NASTY:
        assert text not in page
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", page)


def test_json_holds_what_was_found(real):
    told = json.loads(npk.json_report(real))
    found = npk.audit(real)
    assert told["version"] == 1
    assert told["counts"] == {"error": 1, "warning": 9, "note": 20}
    assert sum(told["counts"].values()) == len(told["findings"]) == len(found)
    assert told["findings"][0]["check"] == found["check"].iloc[0]
    assert {row["check"] for row in told["not_looked_at"]} == set(npk.not_looked_at(real)["check"])
    assert told["production"][0]["reason"] == "limited range"
    assert told["node_ports"][0]["free"] == 78


def test_json_and_sarif_are_plain_ascii_whatever_is_in_names():
    for text in (npk.json_report(hostile()), npk.sarif_report(hostile())):
        assert text.isascii()
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)
        json.loads(text)


def test_settings_of_the_audit_reach_the_reports(real):
    found = npk.audit(real, namespaces=["default"], ignore=["node-port-range-usage"])
    assert json.loads(npk.json_report(real, found))["findings"] == []
    assert "Nothing was found." in npk.html_report(real, found)
    assert json.loads(npk.sarif_report(real, found))["runs"][0]["results"] == []


def test_sarif_has_the_shape_that_code_hosts_take(real):
    """OASIS SARIF 2.1.0, sections 3.13, 3.14, 3.18, 3.19, 3.27, 3.28, 3.33 and 3.49."""
    told = json.loads(npk.sarif_report(real, source="k8s/the shop.yaml", version="0.1.0"))
    assert told["version"] == "2.1.0"
    assert told["$schema"].endswith("sarif-schema-2.1.0.json")
    [run] = told["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("nodeportkit", "0.1.0")
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= set(all_checks())
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
    assert len(run["results"]) == len(npk.audit(real))
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        [location] = result["locations"]
        [logical] = location["logicalLocations"]
        assert logical["kind"] == "resource"
        assert logical["fullyQualifiedName"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "k8s/the%20shop.yaml"
        assert place["region"]["startLine"] >= 1
        assert all(isinstance(value, str) for value in result["partialFingerprints"].values())


def test_fingerprints_tell_findings_apart_and_stay_when_messages_change(real):
    def fingerprints(cluster):
        results = json.loads(npk.sarif_report(cluster))["runs"][0]["results"]
        return [result["partialFingerprints"]["finding/v1"] for result in results]

    before = fingerprints(real)
    assert len(set(before)) == len(before)
    # One pod fewer: other numbers in messages, the same findings of the same objects.
    fewer = real.replace(pods=real.pods[real.pods["name"].ne("web-0")].reset_index(drop=True))
    assert len(set(before) & set(fingerprints(fewer))) > len(before) // 2


def test_without_a_file_there_is_no_physical_location(real):
    results = json.loads(npk.sarif_report(real))["runs"][0]["results"]
    assert all("physicalLocation" not in location for result in results for location in result["locations"])
