"""Cells against what Kubernetes' own tests, its documentation and a real cluster say."""

import ipaddress
import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeportkit import cells
from nodeportkit.cells import format_age, parse_age
from nodeportkit.errors import ReadError

MS = 0.001
MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400


# kubernetes/kubernetes, staging/src/k8s.io/apimachinery/pkg/util/duration/duration_test.go: TestHumanDuration, ...Boundaries
@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-2, "<invalid>"),
        (-2 + MS, "0s"),
        (0, "0s"),
        (1 - MS, "0s"),
        (1, "1s"),
        (70, "70s"),
        (2 * MINUTE - MS, "119s"),
        (2 * MINUTE, "2m"),
        (2 * MINUTE + 1, "2m1s"),
        (190, "3m10s"),
        (10 * MINUTE - MS, "9m59s"),
        (10 * MINUTE, "10m"),
        (10 * MINUTE + 1, "10m"),
        (70 * MINUTE, "70m"),
        (3 * HOUR - MS, "179m"),
        (3 * HOUR, "3h"),
        (3 * HOUR + MINUTE, "3h1m"),
        (8 * HOUR - MS, "7h59m"),
        (8 * HOUR, "8h"),
        (8 * HOUR + 59 * MINUTE, "8h"),
        (47 * HOUR, "47h"),
        (2 * DAY - MS, "47h"),
        (2 * DAY, "2d"),
        (49 * HOUR, "2d1h"),
        (8 * DAY - MS, "7d23h"),
        (8 * DAY, "8d"),
        (8 * DAY + 23 * HOUR, "8d"),
        (367 * DAY, "367d"),
        (2 * YEAR - MS, "729d"),
        (2 * YEAR, "2y"),
        (2 * YEAR + DAY - MS, "2y"),
        (2 * YEAR + DAY, "2y1d"),
        (2 * YEAR + 25 * HOUR, "2y1d"),
        (3 * YEAR, "3y"),
        (8 * YEAR - MS, "7y364d"),
        (8 * YEAR, "8y"),
        (8 * YEAR + 364 * DAY, "8y"),
        (9 * YEAR, "9y"),
    ],
)
def test_ages_are_written_as_kubernetes_own_tests_say(seconds, text):
    assert format_age(seconds) == text


def test_ages_may_be_any_length_of_time():
    for time in (
        190,
        190.9,
        np.int64(190),
        np.float64(190),
        pd.Timedelta(minutes=3, seconds=10),
        np.timedelta64(190, "s"),
    ):
        assert format_age(time) == "3m10s"
    for missing in (None, pd.NaT, pd.NA, float("nan"), np.timedelta64("NaT")):
        assert format_age(missing) == "<unknown>"


@pytest.mark.parametrize("wrong", [float("inf"), "5s", True])
def test_what_is_no_length_of_time_is_refused(wrong):
    with pytest.raises(ReadError, match="no length of time"):
        format_age(wrong)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("49s", 49), ("3m10s", 190), ("66m", 3960), ("22h", 79200), ("7h59m", 28740), ("2d17h", 234000), ("24d", 2073600)],
)
def test_ages_are_read(text, seconds):
    assert parse_age(text).total_seconds() == seconds
    assert parse_age(f" {text}\n").total_seconds() == seconds


@pytest.mark.parametrize("text", ["<unknown>", "<invalid>", "<none>"])
def test_an_age_that_kubectl_does_not_know_is_missing(text):
    assert parse_age(text) is pd.NaT


@pytest.mark.parametrize(
    "text", ["", " ", "5", "h", "5x", "-5s", "1 d", "5s5m", "٣s", "3d 2h", "1/1", "9" * 12 + "y", "9" * 99]
)
def test_what_is_no_age_is_refused_with_the_text_and_what_ages_look_like(text):
    with pytest.raises(ReadError, match=re.escape(repr(text.strip()))) as caught:
        parse_age(text)
    assert caught.value.hint


def test_an_age_that_is_no_text_is_refused():
    with pytest.raises(ReadError, match="NA"):
        parse_age(pd.NA)


@given(st.floats(-1.5, 200 * YEAR))
def test_a_printed_age_reads_back_as_what_prints_the_same(seconds):
    text = format_age(seconds)
    assert format_age(parse_age(text)) == text
    assert parse_age(text).total_seconds() <= max(seconds, 0)


@given(st.text())
def test_any_text_is_an_age_or_refused(text):
    try:
        age = parse_age(text)
    except ReadError:
        return
    assert age is pd.NaT or age >= pd.Timedelta(0)


def test_a_column_of_ages_keeps_its_order_and_tells_what_it_could_not_read():
    texts = pd.Series(["5m", "<unknown>", None, "2d", "", "oops", "5m"], dtype="string")
    bad = {}
    column = pd.Series(cells.ages(texts, bad))
    assert column.dtype == "timedelta64[ns]"
    assert column.dt.total_seconds().fillna(-1).tolist() == [300, -1, -1, 172800, -1, -1, 300]
    assert list(bad) == ["oops"]
    with pytest.raises(ReadError, match="oops"):
        cells.ages(texts)
    assert len(cells.ages([])) == 0


def test_events_that_came_back_say_how_often():
    assert cells.parse_repeated_age("3m (x4 over 6m)") == (pd.Timedelta(minutes=3), 4, pd.Timedelta(minutes=6))
    assert cells.parse_repeated_age("41s") == (pd.Timedelta(seconds=41), 1, pd.Timedelta(seconds=41))
    with pytest.raises(ReadError, match="over"):
        cells.parse_repeated_age("3m (x over 6m)")


def test_restarts():
    assert cells.parse_restarts("1 (66m ago)") == (1, pd.Timedelta(minutes=66))
    assert cells.parse_restarts("0").since is pd.NaT
    assert cells.parse_restarts("3 (<invalid> ago)").since is pd.NaT
    for wrong in ("", "1 (ago)", "1(66m ago)", "-1", "1 (66m)", "9" * 12):
        with pytest.raises(ReadError):
            cells.parse_restarts(wrong)
    times, since = cells.restarts_column(["11 (76m ago)", None, "0", "?"], bad := {})
    assert times.tolist() == [11, pd.NA, 0, pd.NA]
    assert since[0] == pd.Timedelta(minutes=76)
    assert pd.isna(since[1:]).all()
    assert list(bad) == ["?"]


def test_ready():
    assert cells.parse_ready("2/3") == (2, 3)
    for wrong in ("", "2", "2/", "2/3/4", "a/b", "2 / 3"):
        with pytest.raises(ReadError):
            cells.parse_ready(wrong)
    ready, of = cells.ready_column(["0/1", "6/6", pd.NA])
    assert ready.dtype == of.dtype == "Int64"
    assert ready.tolist() == [0, 6, pd.NA]
    assert of.tolist() == [1, 6, pd.NA]


port_numbers = st.integers(1, 65535)
ports = st.lists(st.builds(cells.Port, port_numbers, st.none() | port_numbers, st.sampled_from(["TCP", "UDP", "SCTP"])))


@given(ports)
def test_printed_ports_read_back(listed):
    assert cells.parse_ports(cells.format_ports(listed)) == listed


@pytest.mark.parametrize(
    "text", ["", "80", "80/TCP,", "80:/TCP", "80/TCP 443/TCP", "0/TCP", "80:65536/TCP", "http/TCP", "80/6"]
)
def test_what_is_no_list_of_ports_is_refused(text):
    with pytest.raises(ReadError, match=r"PORT|port"):
        cells.parse_ports(text)


def test_ports_of_a_real_cluster_are_those_of_its_objects(fixtures):
    objects = json.loads((fixtures / "real-cluster" / "objects.json").read_text(encoding="utf-8"))["items"]
    lines = (fixtures / "real-cluster/text/02-get-svc--A--o-wide.txt").read_text(encoding="utf-8").splitlines()[2:]
    printed = {tuple(line.split()[:2]): re.split(" {2,}", line) for line in lines}
    services = [thing for thing in objects if thing["kind"] == "Service"]
    assert len(services) == len(printed)
    for service in services:
        row = printed[service["metadata"]["namespace"], service["metadata"]["name"]]
        spec = service["spec"]
        assert cells.parse_ports(row[5]) == [
            (p["port"], p.get("nodePort"), p["protocol"]) for p in spec.get("ports", [])
        ]
        assert cells.parse_labels(row[7]) == spec.get("selector", {})
        assert cells.parse_age(row[6]) in (pd.Timedelta(seconds=5), pd.Timedelta(seconds=96))


def test_addresses():
    assert cells.parse_addresses("10.0.0.1,10.0.0.2") == (["10.0.0.1", "10.0.0.2"], 0)
    assert cells.parse_addresses("fd00:244:3::10,fd00:244:1::11,fd00:244:1::10 + 3 more...").more == 3
    for nothing in ("<none>", "<unset>", "<pending>", "<unknown>", "<nodes>"):
        assert cells.parse_addresses(nothing) == ([], 0)
    assert cells.parse_addresses("203.0.113.40,2...") == (["203.0.113.40"], None)
    assert cells.parse_addresses("a1b2c3d4e5f60...") == ([], None)
    for wrong in ("", "a,,b", "a, b", ",a", "10.0.0.1 10.0.0.2"):
        with pytest.raises(ReadError):
            cells.parse_addresses(wrong)


@given(st.lists(st.ip_addresses().map(str), max_size=8), st.none() | st.integers(1, 4))
def test_a_list_that_was_cut_says_how_much_is_missing(listed, most):
    shown, more = cells.parse_addresses(cells.format_list(listed, most=most))
    assert shown == listed[:most]
    assert len(shown) + more == len(listed)


@given(st.ip_addresses().map(str), port_numbers)
def test_printed_endpoints_read_back(address, port):
    assert cells.parse_endpoint(cells.format_endpoint(address, port)) == (address, port)
    assert cells.parse_endpoint(cells.format_endpoint(address)) == (address, None)


def test_endpoints():
    assert cells.parse_endpoint("db.example.com:5432") == ("db.example.com", 5432)
    assert cells.parse_endpoint("db.example.com") == ("db.example.com", None)
    for wrong in ("", ":80", "10.0.0.1:", "10.0.0.1:http", "10.0.0.1:70000", "1:2:3", "[fd00::1]", "a b:80"):
        with pytest.raises(ReadError):
            cells.parse_endpoint(wrong)
    assert ipaddress.ip_address(cells.parse_endpoint("[fd00::1]:80")[0]).version == 6


def test_ports_of_slices():
    assert cells.parse_port_numbers("5353,5353") == ([5353, 5353], 0)
    assert cells.parse_port_numbers("<unset>") == ([], 0)
    assert cells.parse_port_numbers("8080,metrics,* + 1 more...") == ([8080, None, None], 1)
    with pytest.raises(ReadError):
        cells.parse_port_numbers("0")


label_names = st.from_regex(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?", fullmatch=True)
label_keys = st.builds("{}{}".format, st.sampled_from(["", "example.com/", "node-role.kubernetes.io/"]), label_names)
label_sets = st.dictionaries(label_keys, st.just("") | label_names, max_size=5)


@given(label_sets)
def test_printed_labels_read_back(labels):
    assert cells.parse_labels(cells.format_labels(labels)) == labels
    described = [f"{key}={value}" for key, value in labels.items()] or ["<none>"]
    assert cells.parse_map(described) == labels


@pytest.mark.parametrize("text", ["", "app", "app=web,", "=web", "app=web,tier", "app=web,app=api"])
def test_what_are_no_labels_is_refused(text):
    with pytest.raises(ReadError, match=re.escape(repr(text))):
        cells.parse_labels(text)


def test_each_row_of_a_column_of_labels_has_its_own():
    first, second, missing = cells.labels_column(["app=web", "app=web", None])
    first["app"] = "api"
    assert second == {"app": "web"}
    assert missing is pd.NA


def test_described_annotations_may_hold_colons_and_equal_signs():
    lines = ["example.com/url: http://a:80/?b=c", "old=form: here", "empty:"]
    assert cells.parse_map(lines) == {"example.com/url": "http://a:80/?b=c", "old": "form: here", "empty": ""}
    with pytest.raises(ReadError, match="no label"):
        cells.parse_map(["no label"])


def test_roles_and_status_of_nodes():
    assert cells.parse_roles("control-plane,worker") == ["control-plane", "worker"]
    assert cells.parse_roles("<none>") == []
    assert cells.parse_node_status("Ready") == (True, True)
    assert cells.parse_node_status("NotReady,SchedulingDisabled") == (False, False)
    assert cells.parse_node_status("Unknown") == (None, True)
    for wrong in ("", "ready", "Ready,", "Ready,Cordoned"):
        with pytest.raises(ReadError):
            cells.parse_node_status(wrong)
    with pytest.raises(ReadError):
        cells.parse_roles("a,,b")
