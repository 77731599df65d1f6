"""What there is to say of a service's chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Link", "Standing", "Term"]

Link = Literal["node", "service", "selector", "pods", "target-port"]


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a service's selector, and how many pods of the namespace carry it; None where labels were not shown."""

    key: str
    value: str
    pods: int | None

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the chain of one service stands.

    Attributes
    ----------
    namespace, service
        The service.
    whole
        Whether a connection to the node port reaches a pod; None where what was shown does not tell.
    title
        The answer as a sentence, without a full stop.
    cause
        What is wrong, one of the ids that diagnoses use (`selector-mismatch`, `pods-not-ready`, ...); "" where nothing is, or
        where it is not known.
    broken_link
        Where the chain is broken: `node`, `service` (it opens no way), `selector`, `pods`, `target-port`; None if it is not.
    reason
        What is wrong, in a few words.
    explanation
        More of it, and what to do; it ends in a colon where a command follows.
    fix
        A command that mends it, quoted for a shell; "" where none is known.
    verify
        A command whose output would tell more; "" where none is needed.
    terms
        The terms of the selector; None where it was not shown.
    candidates
        Names of pods that the selector does not match but nearly does; with labels unknown, all that it might match.
    blocked_nodes
        Names of nodes on which the node port reaches no pod, while it does on others.
    symptom
        The last try of a node port of this service that the transcript holds, and what came of it.
    changed_since
        The command of the transcript that may have changed things after what was read here was printed; "" for none. The
        symptom of a broken chain is from before it.

    Examples
    --------
    >>> Standing("shop", "web", True, "web reaches 6 of 6 pods").cause
    ''
    """

    namespace: str
    service: str
    whole: bool | None
    title: str
    cause: str = ""
    broken_link: Link | None = None
    reason: str = ""
    explanation: str = ""
    fix: str = ""
    verify: str = ""
    terms: tuple[Term, ...] | None = None
    candidates: tuple[str, ...] = ()
    blocked_nodes: tuple[str, ...] = ()
    symptom: str = ""
    changed_since: str = ""
