"""The sheet of a packet's way: its decisions from top to bottom, each with its rule, and the endpoints with their chances."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

from nodeportkit.figures.canvas import Canvas
from nodeportkit.figures.fractions import percent
from nodeportkit.figures.head import HEADING, Head
from nodeportkit.figures.text import Font, fit, width, wrap
from nodeportkit.figures.theme import MARGIN, PAD

if TYPE_CHECKING:
    from nodeportkit.kube.packets import Step
    from nodeportkit.traffic.tracing import Trace

__all__ = ["Choice", "Way", "chances"]

_WIDTH: Final = 820.0
_DECISION: Final = Font(11.5, bold=True)
_REASON: Final = Font(10.5)
_RULE: Final = Font(9, mono=True)
_CELL: Final = Font(10.5, mono=True)
_LINE, _RULE_LINE = 16.0, 13.5
_GAP: Final = 20.0
_ROW: Final = 23.0
_MOST: Final = 12
_ENDS: Final = {"DROP", "REJECT", "UNHANDLED"}


Choice = Literal["tries", "draws", "turns"]
_WHEN: Final = {"draws": "one draw among all", "turns": "each in its turn"}


def chances(count: int, choice: Choice) -> list[tuple[str, str]]:
    """For each of `count` endpoints, when it is chosen and what share that makes, in words.

    In iptables mode the kernel tries rules one after the other, rule i of n with probability 1/(n-i+1) of what has come so
    far; in nftables mode it draws one of all, and in ipvs mode all take turns.

    Examples
    --------
    >>> chances(3, "tries")
    [('0.33 of all', '1 × 0.33 = 1/3'), ('0.50 of the rest', '0.67 × 0.50 = 1/3'), ('all the rest', '0.33 × 1 = 1/3')]
    """
    told = []
    left = Fraction(1)
    for i in range(count):
        part = Fraction(1, count - i)
        share = f"1/{count}" if count > 1 else "all"
        if count == 1:
            told.append(("always", share))
        elif choice != "tries":
            told.append((_WHEN[choice], share))
        else:
            of = "of all" if i == 0 else "of the rest"
            when = "all the rest" if part == 1 else f"{_decimal(part)} {of}"
            told.append((when, f"{_decimal(left)} × {_decimal(part)} = {share}"))
        left -= left * part
    return told


def _decimal(part: Fraction) -> str:
    return "1" if part == 1 else f"{float(part):.2f}" if part >= Fraction(1, 50) else f"{float(part):.2g}"


class Way:
    """The places of everything on the sheet; `draw` draws it."""

    def __init__(self, found: Trace, title: str, subtitle: str, choice: Choice) -> None:
        self.found = found
        self.choice = choice
        self.head = Head(title, subtitle, _WIDTH)
        room = _WIDTH - 2 * MARGIN - 2 * PAD - 26
        self.steps = [(step, wrap(step.reason, _REASON, room, most=3), _rule(step, room)) for step in found.steps]
        self.heights = [29 + _LINE * len(reason) + _RULE_LINE * len(rule) + 6 for _, reason, rule in self.steps]
        self.rows = chances(len(found.endpoints), choice)
        self.addresses = [str(address) for address in found.endpoints["address"]]
        self.shown = len(self.rows) if len(self.rows) <= _MOST else _MOST - 1
        self.top = self.head.bottom + 12
        self.y_ends = self.top + sum(self.heights) + _GAP * len(self.heights)
        down = 30 + _ROW * (self.shown + (self.shown < len(self.rows))) if self.rows else -_GAP
        self.height = self.y_ends + down + MARGIN

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, in points."""
        return _WIDTH, self.height

    def draw(self, canvas: Canvas) -> None:
        """Draw everything."""
        self.head.draw(canvas)
        y = self.top
        for i, ((step, reason, rule), height) in enumerate(zip(self.steps, self.heights, strict=True)):
            last = i == len(self.steps) - 1
            self._step(canvas, i, step, (reason, rule), y, height, wrong=last and self.found.verdict in _ENDS)
            if not last or self.rows:
                x = MARGIN + PAD + 9
                canvas.link((x, y + height), (x, y + height + _GAP), canvas.colours.dashed)
            y += height + _GAP
        if self.rows:
            self._ends(canvas)

    def _step(
        self, canvas: Canvas, index: int, step: Step, lines: tuple[list[str], list[str]], y: float, height: float,
        *, wrong: bool,
    ) -> None:  # fmt: skip
        colours, across = canvas.colours, _WIDTH - 2 * MARGIN
        edge, fill = (colours.wrong, colours.wrong_panel) if wrong else (None, None)
        canvas.panel(MARGIN, y, across, height, edge=edge, fill=fill, name="node")
        left = MARGIN + PAD + 26
        if wrong:
            canvas.mark(MARGIN + PAD + 8, y + 18, "wrong", 8)
        else:
            canvas.text(MARGIN + PAD + 8, y + 22, f"{index + 1}", _DECISION, colours.muted, align="center")
        room = across - 2 * PAD - 26
        decision = fit(step.decision, _DECISION, room, tail=0)
        canvas.text(left, y + 22, decision, _DECISION, colours.wrong if wrong else colours.ink)
        line = y + 22
        for words in lines[0]:
            line += _LINE
            canvas.text(left, line, words, _REASON, colours.ink)
        line += 2
        for words in lines[1]:
            line += _RULE_LINE
            canvas.text(left, line, words, _RULE, colours.muted)

    def _ends(self, canvas: Canvas) -> None:
        colours, y = canvas.colours, self.y_ends
        across = _WIDTH - 2 * MARGIN
        rest = self.shown < len(self.rows)
        canvas.panel(MARGIN, y, across, 30 + _ROW * (self.shown + rest), name="pod")
        left = MARGIN + PAD + 26
        columns = (left, left + 250, left + 430)
        for words, x in zip(
            ("ENDPOINT", "rule matches" if self.choice == "tries" else "chosen by", "share"), columns, strict=True
        ):
            canvas.text(x, y + 19, words, HEADING, colours.muted, name="heading")
        for i in range(self.shown):
            line = y + 19 + _ROW * (i + 1)
            when, share = self.rows[i]
            canvas.mark(MARGIN + PAD + 8, line - 4, "ready", 6)
            canvas.text(columns[0], line, fit(self.addresses[i], _CELL, 240), _CELL, colours.target_port)
            canvas.text(columns[1], line, when, _REASON, colours.ink)
            canvas.text(columns[2], line, share, _CELL, colours.ink)
            told = percent(1 / len(self.rows))
            if width(share, _CELL) < 190:
                canvas.text(_WIDTH - MARGIN - PAD, line, told, _CELL, colours.ink, align="right")
        if rest:
            words = f"+ {len(self.rows) - self.shown:,} more, {self.rows[-1][1].rpartition(' ')[2]} each"
            canvas.text(left, y + 19 + _ROW * (self.shown + 1), words, _REASON, colours.muted)


def _rule(step: Step, room: float) -> list[str]:
    return wrap(step.rule, _RULE, room, most=4, indent="    ") if step.rule else []
