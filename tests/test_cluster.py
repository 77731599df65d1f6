"""Cluster: frames given in any form, changed, named, saved and loaded."""

import gzip
import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NotFound, SnapshotError
from nodeportkit.frames import SCHEMAS
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.sources.read import read


@pytest.fixture(scope="module")
def real(fixtures):
    return read(fixtures / "real-cluster" / "objects.json")


@pytest.fixture(scope="module")
def article(fixtures):
    return read(fixtures / "article" / "nodeport-transcript.txt")


def named(*names):
    return {"namespace": [name.split("/")[0] for name in names], "name": [name.split("/")[1] for name in names]}


def small():
    return Cluster(
        services=named("shop/web") | {"selector": [{"app": "web"}]},
        ports={"namespace": ["shop"], "service": ["web"], "port": [80], "target_port": ["8080"]},
        pods=named("shop/web-0") | {"labels": [{"app": "web"}], "ips": [["10.0.0.1"]]},
    )


# Frames


def test_every_frame_is_there_with_its_columns_and_types():
    cluster = Cluster()
    for name, schema in SCHEMAS.items():
        frame = getattr(cluster, name)
        assert list(frame.columns) == schema.names
        assert [frame[column.name].dtype for column in schema.columns] == [column.dtype for column in schema.columns]
    assert repr(cluster) == "Cluster(nodes=0, services=0, ports=0, pods=0, containers=0, endpoints=0, workloads=0)"


def test_a_column_that_no_frame_has_is_refused():
    with pytest.raises(KeyError, match="colour"):
        Cluster(pods={"name": ["web-0"], "colour": ["red"]})


def test_frames_are_not_shared_with_what_they_were_made_from():
    services = Cluster(services=named("shop/web")).services
    cluster = Cluster(services=services)
    services.loc[0, "name"] = "other"
    assert cluster.services["name"].tolist() == ["web"]


# replace


def test_endpoints_that_were_derived_follow_a_change():
    cluster = small()
    assert cluster.endpoints["pod"].tolist() == ["web-0"]
    changed = cluster.replace(pods=cluster.pods.assign(labels=[{"app": "db"}]))
    assert changed.endpoints.empty
    assert cluster.endpoints["pod"].tolist() == ["web-0"]


def test_endpoints_that_were_stated_stay_until_they_are_forgotten(real):
    without = real.replace(pods=real.pods.iloc[:0])
    assert_frame_equal(without.endpoints, real.endpoints)
    assert without.replace(endpoints=None).endpoints.empty
    assert real.replace(endpoints=None).endpoints["derived"].all()


def test_what_is_not_replaced_is_kept(article):
    changed = article.replace(proxy=ProxyConfig(mode="nftables"))
    assert changed.steps == article.steps
    assert changed.proxy.mode == "nftables"
    assert article.proxy.mode is None
    assert_frame_equal(changed.unread, article.unread)
    for name in SCHEMAS:
        assert_frame_equal(getattr(changed, name), getattr(article, name))


def test_a_part_that_no_cluster_has_is_refused():
    with pytest.raises(TypeError, match="Cluster has no podz; it has nodes, services"):
        Cluster().replace(podz=None)


# key


def test_a_service_is_named_with_or_without_its_namespace():
    cluster = Cluster(services=named("default/web", "shop/web", "shop/api", "team/db", "lab/db"))
    assert cluster.key("api") == cluster.key("shop/api") == ("shop", "api")
    assert cluster.key("shop/web") == ("shop", "web")
    assert cluster.key("web") == ("default", "web")
    with pytest.raises(NotFound, match=r"'db' is the name of several services\. Say which: team/db, lab/db\."):
        cluster.key("db")


@pytest.mark.parametrize("name", ["shop/wep", "default/api", "nothing", "", "/", "a/b/c"])
def test_a_service_that_is_not_there_is_told_with_those_that_are(name):
    cluster = Cluster(services=named("default/web", "shop/web", "shop/api"))
    with pytest.raises(NotFound, match=r"There is no service .* here\. (Did you mean|There are:) .*(web|api)"):
        cluster.key(name)


def test_a_cluster_without_services_has_none_to_name():
    with pytest.raises(NotFound, match="There is no service 'web' here"):
        Cluster().key("web")


# save and load


@pytest.mark.parametrize("name", ["cluster.json", "cluster.json.gz"])
@pytest.mark.parametrize("which", ["real", "article"])
def test_what_was_saved_is_loaded_again(request, tmp_path, which, name):
    cluster = request.getfixturevalue(which).replace(
        proxy=ProxyConfig(mode="iptables", cluster_cidrs=("10.244.0.0/16",))
    )
    path = cluster.save(tmp_path / name)
    assert path == tmp_path / name
    loaded = Cluster.load(path)
    for frame in SCHEMAS:
        assert_frame_equal(getattr(loaded, frame), getattr(cluster, frame))
    assert_frame_equal(loaded.stated, cluster.stated, check_dtype=False)
    assert loaded.proxy == cluster.proxy
    assert loaded.replace(endpoints=None).endpoints.equals(cluster.replace(endpoints=None).endpoints)


def test_a_service_stated_to_have_no_endpoints_still_has_none(tmp_path):
    none = small().replace(stated=pd.DataFrame({"namespace": ["shop"], "service": ["web"]}))
    assert none.endpoints.empty
    assert Cluster.load(none.save(tmp_path / "none.json")).endpoints.empty


def test_a_compressed_file_is_known_by_its_content(tmp_path):
    path = small().save(tmp_path / "cluster.json.gz")
    assert gzip.decompress(path.read_bytes()).startswith(b"{")
    assert len(Cluster.load(path.rename(tmp_path / "cluster")).services) == 1


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(NotFound, match=r"none\.json cannot be opened: No such file"):
        Cluster.load(tmp_path / "none.json")


def snapshot(**changes):
    return json.loads(json.dumps(PLAIN)) | changes


PLAIN = {
    "format": "nodeportkit-cluster", "version": 1, "proxy": {}, "stated": {"namespace": [], "service": []},
    "frames": {name: {} for name in SCHEMAS},
}  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"apiVersion: v1",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        gzip.compress(json.dumps(PLAIN).encode(), mtime=0)[:-9],
        b"\x1f\x8bnot gzip at all",
        json.dumps({"kind": "List", "items": []}).encode(),
        json.dumps(snapshot(format="other")).encode(),
        json.dumps(snapshot(version=2)).encode(),
        json.dumps(snapshot(version="1")).encode(),
        json.dumps(snapshot(frames={})).encode(),
        json.dumps(snapshot(proxy={"mode": "iptables", "speed": 9})).encode(),
        json.dumps(snapshot(proxy=[])).encode(),
        json.dumps(snapshot(stated="web")).encode(),
        json.dumps(snapshot(frames=PLAIN["frames"] | {"pods": {"colour": ["red"]}})).encode(),
        json.dumps(snapshot(frames=PLAIN["frames"] | {"pods": {"restarts": ["many"]}})).encode(),
        json.dumps(snapshot(frames=PLAIN["frames"] | {"pods": {"age": ["old"]}})).encode(),
        json.dumps(snapshot(frames=PLAIN["frames"] | {"pods": {"name": ["a", "b"], "node": ["a"]}})).encode(),
        json.dumps(snapshot(frames=PLAIN["frames"] | {"pods": {"name": 7}})).encode(),
    ],
    ids=lambda content: f"{len(content)} bytes",  # the bytes themselves would fill pages
)
def test_a_file_that_is_no_cluster_is_refused_with_what_to_do(tmp_path, content):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(SnapshotError, match=r"bad\.json: not a saved cluster .*Write it again with Cluster\.save"):
        Cluster.load(path)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(SCHEMAS)), st.data())
def test_cells_of_any_kind_are_loaded_or_refused(frame, data):
    column = data.draw(st.sampled_from(SCHEMAS[frame].names))
    content = snapshot(frames=PLAIN["frames"] | {frame: {column: data.draw(st.lists(values, max_size=3) | values)}})
    try:
        cluster = Cluster.from_bytes(json.dumps(content).encode())
    except SnapshotError:
        return
    assert list(getattr(cluster, frame if frame != "endpoints" else "given").columns) == SCHEMAS[frame].names
