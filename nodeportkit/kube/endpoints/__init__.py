"""The endpoints of every service port: as a source stated them, or as the endpoint slice controller makes them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nodeportkit.frames import STRING, conform
from nodeportkit.kube.endpoints.derived import derive
from nodeportkit.kube.endpoints.numbering import positions
from nodeportkit.kube.endpoints.stated import complete, incomplete

__all__ = ["all_endpoints", "derive"]

_SERVICE = ["namespace", "service"]


def all_endpoints(
    services: pd.DataFrame,
    ports: pd.DataFrame,
    pods: pd.DataFrame,
    containers: pd.DataFrame,
    nodes: pd.DataFrame,
    given: pd.DataFrame,
    stated: pd.DataFrame,
) -> pd.DataFrame:
    """The endpoints of every service port.

    What a source stated holds for its services. There, cells that the source did not show are filled in where only one
    value is possible: the pod with that address, its node, the port's name; and endpoints that its kind of list leaves out
    (counted as `+ 2 more...`, not ready, being deleted) are derived, if what it shows agrees with the pods. For all other
    services all endpoints are derived.

    Parameters
    ----------
    services, ports, pods, containers, nodes
        Frames of these schemas.
    given
        The endpoints that a source stated.
    stated
        Columns namespace and service: the services whose endpoints a source stated, be it that there are none.

    Returns
    -------
    DataFrame
        Of the schema `endpoints`.

    Examples
    --------
    >>> from nodeportkit.frames import conform, empty
    >>> services = conform("services", {"namespace": ["shop"], "name": ["web"], "selector": [{"app": "web"}]})
    >>> ports = conform("ports", {"namespace": ["shop"], "service": ["web"], "port": [80], "target_port": ["8080"]})
    >>> pods = conform(
    ...     "pods",
    ...     {
    ...         "namespace": ["shop"],
    ...         "name": ["web-0"],
    ...         "labels": [{"app": "web"}],
    ...         "node": ["node-1"],
    ...         "ips": [["10.1.0.4"]],
    ...         "ready": [True],
    ...         "terminating": [False],
    ...     },
    ... )
    >>> nodes = conform("nodes", {"name": ["node-1"], "zone": ["a"]})
    >>> none = empty("endpoints")
    >>> found = all_endpoints(services, ports, pods, empty("containers"), nodes, none, none[["namespace", "service"]])
    >>> found[["pod", "address", "port", "node", "zone", "ready", "derived"]]
         pod   address  port    node zone  ready  derived
    0  web-0  10.1.0.4  8080  node-1    a   True     True
    """
    is_stated = np.isin(np.arange(len(services)), positions(stated[_SERVICE], services[["namespace", "name"]]))
    parts = [derive(services[~is_stated], ports, pods, containers)]
    if len(given) or len(stated):
        asked = services[incomplete(given, stated, services[["namespace", "name"]])]
        parts.insert(0, complete(given, asked, ports, pods, nodes, derive(asked, ports, pods, containers)))
    filled = [part for part in parts if len(part)]
    endpoints = pd.concat(filled, ignore_index=True) if len(filled) > 1 else [*filled, parts[0]][0]
    zones = nodes.dropna(subset=["name"]).drop_duplicates("name").set_index("name")["zone"]
    zone = endpoints["node"].map(zones).astype(STRING)
    return conform("endpoints", endpoints.assign(zone=endpoints["zone"].fillna(zone)))
