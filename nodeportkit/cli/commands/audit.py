"""`nodeportkit audit`: what a cluster exposes, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import click
import pandas as pd

from nodeportkit.auditing import audit, not_looked_at
from nodeportkit.cli import terminal
from nodeportkit.cli.answer import Answer, answers
from nodeportkit.cli.intake import about_a_cluster
from nodeportkit.cluster import Cluster

__all__ = ["command"]

_SEVERITIES: Final = ("error", "warning", "note")
_COLOURS: Final = {"error": terminal.bad, "warning": terminal.wary, "note": terminal.weak}


@click.command("audit")
@click.option(
    "--ignore",
    multiple=True,
    metavar="CHECK[@PLACE]",
    help="Leave a check out: single-endpoint, host-network@kube-system.",
)
@click.option(
    "--node-port-range", metavar="A-B", help="The API server's range of node ports, where it is not the default."
)
@click.option(
    "--fail-on",
    type=click.Choice([*_SEVERITIES, "never"]),
    default="error",
    show_default=True,
    help="Exit with 1 from here on.",
)
@click.option("--notes", is_flag=True, help="Print every note, not only how many there are.")
@about_a_cluster
@answers("text", "json", "csv", "html", "sarif")
def command(
    cluster: Cluster, ignore: tuple[str, ...], node_port_range: str | None, fail_on: str, notes: bool
) -> Answer:
    """Find what is wrong, or worth knowing, about what a cluster exposes: some forty checks at once.

    \b
    Examples:
      kubectl get nodes,svc,pods,endpointslices -A -o json | nodeportkit audit
      nodeportkit audit cluster.json -o html > report.html
      nodeportkit audit --context prod --ignore single-endpoint@kube-system

    Exit code: 0 if nothing of the severity of --fail-on or above was found, 1 if something was.
    """
    namespace = click.get_current_context().params.get("namespace")
    if namespace:
        _must_be_there(cluster, namespace)
    namespaces = [namespace] if namespace else None
    found = audit(cluster, ignore=ignore, namespaces=namespaces, node_port_range=node_port_range)
    unseen = not_looked_at(cluster)
    counts = found["severity"].value_counts().to_dict()
    said = ", ".join(f"{counts.get(s, 0):,} {s}{'s' * (counts.get(s, 0) != 1)}" for s in _SEVERITIES)
    failing = _SEVERITIES[: _SEVERITIES.index(fail_on) + 1] if fail_on != "never" else ()
    title = f"{_exposed(cluster, namespace, node_port_range)}{said}"
    return Answer(
        lambda: _text(found, unseen, title, notes),
        found,
        title,
        forms=_reports(cluster, found),
        code=int(found["severity"].isin(failing).any()),
    )


def _exposed(cluster: Cluster, namespace: str | None, node_port_range: str | None) -> str:
    """How much is open: `54 ports of 41 services are open on every node: `; "" where nothing is."""
    from nodeportkit.auditing import node_port_map

    claims = node_port_map(cluster, node_port_range=node_port_range)
    counted = claims["kind"].ne("host port") & (claims["namespace"].eq(namespace) if namespace else True)
    open_ = claims[counted.fillna(False).to_numpy(dtype=bool)]
    ports, services = (len(open_.drop_duplicates(of)) for of in (["protocol", "node_port"], ["namespace", "service"]))
    if not ports:
        return ""
    of = f"{ports:,} port{'s' * (ports != 1)} of {services:,} service{'s' * (services != 1)}"
    return f"{of} {'is' if ports == 1 else 'are'} open on every node: "


def _must_be_there(cluster: Cluster, namespace: str) -> None:
    """Raise for a namespace that is nowhere in the cluster: a slip of the pen is not to pass for a clean one."""
    from nodeportkit.errors import NotFound, nearest

    known = set(cluster.namespaces["name"].dropna())
    known |= {name for frame in (cluster.services, cluster.pods) for name in frame["namespace"].dropna()}
    if namespace not in known:
        raise NotFound(f"There is no namespace {namespace!r} here", hint=nearest(namespace, known))


def _reports(cluster: Cluster, found: pd.DataFrame) -> dict[str, Callable[[], str]]:
    """The forms that tell more than the findings."""
    from nodeportkit.reports import html_report, json_report, sarif_report

    return {
        "html": lambda: html_report(cluster, found),
        "json": lambda: json_report(cluster, found),
        "sarif": lambda: sarif_report(cluster, found),
    }


def _text(found: pd.DataFrame, unseen: pd.DataFrame, said: str, notes: bool) -> str:
    parts = [terminal.strong(said)]
    shown = found if notes else found[found["severity"] != "note"]
    parts += ["\n".join(_lines(row)) for row in shown.to_dict("records")]
    if not notes and (found["severity"] == "note").any():
        counted = found[found["severity"] == "note"].groupby("check").size().rename("times").reset_index()
        parts.append(terminal.weak("Notes, in full with --notes:") + "\n" + terminal.table(counted))
    if len(unseen):
        commands = "\n".join(terminal.command(line) for line in dict.fromkeys(unseen["command"]))
        parts.append(
            terminal.weak(f"{len(unseen)} checks had nothing to look at. Add what these print:") + "\n" + commands
        )
    return "\n\n".join(parts)


def _lines(row: Mapping[Any, Any]) -> list[str]:
    head = _COLOURS[row["severity"]](f"{row['severity']}: {row['check']}")
    lines = [f"{head}  {terminal.cell(row['object'])}", terminal.paragraph(row["message"], "  ")]
    return [*lines, terminal.command(row["fix"], "    ")] if row["fix"] else lines
