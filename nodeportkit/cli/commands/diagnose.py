"""`nodeportkit diagnose`: why a node port does not answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pandas as pd

from nodeportkit.cli import terminal
from nodeportkit.cli.answer import Answer, answers
from nodeportkit.cli.intake import about_a_cluster, text_of
from nodeportkit.cluster import Cluster
from nodeportkit.diagnosis import diagnose

__all__ = ["command"]

_COLOURS = {"fact": terminal.bad, "hint": terminal.wary, "possible": terminal.weak}


@click.command("diagnose")
@click.argument("service")
@click.option("--symptom", help="What happens: refused, timeout, http, reset or uneven.")
@click.option("--node", help="The node dialled.")
@click.option("--address", help="The address dialled.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port dialled.")
@click.option("--from", "source", help="Who dials: outside, pod, node, an address, or the name of a pod or node.")
@click.option("--manifest", type=click.Path(path_type=Path), help="The manifest that was to make the service.")
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
) -> Answer:
    """Say why SERVICE (name or namespace/name) does not answer: causes, ranked, with proof and fix.

    Symptoms also come from the curl commands of a transcript.

    \b
    Example:
      nodeportkit diagnose shop/web cluster.json --symptom refused --node node-2

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
    )
    certain = found[found["certainty"] != "possible"]
    if len(certain):
        title = f"{service}: {certain['cause'].iloc[0]}"
    elif len(found):
        title = f"{service}: nothing is proven yet; what stands first would tell most"
    else:
        title = f"{service}: nothing is known to be wrong"

    def picture() -> Any:
        from nodeportkit.figures import plot_chain

        return plot_chain(cluster, service)

    return Answer(lambda: _text(found, title), found, title, picture, code=int(len(certain) > 0))


def _text(found: pd.DataFrame, title: str) -> str:
    parts = [terminal.good(title) if found.empty else terminal.strong(terminal.paragraph(title))]
    for row in found.to_dict("records"):
        colour = _COLOURS[row["certainty"]]
        lines = [
            f"{row['rank']}. {colour(terminal.cell(row['cause']))} ({row['certainty']})  {terminal.cell(row['object'])}"
        ]
        lines += [terminal.paragraph(str(row[name]), "   ") for name in ("evidence", "explanation") if row[name]]
        lines += [
            terminal.weak(f"   {word}:") + "\n" + terminal.command(str(row[name]), "     ")
            for name, word in _COMMANDS
            if row[name]
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


_COMMANDS = (("fix", "To mend it"), ("verify", "To see more"))
