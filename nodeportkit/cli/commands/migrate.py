"""`nodeportkit migrate`: a NodePort service written anew."""

from __future__ import annotations

import click

from nodeportkit.cli.answer import Answer, answers
from nodeportkit.cli.intake import about_a_cluster
from nodeportkit.cluster import Cluster
from nodeportkit.migration import migrate

__all__ = ["command"]


@click.command("migrate")
@click.argument("service")
@click.option("--to", required=True, help="LoadBalancer, Ingress or Gateway.")
@click.option("--port", help="The port that an Ingress sends requests to, by number or name.")
@click.option("--host", help="The host name of an Ingress or Gateway.")
@click.option("--class", "class_name", help="ingressClassName, gatewayClassName or loadBalancerClass.")
@about_a_cluster
@answers("text")
def command(
    cluster: Cluster, service: str, to: str, port: str | None, host: str | None, class_name: str | None
) -> Answer:
    """Write SERVICE anew as LoadBalancer, Ingress or Gateway: YAML for kubectl apply, with what changes above it.

    \b
    Example:
      nodeportkit migrate shop/web cluster.json --to Ingress --host shop.example.com

    Exit code: 0.
    """
    made = migrate(cluster, service, to, port=port, host=host, class_name=class_name)
    return Answer(lambda: str(made))
