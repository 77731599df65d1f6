"""What the API server checks of metadata: names, labels, annotations.

staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go. Go looks at a map in any order; here it is sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from nodeportkit.kube.parts import Object, mapping, mappings, strings, text
from nodeportkit.kube.validation.field import FieldError, Struct, forbidden, invalid, required, too_long
from nodeportkit.kube.validation.names import dns1123_label, label_value, qualified_name

__all__ = [
    "check_annotations",
    "check_finalizer",
    "check_labels",
    "check_metadata",
    "check_metadata_update",
    "immutable",
]

_MOST_ANNOTATIONS: Final = 256 * 1024
_FINALIZERS: Final = ("kubernetes", "orphan", "foregroundDeletion")
_REFERENCE: Final = ("apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion")
_GARBAGE: Final = {"orphan", "foregroundDeletion"}


def check_metadata(thing: Object, name: Callable[[str], list[str]]) -> list[FieldError]:
    """What is wrong with the metadata of a new object; `name` says what is wrong with its name."""
    metadata = mapping(thing, "metadata")
    wrong: list[FieldError] = []
    given, generated, namespace = (text(metadata, key) for key in ("name", "generateName", "namespace"))
    if generated:
        # Characters follow the dash, so that it is not the last.
        masked = generated[:-2] + "a" if generated.endswith("-") else generated
        wrong += [invalid("metadata.generateName", generated, message) for message in name(masked)]
    if not given and not generated:
        wrong.append(required("metadata.name", "name or generateName is required"))
    wrong += [invalid("metadata.name", given, message) for message in name(given) if given]
    wrong += [invalid("metadata.namespace", namespace, message) for message in dns1123_label(namespace) if namespace]
    return wrong + _common(metadata)


def check_metadata_update(thing: Object, old: Object) -> list[FieldError]:
    """What is wrong with the metadata of a changed object."""
    metadata, before = mapping(thing, "metadata"), mapping(old, "metadata")
    wrong: list[FieldError] = []
    if before.get("deletionTimestamp"):
        added = sorted(set(strings(metadata, "finalizers")) - set(strings(before, "finalizers")))
        if added:
            shown = ", ".join(f'"{finalizer}"' for finalizer in added)
            detail = f"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{shown}}}"
            wrong.append(forbidden("metadata.finalizers", detail))
    wrong += immutable("metadata.name", text(metadata, "name"), text(before, "name"))
    wrong += immutable("metadata.namespace", text(metadata, "namespace"), text(before, "namespace"))
    return wrong + _common(metadata)


def immutable(field: str, value: Any, old: Any) -> list[FieldError]:
    """What is wrong with a field that must stay as it is."""
    return [] if value == old else [invalid(field, value, "field is immutable")]


def check_labels(field: str, labels: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with labels, or with a selector that names labels."""
    wrong: list[FieldError] = []
    for key, value in sorted(labels.items()):
        wrong += [invalid(field, key, message) for message in qualified_name(key)]
        wrong += [invalid(field, value, message) for message in label_value(value or "")]
    return wrong


def check_annotations(field: str, annotations: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with annotations: their names, and how long they are together."""
    wrong = [invalid(field, key, message) for key in sorted(annotations) for message in qualified_name(key.lower())]
    size = sum(len(key.encode()) + len(str(value or "").encode()) for key, value in annotations.items())
    return [*wrong, too_long(field, _MOST_ANNOTATIONS)] if size > _MOST_ANNOTATIONS else wrong


def _common(metadata: Object) -> list[FieldError]:
    return [
        *check_labels("metadata.labels", mapping(metadata, "labels")),
        *check_annotations("metadata.annotations", mapping(metadata, "annotations")),
        *(error for owner in mappings(metadata, "ownerReferences") for error in _owner(owner)),
        *_controllers(mappings(metadata, "ownerReferences")),
        *_finalizers(strings(metadata, "finalizers")),
    ]


def check_finalizer(field: str, name: str) -> list[FieldError]:
    """What is wrong with the name of a finalizer: one of Kubernetes' own, or a name with a domain before it."""
    wrong = [invalid(field, name, message) for message in qualified_name(name)]
    return wrong + _standard(field, name)


def _standard(field: str, name: str) -> list[FieldError]:
    if "/" in name or name in _FINALIZERS:
        return []
    return [invalid(field, name, "name is neither a standard finalizer name nor is it fully qualified")]


def _finalizers(names: list[str]) -> list[FieldError]:
    field = "metadata.finalizers"
    wrong = [invalid(field, name, message) for name in names for message in qualified_name(name)]
    if set(names) >= _GARBAGE:
        wrong.append(invalid(field, names, "finalizer orphan and foregroundDeletion cannot be both set"))
    return wrong + [error for position, name in enumerate(names) for error in _standard(f"{field}[{position}]", name)]


def _controllers(owners: list[dict[str, Any]]) -> list[FieldError]:
    """One owner at most controls an object."""
    named = [f"{text(owner, 'kind')}/{text(owner, 'name')}" for owner in owners if owner.get("controller") is True]
    shown = [Struct((key, owner[key]) for key in _REFERENCE if owner.get(key) is not None) for owner in owners]
    return [
        invalid(
            "metadata.ownerReferences",
            shown,
            "Only one reference can have Controller set to true. "
            f'Found "true" in references for {named[0]} and {other}',
        )
        for other in named[1:]
    ]


def _owner(owner: Object) -> list[FieldError]:
    field = "metadata.ownerReferences"
    wrong = [] if text(owner, "apiVersion") else [invalid(f"{field}.apiVersion", "", "version must not be empty")]
    missing = [key for key in ("kind", "name", "uid") if not text(owner, key)]
    return wrong + [invalid(f"{field}.{key}", "", "must not be empty") for key in missing]
