"""`kubectl describe configmap kube-proxy` -> how the proxy is set up; of other ConfigMaps nothing is looked at."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.describe.layout import Entry
from nodeportkit.sources.describe.rows import Rows
from nodeportkit.sources.objects.embedded import settings_in
from nodeportkit.sources.objects.kinds.configmaps import reads

__all__ = ["KINDS", "kind_of", "tell"]

KINDS: Final = ("configmaps",)
_KEYS: Final = ("config.conf", "config", "ClusterConfiguration")


def kind_of(tree: Entry) -> str | None:  # noqa: ARG001
    """What holds data is told from the others before modules are asked."""
    return None


def tell(description: Description, rows: Rows) -> None:
    """Add the settings that the configuration of a component holds: below its key and a line of dashes."""
    data = description.tree.get("Data")
    if data is None or description.namespace != "kube-system" or not reads(description.name):
        return
    lines = data.values
    heads = [at for at, line in enumerate(lines[:-1]) if line.endswith(":") and lines[at + 1] == "----"]
    for at, end in pairwise([*heads, len(lines)]):
        if lines[at][:-1] in _KEYS:
            rows.settings |= settings_in("\n".join(lines[at + 2 : end]))
