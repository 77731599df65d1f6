"""PacketStepper: choose who dials what, and follow the packet decision by decision."""

from __future__ import annotations

import ipaddress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import ipywidgets

from nodeportkit.errors import NodePortKitError
from nodeportkit.figures.canvas import LOCK
from nodeportkit.figures.fractions import percent
from nodeportkit.figures.journey import EndSeen, Scene, Sheet, words
from nodeportkit.figures.known import pods_known
from nodeportkit.figures.vector import Drawing
from nodeportkit.traffic.tracing import Trace, trace
from nodeportkit.widgets.dialling import Client, Dialled, clients, destinations, service_ports
from nodeportkit.widgets.explorer import Button, Choice, Count, Explorer, Shown, Slider, Toggle
from nodeportkit.widgets.page import paragraph, sentence, shown, table

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["PacketStepper"]

_AUTO: Final = {"width": "auto"}
_STYLE: Final = {"description_width": "6rem"}
_OUTCOMES: Final = {
    "DROP": "dropped: the client waits",
    "REJECT": "refused at once",
    "UNHANDLED": "kube-proxy leaves it alone",
}
_MOST_ROWS: Final = 20


class PacketStepper(Explorer):
    """Choose a client, a node and what it dials; step through what kube-proxy decides, each decision with its rule.

    Parameters
    ----------
    cluster
        The cluster; `cluster.proxy` says how kube-proxy is set up.

    Attributes
    ----------
    trace
        The packet's way, as `trace` gives it; None where nobody could send such a packet.
    step
        How many decisions are shown, 0 to `len(trace.steps)`.

    Raises
    ------
    NodePortKitError
        If no service has a node port, or the addresses of no node were shown.

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
    >>> stepper = PacketStepper(cluster)
    >>> stepper.step = len(stepper.trace.steps)
    >>> stepper.trace.verdict
    'REJECT'
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._settling = False
        self._trace: Trace | None = None
        self._clients = clients(cluster)
        self._ports = service_ports(cluster)
        nodes = [client.node for client in self._clients if client.is_node]
        if not nodes:
            raise NodePortKitError(
                "the addresses of no node were shown", hint="Add what `kubectl get nodes -o wide` prints."
            )
        self._controls: dict[str, Any] = {
            "client": _choice("client", [(client.label, i) for i, client in enumerate(self._clients)]),
            "node": _choice("node", nodes),
            "service": _choice("service", [(port.label, i) for i, port in enumerate(self._ports)]),
            "address": _choice("dials", ["?"]),
            "port": Count(1, min=1, max=65535, description="port", style=_STYLE, layout=_AUTO),
            "rules": Toggle(
                options=["iptables", "nftables", "ipvs"],
                value=cluster.proxy.mode or "iptables",
                description="rules",
                style=_STYLE | {"button_width": "auto"},
                layout=_AUTO,
            ),
        }
        self._step = Slider(0, 0, 1, description="decision", style=_STYLE, layout={"width": "min(24rem, 100%)"})
        self._back = Button(description="back", icon="step-backward", tooltip="One decision back")
        self._next = Button(description="next", icon="step-forward", tooltip="The next decision")
        self._last = Button(description="to the end", icon="fast-forward", tooltip="All decisions")
        walk = ipywidgets.HBox([self._back, self._next, self._last, self._step], layout={"flex_flow": "row wrap"})
        super().__init__(list(self._controls.values()), [walk], least="18rem")
        for control in self._controls.values():
            control.observe(self._chosen, "value")
        self._step.observe(self._stepped, "value")
        for button, by in ((self._back, -1), (self._next, 1), (self._last, 10**6)):
            button.on_click(partial(self._walk, by))
        with LOCK:
            self._settle("service")

    def __getitem__(self, control: str) -> Any:
        """What a control says: client, node, service, address, port, rules; a client or a service in words."""
        chosen = self._controls[control]
        return chosen.label if control in ("client", "service") else chosen.value

    def __setitem__(self, control: str, value: Any) -> None:
        """Let a control say this; a client or a service by its words, or by how they begin."""
        chosen = self._controls[control]
        if control in ("client", "service"):
            labels = [label for label, _ in chosen.options]
            found = [label for label in labels if label == value or label.startswith(f"{value} ")]
            if not found:
                raise NodePortKitError(
                    f"there is no {control} {value!r}", hint=f"Give one of {', '.join(labels[:12])}."
                )
            chosen.label = found[0]
        else:
            chosen.value = value

    @property
    def step(self) -> int:
        """How many decisions are shown."""
        return int(self._step.value)

    @step.setter
    def step(self, step: int) -> None:
        self._step.value = step

    @property
    def trace(self) -> Trace | None:
        """The packet's way."""
        return self._trace

    def draw(self) -> tuple[Shown | None, str, str]:
        """Draw the packet where it is, and the decisions so far."""
        if self._trace is None:
            raise self._failure
        scene = self._scene(self._trace)
        drawing = Drawing(Sheet(scene), words(scene))
        below = _list(self._trace, scene.at)
        if scene.done:
            below += self._verdict(self._trace, scene)
        return drawing, below, f"{drawing.words}\n{self._trace}"

    def __repr__(self) -> str:
        return f"PacketStepper({self['client']!r} to {self['address']}:{self['port']})"

    @property
    def _client(self) -> Client:
        chosen: int = self._controls["client"].value
        return self._clients[chosen]

    def _at(self) -> str:
        """The node whose kube-proxy decides: the client's own for addresses of services, else the one dialled."""
        dialled = self._dialled
        return dialled.node or self._client.node or str(self["node"])

    def _follow(self) -> None:
        """Trace the packet that is chosen. The caller holds the lock."""
        address, client = str(self["address"]), self._client
        protocol = self._ports[self._controls["service"].value].protocol
        try:
            source = client.source(ipaddress.ip_address(address).version)
            if ipaddress.ip_address(address).is_loopback:
                source = address  # who dials a loopback address does so from there
            self._source = source
            self._trace = trace(
                self._cluster, source=source, destination=address, port=self["port"], protocol=protocol, node=self._at(),
                mode=self["rules"],
            )  # fmt: skip
            self._require_pods(self._trace)
        except NodePortKitError as error:
            self._trace, self._failure = None, error
        self._settling = True
        try:
            count = 0 if self._trace is None else len(self._trace.steps)
            self._step.value = 0
            self._step.max = max(count, 1)
        finally:
            self._settling = False

    def _require_pods(self, found: Trace) -> None:
        """Nothing is called refused for want of pods that were not shown."""
        service = (found.service or "").partition(":")[0]
        if service and not found.endpoints.size and not pods_known(self._cluster, service):
            raise NodePortKitError(
                f"which pods are behind {service} was not shown, so nobody can tell where the packet goes",
                hint="Add what `kubectl get services -o wide` and `kubectl get pods -o wide --show-labels` print.",
            )

    def _scene(self, found: Trace) -> Scene:
        at = min(self.step, len(found.steps))
        pods = dict(zip(self._addresses(), self._cluster.endpoints["pod"], strict=True))
        chances = [
            (address, percent(share))
            for address, share in zip(found.endpoints["address"], found.endpoints["probability"], strict=True)
        ]
        ends = tuple(
            EndSeen(address, pod if isinstance(pod := pods.get(address), str) else "", chance)
            for address, chance in chances
        )
        outcome = _OUTCOMES.get(found.verdict, f"sent to one of {len(ends):,}" if len(ends) > 1 else "sent on")
        client, dialled = self._client.label.partition(" (")[0], f"{_host(self['address'])}:{self['port']}"
        if at:
            step = found.steps[at - 1]
            title, subtitle = f"{at}. {step.decision[:1].upper()}{step.decision[1:]}", step.reason
        else:
            title, subtitle = (
                f"A packet to {dialled}",
                f"Its first packet decides about the whole connection: {len(found.steps)} decisions follow",
            )
        return Scene(
            title=title, subtitle=sentence(subtitle), client=client, source=self._source, node=self._at(),
            dialled=dialled, port=str(self["port"]), on_node_port=self._dialled.node != "", decisions=len(found.steps), at=at,
            verdict=found.verdict, outcome=outcome, ends=ends,
        )  # fmt: skip

    def _addresses(self) -> list[str]:
        ends = self._cluster.endpoints
        return [f"{_host(address)}:{port}" for address, port in zip(ends["address"], ends["port"], strict=True)]

    def _verdict(self, found: Trace, scene: Scene) -> str:
        """What becomes of the packet, and the endpoints with their chances."""
        wrong = found.verdict in ("DROP", "REJECT")
        said = f"{found.verdict}: {scene.outcome}"
        if found.verdict == "FORWARD":
            seen_as = "the node's address" if found.masquerade else f"the client's own address, {scene.source}"
            said += f"; the pod sees {seen_as}"
            if not found.masquerade and found.endpoints["masquerade"].any():
                said += ", unless the client is sent to itself: then the node's"
        told = paragraph(f"{said}.", "answer npk-wrong" if wrong else "answer")
        if not scene.ends:
            return told
        ends = scene.ends[:_MOST_ROWS]
        more = f", the first {len(ends)} of {len(scene.ends):,}" if len(ends) < len(scene.ends) else ""
        columns = {
            "endpoint": [end.address for end in ends],
            "pod": [end.pod or "–" for end in ends],
            "probability": [end.chance for end in ends],
        }
        return told + table(columns, f"Where it may go{more}", numbers=("probability",))

    def _walk(self, by: int, _: Any) -> None:
        with LOCK:
            self._step.value = max(0, min(self._step.value + by, self._step.max))

    def _stepped(self, _: Any) -> None:
        with LOCK:
            if not self._settling:
                self._show_step()

    def _show_step(self) -> None:
        self._back.disabled = self._step.value == 0
        self._next.disabled = self._last.disabled = self._step.value == self._step.max
        self.refresh()

    def _chosen(self, change: dict[str, Any]) -> None:
        with LOCK:
            if self._settling:
                return
            self._settle(next(name for name, control in self._controls.items() if control is change["owner"]))

    def _settle(self, changed: str) -> None:
        """Offer the addresses that can be dialled, and the port that goes with the one chosen; then follow the packet."""
        self._settling = True
        try:
            port = self._ports[self._controls["service"].value]
            self._offered = destinations(self._cluster, port, str(self["node"]), self._client)
            dropdown = self._controls["address"]
            options = [(dialled.label, dialled.address) for dialled in self._offered]
            if list(dropdown.options) != options:
                before = dropdown.value
                dropdown.options = options
                known = [address for _, address in options]
                dropdown.value = before if before in known else known[0]
            if changed != "port":
                self["port"] = self._dialled.port
        finally:
            self._settling = False
        self._follow()
        self._show_step()

    @property
    def _dialled(self) -> Dialled:
        return next(dialled for dialled in self._offered if dialled.address == self["address"])


def _choice(description: str, options: list[Any]) -> Choice:
    return Choice(options=options, description=description, style=_STYLE, layout=_AUTO)


def _host(address: Any) -> str:
    return f"[{address}]" if ":" in str(address) else str(address)


def _list(found: Trace, at: int) -> str:
    """The decisions so far, each with its rule; the last one marked."""
    lines = []
    for i, step in enumerate(found.steps[:at], 1):
        now = ' class="npk-now" aria-current="step"' if i == at else ""
        rule = f"<br><code>{shown(step.rule)}</code>" if step.rule else ""
        lines.append(f"<li{now}><strong>{shown(step.decision)}</strong>: {shown(step.reason)}{rule}</li>")
    left = len(found.steps) - at
    more = f"{left} decision{'' if left == 1 else 's'} to come" if left else ""
    return f"<ol>{''.join(lines)}</ol>" + paragraph(more, "muted")
