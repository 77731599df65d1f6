"""Which resource a table shows, told from its columns, from the command, or from `kind.group/` before the names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nodeportkit.sources.command import Command
from nodeportkit.sources.kinds import full_kind, singular

__all__ = ["KNOWN", "UNKNOWN", "ColumnSet", "is_events", "kind_by_columns", "kind_of", "plural"]

UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class ColumnSet:
    """The columns that some version of Kubernetes prints for a resource, after NAMESPACE and NAME.

    Attributes
    ----------
    kind
        The resource.
    columns
        What is always printed.
    wide
        What `-o wide` adds behind them.
    """

    kind: str
    columns: tuple[str, ...]
    wide: tuple[str, ...] = ()


# kubernetes/kubernetes pkg/printers/internalversion/printers.go, releases 1.9 to 1.36. `_` stands for a blank.
_SETS: Final = """
pods                 READY STATUS RESTARTS AGE | IP NODE NOMINATED_NODE READINESS_GATES
services             TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE | SELECTOR
services             CLUSTER-IP EXTERNAL-IP PORT(S) AGE | SELECTOR
nodes                STATUS ROLES AGE VERSION | INTERNAL-IP EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME
nodes                STATUS AGE VERSION | EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME
endpoints            ENDPOINTS AGE
endpointslices       ADDRESSTYPE PORTS ENDPOINTS AGE
deployments.apps     READY UP-TO-DATE AVAILABLE AGE | CONTAINERS IMAGES SELECTOR
deployments.apps     DESIRED CURRENT UP-TO-DATE AVAILABLE AGE | CONTAINERS IMAGES SELECTOR
daemonsets.apps      DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE_SELECTOR AGE | CONTAINERS IMAGES SELECTOR
daemonsets.apps      DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE-SELECTOR AGE | CONTAINERS IMAGES SELECTOR
replicasets.apps     DESIRED CURRENT READY AGE | CONTAINERS IMAGES SELECTOR
replicationcontrollers DESIRED CURRENT READY AGE | CONTAINERS IMAGES SELECTOR
statefulsets.apps    READY AGE | CONTAINERS IMAGES
statefulsets.apps    DESIRED CURRENT AGE | CONTAINERS IMAGES
controllerrevisions.apps CONTROLLER REVISION AGE
jobs.batch           STATUS COMPLETIONS DURATION AGE | CONTAINERS IMAGES SELECTOR
jobs.batch           COMPLETIONS DURATION AGE | CONTAINERS IMAGES SELECTOR
jobs.batch           DESIRED SUCCESSFUL AGE | CONTAINERS IMAGES SELECTOR
cronjobs.batch       SCHEDULE TIMEZONE SUSPEND ACTIVE LAST_SCHEDULE AGE | CONTAINERS IMAGES SELECTOR
cronjobs.batch       SCHEDULE SUSPEND ACTIVE LAST_SCHEDULE AGE | CONTAINERS IMAGES SELECTOR
namespaces           STATUS AGE
configmaps           DATA AGE
secrets              TYPE DATA AGE
serviceaccounts      SECRETS AGE
persistentvolumeclaims STATUS VOLUME CAPACITY ACCESS_MODES STORAGECLASS AGE | VOLUMEMODE
persistentvolumeclaims STATUS VOLUME CAPACITY ACCESS_MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE | VOLUMEMODE
persistentvolumes    CAPACITY ACCESS_MODES RECLAIM_POLICY STATUS CLAIM STORAGECLASS REASON AGE | VOLUMEMODE
persistentvolumes    CAPACITY ACCESS_MODES RECLAIM_POLICY STATUS CLAIM STORAGECLASS VOLUMEATTRIBUTESCLASS REASON AGE | VOLUMEMODE
componentstatuses    STATUS MESSAGE ERROR
podtemplates         CONTAINERS IMAGES POD_LABELS
horizontalpodautoscalers.autoscaling REFERENCE TARGETS MINPODS MAXPODS REPLICAS AGE
poddisruptionbudgets.policy MIN_AVAILABLE MAX_UNAVAILABLE ALLOWED_DISRUPTIONS AGE
ingresses.networking.k8s.io CLASS HOSTS ADDRESS PORTS AGE
ingresses.networking.k8s.io HOSTS ADDRESS PORTS AGE
ingressclasses.networking.k8s.io CONTROLLER PARAMETERS AGE
networkpolicies.networking.k8s.io POD-SELECTOR AGE
storageclasses.storage.k8s.io PROVISIONER RECLAIMPOLICY VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION AGE
storageclasses.storage.k8s.io PROVISIONER AGE
leases.coordination.k8s.io HOLDER AGE
priorityclasses.scheduling.k8s.io VALUE GLOBAL-DEFAULT AGE
priorityclasses.scheduling.k8s.io VALUE GLOBAL-DEFAULT AGE PREEMPTIONPOLICY
pods.metrics.k8s.io  CPU(cores) MEMORY(bytes)
nodes.metrics.k8s.io CPU(cores) CPU% MEMORY(bytes) MEMORY%
nodes.metrics.k8s.io CPU(cores) CPU(%) MEMORY(bytes) MEMORY(%)
"""


def _column_sets() -> tuple[ColumnSet, ...]:
    sets = []
    for line in _SETS.strip().splitlines():
        kind, columns = line.split(maxsplit=1)
        always, _, wide = columns.partition("|")
        sets.append(
            ColumnSet(kind, *(tuple(name.replace("_", " ") for name in part.split()) for part in (always, wide)))
        )
    # The longest first: READY AGE is also the beginning of nothing else, but the end of others.
    return tuple(sorted(sets, key=lambda known: -len(known.columns)))


KNOWN: Final = _column_sets()
_KINDS: Final = frozenset(known.kind for known in KNOWN)

# A Deployment's ReplicaSets end in a hash of the pod template: digits until 1.8 or so, then letters that make no words
# (kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/rand: SafeEncodeString).
_TEMPLATE_HASH: Final = re.compile(r".+-(?:[bcdfghjklmnpqrstvwxz2456789]{6,10}|\d{8,10})")
# Columns that other resources could have as well: the cells must look right too.
_CELLS: Final = {
    ("statefulsets.apps", ("READY", "AGE")): ("READY", re.compile(r"\d+/\d+")),
    ("namespaces", ("STATUS", "AGE")): ("STATUS", re.compile(r"Active|Terminating")),
    ("configmaps", ("DATA", "AGE")): ("DATA", re.compile(r"\d+")),
    ("replicasets.apps", ("DESIRED", "CURRENT", "READY", "AGE")): ("NAME", _TEMPLATE_HASH),
}


def plural(kind: str) -> str:
    """The full plural of a kind as kubectl writes it before a name: the Kind in lower case, and its group.

    Examples
    --------
    >>> [plural(kind) for kind in ("ingress.networking.k8s.io", "networkpolicy.networking.k8s.io", "endpoints", "po")]
    ['ingresses.networking.k8s.io', 'networkpolicies.networking.k8s.io', 'endpoints', 'pods']
    >>> plural("gateway.example.com"), plural("virtualservice.networking.istio.io")
    ('gateways.example.com', 'virtualservices.networking.istio.io')
    """
    full = full_kind(kind)
    if full != kind or full_kind(singular(kind)) == kind != singular(kind):
        return full
    stem, dot, group = kind.partition(".")
    if stem.endswith("endpoints"):
        return kind
    if stem.endswith(("s", "x", "ch", "sh")):
        ending = "es"
    elif stem.endswith("y") and stem[-2:-1] not in "aeiou":
        stem, ending = stem[:-1], "ies"
    else:
        ending = "s"
    return f"{stem}{ending}{dot}{group}"


def kind_by_columns(columns: Sequence[str]) -> ColumnSet | None:
    """The known set of columns that a header has, whatever label columns stand behind.

    Examples
    --------
    >>> kind_by_columns(["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "APP"]).kind
    'pods'
    """
    names = [name for name in columns if name not in ("NAMESPACE", "EVENT")]
    if names[:2] == ["POD", "NAME"]:  # kubectl top pods --containers
        names = names[1:]
    if names[:1] != ["NAME"]:
        return None
    names = names[1:]
    for known in KNOWN:
        if tuple(names[: len(known.columns)]) == known.columns:
            return known
    return None


def kind_of(columns: Sequence[str], cells: Sequence[Sequence[str]], command: Command | None) -> str:
    """The resource that a table shows, or `unknown`.

    Parameters
    ----------
    columns
        The header.
    cells
        The cells, a list a column.
    command
        The command that printed the table, where it is known.
    """
    shown = dict(zip(columns, cells, strict=True))
    custom = command is not None and command.output.startswith("custom-columns")
    if is_events(columns) and not custom:
        return "events"
    prefixed = _kinds_before(shown.get("NAME", ()))
    if prefixed:
        return prefixed.pop() if len(prefixed) == 1 else UNKNOWN
    asked = _asked_for(command)
    if custom:
        return asked or UNKNOWN
    known = kind_by_columns(columns)
    if known is None:
        return asked or UNKNOWN
    same = {other.kind for other in KNOWN if other.columns == known.columns}
    certain = _CELLS.get((known.kind, known.columns))
    if asked and (asked in same or certain or asked not in _KINDS):
        return asked
    if certain:
        named, pattern = certain
        if not shown[named] or not all(pattern.fullmatch(cell) for cell in shown[named]):
            return UNKNOWN
    return known.kind


def _kinds_before(names: Sequence[str]) -> set[str]:
    """The resources written before all names; the last name may be cut off."""
    whole = names[:-1] or names
    if not all("/" in name for name in whole):
        return set()
    return {plural(prefix) for prefix in {name.partition("/")[0] for name in whole}}


def _asked_for(command: Command | None) -> str | None:
    """The resource that the command asks for, if it is one."""
    if command is None or len(command.resources) != 1:
        return None
    resource = command.resources[0]
    if command.verb == "top":
        return f"{resource.partition('.')[0]}.metrics.k8s.io"
    return resource if command.verb in ("get", "events") else None


_LAST_SEEN: Final = frozenset({"LAST SEEN", "LASTSEEN"})  # without a blank until 1.9


def is_events(columns: Sequence[str]) -> bool:
    """Whether a header is that of events, of `kubectl get events` or of `kubectl events`.

    Examples
    --------
    >>> is_events(["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]), is_events(["NAME", "AGE"])
    (True, False)
    """
    return {"REASON", "MESSAGE"} <= set(columns) and not _LAST_SEEN.isdisjoint(columns)
