"""The four kinds of patch."""

from nodeportkit.playground.api.patching.plain import json_merge, json_patch
from nodeportkit.playground.api.patching.strategic import strategic_merge

__all__ = ["json_merge", "json_patch", "strategic_merge"]
