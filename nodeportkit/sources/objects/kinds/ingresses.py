"""Ingresses: the Services that they send requests to.

networking.k8s.io/v1 names a Service as `service: {name, port: {number}}`, its forerunners (extensions/v1beta1 and
networking.k8s.io/v1beta1, gone since Kubernetes 1.22) as `serviceName` and `servicePort`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Metadata, Typed, Whole

__all__ = ["KINDS", "TYPE", "columns"]

KINDS: Final = {"Ingress": ("networking.k8s.io", "extensions")}


class BackendPort(Typed):
    """A port of a Service, by number or by name."""

    number: Whole | None = None
    name: str | None = None


class BackendService(Typed):
    """A Service."""

    name: str | None = None
    port: BackendPort | None = None


class Backend(Typed):
    """Where requests go; a backend can be a resource that is no Service."""

    service: BackendService | None = None
    service_name: str | None = None
    service_port: Whole | str | None = None


class Path(Typed):
    """A path, and where its requests go."""

    path: str | None = None
    backend: Backend | None = None


class Http(Typed):
    """The paths of a rule."""

    paths: list[Path] | None = None


class Rule(Typed):
    """A host, and its paths."""

    host: str | None = None
    http: Http | None = None


class TLS(Typed):
    """Hosts that are served with a certificate."""

    hosts: list[str] | None = None


class IngressSpec(Typed):
    """What the Ingress is to do."""

    ingress_class_name: str | None = None
    default_backend: Backend | None = None
    backend: Backend | None = None
    rules: list[Rule] | None = None
    tls: list[TLS] | None = None


class Ingress(KubernetesObject):
    """An Ingress."""

    spec: IngressSpec | None = None


TYPE: Final = Ingress
_NO_METADATA, _NO_SPEC = Metadata(), IngressSpec()
_COLUMNS: Final = ("namespace", "ingress", "host", "path", "service", "port", "class", "tls")


def columns(ingresses: Sequence[Ingress], namespace: str) -> list[Part]:
    """The rows of `backends`."""
    metas = [ingress.metadata or _NO_METADATA for ingress in ingresses]
    specs = [ingress.spec or _NO_SPEC for ingress in ingresses]
    namespaces, names = [meta.namespace or namespace for meta in metas], [meta.name for meta in metas]
    rows = [
        (namespace_, name, host, path, *_service(backend), spec.ingress_class_name or "", _has_tls(spec, host))
        for namespace_, name, spec in zip(namespaces, names, specs, strict=True)
        for host, path, backend in _backends(spec)
    ]
    found = zip(*rows, strict=True) if rows else [()] * len(_COLUMNS)
    return [Part("backends", dict(zip(_COLUMNS, found, strict=True)), {"namespace": namespaces, "ingress": names})]


def _backends(spec: IngressSpec) -> Iterator[tuple[str, str, Backend]]:
    """Host, path and backend; host and path are "" for the default backend, and where a rule leaves them out."""
    default = spec.default_backend or spec.backend
    if default is not None:
        yield "", "", default
    for rule in spec.rules or ():
        for path in (rule.http and rule.http.paths) or ():
            yield rule.host or "", path.path or "", path.backend or Backend()


def _service(backend: Backend) -> tuple[str, str]:
    """Name and port of the Service; "" where the backend is none."""
    if backend.service is None:
        return backend.service_name or "", str(backend.service_port or "")
    port = backend.service.port or BackendPort()
    return backend.service.name or "", str(port.number or port.name or "")


def _has_tls(spec: IngressSpec, host: str) -> bool:
    """Whether a certificate serves the host: one that names no hosts serves all, `*.` stands for one label."""
    above = host.partition(".")[2]
    return any(
        not tls.hosts or any(name == host or (above and name == f"*.{above}") for name in tls.hosts)
        for tls in spec.tls or ()
    )
