"""An audit as one page of HTML: no script, nothing that is loaded from elsewhere, light or dark, made to be printed too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from nodeportkit.auditing import all_checks, audit, node_port_map, not_looked_at, production_numbers
from nodeportkit.auditing.check import SEVERITIES
from nodeportkit.errors import NotFound
from nodeportkit.figures.chain import plot_chain
from nodeportkit.figures.exposure import plot_node_ports
from nodeportkit.figures.picture import Picture
from nodeportkit.reports.markup import STYLE, cell, code, counts, shown, table
from nodeportkit.standings.wording import counted

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["html_report"]

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_MOST_PICTURES: Final = 6
_MOST_ROWS: Final = 200
_PLURALS: Final = {"error": "errors", "warning": "warnings", "note": "notes"}


def html_report(
    cluster: Cluster,
    findings: pd.DataFrame | None = None,
    *,
    title: str = "What this cluster exposes",
    when: str = "",
    node_port_range: str | None = None,
    pictures: bool = True,
) -> str:
    """An audit as one self-contained page: findings with their fixes, the six numbers, the map of node ports, pictures.

    Parameters
    ----------
    cluster
        The cluster.
    findings
        What `audit` found, if it was asked with settings; without it, `audit(cluster)`.
    title
        The heading of the page.
    when
        When the cluster was looked at, in words.
    node_port_range
        The API server's range of node ports; without it, that of `cluster.proxy`.
    pictures
        Whether to draw the range of node ports, and the chains of the first services of which something is wrong.

    Returns
    -------
    str
        The page. It holds no script and loads nothing; all names, labels and messages are escaped.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"]})
    >>> page = html_report(cluster, title="<shop>")
    >>> "<h1>&lt;shop&gt;</h1>" in page, "<script" in page
    (True, False)
    """
    found = audit(cluster, node_port_range=node_port_range) if findings is None else findings
    parts = [
        f"<h1>{shown(title)}</h1>",
        f'<p class="muted">{shown(_about(cluster, when))}</p>',
        _counts(cluster, found),
        _findings(found),
        _pictures(cluster, found) if pictures else "",
        "<h2>Node ports in production, in six numbers</h2>",
        _numbers(cluster, node_port_range),
        "<h2>The map of node ports</h2>",
        _figure(plot_node_ports(cluster, node_port_range=node_port_range)) if pictures else "",
        _map(cluster, node_port_range),
        _not_looked_at(cluster),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{shown(title)}</title><style>{STYLE}</style></head><body>\n"
        + "\n".join(filter(None, parts))
        + "\n</body></html>\n"
    )


def _about(cluster: Cluster, when: str) -> str:
    sizes = [
        counted(len(frame), noun)
        for frame, noun in ((cluster.nodes, "node"), (cluster.services, "service"), (cluster.pods, "pod"))
    ]
    return f"{', '.join(sizes)}{f', {when}' if when else ''}"


def _counts(cluster: Cluster, found: pd.DataFrame) -> str:
    told = {}
    for severity in SEVERITIES:
        count = int((found["severity"] == severity).sum())
        told[severity if count == 1 else _PLURALS[severity]] = (f"{count:,}", severity if count else "")
    claims = node_port_map(cluster)
    open_ = claims[claims["kind"].ne("host port").to_numpy(dtype=bool)]
    told["ports open on every node"] = (f"{len(open_.drop_duplicates(['protocol', 'node_port'])):,}", "")
    return counts(told)


def _findings(found: pd.DataFrame) -> str:
    if found.empty:
        return "<h2>Findings</h2><p>Nothing was found.</p>"
    parts = ["<h2>Findings</h2>"]
    for (_, name), rows in found.groupby(["severity", "check"], sort=False):
        check, severity = all_checks()[str(name)], str(rows["severity"].iloc[0])
        more = f" <small>({len(rows):,} × {shown(name)}, {shown(rows['certainty'].iloc[0])})</small>"
        parts.append(
            f'<details{" open" if severity != "note" else ""}><summary><span class="mark {severity}">{severity}</span>'
            f'{shown(check.title)}{more}</summary><p class="muted">{shown(check.about)}</p>{_rows(rows)}</details>'
        )
    return "\n".join(parts)


def _rows(rows: pd.DataFrame) -> str:
    """The findings of one check; of very many the first."""
    cells = [
        [
            f'<td class="object">{shown(row["object"])}<span>{shown(row["field"])}</span></td>',
            f"<td>{shown(row['message'])}{'<br>' if row['fix'] else ''}{code(row['fix'])}</td>",
        ]
        for row in rows.head(_MOST_ROWS).to_dict("records")
    ]
    caption = f"the first {_MOST_ROWS} of {len(rows):,}" if len(rows) > _MOST_ROWS else ""
    return table(["object", "what is so, and what mends it"], cells, caption)


def _pictures(cluster: Cluster, found: pd.DataFrame) -> str:
    """The chains of exposed services of which something is wrong, as far as facts and hints tell."""
    wrong = found[found["severity"].ne("note") & found["certainty"].ne("advice") & found["service"].ne("")]
    claims = node_port_map(cluster)
    exposed = set(zip(claims["namespace"], claims["service"], strict=True))
    named = dict.fromkeys(zip(wrong["namespace"], wrong["service"], strict=True))
    names = [name for name in named if name in exposed]
    drawn: list[str] = []
    for namespace, name in names[:_MOST_PICTURES]:
        try:
            picture = _figure(plot_chain(cluster, f"{namespace}/{name}"))
        except NotFound:
            continue  # no name that Kubernetes takes, and so none to ask by
        drawn.append(f"<h3>{shown(namespace)}/{shown(name)}</h3>{picture}")
    if not drawn:
        return ""
    told = f"Of {len(names):,} services that clients outside reach, the first {len(drawn)}."
    rest = f'<p class="muted">{told}</p>' if len(names) > len(drawn) else ""
    return "<h2>Where it breaks</h2>" + rest + "\n".join(drawn)


def _figure(axes: Any) -> str:
    assert isinstance(axes, Picture)  # as it was drawn on a sheet of its own
    return f"<figure>{axes.svg(themed=True)}</figure>"


def _numbers(cluster: Cluster, node_port_range: str | None) -> str:
    rows = [
        [
            cell(row["reason"]),
            cell(_value(row["value"], row["unit"]), "number"),
            cell(row["measure"]),
            cell(row["meaning"]),
        ]
        for row in production_numbers(cluster, node_port_range=node_port_range).to_dict("records")
    ]
    return table(["reason", "here", "what is counted", "what that means"], rows, "", numbers=("here",))


def _value(value: Any, unit: str) -> str:
    if pd.isna(value):
        return "?"
    if unit == "share":
        return f"{value * 100:.1f} %"
    return f"{value:.1f} ×" if unit == "times" else f"{value:,.0f}"


def _map(cluster: Cluster, node_port_range: str | None) -> str:
    claims = node_port_map(cluster, node_port_range=node_port_range)
    rows = [
        [
            cell(row["node_port"], "number"),
            *(cell("" if pd.isna(row[name]) else row[name]) for name in ("protocol", "band", "kind")),
            cell(f"{row['namespace']}/{row['service']}"),
            cell("claimed twice" if row["clash"] else ""),
        ]
        for row in claims.head(_MOST_ROWS).to_dict("records")
    ]
    caption = f"The first {_MOST_ROWS} of {len(claims):,} claims" if len(claims) > _MOST_ROWS else "Every claim"
    headings = ["node port", "protocol", "band", "kind", "held by", ""]
    return f"<details><summary>{len(claims):,} claims</summary>{table(headings, rows, caption, numbers=('node port',))}</details>"


def _not_looked_at(cluster: Cluster) -> str:
    missing = not_looked_at(cluster)
    if missing.empty:
        return ""
    rows = [
        [cell(row["check"]), cell(row["title"]), f"<td>{code(row['command'])}</td>"]
        for row in missing.to_dict("records")
    ]
    return "<h2>What was not looked at</h2><p>What these checks need was not shown. Read this beside:</p>" + table(
        ["check", "what it finds", "command"], rows, ""
    )
