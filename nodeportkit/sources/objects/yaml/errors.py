"""Why a text is no manifest: the parser's words, what they mean, and where to look."""

from __future__ import annotations

import re
from typing import Any, Final

from nodeportkit.errors import ManifestError, ReadError, Slip
from nodeportkit.sources.objects.slips.mend import mend

__all__ = ["Refusal", "explain", "misplaced"]

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_LONGEST: Final = 1_000_000
_TAB: Final = "YAML is indented with blanks, never with tabs."
_HINTS: Final = {
    "mapping values are not allowed": "Look at this line and the one above: a colon is missing, or one too many.",
    "could not find expected ':'": "Look at this line and the one above: a colon, or the blank after it, is missing.",
    "did not find expected key": "Look at the indentation: keys of one mapping begin in the same column.",
    "did not find expected '-' indicator": "Look at the indentation: an item and a key stand in the same column.",
    "found unexpected end of stream": "A quote is opened and never closed, or the end is missing.",
    "did not find expected ',' or ']'": "A bracket is opened and never closed, or a comma is missing.",
    "did not find expected ',' or '}'": "A brace is opened and never closed, or a comma is missing.",
    "found a tab character": _TAB,
    "found character that cannot start any token": "Quote a value that begins with this character.",
    "control characters are not allowed": "Delete the character: it is invisible.",
}


class Refusal(Exception):
    """Something that YAML allows and a manifest does not."""

    def __init__(self, problem: str, line: int, column: int, hint: str | None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.column = column
        self.hint = hint


def explain(error: Any, text: str, original: str | None, source: str, first_line: int = 1) -> ManifestError:
    """The error for people, with the slips that are found in the text.

    A parser often notices what is wrong only on the line behind it; where a slip tells the place, the error names that.

    Parameters
    ----------
    error
        What the parser raised, or a `Refusal`.
    text
        The text as the parser saw it.
    original
        The text as it was given; None if its slips are not wanted.
    source
        The file's name.
    first_line
        The number of the text's first line in its file.
    """
    problem, line, column, hint = _place(error, text)
    template = _template(text, line)
    if template is not None:
        message, advice = "this is a template, not a manifest", "Render it first, for instance with `helm template`."
        return ManifestError(message, source=source, line=template[0] + first_line, column=template[1] + 1, hint=advice)
    line, column = line + first_line, column + 1
    if original is None:
        return ManifestError(problem, source=source, line=line, column=column, hint=hint)
    slips, corrected = _mended(original, first_line)
    # No-break spaces and the like did not stop the parser: it got the text without them.
    seen, whole = (slips, corrected) if text == original else _mended(text, first_line)
    cause = _cause(seen, whole, line)
    if cause:
        behind = f" A parser notices it on line {line}: {problem}." if cause.line < line else ""
        problem, hint = cause.message, f"Write `{cause.corrected.strip()}`.{behind}"
        line, column = cause.line, cause.column
    return ManifestError(problem, source=source, line=line, column=column, hint=hint, slips=slips, corrected=corrected)


def misplaced(error: ReadError, original: str, source: str, first_line: int = 1) -> ManifestError:
    """The error of a field that does not fit, with the slips that may be why."""
    slips, corrected = _mended(original, first_line)
    message, line, column, hint = error.message, error.line, None, error.hint
    if corrected is not None and line is not None:
        cause = next((slip for slip in slips if slip.line >= line), slips[-1])
        hint = f"Write `{cause.corrected.strip()}`: {message}."
        message, line, column = cause.message, cause.line, cause.column
    return ManifestError(message, source=source, line=line, column=column, hint=hint, slips=slips, corrected=corrected)


def _mended(text: str, first_line: int) -> tuple[list[Slip], str | None]:
    """The slips and the text without them; nothing for a text that no person wrote."""
    return mend(text, first_line) if len(text) <= _LONGEST else ([], None)


def _cause(slips: list[Slip], corrected: str | None, line: int) -> Slip | None:
    """The slip without which the parser would not have stopped on this line: the last before it."""
    if corrected is None:
        return None
    before = [slip for slip in slips if slip.line <= line]
    return before[-1] if before else slips[0]


def _place(error: Any, text: str) -> tuple[str, int, int, str | None]:
    """The problem, its line and column counted from 0, and what to do."""
    if isinstance(error, Refusal):
        return error.problem, error.line, error.column, error.hint
    if isinstance(error, UnicodeEncodeError):
        return "holds half a character", *_line_and_column(text, error.start), "Save the file again, as UTF-8."
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    if mark is not None:
        line, column = mark.line, mark.column
    else:
        line, column = _line_and_column(text, _characters(text, getattr(error, "position", 0)))
    lines = text.split("\n")
    last = max(0, len(lines) - 1 - (not lines[-1]))
    if line > last:  # a parser is through when it is behind the end
        line, column = last, len(lines[last])
    at = lines[line][column : column + 1]
    hint = _TAB if at == "\t" else next((hint for words, hint in _HINTS.items() if words in problem), None)
    return problem, line, column, hint


def _characters(text: str, offset: int) -> int:
    """The number of characters in the first `offset` bytes of UTF-8."""
    return len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore"))


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def _template(text: str, near: int) -> tuple[int, int] | None:
    """Where a template of Helm or Jinja stands on the line of the error or before it, unquoted."""
    for number, line in enumerate(text.split("\n")[: near + 1]):
        match = _TEMPLATE.search(line.partition(" #")[0])
        if match and line[: match.start()].count('"') % 2 == 0 and line[: match.start()].count("'") % 2 == 0:
            return number, match.start()
    return None
