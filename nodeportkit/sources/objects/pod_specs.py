"""Pod specs, each distinct one looked at once: what its containers are, and the ports they declare.

Most pods of a cluster are made from few templates. What follows from the spec alone is worked out once for all pods that
are made alike, and they share one id.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec

from nodeportkit.sources.objects.binds import binds
from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.pod_types import Container, InitContainer, PodSpec

__all__ = ["NO_SPEC", "Made", "made", "specs_part"]

# Kubernetes API reference, PodSpec.terminationGracePeriodSeconds: "Defaults to 30 seconds."
_GRACE: Final = 30
_ROWS: Final = (
    "spec",
    "container",
    "init",
    "sidecar",
    "image",
    "readiness",
    "readiness_port",
    "binds",
    "pre_stop",
    "grace_period",
)


class Made(NamedTuple):
    """What follows from a pod spec alone.

    Attributes
    ----------
    id
        Names the spec in the frame `specs`; None where no containers were shown.
    containers
        How many containers run as long as the pod does.
    sidecars
        The init containers among them (`restartPolicy: Always`), by name.
    ports
        For each port that these declare: container, port name, number, protocol, host port, whether of a sidecar.
    rows
        The rows of `specs`.
    """

    id: str | None
    containers: int
    sidecars: frozenset[str | None]
    ports: tuple[tuple[Any, ...], ...]
    rows: tuple[tuple[Any, ...], ...]


def made(spec: PodSpec) -> Made:
    """What follows from a pod spec alone.

    Examples
    --------
    >>> web = Container(name="web", image="nginx:1.27", args=("--host=127.0.0.1", "--token=abc"))
    >>> made(PodSpec(containers=(web,))).rows
    (('a81a0c02ed', 'web', False, False, 'nginx:1.27', '', '', ('127.0.0.1',), False, 30),)
    """
    return _made(spec.containers, spec.init_containers, spec.termination_grace_period_seconds)


@lru_cache(maxsize=4096)
def _made(
    containers: tuple[Container, ...] | None, init_containers: tuple[InitContainer, ...] | None, grace: int | None
) -> Made:
    main, init = containers or (), init_containers or ()
    sidecars = [container for container in init if container.restart_policy == "Always"]
    rows = tuple(_row(container, _GRACE if grace is None else grace) for container in (*main, *init))
    name = blake2b(msgspec.json.encode(rows), digest_size=5).hexdigest() if rows else None
    return Made(
        id=name,
        containers=len(main) + len(sidecars),
        sidecars=frozenset(container.name for container in sidecars),
        ports=tuple(
            (
                container.name,
                port.name or "",
                port.container_port,
                port.protocol or "TCP",
                port.host_port or 0,
                type(container) is InitContainer,
            )
            for container in (*main, *sidecars)
            for port in container.ports or ()
        ),
        rows=tuple((name, *row) for row in rows),
    )


NO_SPEC: Final = made(PodSpec())


def _row(container: Container, grace: int) -> tuple[Any, ...]:
    """A row of `specs`, without its id."""
    init = type(container) is InitContainer
    kind, port = _readiness(container)
    return (
        container.name,
        init,
        init and container.restart_policy == "Always",
        container.image or "",
        kind,
        port,
        tuple(binds((*(container.command or ()), *(container.args or ())))),
        bool(container.lifecycle and container.lifecycle.pre_stop),
        grace,
    )


def _readiness(container: Container) -> tuple[str, str]:
    """Kind and port of the readiness probe; "" where there is none."""
    probe = container.readiness_probe
    if probe is None:
        return "", ""
    for kind, knocks in (("http", probe.http_get), ("tcp", probe.tcp_socket), ("grpc", probe.grpc)):
        if knocks is not None:
            return kind, "" if knocks.port is None else str(knocks.port)
    return ("exec" if probe.exec is not None else ""), ""


def specs_part(several: Iterable[Made]) -> Part:
    """The rows of `specs`, each spec once."""
    rows = [row for it in {it.id: it for it in several}.values() for row in it.rows]
    columns: dict[str, Any] = dict(zip(_ROWS, zip(*rows, strict=True) if rows else [()] * len(_ROWS), strict=True))
    return Part("specs", columns | {"binds": list(map(list, columns["binds"]))}, shared=True)
