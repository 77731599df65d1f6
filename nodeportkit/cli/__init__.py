"""The same verbs in a terminal: `nodeportkit`, and `kubectl nodeport`."""

from nodeportkit.cli.running import main as main
from nodeportkit.cli.running import plugin as plugin

__all__ = ["main", "plugin"]
