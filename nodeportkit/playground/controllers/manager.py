"""Runs the controllers: each is told which of its objects may need care, and brings them one by one to what is wanted."""

from __future__ import annotations

import asyncio
import importlib
import logging
import pkgutil
import time
from collections.abc import Iterable
from typing import Any, Final, Protocol

from nodeportkit.playground import controllers as room
from nodeportkit.playground.api.server import ApiServer
from nodeportkit.playground.clock import Clock
from nodeportkit.playground.controllers.hands import Hands
from nodeportkit.playground.network.addresses import Addresses
from nodeportkit.playground.store import Change, Key

__all__ = ["Controller", "Manager"]

_log = logging.getLogger(__name__)
_AT_ONCE: Final = 0.05  # seconds for which objects are cared for before requests are answered again
# Care that takes long, of thousands of pods, is given again only after some rest, so that their changes are seen to together:
# what the batch periods of a real controller manager are for.
_LONG: Final = 0.005
_REST: Final = 4  # times as long as the care took


class Controller(Protocol):
    """What the class `Controller` of a module has."""

    NAME: str

    def __init__(self, hands: Hands, again: Any) -> None:
        """`again(key, seconds)` has an object looked at later."""

    def concerns(self, change: Change) -> Iterable[Key]:
        """The objects of this controller that a change may be about."""

    def care(self, key: Key) -> None:
        """Bring the object, or what belongs to it, to what is wanted. Called again until nothing changes any more."""


class Manager:
    """All controllers of a cluster.

    Parameters
    ----------
    api
        The API server whose objects they care for.
    clock
        The playground's clock.
    addresses
        The addresses that nodes and pods may have.
    """

    def __init__(self, api: ApiServer, clock: Clock, addresses: Addresses) -> None:
        self._clock = clock
        self._waiting: dict[tuple[int, Key], None] = {}
        self._wake = asyncio.Event()
        self._timers: dict[tuple[int, Key], asyncio.TimerHandle] = {}
        self._resting: dict[tuple[int, Key], bool] = {}  # whether it is wanted again by now
        self._controllers: list[Any] = []
        for entry in pkgutil.iter_modules(room.__path__):
            module = importlib.import_module(f"{room.__name__}.{entry.name}")
            if made := getattr(module, "Controller", None):
                if made is Controller:
                    continue
                number = len(self._controllers)
                self._controllers.append(made(Hands(api, clock, addresses, made.NAME), self._again(number)))
        self._stop = api.store.listen(self._changed)
        self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        """Stop caring."""
        self._stop()
        self._task.cancel()
        for timer in self._timers.values():
            timer.cancel()

    def _again(self, number: int) -> Any:
        def again(key: Key, seconds: float) -> None:
            place = (number, key)
            if place in self._timers:
                self._timers[place].cancel()
            self._timers[place] = self._clock.later(seconds, lambda: self._due(place))

        return again

    def _due(self, place: tuple[int, Key]) -> None:
        self._timers.pop(place, None)
        self._want(place)

    def _changed(self, change: Change) -> None:
        for number, controller in enumerate(self._controllers):
            for key in controller.concerns(change):
                self._want((number, key))

    def _want(self, place: tuple[int, Key]) -> None:
        """Have an object cared for as soon as may be."""
        if place in self._resting:
            self._resting[place] = True
        else:
            self._waiting[place] = None
            self._wake.set()

    def _rested(self, place: tuple[int, Key]) -> None:
        if self._resting.pop(place):
            self._want(place)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            until = time.monotonic() + _AT_ONCE
            while self._waiting and time.monotonic() < until:
                place = next(iter(self._waiting))
                del self._waiting[place]
                begun = time.thread_time()
                self._care(*place)
                took = time.thread_time() - begun
                if took > _LONG:
                    self._resting[place] = place in self._waiting
                    self._waiting.pop(place, None)
                    loop.call_later(_REST * took, self._rested, place)
            if self._waiting:
                self._wake.set()
            await asyncio.sleep(0)

    def _care(self, number: int, key: Key) -> None:
        try:
            self._controllers[number].care(key)
        except Exception:
            # One object that cannot be cared for must not keep the others waiting.
            _log.exception("%s cannot care for %s", self._controllers[number].NAME, "/".join(key))
