"""What the API server checks of what controllers keep for themselves: Leases and ControllerRevisions.

pkg/apis/coordination/validation/validation.go and pkg/apis/apps/validation/validation.go, `ValidateControllerRevision`.
"""

from __future__ import annotations

from nodeportkit.kube.parts import Object, mapping
from nodeportkit.kube.validation.field import FieldError, invalid, required
from nodeportkit.kube.validation.metadata import check_metadata, check_metadata_update, immutable
from nodeportkit.kube.validation.names import dns1123_subdomain
from nodeportkit.kube.validation.probes import check_not_negative

__all__ = ["check_lease", "check_lease_update", "check_revision", "check_revision_update"]


def check_lease(lease: Object) -> list[FieldError]:
    """What is wrong with a new Lease.

    Examples
    --------
    >>> [str(error) for error in check_lease({"metadata": {"name": "a"}, "spec": {"leaseDurationSeconds": 0}})]
    ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0']
    """
    return [*check_metadata(lease, dns1123_subdomain), *_lease_spec(lease)]


def check_lease_update(lease: Object, old: Object) -> list[FieldError]:
    """What is wrong with a Lease that is to replace another."""
    return [*check_metadata_update(lease, old), *_lease_spec(lease)]


def check_revision(revision: Object) -> list[FieldError]:
    """What is wrong with a new ControllerRevision.

    Examples
    --------
    >>> [str(error) for error in check_revision({"metadata": {"name": "a"}, "revision": -1})]
    ['data: Required value: data is mandatory', 'revision: Invalid value: -1: must be greater than or equal to 0']
    """
    missing = [] if revision.get("data") is not None else [required("data", "data is mandatory")]
    return [
        *check_metadata(revision, dns1123_subdomain),
        *missing,
        *check_not_negative("revision", revision.get("revision")),
    ]


def check_revision_update(revision: Object, old: Object) -> list[FieldError]:
    """What is wrong with a ControllerRevision that is to replace another: of its data nothing may change."""
    changed = immutable("data", revision.get("data"), old.get("data"))
    return [*check_metadata_update(revision, old), *check_not_negative("revision", revision.get("revision")), *changed]


def _lease_spec(lease: Object) -> list[FieldError]:
    spec = mapping(lease, "spec")
    seconds, times = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
    wrong = []
    if seconds is not None and seconds <= 0:
        wrong.append(invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"))
    return [*wrong, *check_not_negative("spec.leaseTransitions", times)]
