"""The cells of a column, of which few differ: 150,000 pods have few ages, and each is worth reading once only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, repeat
from typing import Any, overload

import numpy as np
import pandas as pd

__all__ = ["Cells", "Distinct", "Lines", "different", "distinct"]

_WORD = 8  # bytes


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
        return self._all()[at]

    def _all(self) -> list[Any]:
        if self._list is None or len(self._list) != len(self):
            self._list = [cell for piece in self._pieces for cell in piece[:]]
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
        padded = list(map(str.ljust, lines, repeat(width + _WORD)))
        data = "".join(padded).encode("ascii")
        self._lines = lines
        self._starts = np.fromiter(accumulate(map(len, padded), initial=0), dtype=np.intp, count=len(padded) + 1)[:-1]
        # The eight bytes from each byte on, as a number.
        self._words = np.ndarray((len(data) - _WORD + 1,), dtype="<u8", buffer=data, strides=(1,))

    def distinct(self, start: int, stop: int) -> Distinct:
        """The different texts that stand between two places, without the blanks behind them.

        Examples
        --------
        >>> found = Lines(["web   Running", "api   Pending", "web   Failed"], 13).distinct(0, 6)
        >>> found.texts, found.codes.tolist()
        (['web', 'api'], [0, 1, 0])
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
        # They are numbered as they appear.
        first = np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1))
        return Distinct([self._lines[at][start:stop].rstrip() for at in first.tolist()], codes)
