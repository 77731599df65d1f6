"""The cells of a column, of which few differ: 150,000 pods have few ages, and each is worth reading once only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, Final, overload

import numpy as np
import pandas as pd

__all__ = ["Cells", "Distinct", "Lines", "different", "distinct"]

_WORD: Final = 8  # bytes
_BLANK: Final = ord(" ")


@dataclass(frozen=True, slots=True)
class Distinct:
    """The different texts of some cells.

    Attributes
    ----------
    texts
        The different cells.
    codes
        For each row the position of its cell in `texts`.
    """

    texts: list[Any]
    codes: Any

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, part: slice) -> list[Any]:
        """The cells of some rows; equal ones are one object."""
        return list(map(self.texts.__getitem__, self.codes[part].tolist()))

    def spread(self, values: Any) -> Any:
        """One value a row, from one value a different text: an array of pandas or numpy."""
        return values.take(self.codes)


def distinct(cells: Iterable[Any]) -> Distinct:
    """The different cells, in the order of appearance.

    Examples
    --------
    >>> found = distinct(["Running", "Pending", "Running"])
    >>> found.texts, found.codes.tolist()
    (['Running', 'Pending'], [0, 1, 0])
    """
    if isinstance(cells, Cells):
        return cells.distinct()
    cells = list(cells)
    places = {cell: place for place, cell in enumerate(dict.fromkeys(cells))}
    return Distinct(list(places), np.fromiter(map(places.__getitem__, cells), dtype=np.intp, count=len(cells)))


def different(cells: list[Any] | Distinct) -> list[Any]:
    """The different cells, where they are known, or all."""
    return cells.texts if isinstance(cells, Distinct) else cells


class Cells(Sequence[Any]):
    """A column that is read piece by piece; of some pieces it is known already which of their cells are equal."""

    def __init__(self, cells: Iterable[Any] = ()) -> None:
        self._pieces: list[list[Any] | Distinct] = [list(cells)]
        self._list: list[Any] | None = None

    def append(self, cell: Any) -> None:
        """Add one cell."""
        self.extend([cell])

    def extend(self, piece: list[Any] | Distinct) -> None:
        """Add cells."""
        last = self._pieces[-1]
        if isinstance(piece, list) and isinstance(last, list):
            last.extend(piece)
        elif piece:
            self._pieces.append(piece)

    def distinct(self) -> Distinct:
        """The different cells."""
        places: dict[Any, int] = {}
        codes = []
        for piece in self._pieces:
            found = distinct(piece) if isinstance(piece, list) else piece
            there = np.array([places.setdefault(text, len(places)) for text in found.texts], dtype=np.intp)
            codes.append(there[found.codes])
        return Distinct(list(places), np.concatenate(codes))

    def __len__(self) -> int:
        return sum(map(len, self._pieces))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._all())

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> list[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        return self._pieces[-1][-1:][0] if at == -1 else self._all()[at]

    def _all(self) -> list[Any]:
        if len(self._pieces) == 1 and isinstance(self._pieces[0], list):
            return self._pieces[0]
        if self._list is None or len(self._list) != len(self):
            self._list = list(chain.from_iterable(piece[:] for piece in self._pieces))
        return self._list


class Lines:
    """Lines of which the same parts are compared: eight characters at a time, all lines at once.

    Parameters
    ----------
    lines
        The lines, in ASCII.
    width
        How far to the right the parts go.
    """

    def __init__(self, lines: Sequence[str], width: int) -> None:
        self._lines = lines
        if min(map(len, lines)) < width + _WORD:
            lines = list(map(str.ljust, lines, repeat(width + _WORD)))
        data = "".join(lines).encode("ascii")
        self._starts = np.cumsum(np.fromiter(chain((0,), map(len, lines)), dtype=np.intp, count=len(lines) + 1))[:-1]
        # The eight bytes from each byte on, as a number.
        self._words = np.ndarray((len(data) - _WORD + 1,), dtype="<u8", buffer=data, strides=(1,))

    def all_between(self, start: int, stop: int | None, gap: int) -> bool:
        """Whether on all lines something stands at the one place, and a gap of so many blanks before the other.

        Examples
        --------
        >>> lines = Lines(["web   Running", "api   Pending"], 13)
        >>> lines.all_between(0, 6, 2), lines.all_between(0, 6, 4), lines.all_between(6, None, 2)
        (True, False, True)
        """
        if ((self._words[self._starts + start] & np.uint64(0xFF)) == _BLANK).any():
            return False
        before = np.uint64((1 << 8 * gap) - 1)
        blanks = np.uint64(int.from_bytes(b" " * gap, "little"))
        return stop is None or bool(((self._words[self._starts + stop - gap] & before) == blanks).all())

    def distinct(self, start: int, stop: int) -> Distinct | None:
        """The different texts that stand between two places, without the blanks behind them; None where most differ.

        Examples
        --------
        >>> lines = Lines(["web   Running", "api   Pending", "web   Failed", "web   Unknown"], 13)
        >>> lines.distinct(0, 6)
        Distinct(texts=['web', 'api'], codes=array([0, 1, 0, 0]))
        >>> lines.distinct(6, 13)
        """
        codes, many = np.zeros(len(self._lines), dtype=np.intp), 1
        for at in range(start, stop, _WORD):
            words = self._words[self._starts + at]
            if at + _WORD > stop:
                words &= np.uint64((1 << 8 * (stop - at)) - 1)
            if (words != words[0]).any():
                more, different = pd.factorize(words)
                codes, pairs = pd.factorize(codes * len(different) + more) if many > 1 else (more, different)
                many = len(pairs)
                if 2 * many > len(codes):
                    return None
        # They are numbered as they appear.
        first = np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1))
        return Distinct([self._lines[at][start:stop].rstrip() for at in first.tolist()], codes)
