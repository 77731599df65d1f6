"""Selectors against the cases of Kubernetes' own tests."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeportkit.errors import NodePortKitError, ReadError
from nodeportkit.selectors import LabelIndex, format_selector, match_labels, parse_selector, requirements


# kubernetes/kubernetes, staging/src/k8s.io/apimachinery/pkg/labels/selector_test.go: TestSelectorMatches
@pytest.mark.parametrize(
    ("selector", "labels", "matches"),
    [
        ("", {"x": "y"}, True),
        ("x=y", {"x": "y"}, True),
        ("x=y,z=w", {"x": "y", "z": "w"}, True),
        ("x!=y,z!=w", {"x": "z", "z": "a"}, True),
        ("notin=in", {"notin": "in"}, True),
        ("x", {"x": "z"}, True),
        ("!x", {"y": "z"}, True),
        ("x>1", {"x": "2"}, True),
        ("x<1", {"x": "0"}, True),
        ("x=z", {}, False),
        ("x=y", {"x": "z"}, False),
        ("x=y,z=w", {"x": "w", "z": "w"}, False),
        ("x!=y,z!=w", {"x": "z", "z": "w"}, False),
        ("x", {"y": "z"}, False),
        ("!x", {"x": "z"}, False),
        ("x>1", {"x": "0"}, False),
        ("x<1", {"x": "2"}, False),
        ("foo=bar,baz=blah", {"foo": "bar", "baz": "blah"}, True),
        ("foo=bar,foobar=bar,baz=blah", {"foo": "bar", "baz": "blah"}, False),
        # TestRequirementSelectorMatching
        ("x in (foo),y notin (alpha)", {"x": "foo", "y": "baz"}, True),
        ("x in (foo),y in (alpha)", {"x": "foo", "y": "baz"}, False),
        ("x notin (),y", {"y": ""}, True),
        ("x notin (),!y", {"y": ""}, False),
        ("x in ()", {"y": "baz"}, False),
        ("z>1", {"z": "v2"}, False),
        ("x==y", {"x": "y"}, True),
        ("x=", {"x": ""}, True),
        ("x=", {}, False),
    ],
)
def test_selector_text_matches_as_kubernetes_own_tests_say(selector, labels, matches):
    assert match_labels(selector, labels) is matches


# The same file: TestSelectorParse and TestSetSelectorParser; the second text is how Kubernetes writes it again.
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x=a,y=b,z=c", "x=a,y=b,z=c"),
        ("x= ,z= ", "x=,z="),
        ("x>1,z<5", "x>1,z<5"),
        ("x=a,a=x", "a=x,x=a"),
        ("\rx", "x"),
        ("this-is-a-dns.domain.com/key-with-dash", "this-is-a-dns.domain.com/key-with-dash"),
        ("a.b.com/key in (so,what)", "a.b.com/key in (so,what)"),
        ("0.1.2.domain/99 notin (10.10.100.1, tick.tack.clock)", "0.1.2.domain/99 notin (10.10.100.1,tick.tack.clock)"),
        ("foo  in\t (abc)", "foo in (abc)"),
        ("x notin\n (abc)", "x notin (abc)"),
        ("x in (def,abc)", "x in (abc,def)"),
        ("x in (abc,)", "x in (,abc)"),
        ("x in ()", "x in ()"),
        ("x notin (abc,,def),bar,z in (),w", "bar,w,x notin (,abc,def),z in ()"),
        ("x,y in (a)", "x,y in (a)"),
        ("x notin ( )", "x notin ()"),
        ("x notin (, a)", "x notin (,a)"),
        ("a ", "a"),
        ("a in (x,y,notin, z,in)", "a in (in,notin,x,y,z)"),
        ("x==b,!z", "x==b,!z"),
        ("in in (in)", "in in (in)"),
    ],
)
def test_selector_text_is_read_as_kubernetes_reads_it(text, written):
    assert format_selector(text) == written
    assert parse_selector(written) == parse_selector(text)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("x=a||y=b", 3),
        ("x==a==b", 5),
        ("!x=a", 3),
        ("x<a", 3),
        (",x,y", 1),
        ("x nott in (y)", 3),
        ("a in (xyz),", 12),
        ("a in (xyz)b notin ()", 11),
        ("a in (xyz abc)", 11),
        ("a notin(", 9),
        ("a (", 3),
        ("(", 1),
        ("a in b", 6),
        ("a=(", 3),
        ("app =\xa0web", 6),
        ('app="web"', 5),
        ("-app=web", 1),
        ("Example.com/app=web", 1),
        ("a,app=-x", 7),
        (f"a,{'k' * 64}", 3),
    ],
)
def test_a_malformed_selector_is_refused_with_the_column(text, column):
    with pytest.raises(ReadError) as caught:
        match_labels(text, {})
    assert caught.value.column == column
    assert repr(text) in str(caught.value)
    assert caught.value.hint


@given(st.text(alphabet="ab=!,() <>in\n/-é"))
def test_any_text_is_a_selector_or_refused(text):
    try:
        found = parse_selector(text)
    except NodePortKitError:
        return
    assert parse_selector(",".join(map(str, found))) == found


def test_label_selectors_of_workloads():
    selector = {
        "matchLabels": {"app": "web"},
        "matchExpressions": [
            {"key": "tier", "operator": "In", "values": ["front", "back"]},
            {"key": "env", "operator": "NotIn", "values": ["test"]},
            {"key": "zone", "operator": "Exists"},
            {"key": "old", "operator": "DoesNotExist", "values": None},
        ],
    }
    assert format_selector(selector) == "app=web,env notin (test),!old,tier in (back,front),zone"
    labels = {"app": "web", "tier": "back", "zone": ""}
    assert match_labels(selector, labels)
    assert match_labels(selector, "app=web,tier=back,zone=")
    for change in ({"app": "api"}, {"tier": "middle"}, {"env": "test"}, {"old": "x"}):
        assert not match_labels(selector, {**labels, **change})
    assert not match_labels(selector, {"app": "web", "tier": "back"})


def test_selectors_of_services_are_plain_labels():
    assert match_labels({"app": "web"}, {"app": "web", "tier": "x"})
    assert not match_labels({"app": "web", "type": "front-end"}, {"app": "web"})
    assert match_labels({"matchLabels": "yes"}, {"matchLabels": "yes"})


def test_an_empty_selector_matches_everything_and_none_nothing():
    for everything in ("", {}, {"matchLabels": {}}, {"matchLabels": None, "matchExpressions": []}):
        assert match_labels(everything, {"app": "web"})
        assert match_labels(everything, "")
        assert format_selector(everything) == "<none>"
    assert not match_labels(None, {"app": "web"})
    assert format_selector(None) == "<none>"


@pytest.mark.parametrize(
    "selector",
    [
        5,
        ["app"],
        {"app": 5},
        {"matchLabels": {"app": 5}},
        {"matchLabels": {"a b": "c"}},
        {"matchLabels": {"app": "no spaces"}},
        {"matchExpressions": ["app"]},
        {"matchExpressions": [{"operator": "Exists"}]},
        {"matchExpressions": [{"key": "a", "operator": "in", "values": ["b"]}]},
        {"matchExpressions": [{"key": "a", "operator": "In"}]},
        {"matchExpressions": [{"key": "a", "operator": "In", "values": [5]}]},
        {"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]},
    ],
)
def test_a_malformed_label_selector_is_refused(selector):
    with pytest.raises(ReadError) as caught:
        requirements(selector)
    assert caught.value.hint


def test_unknown_labels_have_no_answer():
    for unknown in (None, pd.NA):
        with pytest.raises(ReadError, match="labels"):
            match_labels("app=web", unknown)


keys, values, namespaces = st.sampled_from("abc"), st.sampled_from("xyz"), st.sampled_from(["one", "two"])
labels = st.none() | st.just(pd.NA) | st.dictionaries(keys, values)
objects = st.lists(st.tuples(labels, namespaces), max_size=30)
selectors = st.dictionaries(keys, values) | st.sampled_from(
    ["a", "!a", "a in (x,y)", "a=x,b!=y", "a!=x,c", "a in (x),b", ""]
)


@given(objects, selectors, namespaces)
def test_the_index_finds_what_matching_one_by_one_finds(things, selector, namespace):
    index = LabelIndex([labels for labels, _ in things], [namespace for _, namespace in things])
    mine = [row for row, (_, of) in enumerate(things) if of == namespace]
    known = [row for row in mine if isinstance(things[row][0], dict)]
    found = index.matching(namespace, selector)
    assert found.dtype == np.int64
    assert found.tolist() == [row for row in known if match_labels(selector, things[row][0])]
    assert index.unknown(namespace).tolist() == [row for row in mine if row not in known]


def test_the_index_without_namespaces_and_with_strange_ones():
    assert LabelIndex([{"a": "x"}]).matching("", {"a": "x"}).tolist() == [0]
    assert LabelIndex([]).matching("", {"a": "x"}).tolist() == []
    index = LabelIndex([{"a": "x"}], [pd.NA])
    assert index.matching("default", {"a": "x"}).tolist() == []
    assert index.unknown("default").tolist() == []
    with pytest.raises(ReadError):
        LabelIndex([{"a": "x"}]).matching("", "a in x")


def test_what_the_index_gives_is_the_callers_to_change():
    index = LabelIndex([{"a": "x"}, {"a": "x"}])
    index.matching("", {"a": "x"})[:] = 9
    assert index.matching("", {"a": "x"}).tolist() == [0, 1]
