"""`nodeportkit chain`: node -> service -> pod, and where it is broken."""

from __future__ import annotations

from typing import Final

import click
import pandas as pd

from nodeportkit.chains import chain
from nodeportkit.cli import terminal
from nodeportkit.cli.answer import Answer, answers
from nodeportkit.cli.intake import about_a_cluster
from nodeportkit.cluster import Cluster
from nodeportkit.standings import Standing, standing

__all__ = ["command"]

_COLUMNS: Final = 5  # of entry nodes beside each other


@click.command("chain")
@click.argument("service")
@click.option("--port", help="One port of the service, by its number or name.")
@about_a_cluster
@answers("text", "json", "csv", "html", "svg")
def command(cluster: Cluster, service: str, port: str | None) -> Answer:
    """Show the chain of SERVICE (name or namespace/name) from node to pod, and where it is broken.

    \b
    Examples:
      nodeportkit chain shop/web cluster.json
      kubectl nodeport chain shop/web --port http

    Exit code: 0 if connections to its node port reach a pod, 1 if not.
    """
    chosen = int(port) if port and port.isdecimal() else port
    stands = standing(cluster, service)
    paths = chain(cluster, service, chosen)

    def picture() -> object:
        from nodeportkit.figures import plot_chain

        return plot_chain(cluster, service, chosen)

    return Answer(lambda: _text(stands, paths), paths, stands.title, picture, code=int(stands.whole is False))


def _text(stands: Standing, paths: pd.DataFrame) -> str:
    parts = [_standing(stands)]
    for _, of_port in paths[paths["port"].notna()].groupby(["port_name", "protocol", "port"], sort=False, dropna=False):
        parts.append(_way(of_port))
        if of_port["pod_ip"].notna().any() or of_port["pod"].notna().any():
            parts.append(terminal.table(_pods(of_port)))
    return "\n\n".join(parts)


def _standing(stands: Standing) -> str:
    colour = terminal.wary if stands.whole is None else terminal.good if stands.whole else terminal.bad
    lines = [colour(terminal.paragraph(stands.title))]
    lines += [terminal.paragraph(part) for part in (stands.reason, stands.explanation) if part]
    lines += [terminal.command(part) for part in (stands.fix, stands.verify) if part]
    return "\n".join(lines)


def _way(paths: pd.DataFrame) -> str:
    """A port's way from the nodes to the pods, on one line."""
    first = {str(name): terminal.cell(value) for name, value in paths.iloc[0].items()}
    nodes = paths["node"].dropna().nunique()
    entry = "no node port"
    if pd.notna(paths["node_port"].iloc[0]):
        entry = f"node port {first['node_port']}{f' on {nodes:,} node' if nodes else ''}{'s' * (nodes > 1)}"
    cluster_ip = "" if first["cluster_ip"] in ("None", "<unknown>") else f" of {first['cluster_ip']}"
    name = "" if first["port_name"] in ("", "<unknown>") else f"{first['port_name']}: "
    service = f"port {first['port']}{cluster_ip}"
    return terminal.strong(f"{name}{entry} -> {service} -> target port {first['target_port']} ({first['protocol']})")


def _pods(paths: pd.DataFrame) -> pd.DataFrame:
    """A row a pod, with its share of the connections: one where all entry nodes agree, else one for each of them."""
    key = ["pod", "pod_ip", "pod_port", "pod_node", "ready"]
    number = paths.groupby(key, sort=False, dropna=False).ngroup()
    pods = paths[key].drop_duplicates().reset_index(drop=True)
    cells = pd.DataFrame({"number": number, "node": paths["node"].fillna("?"), "share": paths["share"]})
    shares = cells.drop_duplicates(["number", "node"]).pivot(index="number", columns="node", values="share")
    address = [
        pd.NA if pd.isna(ip) else terminal.cell(ip) if pd.isna(port) else f"{ip}:{port}"
        for ip, port in zip(pods["pod_ip"], pods["pod_port"], strict=True)
    ]
    told = pd.DataFrame({"pod": pods["pod"], "address": address, "node": pods["pod_node"], "ready": pods["ready"]})
    low, high = shares.min(axis=1).array, shares.max(axis=1).array
    if shares.nunique(axis=1, dropna=False).max() == 1:
        return told.assign(share=high)
    if shares.shape[1] <= _COLUMNS:
        return told.assign(**{f"share via {node}": shares[node].array for node in shares.columns})
    return told.assign(least_share=low, largest_share=high)
