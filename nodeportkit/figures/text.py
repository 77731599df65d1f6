r"""Words in a picture: how wide they are, and how they are made to fit without hiding what tells them apart.

Names, labels and logs are untrusted text. What a font cannot draw, what moves or hides the text around it (control,
combining, zero-width and right-to-left characters) is shown as an escape, `\u202e`.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import matplotlib
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.textpath import text_to_path

__all__ = ["Font", "fit", "fit_together", "shown", "width", "wrap"]

_MEASURED: Final = 100.0  # points; widths grow in proportion
_LONGEST: Final = 2000  # characters that are looked at: no picture holds more of one text
_DOTS: Final = "…"
_ODD: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Mc", "Zl", "Zp"})
_LEFTWARD: Final = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})


@dataclass(frozen=True, slots=True)
class Font:
    """One of the DejaVu fonts that come with matplotlib, and its size in points."""

    size: float
    bold: bool = False
    mono: bool = False

    def properties(self, scale: float = 1.0) -> FontProperties:
        """The font as matplotlib names it, enlarged by `scale`."""
        return FontProperties(fname=_file(self.mono, self.bold), size=self.size * scale)


@cache
def _file(mono: bool, bold: bool) -> str:
    # By file: a font of that name elsewhere on the machine would have other widths.
    name = f"DejaVuSans{'Mono' if mono else ''}{'-Bold' if bold else ''}.ttf"
    return os.fspath(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name)


@cache
def _drawable() -> frozenset[int]:
    """The characters that all four fonts have."""
    files = [_file(mono, bold) for mono in (False, True) for bold in (False, True)]
    return frozenset.intersection(*(frozenset(get_font(file).get_charmap()) for file in files))


def shown(text: str) -> str:
    r"""`text` for a picture: with an escape also for each character that its fonts have not, or that runs to the left.

    Examples
    --------
    >>> shown("web\u202e-0\n")
    'web\\u202e-0\\n'
    """
    text = text if len(text) <= _LONGEST else text[: _LONGEST // 2] + _DOTS + text[-_LONGEST // 2 :]
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if _plain(char) else char.encode("unicode_escape").decode("ascii") for char in text)


def _plain(char: str) -> bool:
    if char == " ":
        return True
    category = unicodedata.category(char)
    return (
        category not in _ODD
        and category != "Zs"
        and unicodedata.bidirectional(char) not in _LEFTWARD
        and ord(char) in _drawable()
    )


@lru_cache(maxsize=20_000)
def _wide(text: str, mono: bool, bold: bool) -> float:
    font = FontProperties(fname=_file(mono, bold), size=_MEASURED)
    measured, _, _ = text_to_path.get_text_width_height_descent(text, font, False)
    return float(measured) / _MEASURED


def width(text: str, font: Font) -> float:
    """How wide `text` is, in points, as it is drawn without hinting."""
    return _wide(shown(text), font.mono, font.bold) * font.size


def fit(text: str, font: Font, room: float, *, tail: float = 0.6) -> str:
    """`text`, with `…` for what does not fit into `room` points.

    Parameters
    ----------
    tail
        The part of the characters kept that comes from the end: 0 to cut at the end, 1 to cut at the start. Names in
        Kubernetes differ mostly at their ends.

    Examples
    --------
    >>> fit("myapp-deployment-88c4d7667-76nhb", Font(9, mono=True), 90)
    'myapp-…667-76nhb'
    """
    text = shown(text)
    if width(text, font) <= room:
        return text
    low, high = 0, len(text) - 1  # the most characters that fit with the dots
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(_cut(text, middle, tail), font) <= room else (low, middle - 1)
    return _cut(text, low, tail)


def _cut(text: str, keep: int, tail: float) -> str:
    last = round(keep * tail)
    return text[: keep - last] + _DOTS + text[len(text) - last :]


def fit_together(names: Sequence[str], font: Font, room: float) -> list[str]:
    """Names of one column made to fit into `room` points: what they have in common goes first, what differs stays.

    Examples
    --------
    >>> fit_together(["myapp-deployment-88c4d7667-76nhb", "myapp-deployment-88c4d7667-7gktq"], Font(9, mono=True), 90)
    ['…88c4d7667-76nhb', '…88c4d7667-7gktq']
    """
    names = [shown(name) for name in names]
    if all(width(name, font) <= room for name in names):
        return names
    start = _common(names) if len(set(names)) > 1 else ""
    parts = start.split("-")
    # Drop as few of the common words as need be, from the front.
    for dropped in range(1, len(parts)):
        cut = len("-".join(parts[:dropped])) + 1
        shorter = [_DOTS + name[cut:] for name in names]
        if all(width(name, font) <= room for name in shorter):
            return shorter
    fitted = [fit(name, font, room) for name in names]
    if len(set(fitted)) == len(set(names)):
        return fitted
    # They differ in the part that would be cut: show that part alone.
    end = len(_common([name[::-1] for name in names]))
    return [fit(_DOTS + name[len(start) : max(len(name) - end, len(start) + 1)] + _DOTS, font, room) for name in names]


def _common(names: Sequence[str]) -> str:
    """What all names begin with: what the first and the last of them in the alphabet begin with."""
    first, last = min(names), max(names)
    return first[: next((i for i, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))]


def wrap(
    text: str | Sequence[str], font: Font, room: float, *, most: int = 50, indent: str = "", broken: str = ""
) -> list[str]:
    r"""`text` in lines no wider than `room` points, broken at spaces, and within a word only if it is too long.

    Parameters
    ----------
    text
        A text, or its words where spaces may stand within one.
    most
        The most lines; what is left over ends in `…`.
    indent, broken
        What the lines after the first begin with, and what a line ends with if its text goes on in the next.

    Examples
    --------
    >>> wrap("kubectl label pods -l app=myapp type=front-end", Font(9, mono=True), 150, indent="  ", broken=" \\")
    ['kubectl label pods -l \\', '  app=myapp type=front-end']
    """
    words = [shown(word) for word in (text.split() if isinstance(text, str) else text)]
    lines: list[str] = []
    line = ""
    while words:
        word = words[0]
        start = line + " " if line.strip() else line
        if width(start + word + (broken if len(words) > 1 else ""), font) <= room:
            line, words = start + word, words[1:]
        elif line.strip():
            lines, line = [*lines, line + broken], indent
        else:
            keep = _most(line, word, font, room)
            lines, line = [*lines, line + word[:keep]], indent
            words[0] = word[keep:]
    if line.strip():
        lines.append(line)
    if len(lines) > most:
        rest = " ".join(line.removesuffix(broken).strip() for line in lines[most - 1 :])
        lines = [*lines[: most - 1], fit((indent if most > 1 else "") + rest, font, room, tail=0.0)]
    return lines


def _most(start: str, word: str, font: Font, room: float) -> int:
    """How many characters of a word too long for a line fit into it; at least one."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(start + word[:middle], font) <= room else (low, middle - 1)
    return low
