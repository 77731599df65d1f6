"""How the chain of a service stands, in words: whole or broken, where, why, and what to do about it."""

from nodeportkit.standings.judge import standing
from nodeportkit.standings.result import Standing, Term

__all__ = ["Standing", "Term", "standing"]
