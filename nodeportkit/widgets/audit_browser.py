"""AuditBrowser: what an audit found, finding by finding, each with the picture of what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import ipywidgets
import pandas as pd

from nodeportkit.auditing import all_checks, audit, not_looked_at
from nodeportkit.auditing.check import SEVERITIES
from nodeportkit.errors import NotFound, nearest
from nodeportkit.figures.canvas import LOCK
from nodeportkit.figures.chain import plot_chain
from nodeportkit.figures.exposure import plot_node_ports
from nodeportkit.figures.nodes import plot_nodes
from nodeportkit.figures.picture import Picture
from nodeportkit.widgets.explorer import Choice, Explorer
from nodeportkit.widgets.page import command, paragraph, table

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["AuditBrowser"]

_ALL: Final = ""
_SHOWN: Final = ("severity", "check", "object", "message")
_MOST_ROWS: Final = 50
_MOST_CHOICES: Final = 500  # a longer list is no help, and slow to send


class AuditBrowser(Explorer):
    """Filter what an audit found by severity, check and namespace; pick a finding, and see what it is about and its fix.

    Where no kernel runs, it shows a still of what was picked last, and the findings as text.

    Parameters
    ----------
    cluster
        The cluster.
    ignore, namespaces, node_port_range, ephemeral_ports
        As for `audit`.

    Attributes
    ----------
    findings
        What was found, as `audit` gives it.
    severity, check, namespace
        What is filtered by; "" for all. Set them to filter by something else.

    Raises
    ------
    NotFound
        If there is nothing found of what is filtered by.
    NodePortKitError
        As `audit` does.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "selector": [{"app": "web"}]},
    ...     ports={"namespace": ["shop"], "service": ["web"], "port": [80], "node_port": [30080], "protocol": ["TCP"]},
    ...     pods={"namespace": ["shop"], "name": ["web-0"], "ready": [True], "labels": [{"app": "shop"}]},
    ... )
    >>> browser = AuditBrowser(cluster)
    >>> browser
    AuditBrowser(3 findings)
    >>> browser.severity = "error"
    >>> browser
    AuditBrowser(1 of 3 findings)
    """

    def __init__(
        self,
        cluster: Cluster,
        *,
        ignore: Iterable[str] = (),
        namespaces: Iterable[str] | None = None,
        node_port_range: str | None = None,
        ephemeral_ports: str | None = None,
    ) -> None:
        self.findings = audit(
            cluster,
            ignore=ignore,
            namespaces=namespaces,
            node_port_range=node_port_range,
            ephemeral_ports=ephemeral_ports,
        )
        self._cluster, self._range, self._settling = cluster, node_port_range, False
        layout, style = ipywidgets.Layout(width="auto"), {"description_width": "6rem"}
        names = ("severity", "check", "namespace", "finding")
        self._severities, self._checks, self._namespaces, self._picks = (
            Choice(description=name, layout=layout, style=style) for name in names
        )
        # Long words: a line of its own. ipywidgets writes an empty grid_area over a grid_column.
        self._picks.layout = ipywidgets.Layout(width="auto", grid_area="auto / 1 / auto / -1")
        super().__init__([self._severities, self._checks, self._namespaces, self._picks])
        with LOCK:
            self._settle()
        for control in (self._severities, self._checks, self._namespaces, self._picks):
            control.observe(self._chosen, "value")

    @property
    def severity(self) -> str:
        """The severity filtered by; "" for all."""
        return str(self._severities.value or _ALL)

    @severity.setter
    def severity(self, value: str) -> None:
        self._set(self._severities, value)

    @property
    def check(self) -> str:
        """The check filtered by; "" for all."""
        return str(self._checks.value or _ALL)

    @check.setter
    def check(self, value: str) -> None:
        self._set(self._checks, value)

    @property
    def namespace(self) -> str:
        """The namespace filtered by; "" for all."""
        return str(self._namespaces.value or _ALL)

    @namespace.setter
    def namespace(self, value: str) -> None:
        self._set(self._namespaces, value)

    def draw(self) -> tuple[Picture | None, str, str]:
        """Draw what is picked."""
        found = self._filtered()
        if found.empty:
            told = "Nothing was found." if self.findings.empty else "Nothing of that was found."
            return None, paragraph(told, "answer") + self._unseen(), told
        row = {str(name): value for name, value in found.loc[[self._picks.value]].to_dict("records")[0].items()}
        below = (
            paragraph(
                f"{row['object']}: {row['message']}", "answer npk-wrong" if row["severity"] == "error" else "answer"
            )
            + paragraph(f"{row['severity']}, {row['certainty']}: {row['check']}, {row['field']}", "muted")
            + command(row["fix"])
            + paragraph(all_checks()[row["check"]].about, "muted")
            + self._table(found)
            + self._unseen()
        )
        lines = [
            f"{one['severity']}: {one['object']}: {one['message']}" for one in found.head(_MOST_ROWS).to_dict("records")
        ]
        return self._picture_of(row), below, "\n".join([f"{len(found):,} findings", *lines])

    def __repr__(self) -> str:
        shown, total = len(self._filtered()), len(self.findings)
        return f"AuditBrowser({shown if shown == total else f'{shown} of {total}'} findings)"

    def _picture_of(self, row: Mapping[str, str]) -> Picture | None:
        """The chain of the service that a finding is about; the range of node ports, or the nodes, where it is about these."""
        axes = None
        services = self._cluster.services
        here = services["namespace"].eq(row["namespace"]) & services["name"].eq(row["service"])
        if row["check"].startswith("node-port-") or row["object"] == "Cluster":
            axes = plot_node_ports(self._cluster, node_port_range=self._range)
        elif row["object"].startswith("Node ") or row["check"] in ("host-port", "host-network"):
            axes = plot_nodes(self._cluster)
        elif row["service"] and here.fillna(False).any():
            with suppress(NotFound):  # no name that Kubernetes takes, and so none to ask by
                axes = plot_chain(self._cluster, f"{row['namespace']}/{row['service']}")
        return axes if isinstance(axes, Picture) else None

    def _table(self, found: pd.DataFrame) -> str:
        columns = {name: [str(value) for value in found[name].head(_MOST_ROWS)] for name in _SHOWN}
        more = f": the first {_MOST_ROWS} of {len(found):,}" if len(found) > _MOST_ROWS else ""
        return table(columns, f"What was found{more}", prose=("message",))

    def _unseen(self) -> str:
        missing = not_looked_at(self._cluster)
        if missing.empty:
            return ""
        words = f"{len(missing)} checks had nothing to look at: not_looked_at(cluster) says what to read besides."
        return paragraph(words, "muted")

    def _filtered(self) -> pd.DataFrame:
        found = self.findings
        for column, value in (("severity", self.severity), ("check", self.check), ("namespace", self.namespace)):
            if value:
                found = found[found[column].eq(value).to_numpy(dtype=bool)]
        return found

    def _set(self, control: Choice, value: str) -> None:
        with LOCK:
            known = [option for _, option in control.options]
            if value not in known:
                raise NotFound(f"Nothing was found of {control.description} {value!r}", hint=nearest(value, known[1:]))
            control.value = value

    def _chosen(self, change: dict[str, Any]) -> None:
        with LOCK:
            if not self._settling:
                self._settle(keep_pick=change["owner"] is self._picks)

    def _settle(self, *, keep_pick: bool = False) -> None:
        """Let the controls offer what there is, and draw. The caller holds the lock."""
        self._settling = True
        try:
            found = self.findings
            counts = found["severity"].value_counts()
            severities = [name for name in SEVERITIES if name in counts.index]
            _offer(
                self._severities, [(f"all ({len(found):,})", _ALL), *((f"{s} ({counts[s]:,})", s) for s in severities)]
            )
            for control, column in ((self._checks, "check"), (self._namespaces, "namespace")):
                numbers = found.loc[found[column].ne("").to_numpy(dtype=bool), column].value_counts().sort_index()
                _offer(
                    control, [("all", _ALL), *((f"{name} ({count:,})", str(name)) for name, count in numbers.items())]
                )
            if not keep_pick:
                rows = self._filtered().head(_MOST_CHOICES)
                labels = [f"{row['object']}: {row['check']}" for row in rows.to_dict("records")]
                _offer(self._picks, list(zip(labels, rows.index.tolist(), strict=True)), first=True)
        finally:
            self._settling = False
        self.refresh()


def _offer(control: Choice, options: list[tuple[str, Any]], *, first: bool = False) -> None:
    """Let a dropdown offer these; what was chosen stays, if it is still there."""
    if list(control.options) == options:
        return
    before = control.value
    control.options = options
    values = [value for _, value in options]
    control.value = before if before in values and not first else values[0] if values else None
