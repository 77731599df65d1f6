"""PlaygroundPanel: a playground as it is at this moment, and controls to change it."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import ipywidgets

from nodeportkit.errors import NodePortKitError
from nodeportkit.figures.canvas import LOCK
from nodeportkit.playground.faults.planting import FAULTS
from nodeportkit.playground.panel.acts import CLIENTS, SURPRISE, Acts, Door
from nodeportkit.playground.panel.following import Following, Look
from nodeportkit.playground.panel.news import changed, landed
from nodeportkit.playground.panel.picture import picture
from nodeportkit.playground.panel.tally import Landed, Tally
from nodeportkit.untrusted import seen
from nodeportkit.widgets.explorer import Button, Choice, Count, Explorer, Shown
from nodeportkit.widgets.page import paragraph, shown, table

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster
    from nodeportkit.playground.faults.planting import Planted
    from nodeportkit.playground.playground import Playground

__all__ = ["PlaygroundPanel"]

_EVERY: Final = "every node in turn"
_ENDED: Final = "The playground has ended; this is how it was last."
_SUCCEEDED: Final = "A later panel shows this playground now; this is how it was then."
_BEGIN: Final = "This is the playground as it is now. Whatever changes, by these controls or by kubectl, is seen here."
_STYLE: Final = {"description_width": "6rem"}
_ROW: Final = {"flex_flow": "row wrap", "align_items": "center"}
# The panel that follows each playground: a notebook keeps what its cells gave, so those of earlier runs never go by themselves.
_PANELS: Final[weakref.WeakKeyDictionary[Playground, weakref.ref[PlaygroundPanel]]] = weakref.WeakKeyDictionary()


class PlaygroundPanel(Explorer):
    """A playground live: its nodes as boxes with their pods, controls to change it, and requests as they land.

    What kubectl and curl do in a terminal is seen as well as what is done here. Only requests that are refused, or get no
    answer, are seen by nobody but the one who sent them: they are counted where the panel itself has dialled.

    Parameters
    ----------
    playground
        The playground. The panel follows it until one of them is closed, or another panel is made for it.

    Attributes
    ----------
    cluster
        The cluster as it was seen last.
    said
        What it did last, in a sentence, or why it cannot.
    news
        What was seen to happen since, in sentences; "" for nothing.
    planted
        The fault that was planted last from here; None if none was.

    Raises
    ------
    NodePortKitError
        If the playground gives no answer.

    Examples
    --------
    ::

        playground = npk.Playground().use()
        npk.PlaygroundPanel(playground)
    """

    _open = False  # ipywidgets closes also what could not be made

    def __init__(self, playground: Playground) -> None:
        self._tally = Tally()
        self._follower = Following(playground, self._see)
        self._acts = Acts(playground, self._count, lambda: self._open)
        self._hands = ThreadPoolExecutor(1, thread_name_prefix="playground-panel-hands")
        self._look = self._follower.first
        self._open = True
        self._settling = False
        self.said, self._wrong, self.news = _BEGIN, False, ""
        self._controls: dict[str, Any] = {
            "service": _choice("service"),
            "through": _choice("through"),
            "requests": Count(20, min=1, max=500, description="requests", style=_STYLE, layout={"width": "10.5rem"}),
            "deployment": _choice("deployment"),
            "node": _choice("node"),
            "fault": _choice("fault", [SURPRISE, *sorted(FAULTS)]),
        }
        self._replicas = ipywidgets.HTML(layout={"margin": "0 .5rem"})
        self._switch = self._button("stop node", "power-off", "Switch the node off, or on again", self._switch_node)
        groups = [
            self._group("service", "through", "requests", self._button("send", "paper-plane", "Dial it", self._send)),
            self._group(
                "deployment",
                self._button("fewer", "minus", "One pod fewer", partial(self._scale, -1)),
                self._button("more", "plus", "One pod more", partial(self._scale, 1)),
                self._replicas,
            ),
            self._group("node", self._switch),
            self._group(
                "fault",
                self._button("plant", "bug", "Break the service", self._plant),
                self._button("heal", "medkit", "Take the fault back, and say what it was", self._heal),
                self._button("reset", "trash", "Delete everything that was added", self._reset),
            ),
        ]
        self._sentence = ipywidgets.HTML()
        super().__init__(groups, [self._sentence], least="100%")
        with LOCK:
            before, _PANELS[playground] = _PANELS.get(playground), weakref.ref(self)
            self._settle()
        if before is not None and (panel := before()) is not None:
            panel._give_way()
        for name in ("service", "deployment", "node"):
            self._controls[name].observe(self._chosen, "value")
        self._follower.start()

    def __getitem__(self, control: str) -> Any:
        """What a control says: service, through, requests, deployment, node, fault."""
        chosen = self._controls[control]
        return chosen.label if control == "service" else chosen.value

    def __setitem__(self, control: str, value: Any) -> None:
        """Let a control say this; a service by its name, `namespace/name`."""
        chosen = self._controls[control]
        if control == "service":
            found = [door for _, door in chosen.options if door.service == value]
            if not found:
                raise NodePortKitError(f"there is no service {value!r} with a node port")
            value = found[0]
        chosen.value = value

    @property
    def cluster(self) -> Cluster:
        """The cluster as it was seen last."""
        return self._look.cluster

    @property
    def planted(self) -> Planted | None:
        """The fault that was planted last from here."""
        return self._acts.planted

    def draw(self) -> tuple[Shown | None, str, str]:
        """Draw the playground as it was seen last."""
        door = self._door
        style = "answer npk-wrong" if self._wrong else "answer"
        sentences = paragraph(self.said, style) + paragraph(self.news)
        self._sentence.value = f'<div class="npk" role="status">{sentences}</div>'
        drawn = picture(self.cluster, door.service if door else None, self._tally, self._look.stopped)
        return drawn, self._answers(), "\n".join(filter(None, [self.said, self.news, drawn.words]))

    def close(self) -> None:
        """Cease to follow the playground, and take the panel from the page."""
        if self._open:
            self._open = False
            self._follower.close()
            self._hands.shutdown(wait=False, cancel_futures=True)
        super().close()

    def __repr__(self) -> str:
        return f"PlaygroundPanel({self._look.cluster!r})"

    # What was seen, and what is done: each in a thread of its own

    def _see(self, look: Look) -> None:
        """Take in what the follower saw."""
        with LOCK:
            if not self._open:
                return
            before, self._look = self._look, look
            strangers = [one for one in look.requests if not one.client.startswith(CLIENTS)]
            news = " ".join(
                filter(None, [changed(before.cluster, look.cluster), landed(strangers) if strangers else ""])
            )
            # What became of its own requests that no pod answered, the panel knows by itself.
            mine = [one for one in look.requests if one.pod or not one.client.startswith(CLIENTS)]
            if mine:
                self._tally.add((one, 1) for one in mine)
            if look.over:
                self._end(_ENDED)
            elif look.trouble:
                self._say(look.trouble, wrong=True)
            elif news:
                self.news = seen(news)
            elif before.trouble:
                self._say("The playground answers again.")
            with contextlib.suppress(Exception):  # the panel says so itself, and goes on with the next look
                self._settle()

    def _count(self, missed: Sequence[tuple[Landed, int]]) -> None:
        """Take in requests of the panel's own that no pod answered."""
        with LOCK:
            self._tally.add(missed)
            self.refresh()

    def _do(self, act: Callable[[], str], begun: str) -> None:
        """Let the hands do something; the page does not wait for it."""

        def done() -> None:
            try:
                told, wrong = act(), False
            except NodePortKitError as error:
                told, wrong = str(error), True
            except Exception as error:
                told, wrong = f"This went wrong: {error!r}", True
            with LOCK:
                # Of a playground that has ended enough was said.
                if self._open and not self._look.over:
                    self._say(told, wrong=wrong)
                    self.refresh()

        with LOCK:
            if not self._open or self._look.over:
                return
            self._say(begun)
            self.news = ""
            self.refresh()
        with contextlib.suppress(RuntimeError):  # the panel is closed
            self._hands.submit(done)

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        self.said, self._wrong = seen(sentence), wrong

    def _end(self, why: str) -> None:
        self._say(why, wrong=True)
        self.news = ""
        for control in (*self._controls.values(), *self._buttons):
            control.disabled = True
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _give_way(self) -> None:
        """Leave the playground to a panel that was made later."""
        with LOCK:
            if not self._open or self._look.over:
                return
            self._open = False
            self._end(_SUCCEEDED)
            self.refresh()
        self._follower.close()

    # The controls

    def _scale(self, by: int) -> None:
        if deployment := self["deployment"]:
            self._do(lambda: self._acts.scale(deployment, by), f"{deployment} is asked to change.")

    def _switch_node(self) -> None:
        if node := self["node"]:
            act = self._acts.start_node if node in self._look.stopped else self._acts.stop_node
            self._do(lambda: act(node), f"{node} is switched.")

    def _plant(self) -> None:
        fault, door = self["fault"], self._door
        self._do(lambda: self._acts.plant(fault, door.service if door else None), "A fault is being planted.")

    def _heal(self) -> None:
        self._do(self._acts.heal, "What was planted is being taken back.")

    def _reset(self) -> None:
        def act() -> str:
            told = self._acts.reset()
            with LOCK:
                self._tally = Tally()
            return told

        self._do(act, "Everything that was added is being deleted.")

    def _send(self) -> None:
        door, through, number = self._door, self["through"], self["requests"]
        if door is None:
            self._do(lambda: "There is no service with a node port: make one, or plant a fault.", "")
            return
        node = None if through == _EVERY else through
        self._do(lambda: self._acts.send(door, node, number), f"Dialling {door.node_port}: {number:,} requests.")

    @property
    def _door(self) -> Door | None:
        found: Door | None = self._controls["service"].value
        return found

    def _chosen(self, _: Any) -> None:
        with LOCK:
            if not self._settling:
                self._settle()

    def _settle(self) -> None:
        """Let the controls offer what there is, and draw. The caller holds the lock."""
        self._settling = True
        try:
            cluster = self.cluster
            _offer(self._controls["service"], _doors(cluster))
            nodes = cluster.nodes["name"].dropna().tolist()
            _offer(self._controls["through"], [_EVERY, *nodes])
            _offer(self._controls["node"], nodes)
            work = cluster.workloads
            work = work[work["kind"].eq("Deployment").fillna(False).to_numpy(dtype=bool)]
            desired = dict(zip((work["namespace"] + "/" + work["name"]).tolist(), work["desired"], strict=True))
            _offer(self._controls["deployment"], list(desired))
            number = desired.get(self["deployment"])
            self._replicas.value = shown("no deployment yet" if number is None else f"{number} wanted")
            off = self["node"] in self._look.stopped
            self._switch.description = "start node" if off else "stop node"
        finally:
            self._settling = False
        self.refresh()

    def _group(self, *parts: str | ipywidgets.Widget) -> ipywidgets.HBox:
        """Controls that belong together, by name, and buttons."""
        return ipywidgets.HBox([self._controls[it] if isinstance(it, str) else it for it in parts], layout=_ROW)

    @property
    def _buttons(self) -> list[Button]:
        groups = self.children[0].children
        return [it for group in groups for it in group.children if isinstance(it, Button)]

    def _button(self, description: str, icon: str, tooltip: str, pressed: Callable[[], None]) -> Button:
        button = Button(description=description, icon=icon, tooltip=tooltip, layout={"width": "7.5rem"})
        button.on_click(lambda _: pressed())
        return button

    def _answers(self) -> str:
        """The last requests, the latest first."""
        last = list(self._tally.last)[::-1]
        if not last:
            return ""
        columns = {
            "client": [one.client for one, _ in last],
            "dialled": [f"{one.node} {one.address}:{one.port}" if one.node else "the pod itself" for one, _ in last],
            "outcome": [f"{one.outcome} ({times:,} times)" if times > 1 else one.outcome for one, times in last],
            "pod": [one.pod.partition("/")[2] or "–" for one, _ in last],
            "on node": [one.pod_node or "–" for one, _ in last],
        }
        return table(columns, "The last requests")


def _choice(description: str, options: Sequence[str] = ()) -> Choice:
    return Choice(options=options, description=description, style=_STYLE, layout={"width": "min(20rem, 100%)"})


def _offer(control: Choice, options: list[Any]) -> None:
    """Let a dropdown offer these; what was chosen stays, if it is still there."""
    if list(control.options) == options:
        return
    before = control.value
    control.options = options
    values = [it[1] if isinstance(it, tuple) else it for it in options]
    control.value = before if before in values else values[0] if values else None


def _doors(cluster: Cluster) -> list[tuple[str, Door]]:
    """The node ports that TCP is spoken at, each with its service."""
    ports = cluster.ports
    mine = ports["node_port"].notna() & ports["port"].notna() & ports["protocol"].eq("TCP").fillna(False)
    rows: Any = ports[mine.to_numpy(dtype=bool)].itertuples()
    doors = [Door(f"{row.namespace}/{row.service}", int(row.port), int(row.node_port)) for row in rows]
    return [(f"{door.service} {door.port}:{door.node_port}", door) for door in doors]
