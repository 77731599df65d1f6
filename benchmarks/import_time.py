"""What importing costs, beyond importing pandas."""

from __future__ import annotations

from pathlib import Path

from benchmarks.measure import apart, seconds
from benchmarks.results import Result


def run(folder: Path, shares: tuple[float, ...]) -> Result:  # noqa: ARG001 - the size of a cluster is no matter here
    found = apart(import_all, times=5)
    return Result(
        "Importing",
        "In a fresh interpreter, the least of five times; the names of nodeportkit are loaded when they are first used.",
        [
            {"what": "import pandas", "time": f"{found['pandas'] * 1e3:.0f} ms"},
            {"what": "then import nodeportkit", "time": f"{found['nodeportkit'] * 1e3:.0f} ms"},
            {"what": "then nodeportkit.read, chain and standing", "time": f"{found['read'] * 1e3:.0f} ms"},
            {"what": "then nodeportkit.plot_chain", "time": f"{found['plot'] * 1e3:.0f} ms"},
        ],
        [("import nodeportkit costs at most 100 ms beyond import pandas", found["nodeportkit"] <= 0.1)],
    )


def import_all() -> dict[str, float]:
    import importlib

    pandas, _ = seconds(lambda: importlib.import_module("pandas"))
    took, kit = seconds(lambda: importlib.import_module("nodeportkit"))
    read, _ = seconds(lambda: (kit.read, kit.chain, kit.standing))
    plot, _ = seconds(lambda: kit.plot_chain)
    return {"pandas": pandas, "nodeportkit": took, "read": read, "plot": plot}
