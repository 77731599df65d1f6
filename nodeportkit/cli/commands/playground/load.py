"""`nodeportkit playground load`: real connections, and who answered."""

from __future__ import annotations

from pathlib import Path

import click
import pandas as pd

from nodeportkit.cli import terminal
from nodeportkit.cli.answer import Answer, answers
from nodeportkit.cli.which_playground import attached, which
from nodeportkit.cluster import Cluster
from nodeportkit.traffic.comparison import compare
from nodeportkit.traffic.sharing import shares

__all__ = ["command"]

_WHO = ["pod", "pod_node", "outcome"]


@click.command("load")
@which
@click.argument("service")
@click.option("--connections", type=click.IntRange(1, 100_000), default=300, show_default=True)
@click.option("--clients", type=click.IntRange(1, 250), default=20, show_default=True, help="From so many addresses.")
@click.option("--node", "nodes", multiple=True, help="A node to dial; without one, all by turns.")
@click.option("--port", help="The name or number of the service's port, if it has several.")
@answers("text", "json", "csv")
def command(
    kubeconfig: Path | None, service: str, connections: int, clients: int, nodes: tuple[str, ...], port: str | None
) -> Answer:
    """Dial the node port of SERVICE for real, and say who answered, and whether the spread is chance.

    \b
    Example:
      nodeportkit playground load web --connections 600

    Exit code: 0 if every connection was answered, 1 if not; 2 if no playground runs, or it has no such service.
    """
    playground = attached(kubeconfig)
    number = int(port) if port and port.isdecimal() else port
    found = playground.load(service, connections, clients=clients, nodes=list(nodes) or None, port=number)
    answered = int(found.loc[found["outcome"] == "answered", "connections"].sum())
    return Answer(
        text=lambda: _text(playground.cluster(), service, number, list(nodes), found),
        frame=found,
        title=f"{answered} of {connections} connections were answered",
        code=0 if answered == connections else 1,
    )


def _text(cluster: Cluster, service: str, port: str | int | None, nodes: list[str], found: pd.DataFrame) -> str:
    who = found.groupby(_WHO, dropna=False, sort=False)["connections"].sum().reset_index()
    who[["pod", "pod_node"]] = who[["pod", "pod_node"]].fillna("<none>")  # nobody answered
    table = terminal.table(who.sort_values("connections", ascending=False, ignore_index=True))
    if found["pod"].isna().all():
        return table
    # Dialled by turns, each node is entered as often as any other.
    expected = shares(cluster, service, port, entry={node: 1 / len(nodes) for node in nodes} or None)
    return f"{table}\n\n{terminal.paragraph(compare(expected, found).verdict)}"
