"""Many lines at once: the same cells that each line alone gives."""

from hypothesis import given
from hypothesis import strategies as st

from nodeportkit import read
from nodeportkit.sources.tables.cells import Cells, Lines, distinct
from nodeportkit.sources.tables.layout import header, place, place_all

printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)


@given(st.lists(printable, min_size=1, max_size=30), st.integers(0, 30), st.integers(1, 30))
def test_lines_compared_eight_characters_at_a_time_are_those_compared_one_by_one(lines, start, width):
    lines = lines * 3  # else most differ
    found = Lines(lines, start + width).distinct(start, start + width)
    assert found[:] == [line[start : start + width].rstrip() for line in lines]
    assert found.texts == list(dict.fromkeys(found[:]))


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=5), max_size=6), st.data())
def test_a_column_read_in_pieces_is_the_column(pieces, data):
    column = Cells()
    for piece in pieces:
        column.extend(distinct(piece) if data.draw(st.booleans()) else list(piece))
        assert list(column) == [cell for before in pieces for cell in before][: len(column)]
    cells = [cell for piece in pieces for cell in piece]
    assert list(column) == cells
    assert len(column) == len(cells)
    assert column.distinct()[:] == cells
    assert column.distinct().texts == list(dict.fromkeys(cells))


HEAD = header("NAMESPACE   NAME            READY   STATUS    LABELS")
cells = st.one_of(
    st.just(""), st.sampled_from(["1/1", "<none>", "a b", "Completed", "é", "日", "x\ty", "ContainerCreating"])
)
rows = st.lists(st.tuples(cells, cells, cells, cells, cells), min_size=1, max_size=6)


@given(rows, st.booleans(), st.sampled_from([1, 300]))
def test_many_lines_have_the_cells_that_each_has_alone(rows, named, times):
    lines = []
    for number in range(times):
        for row in rows:
            shown = (row[0], f"web-{number}" if named else row[1], *row[2:])
            lines.append("".join(map(str.ljust, shown, (12, 16, 8, 10, 0))).rstrip())
    columns, end = place_all(lines, HEAD)
    alone = [place(line, HEAD, HEAD.starts) for line in lines]
    assert list(zip(*(column[:] for column in columns), strict=True)) == [tuple(found[0]) for found in alone[:end]]
    assert all(found[1] == HEAD.starts for found in alone[:end])
    assert end == next((at for at, line in enumerate(lines) if place_all([line], HEAD)[1] == 0), len(lines))


def test_rows_with_the_same_labels_and_selectors_have_their_own():
    pods = "NAME    READY   STATUS    RESTARTS   AGE   LABELS\n" + "".join(
        f"web-{i}   1/1     Running   0          5d    app=web\n" for i in range(3)
    )
    services = "NAME   TYPE       CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE   SELECTOR\n" + "".join(
        f"web-{i}  ClusterIP  10.96.0.{i}    <none>        80/TCP    5d    app=web\n" for i in range(3)
    )
    cluster = read(pods + "\n" + services)
    for cells in (cluster.pods["labels"], cluster.services["selector"]):
        cells[0]["app"] = "api"
        assert cells.tolist() == [{"app": "api"}, {"app": "web"}, {"app": "web"}]
