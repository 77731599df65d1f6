"""What programs in pods have printed, as far as it is kept, and who waits for more."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final, NamedTuple

from nodeportkit.playground.store import Change, Object, Store

__all__ = ["Line", "Logs"]

_MOST: Final = 20_000  # lines of all pods together: some megabytes


class Line(NamedTuple):
    """A line that a container has printed; they are numbered as they come."""

    number: int
    at: datetime
    text: str


class Logs:
    """The last lines of all containers.

    Parameters
    ----------
    store
        The objects: the lines of a pod are forgotten with it.
    now
        Tells the time.
    most
        How many lines are kept; the oldest go first, whosever they are.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> logs = Logs(Store(), lambda: datetime(2026, 11, 23, tzinfo=UTC), most=2)
    >>> for text in ("a", "b", "c"):
    ...     logs.write({"metadata": {"uid": "1"}}, "web", text)
    >>> [line.text for line in logs.of({"metadata": {"uid": "1"}}, "web")]
    ['b', 'c']
    """

    def __init__(self, store: Store, now: Callable[[], datetime], most: int = _MOST) -> None:
        self._now = now
        self._most = most
        self._number = 0
        self._lines: dict[tuple[str, str], deque[Line]] = {}
        self._order: deque[tuple[str, str]] = deque()  # whose each line is, the oldest first
        self._followers: dict[str, set[asyncio.Event]] = {}
        store.listen(self._look)

    def write(self, pod: Object, container: str, text: str) -> None:
        """Keep a line that a container of the pod prints now."""
        place = (str(pod["metadata"]["uid"]), container)
        self._number += 1
        self._lines.setdefault(place, deque()).append(Line(self._number, self._now(), text))
        self._order.append(place)
        if len(self._order) > self._most:
            oldest = self._order.popleft()
            if lines := self._lines.get(oldest):
                lines.popleft()
                if not lines:
                    del self._lines[oldest]
        self._wake(place[0])

    def of(self, pod: Object, container: str, after: int = 0) -> list[Line]:
        """The lines of a container with higher numbers than that."""
        lines = self._lines.get((str(pod["metadata"]["uid"]), container), ())
        # From the end: whoever follows asks at every line.
        return list(itertools.takewhile(lambda line: line.number > after, reversed(lines)))[::-1]

    @contextmanager
    def followed(self, pod: Object) -> Iterator[asyncio.Event]:
        """An event that is set at first, and then whenever the pod prints something or changes."""
        uid = str(pod["metadata"]["uid"])
        news = asyncio.Event()
        news.set()  # something may have come before anybody waited
        self._followers.setdefault(uid, set()).add(news)
        try:
            yield news
        finally:
            self._followers[uid].discard(news)
            if not self._followers[uid]:
                del self._followers[uid]

    def _look(self, change: Change) -> None:
        if change.resource != "pods":
            return
        uid = str(change.object["metadata"]["uid"])
        if change.type == "DELETED":
            for container in change.object["spec"]["containers"]:
                self._lines.pop((uid, container["name"]), None)
        self._wake(uid)

    def _wake(self, uid: str) -> None:
        for news in self._followers.get(uid, ()):
            news.set()
