"""Processes told apart by id and start time: an id alone may belong to another process by now."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

__all__ = ["end", "start_time"]

_STEP: Final = 0.02


def start_time(pid: int) -> str | None:
    """When a process began, in the system's own words; None if there is no such process, or it has ended.

    Examples
    --------
    >>> start_time(os.getpid()) is not None
    True
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except FileNotFoundError:
        return _asked(pid) if not Path("/proc/self").exists() else None
    except OSError:
        return None
    fields = stat.rpartition(b")")[2].split()  # the name before may hold anything
    return None if fields[0] in (b"Z", b"X") else fields[19].decode()


def _asked(pid: int) -> str | None:
    """The same where there is no /proc: macOS."""
    done = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, check=False, text=True)
    return done.stdout.strip() or None


def end(pid: int, began: str, *, seconds: float = 5.0) -> None:
    """End the process that has this id and began then; no other. One that does not end in time is killed."""
    for kind, wait in ((signal.SIGTERM, seconds), (signal.SIGKILL, seconds)):
        if start_time(pid) != began:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, kind)
        until = time.monotonic() + wait
        while start_time(pid) == began and time.monotonic() < until:
            time.sleep(_STEP)
