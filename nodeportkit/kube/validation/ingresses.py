"""What the API server checks of an Ingress.

pkg/apis/networking/validation/validation.go, `ValidateIngressCreate`, `ValidateIngressUpdate`; warnings:
pkg/registry/networking/ingress/strategy.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from nodeportkit.kube.parts import Object, mapping, mappings, number, strings, text
from nodeportkit.kube.validation.addresses import address
from nodeportkit.kube.validation.balancers import check_balancer
from nodeportkit.kube.validation.field import FieldError, invalid, not_supported, required
from nodeportkit.kube.validation.metadata import check_metadata, check_metadata_update
from nodeportkit.kube.validation.names import (
    dns1123_label,
    dns1123_subdomain,
    path_segment,
    port_name,
    port_number,
    wildcard_subdomain,
)

__all__ = ["check_ingress", "check_ingress_update", "ingress_warnings"]

_CLASS: Final = "kubernetes.io/ingress.class"
_PATH_TYPES: Final = ("Exact", "ImplementationSpecific", "Prefix")
_NOT_INSIDE: Final = ("//", "/./", "/../", "%2f", "%2F")
_NOT_LAST: Final = ("/..", "/.")


def check_ingress(ingress: Object) -> list[FieldError]:
    """What is wrong with a new Ingress.

    Examples
    --------
    >>> print(check_ingress({"metadata": {"name": "web"}, "spec": {}})[0])
    spec: Invalid value: null: either `defaultBackend` or `rules` must be specified
    """
    return [*check_metadata(ingress, dns1123_subdomain), *_spec(mapping(ingress, "spec")), *_class(ingress)]


def check_ingress_update(ingress: Object, old: Object) -> list[FieldError]:
    """What is wrong with an Ingress that is to replace another of its name.

    Names of Secrets and paths under wildcards that were stored before there were rules for them are let through.
    """
    before = mapping(old, "spec")
    wild = any("*" in text(rule, "host") and _paths("", rule) for rule in mappings(before, "rules"))
    lax = any(_secret("", entry) for entry in mappings(before, "tls"))
    spec = _spec(mapping(ingress, "spec"), any_wildcard=wild, any_secret=lax)
    return [*check_metadata_update(ingress, old), *spec, *check_balancer(ingress, old)]


def ingress_warnings(ingress: Object) -> list[str]:
    """What the server accepts of an Ingress with a warning."""
    given = _CLASS in mapping(ingress, "metadata", "annotations")
    if not given or mapping(ingress, "spec").get("ingressClassName") is not None:
        return []
    return [f"annotation \"{_CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"]


def _class(ingress: Object) -> list[FieldError]:
    """The annotation that came before ingressClassName must not say otherwise."""
    old, new = mapping(ingress, "metadata", "annotations").get(_CLASS), mapping(ingress, "spec").get("ingressClassName")
    if old is None or new is None or old == new:
        return []
    return [invalid(f"annotations.{_CLASS}", old, "must match `ingressClassName` when both are specified")]


def _spec(spec: Object, *, any_wildcard: bool = False, any_secret: bool = False) -> list[FieldError]:
    rules, backend, name = mappings(spec, "rules"), spec.get("defaultBackend"), spec.get("ingressClassName")
    wrong: list[FieldError] = []
    if not rules and backend is None:
        wrong.append(invalid("spec", spec.get("rules"), "either `defaultBackend` or `rules` must be specified"))
    if backend is not None:
        wrong += _backend("spec.defaultBackend", backend)
    for position, rule in enumerate(rules):
        host = text(rule, "host")
        wrong += _host(f"spec.rules[{position}].host", host)
        if not (any_wildcard and "*" in host):
            wrong += _paths(f"spec.rules[{position}]", rule)
    for position, entry in enumerate(mappings(spec, "tls")):
        field = f"spec.tls[{position}]"
        for at, host in enumerate(strings(entry, "hosts")):
            wrong += _named(f"{field}.hosts[{at}]", host, _host_rule(host))
        wrong += [] if any_secret else _secret(field, entry)
    if name is not None:
        wrong += _named("spec.ingressClassName", name, dns1123_subdomain)
    return wrong


def _host(field: str, host: str) -> list[FieldError]:
    if not host:
        return []
    wrong = [] if address(host) is None else [invalid(field, host, "must be a DNS name, not an IP address")]
    return wrong + _named(field, host, _host_rule(host))


def _host_rule(host: str) -> Callable[[str], list[str]]:
    return wildcard_subdomain if "*" in host else dns1123_subdomain


def _named(field: str, value: str, rule: Callable[[str], list[str]]) -> list[FieldError]:
    return [invalid(field, value, message) for message in rule(value)]


def _secret(field: str, entry: Object) -> list[FieldError]:
    name = text(entry, "secretName")
    return _named(f"{field}.secretName", name, dns1123_subdomain) if name else []


def _paths(field: str, rule: Object) -> list[FieldError]:
    if rule.get("http") is None:
        return []
    paths = mappings(mapping(rule, "http"), "paths")
    if not paths:
        return [required(f"{field}.http.paths")]
    return [error for at, path in enumerate(paths) for error in _path(f"{field}.http.paths[{at}]", path)]


def _path(field: str, path: Object) -> list[FieldError]:
    kind, value = path.get("pathType"), text(path, "path")
    if kind is None:
        return [required(f"{field}.pathType", "pathType must be specified")]
    wrong: list[FieldError] = []
    if kind not in _PATH_TYPES:
        wrong.append(not_supported(f"{field}.pathType", kind, _PATH_TYPES))
    elif not value.startswith("/") and (value or kind != "ImplementationSpecific"):
        wrong.append(invalid(f"{field}.path", value, "must be an absolute path"))
    if kind in ("Exact", "Prefix"):
        refused = [f"must not contain '{part}'" for part in _NOT_INSIDE if part in value]
        refused += [f"cannot end with '{end}'" for end in _NOT_LAST if value.endswith(end)]
        wrong += [invalid(f"{field}.path", value, detail) for detail in refused]
    return wrong + _backend(f"{field}.backend", mapping(path, "backend"))


def _backend(field: str, backend: Any) -> list[FieldError]:
    """A backend is a service, or an object of another kind that the controller knows."""
    service, resource = backend.get("service"), backend.get("resource")
    if service is None and resource is None:
        return [invalid(field, "", "resource or service backend is required")]
    if service is None:
        return _reference(f"{field}.resource", resource)
    if resource is not None:
        return [invalid(field, "", "cannot set both resource and service backends")]
    name = text(service, "name")
    # Since 1.36 a DNS label, as for Services themselves.
    wrong = _named(f"{field}.service.name", name, dns1123_label) if name else [required(f"{field}.service.name")]
    port = mapping(service, "port")
    by_name, by_number = text(port, "name"), number(port, "number")
    if by_name and by_number:
        return [*wrong, invalid(field, "", "cannot set both port name & port number")]
    if by_name:
        return wrong + _named(f"{field}.service.port.name", by_name, port_name)
    if by_number:
        details = port_number(by_number)
        return wrong + [invalid(f"{field}.service.port.number", by_number, detail) for detail in details]
    return [*wrong, required(field, "port name or number is required")]


def _reference(field: str, reference: Object) -> list[FieldError]:
    group = reference.get("apiGroup")
    wrong = [] if group is None else _named(f"{field}.apiGroup", group, dns1123_subdomain)
    for key in ("kind", "name"):
        value = text(reference, key)
        wrong += _named(f"{field}.{key}", value, path_segment) if value else [required(f"{field}.{key}")]
    return wrong
