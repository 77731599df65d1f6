"""The schema of every frame: its columns, their types, and what each means.

A `Cluster` holds these frames, long-form, one row a thing. A cell is missing (`pd.NA`, or `pd.NaT` for times) where the
source did not show it or where the object has no such value; nothing is guessed. Lists and dicts tell the two apart:
`[]` and `{}` are known to be empty, a missing cell is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd

__all__ = ["SCHEMAS", "STRING", "Column", "Schema", "conform", "empty"]

# Python storage everywhere: with pyarrow installed, plain "string" would give another type than without it.
STRING: Final = pd.StringDtype("python", na_value=pd.NA)
_DTYPES: Final[dict[str, Any]] = {
    "string": STRING,
    "Int64": pd.Int64Dtype(),
    "Float64": pd.Float64Dtype(),
    "boolean": pd.BooleanDtype(),
    "age": np.dtype("timedelta64[ns]"),
    "time": pd.DatetimeTZDtype("ns", "UTC"),
    "list": np.dtype(object),
    "dict": np.dtype(object),
}
_OBJECTS: Final = ("list", "dict")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a frame: its name, its kind (a key of the table of dtypes) and what it means."""

    name: str
    kind: str
    meaning: str

    @property
    def dtype(self) -> Any:
        """The pandas dtype of the column."""
        return _DTYPES[self.kind]


@dataclass(frozen=True, slots=True)
class Schema:
    """A frame: what a row is, the columns that name it, the columns of the object it is part of, and all columns."""

    name: str
    row: str
    key: tuple[str, ...]
    parent: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The column names, in order."""
        return [column.name for column in self.columns]

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def _schema(name: str, row: str, key: str, parent: str, columns: str) -> Schema:
    parsed = []
    for line in columns.strip().splitlines():
        column, kind, meaning = line.split(maxsplit=2)
        parsed.append(Column(column, kind, meaning))
    return Schema(name, row, tuple(key.split()), tuple(parent.split()), tuple(parsed))


SCHEMAS: Final[dict[str, Schema]] = {
    schema.name: schema
    for schema in (
        _schema(
            "nodes",
            "a node",
            "name",
            "name",
            """
            name               string   the node's name
            ready              boolean  its Ready condition is True
            schedulable        boolean  not cordoned (spec.unschedulable)
            roles              list     roles from its node-role.kubernetes.io/ labels
            internal_ips       list     addresses of type InternalIP, in the order given
            external_ips       list     addresses of type ExternalIP
            zone               string   label topology.kubernetes.io/zone
            pod_cidrs          list     the ranges its pods get their addresses from
            labels             dict     metadata.labels
            version            string   kubelet version, `v1.36.2`
            os_image           string   operating system image
            kernel_version     string   kernel version
            container_runtime  string   `containerd://1.7.24`
            provider_id        string   spec.providerID: who runs the machine, `kind://docker/kind/kind-worker`
            created            time     metadata.creationTimestamp
            age                age      time since its creation, at the moment it was printed
            """,
        ),
        _schema(
            "services",
            "a service",
            "namespace name",
            "namespace name",
            """
            namespace                string   metadata.namespace
            name                     string   metadata.name
            type                     string   ClusterIP, NodePort, LoadBalancer, ExternalName
            cluster_ips              list     spec.clusterIPs; `["None"]` for a headless service
            external_ips             list     spec.externalIPs
            load_balancer_ips        list     addresses or host names of status.loadBalancer.ingress
            load_balancer_ip_modes   list     ipMode of each of these, `VIP` or `Proxy`; "" where none is given
            load_balancer_source_ranges list  spec.loadBalancerSourceRanges
            external_name            string   spec.externalName
            selector                 dict     spec.selector; `{}` for none
            external_traffic_policy  string   Cluster or Local
            internal_traffic_policy  string   Cluster or Local
            session_affinity         string   None or ClientIP
            affinity_timeout         Int64    seconds a client stays with its pod
            traffic_distribution     string   spec.trafficDistribution
            ip_families              list     IPv4, IPv6
            ip_family_policy         string   SingleStack, PreferDualStack, RequireDualStack
            publish_not_ready        boolean  spec.publishNotReadyAddresses
            health_check_node_port   Int64    spec.healthCheckNodePort
            allocate_node_ports      boolean  spec.allocateLoadBalancerNodePorts
            load_balancer_class      string   spec.loadBalancerClass
            ignored_checks           list     ids in its annotation nodeportkit.io/ignore, `["all"]` for every check
            labels                   dict     metadata.labels
            created                  time     metadata.creationTimestamp
            age                      age      time since its creation, at the moment it was printed
            """,
        ),
        _schema(
            "ports",
            "a port of a service",
            "namespace service protocol port",
            "namespace service",
            """
            namespace     string  the service's namespace
            service       string  the service's name
            port_name     string  spec.ports[].name; "" for an unnamed port
            protocol      string  TCP, UDP or SCTP
            port          Int64   the port on the cluster IP
            target_port   string  the pods' port, a number or a name, as text
            node_port     Int64   the port on every node; missing where there is none
            app_protocol  string  spec.ports[].appProtocol
            """,
        ),
        _schema(
            "pods",
            "a pod",
            "namespace name",
            "namespace name",
            """
            namespace         string   metadata.namespace
            name              string   metadata.name
            node              string   spec.nodeName
            ips               list     status.podIPs
            phase             string   Pending, Running, Succeeded, Failed, Unknown
            status            string   the STATUS that kubectl prints
            ready             boolean  its Ready condition is True
            ready_containers  Int64    containers that are ready (left of READY)
            containers        Int64    containers that count (right of READY)
            restarts          Int64    restarts of its containers
            owner_kind        string   kind of the controlling owner
            owner_name        string   name of the controlling owner
            host_network      boolean  spec.hostNetwork
            terminating       boolean  metadata.deletionTimestamp is set
            unready_reason    string   why it is not ready: reason and message of its Ready or PodScheduled condition
            spec              string   names its containers in `specs`; pods made alike have the same
            labels            dict     metadata.labels
            created           time     metadata.creationTimestamp
            age               age      time since its creation, at the moment it was printed
            """,
        ),
        _schema(
            "containers",
            "a declared container port",
            "namespace pod container protocol container_port",
            "namespace pod",
            """
            namespace       string   the pod's namespace
            pod             string   the pod's name
            container       string   the container's name
            port_name       string   ports[].name; "" for an unnamed port
            container_port  Int64    ports[].containerPort
            protocol        string   TCP, UDP or SCTP
            host_port       Int64    ports[].hostPort; missing where there is none
            sidecar         boolean  an init container with restartPolicy Always
            """,
        ),
        _schema(
            "endpoints",
            "an endpoint of a service port",
            "namespace service slice address port_name protocol",
            "namespace service",
            """
            namespace    string   the service's namespace
            service      string   the service's name
            slice        string   the EndpointSlice it stands in; missing where it was read from elsewhere
            address      string   IP address; missing for one that was counted (`+ 2 more...`) but not shown
            port         Int64    the port the packet is sent to
            port_name    string   the service port's name; "" for an unnamed port
            protocol     string   TCP, UDP or SCTP
            pod          string   the pod behind it
            node         string   the node it is on
            zone         string   the zone it is in
            ready        boolean  conditions.ready: takes new connections
            serving      boolean  conditions.serving: ready, whether terminating or not
            terminating  boolean  conditions.terminating: its pod is being deleted
            hints        dict     `{"zones": [...], "nodes": [...]}`; `{}` for none
            derived      boolean  worked out from selector and pods because no slice was given
            """,
        ),
        _schema(
            "workloads",
            "a Deployment, ReplicaSet, StatefulSet, DaemonSet or other owner of pods",
            "namespace kind name",
            "namespace kind name",
            """
            namespace        string  metadata.namespace
            kind             string  Deployment, ReplicaSet, ...
            name             string  metadata.name
            desired          Int64   replicas asked for
            ready            Int64   replicas that are ready
            selector         dict    matchLabels and matchExpressions, or the old plain form
            template_labels  dict    labels that its pods are created with
            spec             string  names the containers of its pod template in `specs`
            trouble          list    conditions that tell of trouble, `ReplicaFailure: FailedCreate: exceeded quota`
            updated          Int64   pods that are of the latest template
            available        Int64   pods that have been ready for long enough
            owner_kind       string  kind of the controlling owner
            owner_name       string  name of the controlling owner
            labels           dict    metadata.labels
            created          time    metadata.creationTimestamp
            age              age     time since its creation, at the moment it was printed
            """,
        ),
        _schema(
            "specs",
            "a container of a pod spec; pods that are made alike share one",
            "spec container",
            "spec",
            """
            spec             string   names the spec: a hash of what stands here
            container        string   the container's name
            init             boolean  an init container, sidecars among them
            sidecar          boolean  an init container with restartPolicy Always
            image            string   image, as written
            readiness        string   kind of its readiness probe: http, tcp, grpc, exec; missing where it has none
            readiness_port   string   the port probed, a number or a name, as text
            binds            list     addresses that its command or arguments tell it to listen on, `127.0.0.1:8080`
            pre_stop         boolean  it has a preStop hook
            grace_period     Int64    seconds from the pod's deletion to its end (terminationGracePeriodSeconds)
            """,
        ),
        _schema(
            "policies",
            "a NetworkPolicy",
            "namespace name",
            "namespace name",
            """
            namespace     string  metadata.namespace
            name          string  metadata.name
            pod_selector  dict    spec.podSelector, matchLabels and matchExpressions; `{}` for every pod
            policy_types  list    Ingress, Egress; where none are given, those that the API server fills in
            ingress       list    rules, `{"from": [...], "ports": [...]}`; `[]` admits nobody
            egress        list    rules, `{"to": [...], "ports": [...]}`
            labels        dict    metadata.labels
            created       time    metadata.creationTimestamp
            age           age     time since its creation, at the moment it was printed
            """,
        ),
        _schema(
            "namespaces",
            "a namespace",
            "name",
            "name",
            """
            name     string  metadata.name
            phase    string  Active or Terminating
            labels   dict    metadata.labels, by which NetworkPolicies select it
            created  time    metadata.creationTimestamp
            age      age     time since its creation, at the moment it was printed
            """,
        ),
        _schema(
            "backends",
            "a backend that an Ingress sends requests to",
            "namespace ingress host path",
            "namespace ingress",
            """
            namespace  string   the Ingress's namespace
            ingress    string   the Ingress's name
            host       string   host of the rule; missing for every host
            path       string   path of the rule; missing for the default backend
            service    string   the Service's name
            port       string   the Service's port, a number or a name, as text
            class      string   spec.ingressClassName
            tls        boolean  the Ingress has TLS for that host
            """,
        ),
        _schema(
            "events",
            "an Event",
            "namespace kind name type reason message",
            "namespace kind name",
            """
            namespace  string  the namespace of the object that it tells of
            kind       string  the kind of that object
            name       string  the name of that object
            type       string  Normal or Warning
            reason     string  a word, `FailedScheduling`
            message    string  what happened
            count      Int64   how many times
            last_seen  time    when it happened last
            age        age     time since then, at the moment it was printed
            """,
        ),
    )
}


def empty(frame: str) -> pd.DataFrame:
    """An empty frame of the schema named `frame`.

    Examples
    --------
    >>> list(empty("ports"))[:5]
    ['namespace', 'service', 'port_name', 'protocol', 'port']
    """
    return _empty(frame).copy(deep=False)


@cache
def _empty(frame: str) -> pd.DataFrame:
    return conform(frame, {})


def conform(frame: str, columns: Mapping[str, Sequence[Any]] | pd.DataFrame) -> pd.DataFrame:
    """The columns given as a frame of the schema named `frame`: all its columns, in its order, with its types.

    Columns that are not given are missing throughout. None counts as missing.

    Raises
    ------
    KeyError
        If a column is not of the schema.
    ValueError
        If columns differ in length.

    Examples
    --------
    >>> conform("ports", {"service": ["web"], "port": [80]})[["service", "port", "node_port"]]
      service  port  node_port
    0     web    80       <NA>
    """
    schema = SCHEMAS[frame]
    if isinstance(columns, pd.DataFrame) and _conforms(columns, schema):
        return columns.copy(deep=False)
    for name in columns:
        schema[str(name)]
    rows = len(columns) if isinstance(columns, pd.DataFrame) else max((len(v) for v in columns.values()), default=0)
    if lengths := {str(name): len(values) for name, values in columns.items() if len(values) != rows}:
        # A single cell would fill its column.
        raise ValueError(f"columns of {frame} differ in length: {rows} rows, but {lengths}")
    index = pd.RangeIndex(rows)
    data = {c.name: _typed(columns.get(c.name), c, rows) for c in schema.columns}
    # A Series is taken as it is; an array of objects would be searched for a type that they have in common.
    data = {name: pd.Series(v, index=index, dtype=object) if v.dtype == object else v for name, v in data.items()}
    return pd.DataFrame(data, columns=schema.names, index=index)


def _conforms(frame: pd.DataFrame, schema: Schema) -> bool:
    """Whether the frame is of the schema already, so that its columns need not be looked at."""
    return (
        isinstance(frame.index, pd.RangeIndex)
        and frame.index.equals(pd.RangeIndex(len(frame)))
        and frame.columns.tolist() == schema.names
        and frame.dtypes.tolist() == [c.dtype for c in schema.columns]
        and not any(
            type(None) in set(map(type, frame[c.name].to_numpy())) for c in schema.columns if c.kind in _OBJECTS
        )
    )


def _typed(values: Any, column: Column, rows: int) -> Any:
    """`values` as an array of the column's type, missing throughout where there are none."""
    dtype = column.dtype
    if values is None:
        if column.kind in _OBJECTS:
            return np.full(rows, pd.NA, dtype=object)
        missing = pd.NaT if column.kind in ("age", "time") else pd.NA
        # A list of so many missing values would be looked at one by one.
        return pd.Series(missing, index=range(rows), dtype=dtype).array
    if column.kind in _OBJECTS:
        return _objects(values)
    if getattr(values, "dtype", None) == dtype:
        return getattr(values, "array", values)
    return pd.Series(values, dtype=dtype).array


def _objects(values: Any) -> np.ndarray[Any, Any]:
    """An object array with one Python object a cell: numpy would make a matrix of lists of equal length."""
    cells = np.fromiter(values, dtype=object, count=len(values))
    missing = pd.isna(cells)
    if missing.any():
        cells[missing] = pd.NA
    return cells
