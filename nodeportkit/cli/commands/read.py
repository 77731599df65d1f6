"""`nodeportkit read`: what was read, frame by frame."""

from __future__ import annotations

from pathlib import Path

import click
import pandas as pd

from nodeportkit.cli.answer import Answer, answers
from nodeportkit.cli.intake import about_a_cluster
from nodeportkit.cli.terminal import paragraph, strong, table, wary
from nodeportkit.cluster import Cluster
from nodeportkit.frames import SCHEMAS

__all__ = ["command"]

_SHOWN = 10
_FRAMES = (*SCHEMAS, "unread")


@click.command("read")
@click.option("--frame", "frame_name", type=click.Choice(_FRAMES), help="Print this frame instead of the summary.")
@click.option(
    "--save", type=click.Path(path_type=Path), help="Write the frames to this file, for later (.json, .json.gz)."
)
@about_a_cluster
@answers("text", "json", "csv", "html")
def command(cluster: Cluster, frame_name: str | None, save: Path | None) -> Answer:
    """Say what was read, and what was not understood.

    \b
    Examples:
      nodeportkit read session.txt
      nodeportkit read cluster.json --frame ports -o csv

    Exit code: 0.
    """
    if save:
        cluster.save(save)
    if frame_name:
        frame = getattr(cluster, frame_name)
        return Answer(lambda: table(frame), frame, frame_name)
    counts = _counts(cluster)
    return Answer(lambda: _text(cluster, counts), counts, "What was read")


def _counts(cluster: Cluster) -> pd.DataFrame:
    rows = [(name, len(getattr(cluster, name)), SCHEMAS[name].row) for name in SCHEMAS if len(getattr(cluster, name))]
    return pd.DataFrame(rows, columns=["frame", "rows", "a row is"])


def _text(cluster: Cluster, counts: pd.DataFrame) -> str:
    parts = [table(counts) if len(counts) else wary("Nothing was read.")]
    exposed = cluster.ports[cluster.ports["node_port"].notna()]
    if len(exposed):
        columns = ["namespace", "service", "protocol", "port", "target_port", "node_port"]
        parts.append(table(exposed[columns].sort_values("node_port")))
    if len(cluster.unread):
        parts.append(strong(f"Not understood: {len(cluster.unread):,}"))
        parts.append(table(cluster.unread.head(_SHOWN)))
    parts += [paragraph(str(problem)) for problem in cluster.problems]
    return "\n\n".join(parts)
