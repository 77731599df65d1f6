"""The schema of every frame: its columns, their types, and what each means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

__all__ = ["OBJECTS", "SCHEMAS", "STRING", "Column", "Schema"]

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
OBJECTS: Final = ("list", "dict")
"""The kinds of columns that hold Python objects."""


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
