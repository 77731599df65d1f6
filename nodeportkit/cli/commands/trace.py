"""`nodeportkit trace`: a packet's way through kube-proxy, decision by decision."""

from __future__ import annotations

import click

from nodeportkit.cli import terminal
from nodeportkit.cli.answer import Answer, answers
from nodeportkit.cli.intake import about_a_cluster
from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError, NotFound, nearest
from nodeportkit.traffic.tracing import Trace, trace

__all__ = ["command"]

# Reserved for documentation (RFC 5737, RFC 3849): some client outside the cluster.
_OUTSIDE = {False: "203.0.113.1", True: "2001:db8:ffff::1"}
_COLOURS = {"FORWARD": terminal.good, "UNHANDLED": terminal.wary}


@click.command("trace")
@click.option("--node", required=True, help="The node that the packet reaches, or that the client runs on.")
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="The port dialled.")
@click.option("--to", "destination", help="The address dialled.  [default: the node's own]")
@click.option("--from", "source", help="The client's address.  [default: one outside the cluster]")
@click.option("--protocol", type=click.Choice(["TCP", "UDP", "SCTP"]), default="TCP", show_default=True)
@click.option(
    "--mode", type=click.Choice(["iptables", "nftables", "ipvs"]), help="kube-proxy's mode, where it is not known."
)
@about_a_cluster
@answers("text", "json", "csv")
def command(
    cluster: Cluster,
    node: str,
    port: int,
    destination: str | None,
    source: str | None,
    protocol: str,
    mode: str | None,
) -> Answer:
    """Follow a packet through the kube-proxy of a node, with the rule behind each decision.

    \b
    Example:
      nodeportkit trace cluster.json --node node-1 --port 30080

    Exit code: 0 if it is forwarded to a pod, 1 if not.
    """
    dialled = destination or _address(cluster, node)
    client = source or _OUTSIDE[":" in dialled]
    way = trace(cluster, source=client, destination=dialled, port=port, protocol=protocol, node=node, mode=mode)
    title = f"{client} -> {dialled}:{port} on {node}: {way.verdict}"
    return Answer(lambda: _text(way, title), way.endpoints, title, code=int(way.verdict != "FORWARD"))


def _address(cluster: Cluster, node: str) -> str:
    found = cluster.nodes[cluster.nodes["name"] == node]
    if found.empty:
        raise NotFound(f"There is no node {node!r} here", hint=nearest(node, cluster.nodes["name"].dropna()))
    addresses = found["internal_ips"].iloc[0]
    if not isinstance(addresses, list) or not addresses:
        raise NodePortKitError(
            f"the addresses of node {node} were not shown",
            hint="Add what `kubectl get nodes -o wide` prints, or say --to.",
        )
    return str(addresses[0])


def _text(way: Trace, title: str) -> str:
    lines = [_COLOURS.get(way.verdict, terminal.bad)(terminal.paragraph(title))]
    for number, step in enumerate(way.steps, 1):
        lines.append(terminal.paragraph(f"{number}. {step.decision}: {step.reason}"))
        if step.rule:
            lines.append(terminal.command(step.rule))
    if len(way.endpoints):
        lines += ["", terminal.table(way.endpoints)]
    return "\n".join(lines)
