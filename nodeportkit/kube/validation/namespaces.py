"""What the API server checks of a Namespace.

pkg/apis/core/validation/validation.go, `ValidateNamespace`, `ValidateNamespaceUpdate`.
"""

from __future__ import annotations

from nodeportkit.kube.parts import Object, mapping, strings
from nodeportkit.kube.validation.field import FieldError
from nodeportkit.kube.validation.metadata import check_finalizer, check_metadata, check_metadata_update
from nodeportkit.kube.validation.names import dns1123_label

__all__ = ["check_namespace", "check_namespace_update"]


def check_namespace(namespace: Object) -> list[FieldError]:
    """What is wrong with a new namespace."""
    finalizers = strings(mapping(namespace, "spec"), "finalizers")
    return [
        *check_metadata(namespace, dns1123_label),
        *(error for name in finalizers for error in check_finalizer("spec.finalizers", name)),
    ]


def check_namespace_update(namespace: Object, old: Object) -> list[FieldError]:
    """What is wrong with a namespace that is to replace another; its finalizers have a path of their own."""
    return check_metadata_update(namespace, old)
