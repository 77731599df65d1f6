"""What a cause has to say of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Cause", "Certainty", "Finding"]

Certainty = Literal["fact", "hint", "possible"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of a diagnosis.

    Attributes
    ----------
    cause
        Its id.
    certainty
        `fact`: the objects prove it; `hint`: they point to it; `possible`: only a command would prove it.
    object, field
        What proves it: the object (`Service shop/web`) and the field in it.
    evidence
        The proof as shown.
    explanation
        What it means, in a sentence or two.
    fix, alternative, verify
        Commands, quoted for a shell; "" for none. The alternative mends it in another way.
    explains
        The symptoms that it causes; () for any.
    partial
        Whether only some connections fail of it.
    aside
        Whether it stands beside the question: true of a node that nobody dialled, while others serve.
    last_resort
        Whether it is named by elimination only: not where anything else explains the symptom.
    beneath
        Whether it would be the reason of what is told for certain, and so is not settled by that.
    place
        Where on the packet's way it stands: of equals, the first on the way speaks first.
    """

    cause: str
    certainty: Certainty
    object: str
    evidence: str
    explanation: str
    field: str = ""
    fix: str = ""
    alternative: str = ""
    verify: str = ""
    explains: tuple[str, ...] = ()
    partial: bool = False
    aside: bool = False
    last_resort: bool = False
    beneath: bool = False
    place: int = 0


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause that a module knows: its id, its place on the packet's way, the symptoms that it shows by, and its words.

    The words say of a service what is wrong with it: `web: its selector matches no pod`.
    """

    id: str
    place: int
    symptoms: tuple[str, ...]
    words: str

    def fact(self, **told: Any) -> Finding:
        """The objects prove it."""
        return self._finding("fact", told)

    def hint(self, **told: Any) -> Finding:
        """They point to it."""
        return self._finding("hint", told)

    def possible(self, **told: Any) -> Finding:
        """Only a command would prove it."""
        return self._finding("possible", told)

    def _finding(self, certainty: Certainty, told: dict[str, Any]) -> Finding:
        said: dict[str, Any] = {"explains": self.symptoms, "place": self.place} | told
        return Finding(self.id, certainty, **said)
