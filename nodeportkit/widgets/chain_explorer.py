"""ChainExplorer: choose a service, and see its chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ipywidgets
import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.chains import select_port
from nodeportkit.errors import NotFound
from nodeportkit.figures.canvas import LOCK
from nodeportkit.figures.chain.build import build, paths
from nodeportkit.figures.chain.sheet import Sheet
from nodeportkit.figures.chain.words import words
from nodeportkit.figures.vector import Drawing
from nodeportkit.standings import standing
from nodeportkit.standings.wording import counted, listed
from nodeportkit.widgets.explorer import Choice, Explorer, Shown, Words
from nodeportkit.widgets.page import command, paragraph, table

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster
    from nodeportkit.standings import Standing

__all__ = ["ChainExplorer"]

_READ_SOME: Final = (
    "Paste what `kubectl get services,pods,nodes -A -o wide --show-labels` prints into nodeportkit.read(...)."
)
_MOST_ROWS: Final = 50
_MANY: Final = 25  # services from which on they can be searched
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

    Where there are many services, a field finds them by a part of their name or by a node port.

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
        self._find = Words(description="find", placeholder="part of a name, or a node port", style=style)
        self._find.layout.width = "auto"
        super().__init__([self._find, self._namespaces, self._services, self._ports])
        with LOCK:
            self._choose(self._key(service), port)
        for dropdown in (self._namespaces, self._services, self._ports):
            dropdown.observe(self._chosen, "value")
        self._find.observe(self._sought, "value")

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
            told = [*_nothing(self._cluster), _READ_SOME]
            return None, "".join(map(paragraph, told)), " ".join(told)
        verdict, reach = standing(self._cluster, service, port), paths(self._cluster, service, port)
        scene = build(self._cluster, service, port, verdict=verdict, reach=reach)
        picture = Drawing(Sheet(scene), words(scene))
        return picture, paragraph(self._finding(), "muted") + _answer(verdict) + _table(reach), picture.words

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

    @property
    def _offered(self) -> pd.DataFrame:
        """The services to choose from: those that are sought, or all if there are none such."""
        services = self._cluster.services
        sought = self._sought_now()
        return services[sought] if sought.any() else services

    def _sought_now(self) -> npt.NDArray[np.bool_]:
        """Which services have what is sought in their name, or as a node port."""
        services, text = self._cluster.services, self._find.value.strip()
        if not text:
            return np.ones(len(services), dtype=np.bool_)
        names = services["namespace"].fillna("") + "/" + services["name"].fillna("")
        found = names.str.contains(text, case=False, regex=False)
        if text.isdecimal():
            ports = self._cluster.ports
            mine = ports[ports["node_port"].astype("string").eq(text).fillna(False).to_numpy(dtype=bool)]
            found |= names.isin(mine["namespace"] + "/" + mine["service"])
        return found.to_numpy(dtype=np.bool_)

    def _finding(self) -> str:
        """How many services are what is sought; "" if nothing is."""
        if not (text := self._find.value.strip()):
            return ""
        count = int(self._sought_now().sum())
        if not count:
            return f"No service has “{text}” in its name, or as a node port: all are offered."
        return f"{count:,} of {len(self._cluster.services):,} services have “{text}” in their name, or as a node port."

    def _sought(self, _: dict[str, Any]) -> None:
        """Somebody seeks: the service stays if it is among those found."""
        with LOCK:
            if self._settling or self.service is None:
                return
            now, offered = (self._namespaces.value, self._services.value), self._offered
            found = offered[["namespace", "name"]].itertuples(index=False, name=None)
            keys = [(str(namespace), str(name)) for namespace, name in found]
            self._choose(now if now in keys else keys[0], self.port if now in keys else None)

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
            self.children[0].layout.display = None if len(self._cluster.services) else "none"
            self._find.layout.display = None if len(self._cluster.services) > _MANY else "none"
            if key is not None and key[1] not in self._names(key[0]):
                self._find.value = ""  # what was chosen counts, sought or not
            namespaces = sorted(self._offered["namespace"].dropna().unique())
            _set(self._namespaces, namespaces, None if key is None else key[0])
            _set(self._services, [] if key is None else self._names(key[0]), None if key is None else key[1])
            _set(self._ports, ports, None if key is None else value)
        finally:
            self._settling = False
        self.refresh()

    def _names(self, namespace: str | None) -> list[str]:
        services = self._offered
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


def _nothing(cluster: Cluster) -> list[str]:
    """What was read, where no service was."""
    told = ["There are no services here."]
    frames = {"node": cluster.nodes, "pod": cluster.pods, "workload": cluster.workloads}
    read = [counted(len(frame), name) for name, frame in frames.items() if len(frame)]
    if read:
        told.append(f"What was read: {listed(read)}.")
    if len(cluster.unread):
        line = cluster.unread.iloc[0]
        told.append(
            f"Not understood: {counted(len(cluster.unread), 'line')}; the first is line {line['line']}, “{line['text']}”."
        )
    said = [it.text for step in cluster.steps for it in step.outcomes if it.kind in ("error", "api-error", "empty")]
    if said:
        told.append(f"A command said: {said[-1]}")
    return told


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
    if not columns:
        return ""
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
