"""What a person asked for beside the service, looked at by the API server's own rules."""

from __future__ import annotations

from collections.abc import Callable

from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.validation.addresses import address
from nodeportkit.kube.validation.names import dns1123_subdomain, wildcard_subdomain

__all__ = ["check_class", "check_host"]


def check_host(host: str | None) -> None:
    """Raise for a host that neither an Ingress nor a route takes."""
    if not host:
        return
    wrong = (wildcard_subdomain if "*" in host else dns1123_subdomain)(host)
    if address(host) is not None:
        wrong = ["must be a DNS name, not an IP address"]
    if wrong:
        hint = "Give a DNS name in small letters without scheme, port and path: shop.example.com or *.example.com."
        raise NodePortKitError(f"{host!r} is no host: {wrong[0]}", hint=hint)


def check_class(field: str, name: str | None, rule: Callable[[str], list[str]]) -> None:
    """Raise for a name of a class that its field does not take."""
    if name and (wrong := rule(name)):
        raise NodePortKitError(f"{name!r} is no {field}: {wrong[0]}", hint="Give the name of a class of your cluster.")
