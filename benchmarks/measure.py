"""Measure a function in a process of its own: its time, and the most memory the process ever had."""

from __future__ import annotations

import importlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_UNIT = 1 if sys.platform == "darwin" else 1024  # of the memory that getrusage gives


def apart(function: Callable[..., dict[str, float]], *arguments: str | int, times: int = 3) -> dict[str, float]:
    """Call a function of a benchmark in a fresh interpreter, several times, and keep the least of each number it gives.

    The function gives numbers by name; `peak`, the most memory of the whole process in bytes, is added.
    """
    call = [sys.executable, "-m", "benchmarks.measure", function.__module__, function.__name__, *map(str, arguments)]
    found: list[dict[str, float]] = [
        json.loads(subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout)
        for _ in range(times)
    ]
    return {name: min(numbers[name] for numbers in found) for name in found[0]}


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """How long some work took, and what came of it.

    It is the processor's time, so that what else the machine does matters less; nothing here waits or runs in threads.
    """
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def real_seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """How long some work took by the clock, whatever was done beside it, and what came of it."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _peak() -> int:
    """The most memory this process ever had and the largest of those that it started, in bytes."""
    return _own_peak() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _UNIT


def _own_peak() -> int:
    try:
        # On Linux the number that getrusage gives begins with that of the process that started this one.
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


if __name__ == "__main__":
    module, name, *given = sys.argv[1:]
    numbers = getattr(importlib.import_module(module), name)(*given)
    print(json.dumps({**numbers, "peak": _peak()}))
