"""Node -> service -> pod: service ports with their endpoints, and the ways of a packet through one service."""

from nodeportkit.chains.pairing import links
from nodeportkit.chains.paths import chain, select_port

__all__ = ["chain", "links", "select_port"]
