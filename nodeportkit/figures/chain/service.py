"""The middle column of the chain's picture: the service, its ports and its selector."""

from __future__ import annotations

from typing import Final

from nodeportkit.figures.canvas import PILL, Canvas, pill_width
from nodeportkit.figures.chain.scene import PortSeen, Scene, TermSeen
from nodeportkit.figures.text import Font, fit, width
from nodeportkit.figures.theme import PAD

__all__ = ["Service"]

NAME: Final = Font(12, bold=True)
DETAIL: Final = Font(10.5, mono=True)
TERM: Final = Font(10.5, mono=True)
STRONG: Final = Font(10.5, mono=True, bold=True)
WORD: Final = Font(9.5)
PLAIN: Final = Font(10)
_WIDTH: Final = (180.0, 262.0)
_ROOM: Final = _WIDTH[1] - 2 * PAD
_LINE: Final = 15.5
_LANE: Final = 33.0
_TERM: Final = 18.5
_OVERLAP: Final = 9.0
_INDENT: Final = 8.0  # of the words in a lane, beside the pill
_MOST_TERMS: Final = 6


class Service:
    """One panel: name, type and addresses, a lane for each port, the selector term by term."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.names = _names(scene)
        self.details = _details(scene)
        self.lanes = [_lane(port) for port in scene.drawn_ports]
        hidden = len(scene.ports) - len(self.lanes)
        self.rest = f"+ {hidden} more ports" if hidden else ""
        self.terms = _terms(scene.terms or ())
        lines = [
            *(width(name, NAME) for name in self.names),
            *(width(text, DETAIL) for text in self.details),
            *(width(lane, PLAIN) + _INDENT for lane in self.lanes),
            *(width(term.text, STRONG) + width(_counted(term), PLAIN) + 16 for term in self.terms),
        ]
        self.width = min(max(max(lines) + 2 * PAD, _WIDTH[0]), _WIDTH[1])
        self.reach = max((pill_width(_number(port)) for port in scene.drawn_ports), default=0) - _OVERLAP
        self._head = 29 + _LINE * (len(self.names) + len(self.details) - 1)
        self._lanes = _LANE * len(self.lanes) + _LINE * bool(self.rest)
        more = len(scene.terms or ()) > len(self.terms)
        self.height = self._head + self._lanes + 30 + _TERM * max(len(self.terms) + more, 1)

    @property
    def line(self) -> float:
        """How far below its top the middle of its pills is."""
        return self._head + _LANE * len(self.lanes) / 2 - 5 if self.lanes else self.height / 2

    def draw(self, canvas: Canvas, x: float, y: float) -> list[tuple[float, float]]:
        """Draw the panel; for each port, where the links from the nodes arrive."""
        colours = canvas.colours
        edge = colours.wrong if self.scene.broken == "service" else None
        canvas.panel(x, y, self.width, self.height, edge=edge, name="service")
        room = self.width - 2 * PAD
        line = y + 21
        for words, font, colour in (
            *((name, NAME, colours.ink) for name in self.names),
            *((detail, DETAIL, colours.muted) for detail in self.details),
        ):
            canvas.text(x + PAD, line, fit(words, font, room), font, colour)
            line += _LINE
        top = y + self._head - 5
        arriving = [self._lane(canvas, i, x, top + _LANE * (i + 0.5)) for i in range(len(self.lanes))]
        if self.rest:
            under = top + _LANE * len(self.lanes) + 10
            canvas.text(x + PAD + _INDENT, under, self.rest, PLAIN, colours.muted)
        self._selector(canvas, x, y + self._head + self._lanes + 13)
        return arriving

    def _lane(self, canvas: Canvas, index: int, x: float, y: float) -> tuple[float, float]:
        colours = canvas.colours
        number = _number(self.scene.drawn_ports[index])
        left = x - pill_width(number) + _OVERLAP
        canvas.pill(left, y, number, colours.port, name="port")
        if index == len(self.lanes) - 1:
            words = "ports" if index else "port"
            canvas.text(x - 4, y + PILL / 2 + 10.5, words, WORD, colours.port, align="right")
        colour = colours.wrong if self.scene.broken == "target-port" else colours.target_port
        words = fit(self.lanes[index], PLAIN, self.width - 2 * PAD - _INDENT)
        canvas.text(x + PAD + _INDENT, y + 3.6, words, PLAIN, colour)
        return left, y

    def _selector(self, canvas: Canvas, x: float, y: float) -> None:
        scene, colours = self.scene, canvas.colours
        left, right = x + PAD, x + self.width - PAD
        canvas.text(left, y, "selector", WORD, colours.muted)
        y += _TERM
        if not self.terms:
            words = "not shown" if scene.terms is None else "none"
            canvas.text(left, y, words, TERM, colours.wrong if scene.broken == "service" else colours.muted)
        for term in self.terms:
            wrong = term.pods == 0
            counted = Font(PLAIN.size, bold=wrong)
            font, ink = (STRONG, colours.wrong) if wrong else (TERM, colours.ink)
            count = _counted(term)
            canvas.text(left, y, fit(term.text, font, right - left - width(count, counted) - 12), font, ink)
            colour = colours.wrong if wrong else colours.good if term.pods else colours.muted
            canvas.text(right, y, count, counted, colour, align="right")
            y += _TERM
        if scene.terms and len(scene.terms) > len(self.terms):
            canvas.text(left, y, f"+ {len(scene.terms) - len(self.terms)} more terms", PLAIN, colours.muted)


def _names(scene: Scene) -> list[str]:
    whole = f"{scene.namespace}/{scene.name}"
    return [whole] if width(whole, NAME) <= _ROOM else [f"{scene.namespace}/", scene.name]


def _details(scene: Scene) -> list[str]:
    addresses = scene.addresses if len(scene.addresses) <= 2 else (scene.addresses[0], f"+ {len(scene.addresses) - 1}")
    one = "  ".join([scene.type or "type not shown", *addresses])
    lines = [one] if width(one, DETAIL) <= _ROOM else [scene.type or "type not shown", *addresses]
    return [*lines, *scene.outside, *(line for line in (scene.external_name, scene.policy) if line)]


def _number(port: PortSeen) -> str:
    return "?" if port.port is None else str(port.port)


def _lane(port: PortSeen) -> str:
    """What is to be said of a port: its name and protocol, unless it is plain TCP, and where it leads."""
    name = "/".join(part for part in (port.name, port.protocol if port.protocol != "TCP" else "") if part)
    before = f"{name}  →  " if name else "→  "
    words = f"{before}target port {port.target_port or 'not shown'}"
    # Port names are at most 15 characters long: without the two words, both fit.
    return words if width(words, PLAIN) <= _ROOM - _INDENT else f"{name} → {port.target_port}"


def _terms(terms: tuple[TermSeen, ...]) -> tuple[TermSeen, ...]:
    """The terms that there is room for: those that no pod carries first."""
    if len(terms) <= _MOST_TERMS:
        return terms
    return tuple(sorted(terms, key=lambda term: term.pods != 0)[: _MOST_TERMS - 1])


def _counted(term: TermSeen) -> str:
    if term.pods is None:
        return "? pods"
    return f"{term.pods:,} pod{'' if term.pods == 1 else 's'}"
