"""What copying does to text is undone, line for line."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeportkit.errors import NodePortKitError, ReadError
from nodeportkit.sources.markup import may_be_marked, unmark
from nodeportkit.sources.stamps import may_be_stamped, unstamp
from nodeportkit.sources.text import clean, decode

CASES = sorted(
    path
    for path in (Path(__file__).parents[1] / "fixtures" / "text").glob("*.txt")
    if not path.name.endswith(".expected.txt")
)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_copying_did_is_undone(path):
    expected = path.with_suffix(".expected.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert clean(path.read_bytes()) == expected


def test_the_articles_transcript_has_typeset_blanks_and_nothing_else_undone(fixtures):
    text = (fixtures / "article" / "nodeport-transcript.txt").read_text(encoding="utf-8")
    assert "\xa0" in text
    assert clean(text) == [line.replace("\xa0", " ").rstrip() for line in text.split("\n")[:-1]]


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[1] / "fixtures" / "real-cluster" / "text").glob("*.txt"))
)
def test_what_kubectl_printed_keeps_its_shape(path):
    text = path.read_text(encoding="utf-8")
    assert clean(text) == [line.rstrip() for line in text.split("\n")[: -1 if text.endswith("\n") else None]]


@pytest.mark.parametrize(
    ("data", "words", "line"),
    [
        (b"PK\x03\x04\n\x00\x00\x08", "binary data", 2),
        ("NAME\nweb\0", "binary data", 2),
        (b"\x1f\x8b\x08abc", "compressed", None),
    ],
)
def test_what_is_no_text_is_refused_with_its_place(data, words, line):
    with pytest.raises(ReadError, match=words) as caught:
        clean(data, "dump.txt")
    assert (caught.value.source, caught.value.line) == ("dump.txt", line)


def test_str_is_not_decoded_again():
    assert decode("caf\u00e9") == "caf\u00e9"


PIECES = st.sampled_from(
    [
        "> ",
        ">",
        "    ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "```",
        "~~~",
        "\x1b[31m",
        "\x1b]0;t\x07",
        "\x1b",
        "\x08",
        "\xa0",
        "\ufeff",
        "- a: ",
        "kind: x",
        "$ kubectl get svc",
        "NAME   AGE",
        "GET / HTTP/1.1",
        "{",
        "web",
        " ",
        "\x85",
        "\x0b",
        "\x1c",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=30).map("".join))
def test_every_line_keeps_its_number(text):
    try:
        lines = clean(text)
    except NodePortKitError:
        assert "\0" in text
        return
    assert len(lines) == len(text.splitlines())
    assert all(line == line.rstrip() for line in lines)
    assert not any(mark in line for line in lines for mark in "\x1b\xa0\ufeff\n\r")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_refused(data):
    with contextlib.suppress(ReadError):
        clean(data)


DIRT = st.one_of(
    st.sampled_from(["10:22:33 ", "[10:22:33] ", "2026-01-02T10:22:33Z ", "web-1  | ", "a\tb\t", " 12: ", "13 | "]),
    st.sampled_from(["Jan  2 10:22:33 a b[1]: ", "[pod/a/b] ", "```", "~~~", "**", "{code}", "{noformat}", "[code]"]),
    st.sampled_from(["<pre>", "</pre>", "$ kubectl get svc", "NAME   AGE", "web    5d", "apiVersion: v1", "\n", " "]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(DIRT, max_size=20).map("".join))
def test_texts_whose_lines_begin_without_marks_have_none(text):
    lines = list(map(str.rstrip, text.splitlines()))
    heads = {line[:4] for line in lines}
    assert may_be_stamped(lines, heads) or unstamp(lines) == lines
    assert may_be_marked(heads) or unmark(lines) == lines
