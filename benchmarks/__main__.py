"""Run the benchmarks, print their tables, and keep the last ones in RESULTS.md: all, or those that were asked for."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import tempfile
from pathlib import Path

import benchmarks
from benchmarks.inputs import SHARES
from benchmarks.results import machine, replaced

RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    found = {
        name: importlib.import_module(f"benchmarks.{name}")
        for _, name, _ in pkgutil.iter_modules(benchmarks.__path__)
        if name != "__main__"
    }
    known = sorted(name for name, module in found.items() if hasattr(module, "run"))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(known)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the full size only; RESULTS.md stays as it is")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(known):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    shares = SHARES[:1] if arguments.quick else SHARES
    results = []
    with tempfile.TemporaryDirectory(prefix="nodeportkit-") as folder:
        for name in arguments.names or known:
            results.append(found[name].run(Path(folder), shares))
            print(results[-1].markdown(), flush=True)
    if arguments.quick:
        return
    head = f"# What it costs\n\nWritten by `make bench`. Processor time of one run on {machine()}; each number is the best of three.\n"
    page = RESULTS.read_text(encoding="utf-8") if arguments.names and RESULTS.exists() else head
    RESULTS.write_text(replaced(page, results), encoding="utf-8")


if __name__ == "__main__":
    main()
