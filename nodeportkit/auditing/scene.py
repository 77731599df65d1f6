"""What all checks look at, worked out once for a whole cluster: what follows from who selects whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.auditing.arrays import Mask, isin, mask
from nodeportkit.auditing.claims import host_ports, node_port_claims
from nodeportkit.auditing.declared import Declared, declared, port_names
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.ground import Ground
from nodeportkit.auditing.listing import isolating, listed
from nodeportkit.auditing.owners import Owner, coming, top_owners
from nodeportkit.auditing.reach import Reach, reach
from nodeportkit.kube.allocation.bands import node_port_bands
from nodeportkit.kube.columns import objects
from nodeportkit.kube.endpoints import derive
from nodeportkit.kube.endpoints.numbering import Positions, positions
from nodeportkit.kube.packets.model import within

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["Scene", "Settings"]

_IMAGE: Final = re.compile(r"(:[^/:@]*)?(@.*)?$")  # what stands behind an image's name


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person told beside the cluster.

    Attributes
    ----------
    node_port_range
        The API server's range of node ports.
    range_given
        Whether somebody said that this is the range, and it is not merely Kubernetes' default.
    ephemeral_ports
        The nodes' range of ephemeral ports, `net.ipv4.ip_local_port_range`; None if nobody told.
    """

    node_port_range: str
    range_given: bool
    ephemeral_ports: str | None = None


class Bands(NamedTuple):
    """The band for fixed numbers, and the one that numbers are handed out from first."""

    static: range
    dynamic: range


class Scene(Ground):
    """A cluster, what belongs together in it, and what follows from that; each part is worked out when it is first asked for."""

    def __init__(self, cluster: Cluster, settings: Settings) -> None:
        super().__init__(cluster)
        self.settings = settings

    @cached_property
    def reach(self) -> Reach:
        """Where new connections to each service port go."""
        return reach(self)

    @cached_property
    def declared(self) -> Declared:
        """What the pods of each service port declare of its target port."""
        return declared(self)

    @cached_property
    def stated(self) -> Mask:
        """Of which services a source stated the endpoints, be it that there are none."""
        of_stated = positions(self.cluster.stated[["namespace", "service"]], self.services[["namespace", "name"]])
        return isin(np.arange(len(self.services)), of_stated)

    @cached_property
    def with_endpoints(self) -> Mask:
        """Which services have an endpoint."""
        return self._with_rows(self.cluster.endpoints)

    @cached_property
    def derived(self) -> pd.DataFrame:
        """The endpoints that selectors and pods give, whatever a source stated."""
        if not self.stated.any():
            return self.cluster.endpoints
        return derive(self.services[self.stated].reset_index(drop=True), self.ports, self.pods, self.cluster.containers)

    @cached_property
    def with_derived(self) -> Mask:
        """Which services have an endpoint by their selector and pods."""
        return self._with_rows(self.derived) | (self.with_endpoints & ~self.stated)

    def _with_rows(self, endpoints: pd.DataFrame) -> Mask:
        owners = positions(endpoints[["namespace", "service"]], self.services[["namespace", "name"]])
        return np.bincount(owners[owners >= 0], minlength=len(self.services)) > 0

    @cached_property
    def with_address(self) -> Mask:
        """Which pods have an address, or may have one that was not shown."""
        return mask(not isinstance(ips, list) or bool(ips) for ips in objects(self.pods["ips"]))

    @cached_property
    def pod_names(self) -> list[str]:
        """The name of each pod."""
        return [str(name) for name in objects(self.pods["name"])]

    @cached_property
    def bands(self) -> Bands:
        """The static and the dynamic band of the range of node ports."""
        return Bands(*node_port_bands(self.settings.node_port_range))

    @cached_property
    def claims(self) -> pd.DataFrame:
        """The numbers that services claim on every node."""
        return node_port_claims(self)

    @cached_property
    def host_ports(self) -> pd.DataFrame:
        """The ports that pods take on their host."""
        return host_ports(self)

    @cached_property
    def owners(self) -> list[Owner]:
        """The workload that each pod belongs to in the end."""
        return top_owners(self)

    def images_of(self, pod: int) -> frozenset[str]:
        """The images of a pod's containers, without tag and digest; empty where they were not shown."""
        return self._images.get(self._specs[pod], frozenset())

    def specs_of(self, pods: Positions) -> Positions:
        """The rows of the frame `specs` of some pods."""
        wanted = {self._specs[pod] for pod in pods.tolist()}
        return _rows_of(self._rows_of_spec, wanted)

    def containers_of(self, pods: Positions) -> Positions:
        """The rows of the frame `containers` of some pods."""
        return _rows_of(self._rows_of_pod, pods.tolist())

    @cached_property
    def _rows_of_spec(self) -> dict[Any, Any]:
        return dict(self.cluster.specs.groupby("spec").indices)

    @cached_property
    def _rows_of_pod(self) -> dict[Any, Any]:
        containers = self.cluster.containers
        owner = positions(containers[["namespace", "pod"]], self.pods[["namespace", "name"]])
        return dict(pd.Series(owner).groupby(owner).indices)

    @cached_property
    def _specs(self) -> list[Any]:
        return list(objects(self.pods["spec"]))

    @cached_property
    def _images(self) -> dict[Any, frozenset[str]]:
        specs = self.cluster.specs
        found: dict[Any, set[str]] = {}
        for spec, image, init in zip(*(objects(specs[name]) for name in ("spec", "image", "init")), strict=True):
            if image and not init:
                found.setdefault(spec, set()).add(_IMAGE.sub("", image))
        return {spec: frozenset(images) for spec, images in found.items()}

    @cached_property
    def coming(self) -> Mask:
        """Which pods that are not ready are on their way."""
        return coming(self, self.owners)

    @cached_property
    def pod_of_link(self) -> Positions:
        """The position of the pod behind each link of `reach`, -1 where it is not known."""
        return positions(self.reach.links[["namespace", "pod"]], self.pods[["namespace", "name"]])

    @cached_property
    def isolating(self) -> dict[int, tuple[int, ...]]:
        """The policies for ingress that select each pod, of those that any selects."""
        return isolating(self)

    def port_names(self, pod: int, number: int, protocol: str) -> tuple[str, ...]:
        """The names under which a pod declares a port."""
        return self._port_names.get((pod, number, protocol), ())

    @cached_property
    def _port_names(self) -> dict[tuple[int, int, str], tuple[str, ...]]:
        return port_names(self)

    def serves_node_ports(self, address: str) -> bool:
        """Whether kube-proxy serves node ports on an address of a node, as far as ranges of addresses tell."""
        ranges = self.cluster.proxy.nodeport_addresses
        return not ranges or "primary" in ranges or any(within(address, [cidr]) for cidr in ranges)

    @cached_property
    def accepted(self) -> Mask:
        """Which services an API server has accepted, and are not merely written down in a manifest."""
        ips = [isinstance(addresses, list) and bool(addresses) for addresses in objects(self.services["cluster_ips"])]
        told = self.services[["created", "age"]].notna().any(axis="columns").to_numpy()
        return mask(ips) | told

    def listed(self, frame: str, namespaces: pd.Series[Any]) -> Mask:
        """In which namespaces all that a frame holds was listed, as far as one can tell."""
        return listed(self.cluster, frame, namespaces)

    def of_service(self, at: int, field: str, message: str, fix: str = "", **more: Any) -> Finding:
        """A finding about a service."""
        namespace, name = self.service_names[at]
        return Finding(f"Service {namespace}/{name}", field, message, fix, namespace, name, **more)

    def of_port(self, at: int, field: str, message: str, fix: str = "", **more: Any) -> Finding:
        """A finding about a field of a service's port; `field` is its last part."""
        return self.of_service(int(self.service_of_port[at]), f"{self.path(at)}.{field}", message, fix, **more)

    def path(self, at: int) -> str:
        """The path of a port in its service."""
        return f"spec.ports[{self._place[at]}]"

    @cached_property
    def _place(self) -> npt.NDArray[np.int64]:
        place = pd.Series(self.service_of_port).groupby(self.service_of_port).cumcount()
        return place.to_numpy().astype(np.int64)


def _rows_of(rows: Mapping[Any, Positions], keys: Iterable[Any]) -> Positions:
    found = [rows[key] for key in keys if key in rows]
    return np.sort(np.concatenate([np.empty(0, np.int64), *found]))
