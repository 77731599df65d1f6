"""The front door: which target, and what may be asked of it."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError
from nodeportkit.migration import targets as room
from nodeportkit.migration.given import Given
from nodeportkit.migration.manifests import Manifests

__all__ = ["migrate"]


def migrate(
    cluster: Cluster,
    service: str,
    to: str,
    *,
    port: int | str | None = None,
    host: str | None = None,
    class_name: str | None = None,
) -> Manifests:
    """A NodePort service written anew as a LoadBalancer, or behind an Ingress or a Gateway.

    The service keeps its name, and with it its cluster IP, its endpoints and its clients inside the cluster: apply the text
    over the old one. What changes for clients outside is said in comments at its head and in `.changes`.

    Parameters
    ----------
    cluster
        Holds the service, with its selector.
    service
        `"name"` or `"namespace/name"`.
    to
        `"LoadBalancer"`, `"Ingress"` or `"Gateway"`; upper and lower case make no difference.
    port
        The port, by number or name, that an Ingress sends requests to. Without it, the one that speaks HTTP by its
        appProtocol, its name or its number (80, 8080), or else the only one over TCP.
    host
        The host name for which an Ingress or Gateway takes requests; without it, any.
    class_name
        ingressClassName, gatewayClassName or loadBalancerClass. A Gateway needs one: without it the text says `example`,
        and that it is to be replaced.

    Returns
    -------
    Manifests
        A str: YAML for `kubectl apply -f -`, with `.objects` and `.changes`.

    Raises
    ------
    NotFound
        If there is no such service.
    NodePortKitError
        If the service has no node port to move away from, if what is needed of it was not shown, if the target cannot
        carry it (an Ingress carries HTTP alone), or if the API server would refuse `host` or `class_name`.

    Notes
    -----
    The API server clears node ports, externalTrafficPolicy and healthCheckNodePort by itself where the new type has none
    (`dropTypeDependentFields`, kubernetes pkg/registry/core/service/strategy.go). TCPRoute and UDPRoute stand in the
    standard channel of Gateway API since its version 1.6.

    Examples
    --------
    >>> import nodeportkit as npk
    >>> cluster = npk.read('''
    ... NAME  TYPE      CLUSTER-IP  EXTERNAL-IP  PORT(S)       AGE  SELECTOR
    ... web   NodePort  10.96.7.20  <none>       80:30080/TCP  5d   app=web
    ... ''')
    >>> text = npk.migrate(cluster, "web", to="Ingress", host="shop.example.com")
    >>> print(text[text.index("apiVersion: networking") :])
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: web
      namespace: default
    spec:
      rules:
      - host: shop.example.com
        http:
          paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 80
    <BLANKLINE>
    """
    known = _targets()
    target = known.get(str(to).lower())
    if target is None:
        names = ", ".join(module.NAME for module in known.values())
        raise NodePortKitError(f"a service cannot be moved to {to!r}", hint=f"Give one of {names}.")
    made: Manifests = target.write(Given.of(cluster, service), port=port, host=host, class_name=class_name)
    return made


@cache
def _targets() -> dict[str, Any]:
    """The modules beside each other in `targets`, by their name in lower case."""
    found = [importlib.import_module(f"{room.__name__}.{entry.name}") for entry in pkgutil.iter_modules(room.__path__)]
    return {module.NAME.lower(): module for module in found}
