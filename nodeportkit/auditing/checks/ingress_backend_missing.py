"""ingress-backend-missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.errors import nearest
from nodeportkit.kube.columns import objects
from nodeportkit.kube.endpoints.numbering import positions
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    backends = scene.cluster.backends
    at = positions(backends[["namespace", "service"]], scene.services[["namespace", "name"]])
    known = scene.listed("services", backends["namespace"]) & backends["service"].notna().to_numpy()
    own: dict[int, set[str]] = {}
    columns = zip(
        scene.service_of_port.tolist(), objects(scene.ports["port"]), objects(scene.ports["port_name"]), strict=True
    )
    for owner, number, name in columns:
        own.setdefault(owner, set()).update(str(each) for each in (number, name) if each)
    rows = backends.assign(at=at)[known].drop_duplicates(["namespace", "ingress", "service", "port"])
    for row in rows.itertuples(index=False):
        namespace, name, port = str(row.namespace), str(row.service), row.port
        if int(str(row.at)) < 0:
            others = [other for space, other in scene.service_names if space == namespace]
            message = f"It sends {_where(row)} to service {name}, which is not there. {nearest(name, others)}".rstrip()
        elif isinstance(port, str) and port not in own.get(int(str(row.at)), set()):
            has = ", ".join(sorted(own.get(int(str(row.at)), set()))) or "none"
            message = f"It sends {_where(row)} to port {port} of service {name}, which has no such port; it has {has}."
        else:
            continue
        yield Finding(
            f"Ingress {namespace}/{row.ingress}",
            "spec.rules[].http.paths[].backend.service",
            message,
            command("get services", namespace),
            namespace=namespace,
            service=name if int(str(row.at)) >= 0 else "",
        )


def _where(row: object) -> str:
    host, path = (getattr(row, name) for name in ("host", "path"))
    host, path = (text if isinstance(text, str) else "" for text in (host, path))
    return f"{host}{path}" if host or path else "what matches no rule"


CHECK = Check(
    title="Ingress to a service that is not there",
    about="Requests that an Ingress sends to a missing service or port are answered with an error (503 with most controllers).",
    certainty="fact",
    severity="error",
    needs=("backends", "services"),
    look=_look,
)
