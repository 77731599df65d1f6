"""One object as `kubectl describe` printed it."""

from __future__ import annotations

from dataclasses import dataclass, field

from nodeportkit.sources.describe.layout import Entry

__all__ = ["Description"]


@dataclass(frozen=True, slots=True)
class Description:
    """One object as `kubectl describe` printed it.

    Attributes
    ----------
    kind
        The resource in full lower-case plural (`services`, `deployments.apps`), `unknown` where the labels do not tell.
    namespace
        As printed, "" where none was.
    name
        The object's name.
    line
        The line of `Name:`, counted from 1.
    tree
        Every labelled value: `tree.text("Type")`, `tree.get("Containers").children`, `tree.records("Conditions")`.
        What a Secret holds is left out.
    """

    kind: str
    namespace: str
    name: str
    line: int
    tree: Entry = field(repr=False)

    @property
    def events(self) -> list[dict[str, str]]:
        """The events, each as a dict of printed column -> cell: `pd.DataFrame(description.events)`.

        The columns are Type, Reason, Age, From and Message; until 1.6 FirstSeen, LastSeen, Count, From, SubObjectPath,
        Type, Reason and Message.
        """
        return self.tree.records("Events")
