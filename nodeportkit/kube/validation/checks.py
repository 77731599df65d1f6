"""The rules of each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from nodeportkit.kube.parts import Object, mapping, text
from nodeportkit.kube.validation.configurations import (
    check_config_map,
    check_config_map_update,
    check_secret,
    check_secret_update,
)
from nodeportkit.kube.validation.endpoint_slices import (
    check_endpoint_slice,
    check_endpoint_slice_update,
    endpoint_slice_warnings,
)
from nodeportkit.kube.validation.endpoints import (
    DEPRECATED,
    check_endpoints,
    check_endpoints_update,
    endpoints_warnings,
)
from nodeportkit.kube.validation.events import check_event, check_event_update
from nodeportkit.kube.validation.field import FieldError
from nodeportkit.kube.validation.ingresses import check_ingress, check_ingress_update, ingress_warnings
from nodeportkit.kube.validation.metadata import check_metadata, check_metadata_update
from nodeportkit.kube.validation.names import dns1123_subdomain
from nodeportkit.kube.validation.namespaces import check_namespace, check_namespace_update
from nodeportkit.kube.validation.network_policies import (
    check_network_policy,
    check_network_policy_update,
    network_policy_warnings,
)
from nodeportkit.kube.validation.nodes import check_node, check_node_update
from nodeportkit.kube.validation.pods import check_pod, check_pod_update, pod_warnings
from nodeportkit.kube.validation.records import (
    check_lease,
    check_lease_update,
    check_revision,
    check_revision_update,
)
from nodeportkit.kube.validation.services import check_service, check_service_update, service_warnings
from nodeportkit.kube.validation.workloads import check_workload, check_workload_update

__all__ = ["KINDS", "Checks", "check_create", "check_update", "warnings_of"]


def _none(_: Object) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class Checks:
    """What is checked of a kind when an object is made and when it is changed, and what is accepted with a warning.

    Attributes
    ----------
    api_version, plural
        How the kind is named beside its own name: `networking.k8s.io/v1`, `ingresses`.
    create, update, warnings
        What is wrong with a new object, with one that is to replace another, and what is accepted with a warning.
    warned_of_changes
        Whether such warnings come with the answer to a change as well.
    deprecated
        What the server says of the kind itself with every answer.
    namespaced
        Whether its objects stand in namespaces.
    """

    api_version: str
    plural: str
    create: Callable[[Object], list[FieldError]]
    update: Callable[[Object, Object], list[FieldError]]
    warnings: Callable[[Object], list[str]] = _none
    warned_of_changes: bool = True
    deprecated: str = ""
    namespaced: bool = True

    @property
    def resource(self) -> str:
        """The kind as messages name it: `services`, `ingresses.networking.k8s.io`."""
        group = self.api_version.rpartition("/")[0]
        return f"{self.plural}.{group}" if group else self.plural


def _of_template(workload: Object) -> list[str]:
    return pod_warnings("spec.template.spec", mapping(workload, "spec", "template", "spec"))


def _of_pod(pod: Object) -> list[str]:
    return pod_warnings("spec", mapping(pod, "spec"))


def _account(account: Object) -> list[FieldError]:
    """What is wrong with a new ServiceAccount: of it the metadata alone is looked at."""
    return check_metadata(account, dns1123_subdomain)


_WORKLOADS: Final = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
_NETWORKING: Final = "networking.k8s.io/v1"
KINDS: Final[dict[str, Checks]] = {
    "ConfigMap": Checks("v1", "configmaps", check_config_map, check_config_map_update),
    "ControllerRevision": Checks("apps/v1", "controllerrevisions", check_revision, check_revision_update),
    "EndpointSlice": Checks(
        "discovery.k8s.io/v1",
        "endpointslices",
        check_endpoint_slice,
        check_endpoint_slice_update,
        endpoint_slice_warnings,
    ),
    "Endpoints": Checks(
        "v1", "endpoints", check_endpoints, check_endpoints_update, endpoints_warnings, deprecated=DEPRECATED
    ),
    "Event": Checks("v1", "events", check_event, check_event_update),
    "Ingress": Checks(
        _NETWORKING, "ingresses", check_ingress, check_ingress_update, ingress_warnings, warned_of_changes=False
    ),
    "Lease": Checks("coordination.k8s.io/v1", "leases", check_lease, check_lease_update),
    "Namespace": Checks("v1", "namespaces", check_namespace, check_namespace_update, namespaced=False),
    "NetworkPolicy": Checks(
        _NETWORKING, "networkpolicies", check_network_policy, check_network_policy_update, network_policy_warnings
    ),
    "Node": Checks("v1", "nodes", check_node, check_node_update, namespaced=False),
    "Pod": Checks("v1", "pods", check_pod, check_pod_update, _of_pod),
    "Secret": Checks("v1", "secrets", check_secret, check_secret_update),
    "Service": Checks("v1", "services", check_service, check_service_update, service_warnings),
    "ServiceAccount": Checks("v1", "serviceaccounts", _account, check_metadata_update),
    **{
        kind: Checks("apps/v1", f"{kind.lower()}s", check_workload, check_workload_update, _of_template)
        for kind in _WORKLOADS
    },
}


def check_create(thing: Object) -> list[FieldError]:
    """What is wrong with a new object of a kind in `KINDS`, its defaults filled in.

    Examples
    --------
    >>> from nodeportkit.kube.defaults import with_defaults
    >>> pod = with_defaults({"kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [{"name": "web"}]}})
    >>> [str(error) for error in check_create(pod)]
    ['spec.containers[0].image: Required value']
    """
    return KINDS[text(thing, "kind")].create(thing)


def check_update(thing: Object, old: Object) -> list[FieldError]:
    """What is wrong with an object that is to replace `old`, defaults filled in in both."""
    return KINDS[text(thing, "kind")].update(thing, old)


def warnings_of(thing: Object, old: Object | None = None) -> list[str]:
    """What the server accepts with a warning of a new object, or of one that replaces `old`."""
    checks = KINDS[text(thing, "kind")]
    return checks.warnings(thing) if old is None or checks.warned_of_changes else []
