"""`kubectl get ingresses` -> backends: their hosts. To which Services they lead is not printed.

HOSTS are cut after three (formatHosts in pkg/printers/internalversion/printers.go), and PORTS are `80, 443` where the Ingress
has any certificate, else `80`.
"""

from __future__ import annotations

import re
from typing import Any, Final

from nodeportkit.frames import conform
from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing

__all__ = ["KINDS", "fragments"]

KINDS: Final = ("ingresses.networking.k8s.io",)
_MORE: Final = re.compile(r" \+ \d+ more\.\.\.$")


def fragments(found: Listing) -> list[Fragment]:
    """The hosts of the table's Ingresses, a row each; `*` stands for every host."""
    classes = [None if cell is None else "" if cell == "<none>" else cell for cell in found.get("CLASS")]
    tls = [False if ports == "80" else None for ports in found.get("PORTS")]
    told = [
        (namespace, name, "" if host == "*" else host, class_, has_tls)
        for namespace, name, hosts, class_, has_tls in zip(
            found.namespaces, found.names, found.get("HOSTS"), classes, tls, strict=True
        )
        for host in _MORE.sub("", hosts or "").split(",")
    ]
    names = ("namespace", "ingress", "host", "class", "tls")
    rows: dict[str, Any] = {name: [row[at] for row in told] for at, name in enumerate(names)}
    covers = found.parents("namespace", "ingress")
    return [Fragment("backends", conform("backends", rows), covers, found.complete, detail=1)]
