"""The middle column of the chain's picture: the service, its ports and its selector."""

from __future__ import annotations

from typing import Final

from nodeportkit.figures.canvas import PILL, Canvas, pill_width
from nodeportkit.figures.chain.scene import PortSeen, Scene
from nodeportkit.figures.text import Font, fit, width
from nodeportkit.figures.theme import PAD

__all__ = ["Service"]

NAME: Final = Font(12, bold=True)
DETAIL: Final = Font(10.5, mono=True)
TERM: Final = Font(10.5, mono=True)
STRONG: Final = Font(10.5, mono=True, bold=True)
WORD: Final = Font(9.5)
COUNT: Final = Font(10)
_LINE: Final = 15.5
_LANE: Final = 33.0
_TERM: Final = 18.5
_OVERLAP: Final = 9.0
_MOST_TERMS: Final = 6


class Service:
    """One panel: name, type and addresses, a lane for each port, the selector term by term."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.names = self._names()
        self.details = self._details()
        self.lanes = [_lane(port) for port in scene.ports]
        self.terms = list(scene.terms or ())
        natural = max(
            *(width(name, NAME) for name in self.names),
            *(width(text, DETAIL) for text in self.details),
            *(width(lane, COUNT) + 8 for lane in self.lanes),
            *(width(term.text, STRONG) + 62 for term in self.terms),
            0,
        )
        self.width = min(max(natural + 2 * PAD, 180), 262)
        self.reach = max((pill_width(str(port.port)) for port in scene.ports), default=0) - _OVERLAP
        self._head = 21 + _LINE * (len(self.names) + len(self.details) - 1) + 8
        self._lanes = _LANE * len(self.lanes)
        self.height = self._head + self._lanes + self._selector_height() + 8

    def _names(self) -> list[str]:
        whole = f"{self.scene.namespace}/{self.scene.name}"
        return [whole] if width(whole, NAME) <= 262 - 2 * PAD else [self.scene.namespace + "/", self.scene.name]

    def _details(self) -> list[str]:
        scene = self.scene
        one = "  ".join([scene.type, *scene.addresses])
        lines = [one] if width(one, DETAIL) <= 262 - 2 * PAD else [scene.type, *scene.addresses[:2]]
        if scene.external_name:
            lines.append(scene.external_name)
        if scene.policy:
            lines.append(scene.policy)
        return lines

    def _selector_height(self) -> float:
        return 20 + _TERM * max(min(len(self.terms), _MOST_TERMS), 1) + 2

    @property
    def line(self) -> float:
        """How far below its top the middle of its lanes is."""
        return self._head + self._lanes / 2 - 5 if self.lanes else self.height / 2

    def draw(self, canvas: Canvas, x: float, y: float) -> list[tuple[float, float]]:
        """Draw the panel; for each port where the link from a node arrives."""
        scene, colours = self.scene, canvas.colours
        broken = scene.broken == "service"
        canvas.panel(x, y, self.width, self.height, edge=colours.wrong if broken else None, name="service")
        room = self.width - 2 * PAD
        line = y + 21
        for name in self.names:
            canvas.text(x + PAD, line, fit(name, NAME, room), NAME, colours.ink)
            line += _LINE
        for detail in self.details:
            canvas.text(x + PAD, line, fit(detail, DETAIL, room), DETAIL, colours.muted)
            line += _LINE
        anchors = [
            self._draw_lane(canvas, port, x, y + self._head + _LANE * (i + 0.5) - 5, last=i == len(self.lanes) - 1)
            for i, port in enumerate(scene.ports)
        ]
        self._draw_selector(canvas, x, y + self._head + self._lanes + 13)
        return anchors

    def _draw_lane(self, canvas: Canvas, port: PortSeen, x: float, y: float, *, last: bool) -> tuple[float, float]:
        colours, number = canvas.colours, str(port.port)
        across = pill_width(number)
        left = x - across + _OVERLAP
        canvas.pill(left, y, number, colours.port, name="port")
        if last:
            canvas.text(
                x - 3,
                y + PILL / 2 + 10.5,
                "ports" if len(self.lanes) > 1 else "port",
                WORD,
                colours.port,
                align="right",
            )
        wrong = self.scene.broken == "target-port"
        text = fit(_lane(port), COUNT, self.width - 2 * PAD - 8)
        canvas.text(x + PAD + 8, y + 3.6, text, COUNT, colours.wrong if wrong else colours.target_port)
        return left, y

    def _draw_selector(self, canvas: Canvas, x: float, y: float) -> None:
        scene, colours = self.scene, canvas.colours
        left, right = x + PAD, x + self.width - PAD
        canvas.text(left, y, "selector", WORD, colours.muted)
        y += _TERM
        if not self.terms:
            words = "not shown" if scene.terms is None else "none"
            canvas.text(left, y, words, TERM, colours.wrong if scene.broken == "service" else colours.muted)
            return
        most = len(self.terms) if len(self.terms) <= _MOST_TERMS else _MOST_TERMS - 1
        for term in (
            sorted(self.terms, key=lambda term: term.pods != 0)[:most] if most < len(self.terms) else self.terms
        ):
            wrong = term.pods == 0
            count = "? pods" if term.pods is None else f"{term.pods:,} pod{'' if term.pods == 1 else 's'}"
            colour = colours.wrong if wrong else colours.good if term.pods else colours.muted
            font = STRONG if wrong else TERM
            counted = Font(COUNT.size, bold=wrong)
            room = right - left - width(count, counted) - 10
            canvas.text(left, y, fit(term.text, font, room), font, colours.wrong if wrong else colours.ink)
            canvas.text(right, y, count, counted, colour, align="right")
            y += _TERM
        if most < len(self.terms):
            canvas.text(left, y, f"+ {len(self.terms) - most} more terms", COUNT, colours.muted)


def _lane(port: PortSeen) -> str:
    before = port.name + ("" if port.protocol == "TCP" else f"/{port.protocol}") if port.name else ""
    before = before or ("" if port.protocol == "TCP" else port.protocol)
    return f"{before}  \N{RIGHTWARDS ARROW}  target port {port.target_port}".strip()
