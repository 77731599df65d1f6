"""`nodeportkit validate`: what the API server would say of a manifest."""

from __future__ import annotations

import click
import pandas as pd

from nodeportkit.cli import terminal
from nodeportkit.cli.answer import Answer, answers
from nodeportkit.cli.intake import read_sources, text_of
from nodeportkit.validation import validate

__all__ = ["command"]

_COLOURS = {"error": terminal.bad, "warning": terminal.wary, "note": terminal.weak}


@click.command("validate")
@click.argument("manifests", nargs=-1, required=True)
@click.option(
    "--against", multiple=True, help="What is in the cluster already: node ports and cluster IPs that are taken."
)
@click.option("--old", help="The manifest that it replaces.")
@answers("text", "json", "csv", "html")
def command(manifests: tuple[str, ...], against: tuple[str, ...], old: str | None) -> Answer:
    """Say what the API server would say of MANIFESTS (files, - for standard input), with lines and plain words.

    \b
    Example:
      nodeportkit validate service.yaml --against cluster.json

    Exit code: 0 if they would be accepted, 1 if not.
    """
    cluster = read_sources(against) if against else None
    before = text_of(old) if old else None
    found = pd.concat(
        [validate(text_of(name), cluster, before).assign(source=name) for name in manifests], ignore_index=True
    )
    refused = (found["severity"] == "error").any()
    title = "The API server would refuse this" if refused else "The API server would accept this"
    return Answer(lambda: _text(found, title, bool(refused)), found, title, code=int(refused))


def _text(found: pd.DataFrame, title: str, refused: bool) -> str:
    parts = [terminal.bad(title) if refused else terminal.good(title)]
    for row in found.to_dict("records"):
        place = terminal.cell(row["source"]) + ("" if pd.isna(row["line"]) else f":{row['line']}")
        head = f"{place}: {_COLOURS[row['severity']](row['severity'])}: {terminal.cell(row['object'] or '')}"
        said = f"{row['field']}: {row['message']}" if row["field"] else row["message"]
        lines = [head.rstrip(": "), terminal.paragraph(said, "  ")]
        if row["explanation"]:
            lines.append(terminal.weak(terminal.paragraph(row["explanation"], "  ")))
        parts.append("\n".join(lines))
    return "\n\n".join(parts)
