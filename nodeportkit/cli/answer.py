"""What a command answers, and the forms in which it can be had: text, JSON, CSV, HTML, SVG."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import click
import pandas as pd

from nodeportkit.cli.pipes import printed
from nodeportkit.cli.status_line import status_line
from nodeportkit.progress import report
from nodeportkit.untrusted import seen

__all__ = ["Answer", "answers"]


@dataclass(frozen=True)
class Answer:
    """What a command found.

    Attributes
    ----------
    text
        Gives it for a terminal.
    frame
        The same as a frame, for JSON and CSV.
    title
        One sentence that says it all.
    picture
        Gives the picture that shows it.
    forms
        Further forms, by the word of `--output`: each gives a text.
    code
        The exit code.
    """

    text: Callable[[], str]
    frame: pd.DataFrame | None = None
    title: str = ""
    picture: Callable[[], Any] | None = None
    forms: dict[str, Callable[[], str]] | None = None
    code: int = 0


def answers(*forms: str) -> Callable[[Callable[..., Answer]], Callable[..., None]]:
    """Make a function that gives an `Answer` one that prints it in one of these forms and ends with its exit code."""

    def decorate(function: Callable[..., Answer]) -> Callable[..., None]:
        @click.option("-o", "--output", type=click.Choice(forms), default=forms[0], show_default=True, help="The form.")
        @functools.wraps(function)
        def run(*args: Any, output: str, **options: Any) -> None:
            with status_line():
                report("Working it out")
                answer = function(*args, **options)
                report("Writing")
                written = _written(answer, output)
            printed(written)
            click.get_current_context().exit(answer.code)

        return run

    return decorate


def _written(answer: Answer, form: str) -> str:
    if answer.forms and form in answer.forms:
        return answer.forms[form]().rstrip("\n")
    if form == "text":
        return answer.text().rstrip("\n")
    if form == "svg" and answer.picture:
        return str(answer.picture().svg())
    frame = answer.frame if answer.frame is not None else pd.DataFrame()
    if form == "json":
        return json.dumps(_records(frame), indent=2, ensure_ascii=True)
    if form == "csv":
        return _csv(frame)
    return _page(answer, frame)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    """A cell as JSON knows it: null for missing, seconds for an age, text for a time."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timedelta):
        return value.total_seconds()
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def _csv(frame: pd.DataFrame) -> str:
    def text(value: Any) -> Any:
        plain = _plain(value)
        if isinstance(plain, list | dict):
            plain = json.dumps(plain)
        if not isinstance(plain, str):
            return plain
        # A spreadsheet runs what begins like a formula.
        return f"'{seen(plain)}" if plain.startswith(("=", "+", "-", "@")) else seen(plain)

    return frame.astype(object).map(text).to_csv(index=False, lineterminator="\n")


def _page(answer: Answer, frame: pd.DataFrame) -> str:
    """A page of its own: nothing is fetched, nothing runs."""
    picture = answer.picture().svg() if answer.picture else ""
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(seen(_words(value)))}</td>" for value in row) + "</tr>"
        for row in frame.itertuples(index=False, name=None)
    )
    heads = "".join(f"<th>{escape(str(name).replace('_', ' '))}</th>" for name in frame.columns)
    title = escape(seen(answer.title or "nodeportkit"))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title><style>'
        "body{font:15px/1.5 system-ui,sans-serif;color:#1b1f24;background:#fff;max-width:72rem;margin:2rem auto;padding:0 1rem}"
        "h1{font-size:1.35rem}svg{max-width:100%;height:auto}div{overflow-x:auto}"
        "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
        "th,td{text-align:left;padding:.3em 1.2em .3em 0;border-bottom:1px solid #c9ced6;vertical-align:top}"
        f"th{{color:#6b7280;font-weight:600}}</style></head><body><h1>{title}</h1>{picture}"
        f"<div><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></body></html>"
    )


def _words(value: Any) -> str:
    plain = _plain(value)
    if plain is None:
        return ""
    return json.dumps(plain, ensure_ascii=False) if isinstance(plain, list | dict) else str(plain)
