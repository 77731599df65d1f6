"""What the API server checks of a Service, one concern a module.

Rules look at a service with its defaults and what was allocated for it: see `nodeportkit.kube.allocation`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from nodeportkit.kube.parts import Object
from nodeportkit.kube.validation.balancers import check_service_balancer
from nodeportkit.kube.validation.field import FieldError
from nodeportkit.kube.validation.metadata import check_metadata, check_metadata_update
from nodeportkit.kube.validation.names import dns1123_label
from nodeportkit.kube.validation.services.affinity import check_affinity, check_service_selector
from nodeportkit.kube.validation.services.changes import check_changes
from nodeportkit.kube.validation.services.cluster_ips import check_cluster_ips
from nodeportkit.kube.validation.services.policies import (
    check_distribution,
    check_external_policy,
    check_health_check,
    check_internal_policy,
)
from nodeportkit.kube.validation.services.ports import check_clashes, check_ports, check_ports_given
from nodeportkit.kube.validation.services.reach import (
    check_allocation_wish,
    check_external_ips,
    check_load_balancer_class,
    check_source_ranges,
    check_topology,
    check_type,
    check_type_fields,
)
from nodeportkit.kube.validation.services.warnings import service_warnings

__all__ = ["check_cluster_ips", "check_service", "check_service_update", "service_warnings"]

# In the server's order, which is that of its answer (`validateService`).
_RULES: Final[tuple[Callable[..., list[FieldError]], ...]] = (
    check_topology,
    check_ports_given,
    check_type_fields,
    check_ports,
    check_service_selector,
    check_affinity,
    check_cluster_ips,
    check_external_ips,
    check_type,
    check_clashes,
    check_source_ranges,
    check_allocation_wish,
    check_load_balancer_class,
    check_external_policy,
    check_health_check,
    check_internal_policy,
    check_distribution,
)
# These let addresses through that the stored service has already, however they are written.
_FORBEARING: Final = frozenset({check_cluster_ips, check_external_ips, check_source_ranges})


def check_service(service: Object) -> list[FieldError]:
    """What is wrong with a new service, in the order of the server's answer.

    Examples
    --------
    >>> [str(error) for error in check_service({"metadata": {"name": "web"}, "spec": {"type": "nodePort"}})][-2:]
    ['spec.sessionAffinity: Required value', 'spec.type: Unsupported value: "nodePort": supported values: ...']
    """
    return [*check_metadata(service, dns1123_label), *_spec(service, {})]


def check_service_update(service: Object, old: Object) -> list[FieldError]:
    """What is wrong with a service that is to replace another of its name."""
    return [
        *check_metadata_update(service, old),
        *check_changes(service, old),
        *_spec(service, old),
        *check_service_balancer(service, old),
    ]


def _spec(service: Object, old: Object) -> list[FieldError]:
    return [error for rule in _RULES for error in (rule(service, old) if rule in _FORBEARING else rule(service))]
