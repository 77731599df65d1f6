"""affinity-behind-nat."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nodeportkit.auditing.arrays import rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import names
from nodeportkit.kube.columns import objects
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    services = scene.services
    ips, modes = (objects(services[name]) for name in ("load_balancer_ips", "load_balancer_ip_modes"))
    backends = scene.cluster.backends
    by_ingress: dict[tuple[Any, Any], str] = {}
    for namespace, service, ingress in zip(
        *(objects(backends[c]) for c in ("namespace", "service", "ingress")), strict=True
    ):
        by_ingress.setdefault((namespace, service), str(ingress))
    for at in rows(services["session_affinity"].eq("ClientIP").fillna(False).to_numpy(dtype=bool)):
        namespace, name = scene.service_names[at]
        hosts = [ip for ip in ips[at] or [] if not _is_address(ip)]
        if "Proxy" in (modes[at] or []) or hosts:
            who = f"its load balancer{f' {names(hosts)}' if hosts else ''}, which connects in its own name"
        elif (namespace, name) in by_ingress:
            who = f"the controller of Ingress {by_ingress[namespace, name]}"
        else:
            continue
        yield scene.of_service(
            at,
            "spec.sessionAffinity",
            f"With session affinity ClientIP a client stays with one pod, and the client that it sees is {who}: "
            "all who come that way share few addresses, and few pods.",
            command("patch service", namespace, name, "-p", '{"spec":{"sessionAffinity":"None"}}'),
        )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


CHECK = Check(
    title="Session affinity where clients share an address",
    about=(
        "ClientIP affinity tells clients by their address. Behind a load balancer that connects by itself (ipMode Proxy, or known "
        "by a host name) or behind an Ingress, all of them have the proxy's."
    ),
    certainty="advice",
    severity="warning",
    needs=("services",),
    look=_look,
)
