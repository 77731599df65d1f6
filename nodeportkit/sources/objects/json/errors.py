"""Why bytes are no JSON, and where."""

from __future__ import annotations

from typing import Final

import msgspec

from nodeportkit.errors import ReadError
from nodeportkit.sources.objects.json.form import JsonForm
from nodeportkit.sources.objects.json.text import offset_of

__all__ = ["malformed", "not_utf8"]

_SAVE_AS_UTF8: Final = "Save the file again, as UTF-8."


def not_utf8(data: bytes, source: str, first_line: int, error: UnicodeDecodeError) -> ReadError:
    """The error for bytes that are no text; `error` knows only the one text that they stand in."""
    offset, reason = 0, error.reason
    try:
        data.decode()
    except UnicodeDecodeError as first:
        offset, reason = first.start, first.reason
    form = JsonForm(data, first_line)
    return ReadError(
        f"no JSON: it is not UTF-8: {reason}",
        source=source,
        line=form.line_at(offset),
        column=form.column_at(offset),
        hint=_SAVE_AS_UTF8,
    )


def malformed(view: memoryview, start: int, form: JsonForm, source: str) -> ReadError:
    """The error for bytes that begin with no JSON document."""
    offset = start + len(view)
    message, hint = "the JSON ends before it is whole", "Save the output again, whole."
    try:
        msgspec.json.decode(view, type=msgspec.Raw)
    except RecursionError:
        offset, message, hint = start, "it is nested too deeply", "No Kubernetes object is."
    except UnicodeDecodeError as error:
        offset, message, hint = start, f"it is not UTF-8: {error.reason}", _SAVE_AS_UTF8
    except msgspec.DecodeError as error:
        place = offset_of(error)
        if place is not None:
            offset = start + place
            message = str(error).partition(" (byte")[0].removeprefix("JSON is malformed: ")
            hint = "JSON wants quoted keys, commas between entries and none after the last."
    line = form.line_at(offset)
    return ReadError(f"no JSON: {message}", source=source, line=line, column=form.column_at(offset), hint=hint)
