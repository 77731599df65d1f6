"""Where the description of an object begins and ends.

Objects are divided by two empty lines, but one also stands within Endpoints and Secrets, and what is pasted after a
description is divided from it by nothing at all. So each line is asked whether kubectl could have printed it there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = ["Block", "begins", "block_at", "indentation", "split_label"]


def _labels(text: str) -> frozenset[str]:
    return frozenset(label.strip() for label in text.split(","))


# What follows the name. `nslookup` prints `Name:` as well, with `Address:` below.
_SECOND: Final = _labels(
    "Namespace,Labels,Annotations,Selector,Roles,Role,Image(s),CreationTimestamp,Priority,IsDefaultClass"
)
_SERVICE_TYPES: Final = frozenset({"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"})
# Top-level labels that one blank may follow: a few are printed so, and in some pastes all columns are lost.
_KNOWN: Final = _labels(
    """Namespace, Labels, Annotations, Selector, Type, IP, IPs, IPFamily, IP Families, IP Family Policy, External IPs,
    External Name, Desired LoadBalancer IP, LoadBalancer Ingress, Port, TargetPort, AppProtocol, NodePort, Endpoints,
    Session Affinity, External Traffic Policy, Internal Traffic Policy, HealthCheck NodePort, LoadBalancer Source Ranges,
    Traffic Distribution, Events, Node, Host, Image(s), Start Time, Status, Reason, Message, Controlled By, Controllers,
    Created By, Priority, Priority Class Name, Runtime Class Name, Service Account, NominatedNodeName, Init Containers,
    Containers, Ephemeral Containers, Readiness Gates, Conditions, Volumes, QoS Class, QoS Tier, Node-Selectors,
    Tolerations, Replication Controllers, Termination Grace Period, Subsets, AddressType, Ports, Roles, Role, Taints,
    Unschedulable, Lease, Phase, CreationTimestamp, Addresses, Capacity, Allocatable, System Info, Version, PodCIDR,
    PodCIDRs, ExternalID, ProviderID, Non-terminated Pods, Pods, Allocated resources, Replicas, Pods Status, StrategyType,
    MinReadySeconds, RollingUpdateStrategy, Update Strategy, Pod Template, OldReplicaSets, NewReplicaSet, Node-Selector,
    Desired Number of Nodes Scheduled, Current Number of Nodes Scheduled, Number of Nodes Misscheduled,
    Number of Nodes Scheduled with Up-to-date Pods, Number of Nodes Scheduled with Available Pods, Volume Claims"""
)
# What may stand below an empty line.
_AFTER_GAP: Final = frozenset({"Events", "Type", "Image pull secrets", "Mountable secrets", "Tokens"})
_PHRASES: Final = frozenset(
    {
        "No events.",
        "No volumes.",
        "No resource quota.",
        "No resource limits.",
        "No LimitRange resource.",
        "Resource Quotas",
        "Resource Limits",
        "Data",
    }
)
_LABEL: Final = re.compile(r"[A-Z][^:\t]{0,80}:(?:$|\t|  )")
_COMPLAINT: Final = re.compile(r"(?:Error|Warning|Unable)\b")
_DASHES: Final = re.compile(r"\s*[-─]{2,}(?:\s+[-─]{2,})+\s*")
_KEY: Final = re.compile(r"[-._A-Za-z0-9]+:\s")
_EVENT: Final = re.compile(r"\s{1,8}(?:Normal|Warning)\s")
_AFTER_MESSAGE: Final = re.compile(r"\s{2,}(?:Exit Code|Signal|Started|Finished|Ready):\s")
_MESSAGE_LINES: Final = 60
_Labelled: TypeAlias = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one object: positions from `start` up to, not including, `end`.

    Attributes
    ----------
    continued
        Lines that belong to the message above them, which was printed with its line ends.
    data_start, data_end
        The contents of a ConfigMap or Secret: free text, from the line `Data` on.
    """

    start: int
    end: int
    continued: frozenset[int] = frozenset()
    data_start: int = -1
    data_end: int = -1


def indentation(text: str) -> int:
    """How many blanks the text begins with."""
    return len(text) - len(text.lstrip(" "))


def split_label(text: str) -> _Labelled | None:
    """The label, the value, and where the value begins, of a line without indentation; None if it has no label.

    Examples
    --------
    >>> split_label("Port:    http  80/TCP")
    ('Port', 'http  80/TCP', 9)
    >>> split_label("/tmp from tmp (rw)")
    """
    at = text.find(": ")
    tab = text.find(":\t", 0, at if at >= 0 else len(text))
    if tab >= 0:
        at = tab
    elif at < 0 and text.endswith(":"):
        at = len(text) - 1
    if at < 1 or "  " in text[:at]:
        return None
    rest = text[at + 1 :]
    value = rest.strip()
    return text[:at], value, at + 1 + (len(rest) - len(rest.lstrip()) if value else 0)


def begins(lines: Sequence[str], at: int) -> bool:
    """Whether the description of an object begins here: its name, and a label that kubectl prints next."""
    first = lines[at]
    if not first.startswith("Name:") or len(first) < 7 or first[5] not in " \t" or len(first[5:].split()) != 1:
        return False
    after = next((line for line in lines[at + 1 : at + 3] if line.strip()), "")
    found = split_label(after.rstrip())
    if found is None:
        return False
    return found[0] in _SECOND or (found[0] == "Type" and found[1] in _SERVICE_TYPES)


def block_at(lines: Sequence[str], start: int) -> Block:
    """The block of the object whose description begins at `start`."""
    return _Walk(lines, start).block()


class _Walk:
    """Goes from line to line as long as kubectl could have printed it."""

    def __init__(self, lines: Sequence[str], start: int) -> None:
        self.lines = lines
        self.start = start
        # Text copied from a web page may have an empty line after every line.
        self.spaced = start + 1 < len(lines) and not lines[start + 1].strip()
        self.end = start + 1
        self.section = ""  # the top-level label above
        self.label = ""  # the label above, on whatever level
        self.secret = False
        self.continued: set[int] = set()
        self.data = (-1, -1)

    def block(self) -> Block:
        at = self.end
        while at < len(self.lines):
            if not self.lines[at].strip():
                at += 1
                continue
            if begins(self.lines, at):
                break
            found = split_label(self.lines[at].strip())
            gap = at - self.end > (1 if self.spaced else 0)
            # Events stand last: what begins at the margin there is part of a message, or no longer the description.
            if self.section != "Events" and self.fits(at, found, gap):
                self.end = at + 1
                at = self.note(at, found)
            elif self.section == "Events" and not gap and self.lines[at][0] in " \t":
                at = self.end = at + 1
            else:
                after = self.message_end(at)
                if after is None:
                    break
                at = self.carry_on(at, after)
        return Block(self.start, self.end, frozenset(self.continued), *self.data)

    def fits(self, at: int, found: _Labelled | None, gap: bool) -> bool:
        """Whether kubectl could have printed this line here; `gap`: below an empty line."""
        line = self.lines[at]
        if line[0] in " \t":
            return not gap or bool(found and found[0] == "Addresses" and self.section == "Subsets")
        text = line.rstrip()
        if text in _PHRASES or text.startswith("!!!WARNING!!!"):
            return True
        if self.section == "table" and not gap:
            return True
        if found and (gap or found[0] in _KNOWN):
            return found[0] in _AFTER_GAP if gap else True
        if _LABEL.match(text) and not _COMPLAINT.match(line):
            return not gap
        return not gap and self.has_dashes(at + 1)

    def has_dashes(self, at: int) -> bool:
        return at < len(self.lines) and bool(_DASHES.fullmatch(self.lines[at]))

    def note(self, at: int, found: _Labelled | None) -> int:
        """Remember what the line opens; the position to go on from."""
        line = self.lines[at]
        if found:
            self.label = found[0]
        if line[0] in " \t":
            # Below the message of a container its exit code follows, however the lines between them look.
            after = self.message_end(at + 1) if self.label == "Message" and self.section != "Message" else None
            return self.carry_on(at + 1, after) if after is not None else at + 1
        self.section = found[0] if found else "table" if self.has_dashes(at + 1) or self.section == "table" else ""
        self.secret = self.secret or self.section == "Type"  # a ConfigMap has no type
        if line.rstrip() == "Data":
            below = next((p for p in range(at + 1, min(at + 3, len(self.lines))) if self.lines[p].strip()), at)
            if self.lines[below].strip() == "====":
                self.end = self.secret_end(below + 1) if self.secret else self.config_end(below + 1)
                self.data = (at, self.end)
                return self.end
        return at + 1

    def secret_end(self, at: int) -> int:
        """Where the keys of a Secret end."""
        end = at
        while at < len(self.lines) and at - end < 2:
            if begins(self.lines, at) or (self.lines[at].strip() and not _KEY.match(self.lines[at])):
                break
            at += 1
            if self.lines[at - 1].strip():
                end = at
        return end

    def config_end(self, at: int) -> int:
        """Where free text ends: at the events or the next object."""
        end = at
        while at < len(self.lines):
            line = self.lines[at]
            if line.startswith("Events:") or begins(self.lines, at):
                break
            if line.strip():
                end = at + 1
            at += 1
        return end

    def carry_on(self, at: int, after: int) -> int:
        """Take the lines up to `after` as the rest of a message."""
        self.continued.update(range(at, after))
        self.end = after
        return after

    def message_end(self, at: int) -> int | None:
        """Where the description goes on, if these lines are the rest of a message that was printed with its line ends."""
        goes_on = self.goes_on()
        if goes_on is None:
            return None
        empty = 0
        for position in range(at, min(at + _MESSAGE_LINES, len(self.lines))):
            empty = 0 if self.lines[position].strip() else empty + 1
            if empty > 1 or begins(self.lines, position):
                return None
            if goes_on(position):
                return position
        return None

    def goes_on(self) -> Callable[[int], bool] | None:
        """How to know the line below the message that stands above, None if none does."""
        if self.section == "Events":
            return lambda at: bool(_EVENT.match(self.lines[at]))
        if self.label == "Message" and self.section != "Message":
            return lambda at: bool(_AFTER_MESSAGE.match(self.lines[at]))
        if self.section in ("Message", "Conditions"):
            return lambda at: self.lines[at][:1] > " " and self.fits(at, split_label(self.lines[at].strip()), gap=False)
        return None
