"""ReachMatrix: who gets an answer at which node; choose a cell, and see why."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import ipywidgets

from nodeportkit.errors import NotFound, nearest
from nodeportkit.figures.canvas import LOCK
from nodeportkit.figures.reach import words
from nodeportkit.figures.reach.build import CLIENTS, WORDS, Answer, Row, build
from nodeportkit.figures.reach.grid import Grid
from nodeportkit.figures.rules import way
from nodeportkit.figures.vector import Drawing
from nodeportkit.traffic.tracing import Trace, trace
from nodeportkit.untrusted import seen
from nodeportkit.widgets.explorer import Button, Choice, Explorer, Shown
from nodeportkit.widgets.page import paragraph, sentence, shown
from nodeportkit.widgets.services import node_port_services

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["ReachMatrix"]

_MARKS: Final = {"FORWARD": "✔", "REJECT": "✖", "DROP": "✖"}
_LOOKS: Final = {"FORWARD": (), "REJECT": ("npk-cell-wrong",), "DROP": ("npk-cell-wrong",)}
_UNKNOWN: Final = ("npk-cell-unknown",)
_CHOSEN: Final = "npk-cell-chosen"


class ReachMatrix(Explorer):
    """Entry node by kind of client: who is answered, refused, or waits in vain. Choose a cell, and see the rules that decide.

    Each client dials the node's own address and the node port, as `plot_reach` has it; each cell is a button.

    Parameters
    ----------
    cluster
        The cluster; `cluster.proxy.cluster_cidrs` tells which addresses kube-proxy takes for pods.
    service
        `"name"` or `"namespace/name"`; without it, the first service that has a node port.

    Attributes
    ----------
    service
        The service; set it to show another.
    chosen
        The node and the kind of client whose packet is followed; set it to follow another.
    trace
        That packet's way, as `trace` gives it; None where the node's address was not shown.

    Raises
    ------
    NotFound
        If there is no such service.
    NodePortKitError
        If the service has no node port, or no nodes were shown.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     nodes={"name": ["node-1"], "internal_ips": [["192.168.1.2"]]},
    ...     services={
    ...         "namespace": ["shop"],
    ...         "name": ["web"],
    ...         "type": ["NodePort"],
    ...         "cluster_ips": [["10.96.7.20"]],
    ...         "selector": [{"app": "web"}],
    ...     },
    ...     ports={"namespace": ["shop"], "service": ["web"], "protocol": ["TCP"], "port": [80], "node_port": [30080]},
    ...     pods={"namespace": ["shop"], "name": ["db-0"], "labels": [{"app": "db"}]},
    ... )
    >>> matrix = ReachMatrix(cluster, "web")
    >>> matrix.chosen, matrix.trace.verdict
    (('node-1', 'client outside'), 'REJECT')
    """

    def __init__(self, cluster: Cluster, service: str | None = None) -> None:
        self._cluster = cluster
        offered = node_port_services(cluster) if service is None else _with(cluster, service)
        first = offered[0] if service is None else "/".join(cluster.key(service))
        self._services = Choice(options=offered, value=first, description="service", layout={"width": "auto"})
        columns = f"minmax(6rem, 11rem) repeat({len(CLIENTS)}, minmax(7rem, 1fr))"
        self._cells = ipywidgets.GridBox(layout={"grid_template_columns": columns, "grid_gap": "6px", "width": "100%"})
        super().__init__([self._services], [self._cells], words_first=True)
        self._services.observe(self._served, "value")
        with LOCK:
            self._lay_out()

    @property
    def service(self) -> str:
        """The service shown, as `"namespace/name"`."""
        return str(self._services.value)

    @service.setter
    def service(self, service: str) -> None:
        with LOCK:
            self._services.options = _with(self._cluster, service, self._services.options)
            self._services.value = "/".join(self._cluster.key(service))

    @property
    def chosen(self) -> tuple[str, str]:
        """The node and the kind of client that were chosen."""
        return self._row.node, CLIENTS[self._at[1]]

    @chosen.setter
    def chosen(self, chosen: tuple[str, str]) -> None:
        node, client = chosen
        with LOCK:
            rows = [row.node for row in self._scene.rows]
            if node not in rows or client not in CLIENTS:
                what, among = (client, CLIENTS) if node in rows else (node, tuple(rows))
                raise NotFound(f"There is no {what!r} in this matrix", hint=nearest(what, among))
            self._choose(rows.index(node), CLIENTS.index(client))

    @property
    def trace(self) -> Trace | None:
        """The way of the packet that was chosen."""
        row = self._row
        if not row.sources:
            return None
        number, protocol = int(self._scene.number), self._scene.protocol
        source = row.sources[self._at[1]]
        return trace(
            self._cluster, source=source, destination=row.address, port=number, protocol=protocol, node=row.node
        )

    def draw(self) -> tuple[Shown | None, str, str]:
        """Draw the way of the packet that was chosen."""
        row, client, found = self._row, CLIENTS[self._at[1]], self.trace
        who = f"{client[:1].upper()}{client[1:]}"
        said = f"{who} dials {row.address or row.node}:{self._scene.number}"
        summary = words(self._scene)
        if found is None:
            what = f"the address of {row.node}" if not row.address else "which pods are behind the service"
            return None, paragraph(f"{said}: {what} was not shown, so nobody can tell."), summary
        answer = self._answer
        wrong = "answer npk-wrong" if answer.verdict in ("REJECT", "DROP") else "answer"
        below = paragraph(f"{said}: {WORDS[answer.verdict]}.", wrong) + paragraph(sentence(found.steps[-1].reason))
        return Drawing(*way(found)), below, summary

    def still(self) -> Shown | None:
        """The matrix itself."""
        return Drawing(Grid(self._scene), words(self._scene))

    def __repr__(self) -> str:
        return f"ReachMatrix({self.service!r})"

    @property
    def _row(self) -> Row:
        return self._scene.rows[self._at[0]]

    @property
    def _answer(self) -> Answer:
        return self._row.answers[self._at[1]]

    def _served(self, _: Any) -> None:
        with LOCK:
            self._lay_out()

    def _lay_out(self) -> None:
        """The cells of a service, and the first chosen that is not answered. The caller holds the lock."""
        self._scene = build(self._cluster, self.service, None)
        self._buttons = [
            [self._button(i, j, row, answer) for j, answer in enumerate(row.answers)]
            for i, row in enumerate(self._scene.rows)
        ]
        heading = [_label("entry node", "muted"), *(_label(client, "muted") for client in CLIENTS)]
        rows = [
            [_label(row.name, "answer", row.detail), *cells]
            for row, cells in zip(self._scene.rows, self._buttons, strict=True)
        ]
        before, self._cells.children = self._cells.children, (*heading, *(cell for row in rows for cell in row))
        for widget in before:
            widget.close()
        wrong = [
            (i, j)
            for j in range(len(CLIENTS))
            for i, row in enumerate(self._scene.rows)
            if row.answers[j].verdict != "FORWARD"
        ]
        self._at = (0, 0)
        self._choose(*(wrong[0] if wrong else (0, 0)))

    def _button(self, i: int, j: int, row: Row, answer: Answer) -> Button:
        pods = f", {answer.endpoints:,} pod{'' if answer.endpoints == 1 else 's'}" if answer.endpoints else ""
        told = f"{WORDS[answer.verdict]}{pods}"
        button = Button(
            description=f"{_MARKS.get(answer.verdict, '?')} {told}",
            tooltip=seen(f"{CLIENTS[j]} at {row.name}: {told}"),
            layout={"width": "auto"},
        )
        for name in ("npk", "npk-cell", *_LOOKS.get(answer.verdict, _UNKNOWN)):
            button.add_class(name)
        button.on_click(partial(self._clicked, i, j))
        return button

    def _clicked(self, i: int, j: int, _: Any) -> None:
        with LOCK:
            if i < len(self._buttons):  # somebody may have chosen a service with fewer rows since
                self._choose(i, j)

    def _choose(self, i: int, j: int) -> None:
        """Choose a cell, and show its packet's way. The caller holds the lock."""
        before = self._at
        if before[0] < len(self._buttons):
            self._buttons[before[0]][before[1]].remove_class(_CHOSEN)
        self._at = i, j
        self._buttons[i][j].add_class(_CHOSEN)
        self.refresh()


def _with(cluster: Cluster, service: str, offered: Any = ()) -> list[str]:
    """The services offered, with this one among them."""
    key = "/".join(cluster.key(service))
    known = list(offered) or node_port_services(cluster)
    return known if key in known else [key, *known]


def _label(text: str, style: str, detail: str = "") -> ipywidgets.HTML:
    below = f'<div class="npk-muted">{shown(detail)}</div>' if detail else ""
    return ipywidgets.HTML(f'<div class="npk npk-label"><div class="npk-{style}">{shown(text)}</div>{below}</div>')
