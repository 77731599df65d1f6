"""What is not to be told: by check, by namespace or object, by annotation of the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.errors import NodePortKitError, nearest
from nodeportkit.kube.columns import objects

__all__ = ["Silence"]


class Silence:
    """The settings that silence checks.

    Parameters
    ----------
    ignore, namespaces
        As for `audit`.
    services
        The services, with their column `ignored_checks`.
    checks
        The checks that there are.

    Attributes
    ----------
    everywhere
        The checks that need not be asked at all.

    Raises
    ------
    NodePortKitError
        If there is no check of an id.
    """

    def __init__(
        self,
        ignore: Iterable[str],
        namespaces: Iterable[str] | None,
        services: pd.DataFrame,
        checks: Mapping[str, Check],
    ) -> None:
        self._places: set[tuple[str, str]] = set()
        for entry in [ignore] if isinstance(ignore, str) else ignore:
            name, _, place = entry.partition("@")
            if name not in checks and name != "*":
                raise NodePortKitError(f"There is no check {name!r} to ignore", hint=nearest(name, checks))
            self._places.add((name, place))
        self.everywhere = {name for name, place in self._places if not place}
        if "*" in self.everywhere:
            self.everywhere = set(checks)
        self._only = {namespaces} if isinstance(namespaces, str) else None if namespaces is None else set(namespaces)
        columns = (objects(services[name]) for name in ("namespace", "name", "ignored_checks"))
        self._annotated = {
            (namespace, name): set(ids) for namespace, name, ids in zip(*columns, strict=True) if isinstance(ids, list)
        }

    def silenced(self, check: str, finding: Finding) -> bool:
        """Whether a finding is not to be told."""
        if self._only is not None and finding.namespace and finding.namespace not in self._only:
            return True
        annotated = self._annotated.get((finding.namespace, finding.service), set()) if finding.service else set()
        if annotated & {check, "all"}:
            return True
        name = finding.object.partition(" ")[2]
        return any((one, place) in self._places for one in (check, "*") for place in (finding.namespace, name) if place)
