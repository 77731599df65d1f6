"""What a benchmark gives, and how it is written down."""

from __future__ import annotations

import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """The table of one benchmark: what it answers, its rows, and which goals it met."""

    title: str
    about: str
    rows: Sequence[dict[str, str]]
    goals: Sequence[tuple[str, bool]]

    def markdown(self) -> str:
        """The result as a section of Markdown."""
        headings = list(self.rows[0])
        widths = [max(len(heading), *(len(row[heading]) for row in self.rows)) for heading in headings]
        lines = [
            "| " + " | ".join(heading.ljust(width) for heading, width in zip(headings, widths, strict=True)) + " |",
            "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|",
            *(
                "| "
                + " | ".join(row[heading].rjust(width) for heading, width in zip(headings, widths, strict=True))
                + " |"
                for row in self.rows
            ),
        ]
        goals = [f"- {'met' if met else '**missed**'}: {goal}" for goal, met in self.goals]
        return "\n".join([f"## {self.title}", "", self.about, "", *lines, "", *goals, ""])


def replaced(page: str, results: Sequence[Result]) -> str:
    """The page with the sections of these results in place of those that have their titles, new ones at its end."""
    head, *old = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    sections = {section.partition("\n")[0]: section.strip() for section in old}
    sections |= {f"## {result.title}": result.markdown().strip() for result in results}
    return "\n\n".join([head.strip(), *sections.values()]) + "\n"


def machine() -> str:
    """What it was measured on."""
    try:
        known = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        known = []
    models = [line.partition(": ")[2] for line in known if line.startswith("model name")]
    cpu = f"{len(models)} x {models[0]}" if models else platform.machine()
    packages = ", ".join(f"{name} {version(name)}" for name in ("pandas", "numpy", "msgspec", "kubernetes"))
    return f"{cpu}, {platform.system()}, Python {platform.python_version()}, {packages}"
