"""Creating, changing and deleting objects: what is filled in, what is refused, what is kept.

staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go and pkg/registry/rest.
"""

from __future__ import annotations

import copy
import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from nodeportkit.kube.allocation import Allocators, admit_create, admit_update, release
from nodeportkit.kube.defaults import with_defaults
from nodeportkit.kube.validation import check_create, check_update, warnings_of
from nodeportkit.kube.validation.field import FieldError, required
from nodeportkit.playground.api.decoding import Options
from nodeportkit.playground.api.failures import (
    already_exists,
    bad_request,
    conflict,
    forbidden,
    invalid,
    not_found,
    unreasoned,
)
from nodeportkit.playground.api.managing import applied, claimed
from nodeportkit.playground.resources import Resource
from nodeportkit.playground.resources.kinds.namespaces import RESOURCE as NAMESPACES
from nodeportkit.playground.store import Key, Object, Store, copied

__all__ = ["Writer"]

_ALPHABET: Final = "bcdfghjklmnpqrstvwxz2456789"
_LONGEST_BASE: Final = 58
_POD_GRACE: Final = 30
_IMMORTAL: Final = ("default", "kube-public", "kube-system")
# What is not kept where it is empty: Go leaves it out.
_OMITTED: Final = ("annotations", "finalizers", "labels", "ownerReferences")
# What only the server sets.
_KEPT: Final = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation")


def _share(made: Object, old: Object) -> None:
    """Let a new state of an object share with the old one what they have in common: both are kept for a while."""
    for field in ("spec", "status"):
        if field in old and made.get(field) == old[field]:
            made[field] = old[field]
    for field in ("labels", "annotations", "ownerReferences", "managedFields"):
        before = old["metadata"].get(field)
        if before and made["metadata"].get(field) == before:
            made["metadata"][field] = before


class Writer:
    """Writes objects to a store.

    Parameters
    ----------
    store
        Where they are kept.
    allocators
        The node ports and cluster IPs that services get.
    now
        Tells the time.
    """

    def __init__(
        self, store: Store, allocators: Allocators, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.store = store
        self._allocators = allocators
        self._now = now

    def time(self) -> str:
        """The time as objects carry it."""
        return self._now().strftime("%Y-%m-%dT%H:%M:%SZ")

    # Creating

    def create(self, resource: Resource, namespace: str, sent: Object, options: Options) -> Object:
        """Make a new object."""
        thing = copied(sent)
        metadata = thing["metadata"]
        self._place(resource, namespace, metadata)
        if metadata.get("resourceVersion"):
            raise unreasoned("resourceVersion should not be set on objects to be created")
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"][:_LONGEST_BASE] + "".join(random.choices(_ALPHABET, k=5))
        key = Key(namespace, str(metadata.get("name") or ""))
        if not key.name:
            error = required("metadata.name", "name or generateName is required")
            raise invalid(resource, "", [error])
        if self.store.get(resource.name, key):
            raise already_exists(resource, key.name)
        self._refuse_if_ending(resource, key)
        for name in ("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"):
            metadata.pop(name, None)
        metadata["uid"] = str(uuid.uuid4())
        metadata["creationTimestamp"] = self.time()
        if resource.has_generation:
            metadata["generation"] = 1
        if resource.initial_status is not None:
            thing["status"] = copied(dict(resource.initial_status))
        made = self._admit(resource, thing, None, options)
        made = self._managed(None, made, options)
        return made if options.dry_run else self.store.put(resource.name, made)

    def _managed(self, old: Object | None, made: Object, options: Options) -> Object:
        """The object with its changes put down to whoever made them."""
        if not options.tracked:
            return made
        return claimed(old, made, options.manager, self.time(), options.subresource)

    def apply(self, resource: Resource, key: Key, config: Object, options: Options) -> tuple[Object, bool]:
        """Server-side apply; gives the object, and whether it is new."""
        live = self.store.get(resource.name, key)
        merged = applied(live, config, options.manager, self.time(), force=options.force)
        untracked = replace(options, tracked=False)
        if live is None:
            return self.create(resource, key.namespace, merged, untracked), True
        if config["metadata"].get("resourceVersion"):
            self._same(resource, live, config["metadata"])
        merged["metadata"].pop("resourceVersion", None)
        return self.update(resource, key, merged, untracked), False

    def _place(self, resource: Resource, namespace: str, metadata: Object) -> None:
        """Say in the metadata where the object stands, as the path does."""
        if not resource.namespaced:
            metadata.pop("namespace", None)
            return
        if metadata.get("namespace") not in (None, "", namespace):
            raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
        metadata["namespace"] = namespace

    def _refuse_if_ending(self, resource: Resource, key: Key) -> None:
        if not resource.namespaced:
            return
        there = self.store.get(NAMESPACES.name, Key("", key.namespace))
        if there is None:
            raise not_found(NAMESPACES, key.namespace)
        if there["metadata"].get("deletionTimestamp"):
            why = f"unable to create new content in namespace {key.namespace} because it is being terminated"
            raise forbidden(resource, key.name, why)

    # Changing

    def update(self, resource: Resource, key: Key, sent: Object, options: Options) -> Object:
        """Put an object in the place of the one that is there; gives what is there then."""
        old = self._existing(resource, key)
        thing = copied(sent)
        metadata = thing["metadata"]
        if metadata.setdefault("name", key.name) != key.name:
            raise bad_request(
                f"the name of the object ({metadata['name']}) does not match the name on the URL ({key.name})"
            )
        self._place(resource, key.namespace, metadata)
        self._same(resource, old, metadata)
        metadata |= {name: old["metadata"][name] for name in _KEPT if name in old["metadata"]}
        for name in (*_KEPT, "selfLink"):
            if name not in old["metadata"]:
                metadata.pop(name, None)
        if options.subresource == "status":
            # Of the rest, only what belongs to the status is taken.
            thing = {**copied(old), "status": thing.get("status", {})}
            thing["metadata"] = {**thing["metadata"], "finalizers": metadata.get("finalizers")}
            if resource.kind == "Node":
                thing["metadata"] |= {name: metadata.get(name) for name in ("labels", "annotations")}
            thing["metadata"] = {name: value for name, value in thing["metadata"].items() if value is not None}
        elif "status" in resource.subresources and "status" in old:
            thing["status"] = copied(old["status"])
        return self._keep(resource, key, thing, old, options)

    def _existing(self, resource: Resource, key: Key) -> Object:
        thing = self.store.get(resource.name, key)
        if thing is None:
            raise not_found(resource, key.name)
        return thing

    def _same(self, resource: Resource, old: Object, metadata: Object) -> None:
        """Refuse to change an object of which the client does not have the latest state."""
        name, uid = old["metadata"]["name"], old["metadata"]["uid"]
        if metadata.get("uid") not in (None, "", uid):
            why = f"Precondition failed: UID in precondition: {metadata['uid']}, UID in object meta: {uid}"
            raise conflict(resource, name, why)
        if metadata.get("resourceVersion") not in (None, "", old["metadata"]["resourceVersion"]):
            raise conflict(
                resource,
                name,
                "the object has been modified; please apply your changes to the latest version and try again",
            )

    def _keep(self, resource: Resource, key: Key, thing: Object, old: Object, options: Options) -> Object:
        made = self._admit(resource, thing, old, options)
        if resource.has_generation and made.get("spec") != old.get("spec"):
            made["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1
        made["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
        if options.tracked:
            made["metadata"].pop("managedFields", None)
            made["metadata"] |= {name: old["metadata"][name] for name in ("managedFields",) if name in old["metadata"]}
        _share(made, old)
        if made == old:
            return old  # what changes nothing makes no version
        made = self._managed(old, made, options)
        if options.dry_run:
            return made
        kept = self.store.put(resource.name, made)
        if (
            kept["metadata"].get("deletionTimestamp")
            and not kept["metadata"].get("finalizers")
            and not self._lives(kept)
        ):
            return self._forget(resource, key, kept)
        return kept

    def _lives(self, thing: Object) -> bool:
        """Whether something else than finalizers keeps it: a pod ends when its kubelet says so, a namespace when it is empty."""
        if thing["kind"] == "Pod":
            return bool(thing["metadata"].get("deletionGracePeriodSeconds"))
        return thing["kind"] == "Namespace" and bool(thing.get("spec", {}).get("finalizers"))

    def _admit(self, resource: Resource, thing: Object, old: Object | None, options: Options) -> Object:
        """The object as it is stored, or the refusal of it."""
        made = with_defaults(thing)
        for field in _OMITTED:
            if not made["metadata"].get(field):
                made["metadata"].pop(field, None)
        resource.prepare(made)
        errors: list[FieldError]
        if resource.kind == "Service":
            # A dry run gives back at once what it takes.
            allocators = copy.deepcopy(self._allocators) if options.dry_run else self._allocators
            made, errors = admit_update(made, old, allocators) if old else admit_create(made, allocators)
        else:
            errors = check_update(made, old) if old else check_create(made)
        errors = [error for error in errors if error.detail not in resource.excused]
        if errors:
            raise invalid(resource, str(made["metadata"].get("name") or ""), errors)
        options.warnings.extend(warnings_of(made, old))
        return made

    def bind(self, key: Key, node: str) -> Object | None:
        """Give a pod its node, which nothing else may; None if it is gone or has one."""
        pod = self.store.get("pods", key)
        if pod is None or pod["spec"].get("nodeName"):
            return None
        return self.store.put("pods", {**pod, "spec": {**pod["spec"], "nodeName": node}})

    def finalize(self, key: Key) -> None:
        """Let a namespace go that is to be deleted and is empty."""
        namespace = self.store.get("namespaces", key)
        if namespace is not None and namespace["metadata"].get("deletionTimestamp"):
            self.store.delete("namespaces", key)

    # Deleting

    def delete(
        self,
        resource: Resource,
        key: Key,
        options: Options,
        *,
        grace: int | None = None,
        propagation: str = "Background",
        preconditions: Object | None = None,
    ) -> tuple[Object, bool]:
        """Delete an object, or have it deleted; gives its last state, and whether it is gone."""
        thing = self._existing(resource, key)
        self._must_be(resource, thing, preconditions or {})
        self._immortal(resource, key.name)
        metadata = dict(thing["metadata"])
        seconds = self._grace(thing, grace) if resource.kind == "Pod" else 0
        finalizers = list(metadata.get("finalizers") or [])
        for policy, finalizer in (("Foreground", "foregroundDeletion"), ("Orphan", "orphan")):
            if propagation == policy and finalizer not in finalizers:
                finalizers.append(finalizer)
        waits = bool(finalizers) or seconds > 0 or resource.kind == "Namespace"
        if options.dry_run:
            return thing, not waits
        if not waits:
            return self._forget(resource, key, thing), True
        if (
            metadata.get("deletionTimestamp")
            and seconds >= metadata.get("deletionGracePeriodSeconds", 0)
            and finalizers == (metadata.get("finalizers") or [])
        ):
            return thing, False
        metadata |= {"deletionTimestamp": self._later(seconds), "deletionGracePeriodSeconds": seconds}
        if finalizers:
            metadata["finalizers"] = finalizers
        ending = {**thing, "metadata": metadata}
        if resource.kind == "Namespace":
            ending["status"] = {**thing.get("status", {}), "phase": "Terminating"}
        return self.store.put(resource.name, ending), False

    def _immortal(self, resource: Resource, name: str) -> None:
        """Refuse to delete what no cluster is without."""
        if resource.kind == "Namespace" and name in _IMMORTAL:
            raise forbidden(resource, name, "this namespace may not be deleted")

    def _grace(self, pod: Object, wanted: int | None) -> int:
        """How long a pod may take to end; one that never ran ends at once."""
        if not pod["spec"].get("nodeName") or pod.get("status", {}).get("phase") in ("Succeeded", "Failed"):
            return 0
        if wanted is not None:
            return max(0, wanted)
        return int(pod["spec"].get("terminationGracePeriodSeconds", _POD_GRACE))

    def _later(self, seconds: int) -> str:
        return (self._now() + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _must_be(self, resource: Resource, thing: Object, preconditions: Object) -> None:
        metadata = thing["metadata"]
        name = metadata["name"]
        for field, title in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
            wanted = preconditions.get(field)
            if wanted not in (None, "", metadata[field]):
                why = (
                    f"the {title} in the precondition ({wanted}) does not match the {title} in record "
                    f"({metadata[field]}). The object might have been deleted and then recreated"
                )
                raise conflict(resource, name, why, by_kind=True)

    def _forget(self, resource: Resource, key: Key, thing: Object) -> Object:
        if resource.kind == "Service":
            release(thing, self._allocators)
        return self.store.delete(resource.name, key) or thing
