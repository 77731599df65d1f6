"""`nodeportkit rules`: what kube-proxy would write on a node."""

from __future__ import annotations

from typing import Any

import click

from nodeportkit.cli.answer import Answer, answers
from nodeportkit.cli.intake import about_a_cluster
from nodeportkit.cluster import Cluster
from nodeportkit.traffic.rules import proxy_rules
from nodeportkit.untrusted import seen

__all__ = ["command"]


@click.command("rules")
@click.option("--node", required=True, help="The node.")
@click.option(
    "--mode", type=click.Choice(["iptables", "nftables"]), help="kube-proxy's mode.  [default: as read, or iptables]"
)
@click.option("--family", type=click.Choice(["IPv4", "IPv6"]), default="IPv4", show_default=True)
@about_a_cluster
@answers("text")
def command(cluster: Cluster, node: str, mode: Any, family: Any) -> Answer:
    """Print the rules that kube-proxy would write on a node, for iptables-restore, ip6tables-restore or nft -f.

    \b
    Example:
      nodeportkit rules cluster.json --node node-1 --mode nftables

    Exit code: 0.
    """
    known: Any = mode or cluster.proxy.mode or "iptables"
    rules = proxy_rules(cluster, node, known, family)
    return Answer(lambda: seen(rules))
