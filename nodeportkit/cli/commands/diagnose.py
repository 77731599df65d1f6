"""`nodeportkit diagnose`: why a node port does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click
import pandas as pd

from nodeportkit.cli import terminal
from nodeportkit.cli.answer import Answer, answers
from nodeportkit.cli.counts import counts_of
from nodeportkit.cli.intake import about_a_cluster, text_of
from nodeportkit.cluster import Cluster
from nodeportkit.diagnosis import diagnose
from nodeportkit.diagnosis.causes import words_of

__all__ = ["command"]

_COLOURS: Final = {"fact": terminal.bad, "hint": terminal.wary, "possible": terminal.weak}
_COMMANDS: Final = (("fix", "To mend it"), ("alternative", "Or"), ("verify", "To see more"))
_NO_FAULT: Final = "uneven-by-design"
_SAY_HOW: Final = (
    "If it does not answer all the same, say what happens and what was dialled: --symptom refused (at once) or timeout "
    "(silence), with --node, --address and --port."
)


@click.command("diagnose")
@click.argument("service")
@click.option("--symptom", help="What happens: refused, timeout, http, reset or uneven.")
@click.option("--node", help="The node dialled.")
@click.option("--address", help="The address dialled.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port dialled.")
@click.option("--from", "source", help="Who dials: outside, pod, node, an address, or the name of a pod or node.")
@click.option("--manifest", type=click.Path(path_type=Path), help="The manifest that was to make the service.")
@click.option(
    "--observed", help="How many connections each pod got: a file of lines like `104 web-0`, or - for a pipe."
)
@about_a_cluster
@answers("text", "json", "csv", "html", "svg")
def command(
    cluster: Cluster,
    service: str,
    symptom: str | None,
    node: str | None,
    address: str | None,
    port: int | None,
    source: str | None,
    manifest: Path | None,
    observed: str | None,
) -> Answer:
    """Say why SERVICE (name or namespace/name) does not answer: causes, ranked, with proof and fix.

    Symptoms also come from the curl commands of a transcript.

    \b
    Examples:
      nodeportkit diagnose shop/web cluster.json --symptom refused --node node-2
      sort answers.txt | uniq -c | nodeportkit diagnose shop/web cluster.json --observed -

    Exit code: 0 if nothing is known to be wrong, 1 if something is (a fact or a hint).
    """
    found = diagnose(
        cluster,
        service,
        symptom=symptom,
        node=node,
        address=address,
        port=port,
        source=source,
        manifest=text_of(str(manifest)) if manifest else None,
        observed=counts_of(observed) if observed else None,
    )
    title = f"{service}: {_in_words(found)}"

    def picture() -> Any:
        from nodeportkit.figures import plot_chain

        return plot_chain(cluster, service)

    asked = symptom is not None
    return Answer(
        lambda: _text(found, title, asked=asked),
        found,
        title,
        picture,
        code=int(any(row["cause"] != _NO_FAULT for row in _certain(found))),
    )


def _certain(found: pd.DataFrame) -> list[Mapping[Any, Any]]:
    """The facts and hints."""
    return [row for row in found.to_dict("records") if row["certainty"] != "possible"]


def _in_words(found: pd.DataFrame) -> str:
    """The answer in a sentence."""
    certain = _certain(found)
    if not certain:
        nothing = "nothing is known to be wrong"
        return nothing if found.empty else "nothing is proven yet; what stands first would tell most"
    perhaps = "probably " if certain[0]["certainty"] == "hint" else ""
    more = f" (and {len(certain) - 1} more)" if len(certain) > 1 else ""
    return perhaps + words_of(certain[0]["cause"]) + more


def _text(found: pd.DataFrame, title: str, *, asked: bool) -> str:
    if found.empty:
        return terminal.good(title) + ("" if asked else f"\n\n{terminal.paragraph(_SAY_HOW)}")
    return "\n\n".join([terminal.strong(terminal.paragraph(title)), *map(_row, found.to_dict("records"))])


def _row(row: Mapping[Any, Any]) -> str:
    colour = _COLOURS[row["certainty"]]
    lines = [
        f"{row['rank']}. {colour(terminal.cell(row['cause']))} ({row['certainty']})  {terminal.cell(row['object'])}"
    ]
    lines += [terminal.paragraph(str(row[name]), "   ") for name in ("evidence", "explanation") if row[name]]
    announced = row["explanation"].endswith(":")
    for name, word in _COMMANDS:
        if row[name]:
            lines += [] if announced else [terminal.weak(f"   {word}:")]
            lines.append(terminal.command(row[name], "     "))
            announced = False
    return "\n".join(lines)
