"""What the printer prints, the reader of tables reads back, cell by cell."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from nodeportkit import parse_age, read_tables
from nodeportkit.cells import format_labels
from nodeportkit.kube.printing.objects import print_objects, printed

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)

names = st.from_regex(r"[a-z]([-a-z0-9]{0,50}[a-z0-9])?", fullmatch=True)
labels = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}(\.example\.com/[a-z]{1,4})?", fullmatch=True), st.just("") | names, max_size=4
)
created = st.integers(-5, 10**8).map(lambda seconds: (NOW - timedelta(seconds=seconds)).isoformat()) | st.none()
metadata = st.fixed_dictionaries(
    {"name": names, "namespace": names, "labels": labels, "creationTimestamp": created},
)
port_numbers = st.integers(1, 65535)
ports = st.fixed_dictionaries(
    {"port": port_numbers, "protocol": st.sampled_from(["TCP", "UDP", "SCTP"])}, optional={"nodePort": port_numbers}
)
ips = st.ip_addresses().map(str)
services = st.fixed_dictionaries(
    {
        "kind": st.just("Service"),
        "apiVersion": st.just("v1"),
        "metadata": metadata,
        "spec": st.fixed_dictionaries(
            {
                "type": st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer"]),
                "clusterIPs": st.lists(ips, max_size=2),
                "externalIPs": st.lists(ips, max_size=5),
                "ports": st.lists(ports, max_size=4),
                "selector": labels,
            }
        ),
    }
)
reasons = st.sampled_from(["CrashLoopBackOff", "Completed", "ContainerCreating", "Error"])
states = (
    st.just({"running": {}})
    | reasons.map(lambda reason: {"waiting": {"reason": reason}})
    | st.builds(
        lambda r, code: {"terminated": {"reason": r, "exitCode": code}}, st.just("") | reasons, st.integers(0, 255)
    )
)
statuses = st.fixed_dictionaries(
    {
        "ready": st.booleans(),
        "restartCount": st.integers(0, 2000),
        "state": states,
        "lastState": st.just({}) | created.map(lambda time: {"terminated": {"finishedAt": time, "exitCode": 1}}),
    }
)
pods = st.fixed_dictionaries(
    {
        "kind": st.just("Pod"),
        "apiVersion": st.just("v1"),
        "metadata": metadata,
        "spec": st.fixed_dictionaries(
            {"containers": st.lists(st.just({}), max_size=4), "nodeName": st.just("") | names}
        ),
        "status": st.fixed_dictionaries(
            {
                "phase": st.sampled_from(["Pending", "Running", "Succeeded", "Failed", "Unknown"]),
                "podIPs": st.lists(ips.map(lambda ip: {"ip": ip}), max_size=2),
                "containerStatuses": st.lists(statuses, max_size=3),
                "initContainerStatuses": st.lists(statuses, max_size=2),
            }
        ),
    }
)


@given(st.lists(services, min_size=1, max_size=5) | st.lists(pods, min_size=1, max_size=5), st.booleans())
def test_a_printed_table_reads_back(things, wide):
    text = print_objects(things, wide=wide, all_namespaces=True, show_labels=True, label_columns=["gone"], now=NOW)
    (table,) = read_tables(text)
    assert table.kind == things[0]["kind"].lower() + "s"
    assert table.frame.to_dict("records") == [
        {
            "NAMESPACE": thing["metadata"]["namespace"],
            **printed(thing, wide=wide, now=NOW),
            "GONE": thing["metadata"]["labels"].get("gone", ""),
            "LABELS": format_labels(thing["metadata"]["labels"]),
        }
        for thing in things
    ]


@given(st.lists(services, min_size=1, max_size=3), st.lists(pods, min_size=1, max_size=3))
def test_tables_of_several_kinds_read_back(first, second):
    tables = read_tables(print_objects([*first, *second], now=NOW))
    assert [table.kind for table in tables] == ["services", "pods"]
    for things, table in zip((first, second), tables, strict=True):
        kind = things[0]["kind"].lower()
        assert table.frame["NAME"].tolist() == [f"{kind}/{thing['metadata']['name']}" for thing in things]
        assert table.frame["AGE"].tolist() == [printed(thing, now=NOW)["AGE"] for thing in things]


@given(created)
def test_a_printed_age_is_at_most_the_true_one(time):
    thing = {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "n", "creationTimestamp": time}}
    age = parse_age(printed(thing, now=NOW)["AGE"])
    if time is None or datetime.fromisoformat(time) - NOW >= timedelta(seconds=2):
        assert str(age) == "NaT"
    else:
        assert timedelta(0) <= age <= max(NOW - datetime.fromisoformat(time), timedelta(0))
