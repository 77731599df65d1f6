"""Words are made to fit without losing what tells them apart, and untrusted text cannot break out."""

import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nodeportkit.figures.text import Font, fit, fit_together, shown, width, wrap
from nodeportkit.untrusted import seen

MONO = Font(10, mono=True)
QUICK = settings(max_examples=60, deadline=None)
words = st.text(max_size=60)
names = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True)


@QUICK
@given(words)
def test_what_is_shown_is_plain_and_shown_once(text):
    plain = shown(text)
    assert plain.isprintable()
    assert shown(plain) == plain
    assert not any(unicodedata.combining(char) or unicodedata.bidirectional(char) in {"R", "AL"} for char in plain)
    assert text.isascii() is False or not text.isprintable() or plain == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\tb\nc", r"a\tb\nc"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("exe\u202egnp", r"exe\u202egnp"),
        ("we\u200bb", r"we\u200bb"),
        ("e\u0301", r"e\u0301"),
        ("a\xa0b", r"a\xa0b"),
        ("日", r"\u65e5"),
        ("שלום", r"\u05e9\u05dc\u05d5\u05dd"),
        ("😀", r"\U0001f600"),
        ("\udcff", r"\udcff"),
        ("Grüße → …", "Grüße → …"),
    ],
)
def test_what_cannot_be_drawn_as_it_is_is_shown_as_an_escape(text, plain):
    assert shown(text) == plain


def test_a_page_shows_every_letter_but_nothing_that_hides():
    assert seen("日本 שלום <b>") == "日本 שלום <b>"
    assert seen("a\x00b\u202ec\udcffd") == r"a\x00b\u202ec\udcffd"


@QUICK
@given(words, st.floats(20, 300), st.floats(0, 1))
def test_what_was_made_to_fit_fits(text, room, tail):
    fitted = fit(text, MONO, room, tail=tail)
    assert width(fitted, MONO) <= room
    assert fitted == shown(text) or "…" in fitted


@QUICK
@given(st.lists(names, min_size=1, max_size=6), st.floats(60, 300))
def test_names_of_a_column_fit(column, room):
    assert all(width(name, MONO) <= room for name in fit_together(column, MONO, room))


@QUICK
@given(names, st.lists(st.from_regex(r"[a-z0-9]{5}", fullmatch=True), min_size=2, max_size=8, unique=True))
def test_the_pods_of_one_workload_stay_apart(workload, ends):
    column = [f"{workload}-7d4b9c6f5-{end}" for end in ends]
    assert len(set(fit_together(column, MONO, 120))) == len(ends)


@QUICK
@given(st.lists(st.integers(0, 9999), min_size=2, max_size=8, unique=True), names)
def test_names_that_differ_in_the_middle_alone_stay_apart(numbers, end):
    assume(len(end) < 60)
    column = [f"{'very-' * 12}{number:04d}-{end * 3}" for number in numbers]
    assert len(set(fit_together(column, MONO, 120))) == len(numbers)


@QUICK
@given(words, st.floats(60, 300))
def test_wrapping_loses_nothing(text, room):
    lines = wrap(text, MONO, room)
    assert all(width(line, MONO) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(shown(word) for word in text.split())


def test_what_does_not_fit_into_the_lines_is_seen_to_be_missing():
    lines = wrap("one two three four five six seven eight", MONO, 70, most=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")


def test_a_long_text_takes_no_long_time():
    assert len(fit("x" * 1_000_000, MONO, 100)) < 40
