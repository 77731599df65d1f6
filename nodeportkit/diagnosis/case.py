"""A case: one service, what was dialled and what came of it, and the facts that every cause asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.diagnosis.apps import App, apps
from nodeportkit.diagnosis.attempts import Attempt
from nodeportkit.diagnosis.dial import Client, Dial
from nodeportkit.diagnosis.once import tracer
from nodeportkit.kube.columns import cell_lists
from nodeportkit.kube.packets import Decision
from nodeportkit.kube.service_ports import Family, family_of
from nodeportkit.selectors import format_selector
from nodeportkit.standings.facts import Facts, mask, true
from nodeportkit.standings.judge import fault
from nodeportkit.standings.parts import part
from nodeportkit.standings.result import Standing
from nodeportkit.standings.wording import command, listed

__all__ = ["Case"]

_NODE: Final = ("name", "ready", "zone", "internal_ips", "external_ips", "labels")
# Addresses reserved for documentation (RFC 5737, RFC 3849): a client outside whose address was not given.
_OUTSIDE: Final[dict[Family, str]] = {"IPv4": "203.0.113.1", "IPv6": "2001:db8:ffff::1"}


@dataclass(frozen=True)
class Case:
    """What is to be explained.

    Attributes
    ----------
    namespace, name
        The service asked about, be it there or not.
    service_facts
        What is known of it; None if it is not there.
    symptom
        A key of `attempts.SYMPTOMS`; None where nobody said.
    dial, client
        What was dialled, and by whom.
    tries
        The tries at it in the transcripts read.
    observed
        Counts of connections by pod; None for none.
    manifest
        The manifest that was to make the service, and where it may go wrong; None for none.
    """

    cluster: Cluster
    namespace: str
    name: str
    service_facts: Facts | None
    symptom: str | None
    dial: Dial
    client: Client
    tries: Sequence[Attempt] = ()
    observed: Any = None
    manifest: Any = None

    # The service

    @property
    def facts(self) -> Facts:
        """What is known of the service, which is there: only causes that say so are asked where it is not."""
        if self.service_facts is None:
            raise LookupError(f"{self.object} is not there")
        return self.service_facts

    @property
    def object(self) -> str:
        """What a finding calls the service."""
        return f"Service {self.namespace}/{self.name}"

    @cached_property
    def row(self) -> Mapping[str, Any]:
        """The service's row, None for what is missing."""
        return {str(key): _plain(value) for key, value in self.facts.service.items()}

    @property
    def type(self) -> str | None:
        """Its type."""
        return self.facts.type

    @cached_property
    def headless(self) -> bool:
        """Whether it has no cluster IP and is not meant to."""
        return self.type == "ExternalName" or (self.row["cluster_ips"] or [])[:1] == ["None"]

    @cached_property
    def families(self) -> tuple[str, ...]:
        """The IP families that it serves; () where they were not shown."""
        if told := self.row["ip_families"]:
            return tuple(told)
        return tuple(dict.fromkeys(family_of(ip) for ip in self.row["cluster_ips"] or () if ip not in ("", "None")))

    @cached_property
    def node_ports(self) -> set[int]:
        """Its node ports."""
        return {int(number) for number in self.facts.ports["node_port"].dropna()}

    @cached_property
    def ports(self) -> tuple[Facts, ...]:
        """The facts of each of its ports that the number dialled leads to; of all where it leads to none, or none was given."""
        several = len(self.facts.ports) > 1
        all_ports = tuple(self.facts.of_port(at) if several else self.facts for at in range(len(self.facts.ports)))
        number = self.dial.port
        of_nodes = self.dial.at_node_port or self.dial.kind == "nothing"
        column = "node_port" if of_nodes else "port"
        meant = tuple(port for port in all_ports if number is not None and _plain(port.ports[column].iloc[0]) == number)
        return meant or all_ports

    @cached_property
    def wrong_number(self) -> bool:
        """Whether a number was dialled on a node that is none of the service's node ports, though it has some."""
        asked = self.dial.port is not None and bool(self.node_ports)
        if not asked or self.dial.port in self.node_ports:
            return False
        if self.dial.kind == "loopback":
            return self.dial.on_node  # a tunnel may end at any number
        return self.dial.at_node_port or self.dial.kind == "nothing"

    @cached_property
    def split(self) -> tuple[list[str], list[str]]:
        """The nodes whose address answered when it was tried, and those that were silent; without doubt where both are some."""
        nodes = self.cluster.nodes
        at = {
            ip: str(name)
            for name, *lists in zip(nodes["name"], nodes["internal_ips"], nodes["external_ips"], strict=True)
            for ips in lists
            if isinstance(ips, list)
            for ip in ips
        }
        last = {at[each.address]: each.symptom for each in self.tries if each.address in at}
        good = [node for node, symptom in last.items() if not symptom]
        silent = [node for node, symptom in last.items() if symptom == "timeout"]
        return (good, silent) if good and silent else ([], [])

    @property
    def split_told(self) -> str:
        """The same in words; "" where tries do not differ by node."""
        good, silent = self.split
        return f"{listed(good)} answered, {listed(silent)} did not" if good else ""

    def field(self, port: Facts, name: str) -> str:
        """The path of a field of a port."""
        return f"spec.ports[{port.ports.index[0]}].{name}"

    def judged(self, port: Facts) -> tuple[str, Standing]:
        """The standing of a port, and the id of the cause that it is about; without words where its chain holds."""
        key = int(port.ports.index[0]) if len(port.ports) else -1
        if key not in self._judged:
            whole = Standing(self.namespace, self.name, True, "")
            self._judged[key] = fault(port) or ("", whole)
        return self._judged[key]

    @cached_property
    def _judged(self) -> dict[int, tuple[str, Standing]]:
        return {}

    @cached_property
    def templates(self) -> pd.DataFrame:
        """The workloads of the namespace of which it was shown with which labels they make pods, topmost ones."""
        mine = part(self.cluster, "workloads", self.namespace)
        mine = mine[mask(isinstance(it, Mapping) for it in mine["template_labels"])]
        return mine[true(mine["owner_name"].isna())]

    @property
    def workloads_command(self) -> str:
        """The command that shows which pods the workloads of the namespace make."""
        return self.command("get deployments,statefulsets,daemonsets", "-o", "wide")

    def family_gap(self, port: Facts) -> tuple[str, ...]:
        """The IP families of the service that none of its pods has an address of; () where that is not known."""
        pods = port.running
        if pods.empty or not all(isinstance(ips, list) for ips in pods["ips"]):
            return ()
        have = {family_of(ip) for ips in pods["ips"] for ip in ips}
        return tuple(family for family in self.families if family not in have) if have else ()

    # What was collected, and how it is asked for

    def collected(self, frame: str) -> bool:
        """Whether somebody listed what there is of a frame."""
        return frame in self.cluster.collected

    def command(self, what: str, *words: str) -> str:
        """A kubectl command in the service's namespace."""
        return command(what, self.namespace, *words)

    def listing(self, what: str, *more: str) -> str:
        """The command that lists what belongs to the service: pods by its selector, slices by its label."""
        if what == "endpointslices":
            return self.command("get endpointslices", "-l", f"kubernetes.io/service-name={self.name}", "-o", "wide")
        chosen = ["-l", format_selector(self.facts.selector)] if self.service_facts and self.facts.selector else []
        return self.command(f"get {what}", *chosen, *more)

    # Pods

    @cached_property
    def pods(self) -> pd.DataFrame:
        """The pods behind it that have not finished: those that its selector matches, else those of its endpoints."""
        if self.facts.selector:
            return self.facts.running
        names = self.facts.ends["pod"].dropna()
        return self.facts.pods[true(self.facts.pods["name"].isin(names))]

    @cached_property
    def declared(self) -> pd.DataFrame:
        """The container ports of these pods."""
        rows = part(self.cluster, "containers", self.namespace)
        return rows[rows["pod"].isin(self.pods["name"]).to_numpy(dtype=bool)]

    @cached_property
    def specs(self) -> pd.DataFrame:
        """The containers of these pods' specs."""
        specs = self.cluster.specs
        return specs[true(specs["spec"].isin(self.pods["spec"].dropna()))]

    @cached_property
    def apps(self) -> list[App]:
        """The applications that these pods belong to, the one that is meant first; empty where labels are not known."""
        return apps(
            self.pods[~true(self.pods["terminating"])],
            part(self.cluster, "workloads", self.namespace),
            self.specs,
            self.declared,
            self.name,
        )

    @cached_property
    def containers_shown(self) -> bool:
        """Whether the containers of all these pods were shown, as objects and descriptions do and tables do not."""
        known = (
            self.pods["spec"].notna() | self.pods["host_network"].notna() | self.pods["name"].isin(self.declared["pod"])
        )
        return bool(len(self.pods)) and bool(true(known).all())

    def probed(self, port: Facts) -> bool:
        """Whether a pod that is ready passes a readiness probe over the network on the port that packets are sent to."""
        numbers = {str(int(number)) for number in port.ends["pod_port"].dropna()}
        ready = self.pods[true(self.pods["ready"])]
        for spec, container in zip(self.specs["spec"], self.specs.to_dict("records"), strict=True):
            if container["init"] is True and container["sidecar"] is not True:
                continue
            if _plain(container["readiness"]) not in ("http", "tcp", "grpc") or not true(ready["spec"].eq(spec)).any():
                continue
            if (
                self._number(
                    container["container"], _plain(container["readiness_port"]), ready[true(ready["spec"].eq(spec))]
                )
                & numbers
            ):
                return True
        return False

    def _number(self, container: Any, port: str | None, pods: pd.DataFrame) -> set[str]:
        """The numbers that the port of a probe stands for: names are those of the container's own ports."""
        if port is None:
            return set()
        if port.isdecimal():
            return {port}
        rows = self.declared
        named = rows["container"].eq(container) & rows["port_name"].eq(port) & rows["pod"].isin(pods["name"])
        return {str(int(number)) for number in rows.loc[true(named), "container_port"].dropna()}

    # Nodes and packets

    @cached_property
    def mode(self) -> str | None:
        """The mode of kube-proxy; None where no source told it."""
        return self.cluster.proxy.mode

    @cached_property
    def node(self) -> Mapping[str, Any] | None:
        """The node that the connection enters at; None where none was dialled, or it was not shown."""
        return None if self.dial.node is None else self.node_named(self.dial.node)

    def node_named(self, name: str) -> Mapping[str, Any] | None:
        """A node's row, None for what is missing."""
        return self._nodes.get(name)

    @cached_property
    def _nodes(self) -> dict[Any, Mapping[str, Any]]:
        return {row["name"]: row for row in cell_lists(self.cluster.nodes, _NODE)}

    @cached_property
    def node_names(self) -> list[str]:
        """The names of the nodes: as they were listed, else as pods name those that they are on."""
        shown = self.cluster.nodes["name"] if len(self.cluster.nodes) else self.cluster.pods["node"]
        return [str(name) for name in shown.dropna().unique()]

    @cached_property
    def entry_nodes(self) -> list[str]:
        """The names of the nodes that a connection may enter at: the one dialled, or all that are not known to be down."""
        if self.dial.node is not None:
            return [self.dial.node] if self.node is not None else []
        nodes = self.cluster.nodes
        return [str(name) for name in nodes.loc[~true(nodes["ready"].eq(False)), "name"].dropna()]

    def decided(self, port: Facts, node: str) -> Decision | None:
        """What the node's kube-proxy does with a connection to the node port; None where too little was shown to tell."""
        number, protocol = _plain(port.ports["node_port"].iloc[0]), _plain(port.ports["protocol"].iloc[0]) or "TCP"
        row = self.node_named(node)
        cluster_ips = [ip for ip in self.row["cluster_ips"] or () if ip not in ("", "None")]
        if number is None or row is None or not cluster_ips or port.used[["pod_ip", "pod_port"]].isna().any(axis=None):
            return None
        family = self.dial.family or family_of(cluster_ips[0])
        own = [ip for ip in row["internal_ips"] or () if family_of(ip) == family]
        if not own or family not in {family_of(ip) for ip in cluster_ips}:
            return None
        at = next((ip for ip in own if ip == self.dial.address), own[0])
        source = self._source(family, own[0], node)
        return tracer(self.cluster).decide(
            source=source, destination=at, port=int(number), protocol=protocol, node=node
        )

    def _source(self, family: Family, own: str, node: str) -> str:
        given = self.client.address
        if given is not None and family_of(given) == family:
            return given
        if self.client.kind == "node" and self.client.node in (None, node):
            return own
        ranges = [cidr for cidr in self.cluster.proxy.cluster_cidrs if family_of(cidr) == family]
        if self.client.kind == "pod" and ranges:
            return ranges[0].partition("/")[0]
        return _OUTSIDE[family]


def _plain(value: Any) -> Any:
    """A cell, None where it is missing."""
    if isinstance(value, list | tuple | dict | np.ndarray):
        return value
    return None if pd.isna(value) else value
