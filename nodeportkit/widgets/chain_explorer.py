"""ChainExplorer: choose a service, and see its chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ipywidgets
import pandas as pd

from nodeportkit.chains import select_port
from nodeportkit.errors import NotFound
from nodeportkit.figures.canvas import LOCK
from nodeportkit.figures.chain.build import build, paths
from nodeportkit.figures.chain.sheet import Sheet
from nodeportkit.figures.chain.words import words
from nodeportkit.figures.vector import Drawing
from nodeportkit.standings import standing
from nodeportkit.widgets.explorer import Choice, Explorer, Shown
from nodeportkit.widgets.page import command, paragraph, table

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster
    from nodeportkit.standings import Standing

__all__ = ["ChainExplorer"]

_EMPTY: Final = (
    "There are no services here. Read some: paste what `kubectl get services,pods,nodes -A -o wide` prints "
    "into nodeportkit.read(...)."
)
_MOST_ROWS: Final = 50
_COLUMNS: Final = {
    "node": "node",
    "node_ip": "node address",
    "node_port": "node port",
    "port": "port",
    "target_port": "target port",
    "pod": "pod",
    "pod_ip": "pod address",
    "pod_port": "pod port",
    "pod_node": "on node",
    "ready": "ready",
    "hop": "hop",
    "share": "share",
}
_NUMBERS: Final = ("node port", "port", "pod port", "share")


class ChainExplorer(Explorer):
    """Choose namespace, service and port; see the chain as a picture, as a sentence and as a table.

    Where no kernel runs, it shows a still of what was chosen last.

    Parameters
    ----------
    cluster
        The cluster.
    service
        `"name"` or `"namespace/name"`; without it, the first service that has a node port.
    port
        A port's name, number or node port; without it, all ports.

    Attributes
    ----------
    cluster, service, port
        The same; set them to show something else.

    Raises
    ------
    NotFound
        If there is no such service or port.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     services={"namespace": ["shop"] * 2, "name": ["web", "api"], "type": ["NodePort"] * 2},
    ...     ports={"namespace": ["shop"] * 2, "service": ["web", "api"], "port": [80, 81], "node_port": [30080, 30081]},
    ... )
    >>> explorer = ChainExplorer(cluster)
    >>> explorer
    ChainExplorer('shop/web')
    >>> explorer.service = "api"
    >>> explorer.service
    'shop/api'
    """

    def __init__(self, cluster: Cluster, service: str | None = None, port: int | str | None = None) -> None:
        self._cluster = cluster
        self._settling = False
        layout = ipywidgets.Layout(width="auto")
        style = {"description_width": "6rem"}
        self._namespaces, self._services, self._ports = (
            Choice(description=name, layout=layout, style=style) for name in ("namespace", "service", "port")
        )
        super().__init__([self._namespaces, self._services, self._ports])
        with LOCK:
            self._choose(self._key(service), port)
        for dropdown in (self._namespaces, self._services, self._ports):
            dropdown.observe(self._chosen, "value")

    @property
    def cluster(self) -> Cluster:
        """The cluster; set another one, and the service stays if it is there too."""
        return self._cluster

    @cluster.setter
    def cluster(self, cluster: Cluster) -> None:
        with LOCK:
            shown, port = self.service, self.port
            self._cluster = cluster
            try:
                self._choose(self._key(shown), port)
            except NotFound:
                self._choose(self._key(None), None)

    @property
    def service(self) -> str | None:
        """The service shown, as `"namespace/name"`; None in a cluster without services."""
        with LOCK:
            return None if self._services.value is None else f"{self._namespaces.value}/{self._services.value}"

    @service.setter
    def service(self, service: str) -> None:
        with LOCK:
            self._choose(self._key(service), None)

    @property
    def port(self) -> str | None:
        """The port shown, its name or number as text; None for all."""
        with LOCK:
            return self._ports.value or None

    @port.setter
    def port(self, port: int | str | None) -> None:
        with LOCK:
            self._choose(self._key(self.service), port)

    def draw(self) -> tuple[Shown | None, str, str]:
        """Draw what is chosen."""
        service, port = self.service, self.port
        if service is None:
            return None, paragraph(_EMPTY), _EMPTY
        scene = build(self._cluster, service, port)
        picture = Drawing(Sheet(scene), words(scene))
        verdict = standing(self._cluster, service, port)
        return picture, _answer(verdict) + _table(paths(self._cluster, service, port)), picture.words

    def __repr__(self) -> str:
        return f"ChainExplorer({self.service!r}{'' if self.port is None else f', {self.port!r}'})"

    def _key(self, service: str | None) -> tuple[str, str] | None:
        """Namespace and name of a service; without a name, of the first that has a node port."""
        if service is not None:
            return self._cluster.key(service)
        services = self._cluster.services
        if services.empty:
            return None
        exposed = services["type"].isin(["NodePort", "LoadBalancer"]).fillna(False).to_numpy(dtype=bool)
        first = (services[exposed] if exposed.any() else services).iloc[0]
        return str(first["namespace"]), str(first["name"])

    def _chosen(self, change: dict[str, Any]) -> None:
        """Somebody chose in a dropdown; others may have done so since, so what they say now counts."""
        with LOCK:
            if self._settling:
                return
            namespace, name = self._namespaces.value, self._services.value
            if change["owner"] is self._namespaces or name not in self._names(namespace):
                name = next(iter(self._names(namespace)), None)
            port = self._ports.value if change["owner"] is self._ports else None
            self._choose(None if name is None else (namespace, name), port)

    def _choose(self, key: tuple[str, str] | None, port: int | str | None) -> None:
        """Let the dropdowns say this, and draw it. The caller holds the lock."""
        ports = [] if key is None else self._labelled_ports(key)
        value = self._port_value(key, port) if key is not None and port not in (None, "") else ""
        self._settling = True
        try:
            namespaces = sorted(self._cluster.services["namespace"].dropna().unique())
            _set(self._namespaces, namespaces, None if key is None else key[0])
            _set(self._services, [] if key is None else self._names(key[0]), None if key is None else key[1])
            _set(self._ports, ports, None if key is None else value)
        finally:
            self._settling = False
        self.refresh()

    def _names(self, namespace: str | None) -> list[str]:
        services = self._cluster.services
        mine = services["namespace"].eq(namespace or "").fillna(False).to_numpy(dtype=bool)
        return [str(name) for name in services.loc[mine, "name"].dropna()]

    def _rows_of_ports(self, key: tuple[str, str]) -> pd.DataFrame:
        ports = self._cluster.ports
        mine = ports["namespace"].eq(key[0]) & ports["service"].eq(key[1])
        return ports[mine.fillna(False).to_numpy(dtype=bool)]

    def _labelled_ports(self, key: tuple[str, str]) -> list[tuple[str, str]]:
        """The ports as kubectl prints them, each with its value; before several, one for all of them."""
        rows: Any = self._rows_of_ports(key).itertuples()
        labelled = [(_label(row), _value(row)) for row in rows]
        if not labelled:
            return [("none shown", "")]
        if len(labelled) == 1:
            return [(label, "") for label, _ in labelled]
        return [("all ports", ""), *labelled]

    def _port_value(self, key: tuple[str, str], port: int | str | None) -> str:
        rows = self._rows_of_ports(key)
        found: Any = next(select_port(rows, port, "/".join(key)).itertuples())
        return _value(found) if len(rows) > 1 else ""


def _set(dropdown: Choice, options: list[Any], value: Any) -> None:
    """Let a dropdown offer these, and say this; what does not change is not sent."""
    if list(dropdown.options) != options:
        dropdown.options = options
    if dropdown.value != value:
        dropdown.value = value


def _value(port: Any) -> str:
    return port.port_name if isinstance(port.port_name, str) and port.port_name else str(port.port)


def _label(port: Any) -> str:
    name = f"{port.port_name}  " if isinstance(port.port_name, str) and port.port_name else ""
    number = "?" if pd.isna(port.port) else port.port
    node_port = "" if pd.isna(port.node_port) else f":{port.node_port}"
    return f"{name}{number}{node_port}/{'TCP' if pd.isna(port.protocol) else port.protocol}"


def _answer(verdict: Standing) -> str:
    """How the chain stands, in words; its commands can be copied here."""
    wrong = "answer npk-wrong" if verdict.whole is False else "answer"
    changed = f"This is as it was before: {verdict.changed_since}" if verdict.changed_since else ""
    return (
        paragraph(f"{verdict.title}.", wrong)
        + paragraph(verdict.symptom, "muted")
        + paragraph(changed, "muted")
        + paragraph(" ".join(part for part in (verdict.reason, verdict.explanation) if part))
        + command(verdict.fix or verdict.verify)
    )


def _table(chain: pd.DataFrame) -> str:
    """The chain as a table: columns without any value are left out, rows beyond 50 counted."""
    if chain.empty:
        return ""
    shown = chain.iloc[:_MOST_ROWS]
    columns = {
        heading: [_cell(name, value) for value in shown[name]]
        for name, heading in _COLUMNS.items()
        if chain[name].notna().any()
    }
    caption = "The chain, a row a path"
    if len(chain) > len(shown):
        caption += f": the first {len(shown)} of {len(chain):,}"
    return table(columns, caption, numbers=_NUMBERS)


def _cell(column: str, value: Any) -> str:
    if pd.isna(value):
        return "–"
    if column == "share":
        return f"{value * 100:.0f} %" if value in (0, 1) else f"{value * 100:.1f} %"
    if column == "ready":
        return "yes" if value else "no"
    return str(value)
