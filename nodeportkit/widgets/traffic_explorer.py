"""TrafficExplorer: change pods, policy and clients; see prediction, chance and verdict change together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import ipywidgets

from nodeportkit.figures.canvas import LOCK
from nodeportkit.figures.flow.build import build as build_flow
from nodeportkit.figures.flow.sheet import Sheet as FlowSheet
from nodeportkit.figures.flow.words import words as flow_words
from nodeportkit.figures.shares import words as share_words
from nodeportkit.figures.shares.build import build as build_shares
from nodeportkit.figures.shares.rows import Sheet as SharesSheet
from nodeportkit.figures.vector import Drawing
from nodeportkit.traffic.sharing import shares
from nodeportkit.traffic.simulation import simulate
from nodeportkit.widgets.explorer import Button, Choice, Count, Explorer, Scale, Shown, Slider, Toggle, grid
from nodeportkit.widgets.page import shown
from nodeportkit.widgets.scenario import Scenario, evenly, example
from nodeportkit.widgets.services import node_port_services
from nodeportkit.widgets.traffic_words import Run, told

if TYPE_CHECKING:
    import pandas as pd

    from nodeportkit.cluster import Cluster
    from nodeportkit.traffic.comparison import Comparison

__all__ = ["TrafficExplorer"]

_MOST_FIELDS: Final = 8  # nodes that have fields of their own
_MOST_PODS: Final = 30
_MOST_PATHS: Final = 20_000  # from nodes to pods, up to which each is looked at
_CONNECTIONS: Final = (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 100_000, 1_000_000)
_REQUESTS: Final = (1, 2, 5, 10, 100, 1_000)
_CLIENTS: Final = (1, 2, 3, 5, 10, 30, 100, 300, 1_000)
_AS_GIVEN, _EVENLY, _PACKED, _BY_HAND = "as it is", "spread evenly", "all on one node", "by hand"
_ALIKE, _WEIGHTS = "at every node alike", "by weights"
_AUTO: Final = {"width": "auto"}
_WIDE: Final = "19rem"
_STYLE: Final = {"description_width": "7.5rem"}
_FLOW, _SHARES = "flow", "shares"


class TrafficExplorer(Explorer):
    """Change connections, pods, nodes and policies; see what is predicted, what chance makes of it, and the verdict.

    The cluster stays as it is: what is changed is changed in a copy of one service.

    Parameters
    ----------
    cluster
        The cluster; without it, an example of three nodes and six pods.
    service
        `"name"` or `"namespace/name"`; without it, the first service that has a node port.

    Attributes
    ----------
    predicted, counts, verdict
        What is shown: what `shares`, `simulate` and `compare` found; by pod, not by path, where there are very many paths
        from nodes to pods.
    seed
        The seed of chance; the button takes the next.

    Raises
    ------
    NotFound
        If there is no such service.
    NodePortKitError
        If the cluster has no service with a node port, or no nodes were shown.

    Examples
    --------
    >>> explorer = TrafficExplorer()
    >>> explorer
    TrafficExplorer('shop/web')
    >>> explorer["policy"] = "Local"
    >>> float(explorer.predicted.groupby("pod")["share"].sum().max().round(2))
    0.33
    """

    def __init__(self, cluster: Cluster | None = None, service: str | None = None) -> None:
        cluster = example() if cluster is None else cluster
        self._scenario = Scenario(cluster, service or node_port_services(cluster)[0])
        self._settling = False
        self._seed = 2  # an ordinary run
        self._cached: tuple[Any, Cluster] | None = None
        self._controls = self._made()
        self._pods, self._weights = self._fields()
        again = Button(
            description="throw the dice again", icon="random", tooltip="Another seed of chance", layout=_AUTO
        )
        again.on_click(self._again)
        by_node = [ipywidgets.HBox(pair) for pair in zip(self._pods, self._weights, strict=True)]
        more = [grid(by_node, _WIDE)] if by_node else []
        super().__init__([*self._controls.values(), again], more, words_first=True, least=_WIDE)
        for control in (*self._controls.values(), *self._pods, *self._weights):
            control.observe(self._chosen, "value")
        with LOCK:
            self._settle("placement")
            self.refresh()

    def _made(self) -> dict[str, Any]:
        """The controls, each with what is chosen first."""
        case = self._scenario
        row = case.row.iloc[0]
        most = max(_MOST_PODS, sum(case.given))
        policy = row["external_traffic_policy"] if isinstance(row["external_traffic_policy"], str) else "Cluster"
        affinity = row["session_affinity"] if isinstance(row["session_affinity"], str) else "None"
        dials = [_ALIKE, *(f"only at {node}" for node in case.nodes[:50])]
        return {
            "connections": _scale("connections", _CONNECTIONS, 3_000),
            "requests": _scale("requests on each", _REQUESTS, 1),
            "policy": _toggle("traffic policy", ["Cluster", "Local"], policy),
            "affinity": _toggle("session affinity", ["None", "ClientIP"], affinity),
            "clients": _scale("clients", _CLIENTS, 30),
            "replicas": _slider("pods", most, sum(case.given)),
            "placement": _choice("placement", [_AS_GIVEN, _EVENLY, _PACKED], _AS_GIVEN),
            "failing": _slider("pods failing", max(sum(case.given), 1), case.failing),
            "entry": _choice("they enter", dials, _ALIKE),
            "picture": _toggle("picture", [_FLOW, _SHARES], _FLOW),
        }

    def _fields(self) -> tuple[list[Count], list[Count]]:
        """Of few nodes, two fields each: pods, and the weight of what enters."""
        nodes = self._scenario.nodes if len(self._scenario.nodes) <= _MOST_FIELDS else []
        pods = [
            _count(f"{shown(node)}: pods", number) for node, number in zip(nodes, self._scenario.given, strict=False)
        ]
        weights = [_count("weight", 1, f"weight of what enters at {node}") for node in nodes]
        return pods, weights

    def __getitem__(self, control: str) -> Any:
        """What a control says: connections, requests, policy, affinity, clients, replicas, placement, failing, entry, picture."""
        return self._controls[control].value

    def __setitem__(self, control: str, value: Any) -> None:
        """Let a control say this."""
        self._controls[control].value = value

    @property
    def service(self) -> str:
        """The service, as `"namespace/name"`."""
        return self._scenario.service

    @property
    def seed(self) -> int:
        """The seed of chance: the same seed gives the same run."""
        return self._seed

    @seed.setter
    def seed(self, seed: int) -> None:
        with LOCK:
            self._seed = seed
            self.refresh()

    @property
    def cluster(self) -> Cluster:
        """The service with its nodes and pods, as the controls have it: for `trace`, `plot_nodes` and the like."""
        with LOCK:
            asked = (tuple(self._placed().items()), self["failing"], self["policy"], self["affinity"])
            if self._cached is None or self._cached[0] != asked:
                self._cached = asked, self._scenario.cluster(dict(asked[0]), *asked[1:])
            return self._cached[1]

    @property
    def predicted(self) -> pd.DataFrame:
        """What `shares` predicts."""
        with LOCK:
            return self._run().predicted

    @property
    def counts(self) -> pd.DataFrame:
        """What `simulate` found with this seed."""
        with LOCK:
            return self._run().counts

    @property
    def verdict(self) -> Comparison | None:
        """What `compare` says; None where no connection reaches a pod."""
        with LOCK:
            return self._run().verdict()

    def draw(self) -> tuple[Shown | None, str, str]:
        """Draw what is chosen."""
        run = self._run()
        verdict = run.verdict()
        lines = list(told(run, verdict))
        drawing: Drawing
        if self["picture"] == _FLOW and run.by_path:
            flow = build_flow(self.cluster, self.service, None, run.counts, self._entry(), run.predicted, verdict)
            drawing = Drawing(FlowSheet(flow), flow_words(flow))
        else:
            scene = build_shares(run.predicted, run.counts, verdict)
            drawing = Drawing(SharesSheet(scene), share_words(scene))
        below = "".join(f"<p><strong>{what}:</strong> {shown(said)}</p>" for what, said in lines)
        summary = "\n".join([f"{what}: {said}" for what, said in lines])
        return drawing, below, f"{summary}\n{drawing.words}"

    def __repr__(self) -> str:
        return f"TrafficExplorer({self.service!r})"

    def _run(self) -> Run:
        cluster, entry = self.cluster, self._entry()
        clients = self["clients"] if self["affinity"] == "ClientIP" else None
        number, requests = self["connections"], self["requests"]
        entries = len(self._scenario.nodes) if entry is None or isinstance(entry, dict) else 1
        by: Literal["path", "pod"] = "path" if entries * len(cluster.endpoints) <= _MOST_PATHS else "pod"
        counts = simulate(
            cluster, self.service, number, seed=self._seed, entry=entry, clients=clients,
            requests_per_connection=requests, by=by,
        )  # fmt: skip
        predicted = shares(cluster, self.service, entry=entry, by=by)
        return Run(predicted, counts, number, self._seed, requests, clients, entries)

    def _placed(self) -> dict[str, int]:
        """How many pods stand on each node."""
        case = self._scenario
        if self._pods:
            return {node: field.value for node, field in zip(case.nodes, self._pods, strict=True)}
        number = self["replicas"]
        if self["placement"] == _AS_GIVEN:
            return dict(zip(case.nodes, case.given, strict=True))
        if self["placement"] == _PACKED:
            return dict.fromkeys(case.nodes, 0) | {case.nodes[0]: number}
        return dict(zip(case.nodes, evenly(number, len(case.nodes)), strict=True))

    def _entry(self) -> Any:
        """Where connections enter, as `shares` wants it."""
        chosen = self["entry"]
        if chosen == _ALIKE:
            return None
        if chosen == _WEIGHTS:
            return {node: field.value for node, field in zip(self._scenario.nodes, self._weights, strict=True)}
        return chosen.removeprefix("only at ")

    def _again(self, _: Any) -> None:
        with LOCK:
            self._seed += 1
            self.refresh()

    def _chosen(self, change: dict[str, Any]) -> None:
        """Somebody chose; what depends on it follows."""
        with LOCK:
            if self._settling:
                return
            owner = change["owner"]
            which = next((name for name, control in self._controls.items() if control is owner), "")
            self._settle(which or ("pods" if owner in self._pods else "weights"))
            self.refresh()

    def _settle(self, changed: str) -> None:
        """Let all controls say the same after one was changed. The caller holds the lock."""
        self._settling = True
        try:
            if changed == "pods":
                self._offer("placement", _BY_HAND)
                self._controls["replicas"].max = max(self._controls["replicas"].max, sum(f.value for f in self._pods))
                self["replicas"] = sum(field.value for field in self._pods)
            elif changed in ("replicas", "placement"):
                self._place(changed)
            elif changed == "weights":
                self._offer("entry", _WEIGHTS)
            elif changed == "entry" and self["entry"] != _WEIGHTS:
                only = self["entry"].removeprefix("only at ")
                for node, field in zip(self._scenario.nodes, self._weights, strict=False):
                    field.value = int(self["entry"] == _ALIKE or node == only)
            pods = sum(self._placed().values())
            self._controls["failing"].max = max(pods, 1)
            if self["failing"] > pods:
                self["failing"] = pods
            self._controls["clients"].disabled = self["affinity"] != "ClientIP"
        finally:
            self._settling = False

    def _place(self, changed: str) -> None:
        """The number of pods or their placement was chosen: spread them over the nodes."""
        given = self._scenario.given
        if changed == "replicas" and self["placement"] in (_AS_GIVEN, _BY_HAND):
            self["placement"] = _EVENLY
        if self["placement"] == _AS_GIVEN:
            self["replicas"], placed = sum(given), given
        elif self["placement"] == _BY_HAND:
            return
        elif self["placement"] == _PACKED:
            placed = [self["replicas"], *[0] * (len(given) - 1)]
        else:
            placed = evenly(self["replicas"], len(given))
        for field, number in zip(self._pods, placed, strict=False):
            field.value = number

    def _offer(self, control: str, option: str) -> None:
        """Choose an option that is offered once it is true."""
        dropdown = self._controls[control]
        if option not in dropdown.options:
            dropdown.options = [*dropdown.options, option]
        dropdown.value = option


def _scale(description: str, options: tuple[int, ...], value: int) -> Scale:
    labelled = [(f"{option:,}", option) for option in options]
    return Scale(options=labelled, value=value, description=description, style=_STYLE, layout=_AUTO)


def _choice(description: str, options: list[str], value: str) -> Choice:
    return Choice(options=options, value=value, description=description, style=_STYLE, layout=_AUTO)


def _toggle(description: str, options: list[str], value: str) -> Toggle:
    style = _STYLE | {"button_width": "auto"}
    return Toggle(options=options, value=value, description=description, style=style, layout=_AUTO)


def _slider(description: str, most: int, value: int) -> Slider:
    return Slider(value, 0, most, description=description, style=_STYLE, layout=_AUTO)


def _count(description: str, value: int, tooltip: str = "") -> Count:
    style = {"description_width": "7.5rem" if not tooltip else "3.5rem"}
    layout = {"width": "11.5rem" if not tooltip else "7.5rem"}
    return Count(value, min=0, max=100, description=description, tooltip=tooltip or None, style=style, layout=layout)
