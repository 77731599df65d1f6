"""Pod specs, each distinct one looked at once: what its containers are, and the ports they declare.

Most pods of a cluster are made from few templates. What follows from the spec alone is worked out once for all pods that
are made alike, and they share one id.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec

from nodeportkit.sources.objects.kinds import Groups, Part
from nodeportkit.sources.objects.pods.binds import binds
from nodeportkit.sources.objects.pods.types import Container, InitContainer, PodSpec

__all__ = ["Made", "made_of", "ports_part", "specs_part"]

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
_PORTS: Final = ("container", "port_name", "container_port", "protocol", "host_port", "sidecar")


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
        The rows of `containers`, without the pod.
    rows
        The rows of `specs`.
    """

    id: str | None
    containers: int
    sidecars: tuple[str, ...]
    ports: tuple[tuple[Any, ...], ...]
    rows: tuple[tuple[Any, ...], ...]


_NOTHING: Final = Made(None, 0, (), (), ())


def made_of(specs: Sequence[PodSpec]) -> list[Made]:
    """What follows from each pod spec alone.

    Examples
    --------
    >>> web = Container(name="web", image="nginx:1.27", args=("--host=127.0.0.1", "--token=abc"))
    >>> made_of([PodSpec(containers=(web,))])[0].rows
    (('a81a0c02ed', 'web', False, False, 'nginx:1.27', '', '', ('127.0.0.1',), False, 30),)
    """
    found, last, of_last = [], None, _NOTHING
    for spec in specs:
        key = (spec.containers, spec.init_containers, spec.termination_grace_period_seconds)
        if key != last:  # lists have pods made alike beside each other, and to compare costs less than to look up
            last, of_last = key, _made(*key)
        found.append(of_last)
    return found


@lru_cache(maxsize=4096)  # the pods of one workload stand near to each other in a list
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
        sidecars=tuple(container.name or "" for container in sidecars),
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
        _binds(container.command or (), container.args or ()),
        bool(container.lifecycle and container.lifecycle.pre_stop),
        grace,
    )


@lru_cache(maxsize=1024)  # many containers are started in the same way, or in none of their own
def _binds(command: tuple[str | None, ...], arguments: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(binds((*command, *arguments)))


def _readiness(container: Container) -> tuple[str, str]:
    """Kind and port of the readiness probe; "" where there is none."""
    probe = container.readiness_probe
    if probe is None:
        return "", ""
    for kind, knocks in (("http", probe.http_get), ("tcp", probe.tcp_socket), ("grpc", probe.grpc)):
        if knocks is not None:
            return kind, "" if knocks.port is None else str(knocks.port)
    return ("exec" if probe.exec is not None else ""), ""


def ports_part(several: Sequence[Made]) -> Part:
    """The rows of `containers`, beside the pods."""
    home = {"namespace": "namespace", "pod": "name"}
    return Part("containers", {}, groups=Groups(_PORTS, [it.ports for it in several], home))


def specs_part(several: Sequence[Made]) -> Part:
    """The rows of `specs`, each spec once."""
    return Part("specs", {}, groups=Groups(_ROWS, [it.rows for it in several], {}))
