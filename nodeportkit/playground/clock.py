"""The playground's clock: it can run faster than ours, so that nobody waits half a minute for a pod to end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

__all__ = ["Clock"]


class Clock:
    """Tells the time, and calls back later.

    Parameters
    ----------
    speed
        How many seconds of the playground pass in one of ours.

    Examples
    --------
    >>> Clock(speed=10).real(30)
    3.0
    """

    def __init__(self, speed: float = 1.0) -> None:
        if not speed > 0:
            raise ValueError(f"a clock cannot run {speed} times as fast as ours")
        self._speed = speed
        self._began = datetime.now(UTC)
        self._at = time.monotonic()

    def now(self) -> datetime:
        """The time in the playground."""
        return self._began + timedelta(seconds=(time.monotonic() - self._at) * self._speed)

    def real(self, seconds: float) -> float:
        """How many of our seconds pass while so many pass in the playground."""
        return seconds / self._speed

    def later(self, seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        """Call after so many seconds of the playground."""
        return asyncio.get_running_loop().call_later(self.real(seconds), call)
