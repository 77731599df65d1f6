"""A command line as a person typed it: the program, what it asks for, and of which namespace."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Command"]


@dataclass(frozen=True, slots=True)
class Command:
    """A parsed command line.

    Attributes
    ----------
    text
        The command without its prompt, continuation lines joined.
    program
        `kubectl`, `minikube`, `curl`, ...
    verb
        `get`, `describe`, `service list`, `create`, ...; "" where there is none.
    resources
        The kinds asked for, in full lower-case plural (`services`, `deployments.apps`), as typed where unknown.
    names
        The objects named, without their kind.
    namespace
        From `-n`, `--namespace`; None if none was given.
    all_namespaces
        Whether `-A` or `--all-namespaces` was given.
    output
        The value of `-o`; "" for a table.
    filtered
        Whether a selector, a field selector, a name or a limit narrows what is listed, so that an object that is not
        listed may still exist.
    """

    text: str
    program: str = ""
    verb: str = ""
    resources: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    namespace: str | None = None
    all_namespaces: bool = False
    output: str = ""
    filtered: bool = False

    @property
    def complete(self) -> tuple[str, ...]:
        """The namespaces of which a listing of this command shows every object: what `Fragment.complete` wants."""
        if self.program != "kubectl" or self.verb != "get" or self.filtered or self.names:
            return ()
        return ("*",) if self.all_namespaces else (self.namespace or "default",)
