"""Requests about objects -> answers: paths, verbs and query parameters, without a network."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from nodeportkit.kube.allocation import Allocators
from nodeportkit.kube.validation.status import failure
from nodeportkit.playground.api import representing, subresources
from nodeportkit.playground.api.decoding import Options, Sent, as_object, named, parsed
from nodeportkit.playground.api.documents import document
from nodeportkit.playground.api.exchange import Answer, Request
from nodeportkit.playground.api.failures import ApiError, bad_request, conflict, method_not_allowed, not_found, nowhere
from nodeportkit.playground.api.patching import json_merge, json_patch, strategic_merge
from nodeportkit.playground.api.reading import page
from nodeportkit.playground.api.representing import Form, wanted_form
from nodeportkit.playground.api.selecting import selection
from nodeportkit.playground.api.watching import watch
from nodeportkit.playground.api.writing import Writer
from nodeportkit.playground.resources import Resource, find
from nodeportkit.playground.store import Key, Object, Store, copied

__all__ = ["ApiServer"]

_log = logging.getLogger(__name__)
_PATCHES: Final = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
}
_APPLY: Final = "application/apply-patch+yaml"
_LONGEST_WATCH: Final = 3600.0
_PLACE: Final = re.compile(
    r"/(?:api/(?P<core>v1)|apis/(?P<group>[^/]+)/(?P<version>[^/]+))"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/))?/(?P<plural>[^/]+)(?:/(?P<name>[^/]+)(?:/(?P<sub>[^/]+))?)?/?"
)
_DELETE_FIELDS: Final[Mapping[str, tuple[type, str]]] = {
    "gracePeriodSeconds": (int, "int64"),
    "propagationPolicy": (str, "v1.DeletionPropagation"),
    "orphanDependents": (bool, "bool"),
    "preconditions": (dict, "v1.Preconditions"),
    "dryRun": (list, "[]string"),
}
_PROPAGATIONS: Final = ("Background", "Foreground", "Orphan")
_ENDPOINTS_WARNING: Final = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"


@dataclass(frozen=True, slots=True)
class _Place:
    """What a path names."""

    resource: Resource
    namespace: str | None
    name: str
    sub: str

    @property
    def key(self) -> Key:
        return Key(self.namespace or "", self.name)


class ApiServer:
    """Answers requests from what is in its store.

    Parameters
    ----------
    store
        The objects.
    allocators
        The node ports and cluster IPs that services get.
    now
        Tells the time.
    """

    def __init__(
        self,
        store: Store | None = None,
        allocators: Allocators | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.store = store or Store()
        self.now = now
        self.writer = Writer(self.store, allocators or Allocators(), now)

    def answer(self, request: Request) -> Answer:
        """Answer a request; what is refused is answered by a Status."""
        try:
            return document(request) or self._resource(request)
        except ApiError as error:
            return Answer(error.code, error.status)
        except Exception:
            # One request that cannot be answered must not keep the others from being answered.
            _log.exception("%s %s cannot be answered", request.method, request.path)
            message = "Internal error occurred: the playground cannot answer this; its log says why"
            return Answer(500, failure(500, "InternalError", message))

    # Objects

    def _resource(self, request: Request) -> Answer:
        place = self._place(request.path)
        if place.sub and place.sub not in place.resource.subresources:
            raise nowhere()
        if place.sub and place.sub != "status":
            return self._beside(request, place)
        handler = {
            ("GET", False): self._list_or_watch,
            ("POST", False): self._create,
            ("DELETE", False): self._delete_collection,
            ("GET", True): self._get,
            ("PUT", True): self._update,
            ("PATCH", True): self._patch,
            ("DELETE", True): self._delete,
        }.get((request.method, bool(place.name)))
        if handler is None:
            raise method_not_allowed()
        wanted_form(request.headers.get("accept", ""))  # before anything is done
        answer = handler(request, place)
        if place.resource.kind == "Endpoints":
            return replace(answer, warnings=(*answer.warnings, _ENDPOINTS_WARNING))
        return answer

    def _place(self, path: str) -> _Place:
        match = _PLACE.fullmatch(path)
        if match is None:
            raise nowhere()
        group, version = match["group"] or "", match["core"] or match["version"]
        resource = find(group, version, match["plural"])
        if resource is None:
            raise nowhere()
        namespace = match["namespace"]
        if namespace and not resource.namespaced:
            raise nowhere()
        if resource.namespaced and not namespace and match["name"]:
            raise nowhere()
        return _Place(resource, namespace, match["name"] or "", match["sub"] or "")

    def _get(self, request: Request, place: _Place) -> Answer:
        thing = self.store.get(place.resource.name, place.key)
        if thing is None:
            raise not_found(place.resource, place.name)
        return Answer(200, self._shown(request, place.resource, thing))

    def _shown(self, request: Request, resource: Resource, thing: Object) -> Any:
        form = wanted_form(request.headers.get("accept", ""))
        if form is Form.TABLE:
            metadata = {"resourceVersion": thing["metadata"].get("resourceVersion", "")}
            return representing.as_table(
                resource, [thing], metadata, self.now(), request.one("includeObject", "Metadata")
            )
        return representing.as_metadata(thing) if form is Form.METADATA else thing

    def _list_or_watch(self, request: Request, place: _Place) -> Answer:
        takes = selection(place.resource, request.one("labelSelector"), request.one("fieldSelector"))
        if request.flag("watch"):
            return self._watch(request, place, takes)
        limit = request.one("limit", "0")
        found = page(
            self.store,
            place.resource,
            place.namespace,
            takes,
            limit=int(limit) if limit.isdecimal() else 0,
            token=request.one("continue"),
            version=request.one("resourceVersion"),
            selective=bool(request.one("labelSelector") or request.one("fieldSelector")),
        )
        form = wanted_form(request.headers.get("accept", ""))
        if form is Form.TABLE:
            include = request.one("includeObject", "Metadata")
            return Answer(200, representing.as_table(place.resource, found.things, found.metadata, self.now(), include))
        return Answer(200, representing.as_list(place.resource, found.things, found.metadata, form))

    def _watch(self, request: Request, place: _Place, takes: Callable[[Object], bool]) -> Answer:
        seconds = request.one("timeoutSeconds")
        events = watch(
            self.store,
            place.resource,
            place.namespace,
            takes,
            version=request.one("resourceVersion"),
            initial=request.flag("sendInitialEvents"),
            bookmarks=request.flag("allowWatchBookmarks"),
            seconds=min(float(seconds), _LONGEST_WATCH) if seconds.isdecimal() and int(seconds) else _LONGEST_WATCH,
        )
        form = wanted_form(request.headers.get("accept", ""))
        return Answer(200, events=self._shown_events(events, place.resource, form, request.one("includeObject")))

    async def _shown_events(
        self, events: AsyncIterator[dict[str, Any]], resource: Resource, form: Form, include: str
    ) -> AsyncIterator[Any]:
        first = True
        async for event in events:
            thing = event["object"]
            if event["type"] in ("ADDED", "MODIFIED", "DELETED"):
                if form is Form.TABLE:
                    metadata = {"resourceVersion": thing["metadata"]["resourceVersion"]}
                    table = representing.as_table(
                        resource, [thing], metadata, self.now(), include or "Metadata", columns=first
                    )
                    event, first = {**event, "object": table}, False
                elif form is Form.METADATA:
                    event = {**event, "object": representing.as_metadata(thing)}
            yield event

    def _create(self, request: Request, place: _Place) -> Answer:
        options = self._options(request, place)
        value = parsed(Sent(request.body, request.headers.get("content-type", "")), place.resource.kind)
        thing = as_object(value, place.resource, options)
        namespace = place.namespace or (thing["metadata"].get("namespace") if place.resource.namespaced else None)
        made = self.writer.create(place.resource, namespace or "", thing, options)
        return Answer(201, self._shown(request, place.resource, made), warnings=tuple(options.warnings))

    def _update(self, request: Request, place: _Place) -> Answer:
        options = self._options(request, place)
        value = parsed(Sent(request.body, request.headers.get("content-type", "")), place.resource.kind)
        thing = as_object(value, place.resource, options)
        made = self.writer.update(place.resource, place.key, thing, options)
        return Answer(200, self._shown(request, place.resource, made), warnings=tuple(options.warnings))

    def _patch(self, request: Request, place: _Place) -> Answer:
        options = self._options(request, place)
        media = request.headers.get("content-type", "").split(";")[0].strip()
        if media == _APPLY:
            return self._apply(request, place, options)
        if media not in _PATCHES:
            raise ApiError(failure(415, "UnsupportedMediaType", "415: Unsupported Media Type"))
        old = self.store.get(place.resource.name, place.key)
        if old is None:
            raise not_found(place.resource, place.name)
        patch = parsed(Sent(request.body), place.resource.kind)
        changed = _patched(place.resource.kind, _PATCHES[media], copied(old), patch)
        thing = as_object(changed, place.resource, options)
        made = self.writer.update(place.resource, place.key, thing, options)
        return Answer(200, self._shown(request, place.resource, made), warnings=tuple(options.warnings))

    def _apply(self, request: Request, place: _Place, options: Options) -> Answer:
        """Server-side apply: make the object, or change what the manager is responsible for."""
        if not request.one("fieldManager"):
            message = (
                'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'
            )
            raise ApiError(failure(422, "Invalid", message))
        value = parsed(Sent(request.body, "application/yaml"), place.resource.kind)
        config = as_object(value, place.resource, options)
        config["metadata"] = {**config["metadata"], "name": place.name}
        if config["metadata"].get("managedFields"):
            raise bad_request("metadata.managedFields must be nil")
        made, new = self.writer.apply(place.resource, place.key, config, options)
        return Answer(201 if new else 200, self._shown(request, place.resource, made), warnings=tuple(options.warnings))

    def _beside(self, request: Request, place: _Place) -> Answer:
        """Answer what is asked of an object beside the object itself."""
        thing = self.store.get(place.resource.name, place.key)
        if thing is None:
            raise not_found(place.resource, place.name)
        match request.method, place.sub:
            case "GET", "log":
                return Answer(200, text=subresources.log_of(thing, request.one("container")))
            case "GET", "scale":
                return Answer(200, subresources.as_scale(thing))
            case (("PUT" | "PATCH"), "scale"):
                sent = parsed(Sent(request.body, request.headers.get("content-type", "")), "Scale")
                if request.method == "PATCH":
                    sent = json_merge(subresources.as_scale(thing), sent)
                changed = subresources.scaled(thing, sent)
                made = self.writer.update(place.resource, place.key, changed, self._options(request, place))
                return Answer(200, subresources.as_scale(made))
            case "POST", "eviction":
                self._deleted(request, place, {})
                return Answer(201, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"})
            case "POST", "binding":
                sent = parsed(Sent(request.body, request.headers.get("content-type", "")), "Binding")
                node = (sent.get("target") or {}).get("name", "") if isinstance(sent, dict) else ""
                if self.writer.bind(place.key, str(node)) is None:
                    raise conflict(place.resource, place.name, "pod is already assigned to a node")
                return Answer(201, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"})
        raise method_not_allowed()

    def _delete(self, request: Request, place: _Place) -> Answer:
        return self._deleted(request, place, self._delete_options(request))

    def _deleted(self, request: Request, place: _Place, wanted: Object) -> Answer:
        options = self._options(request, place)
        if wanted.get("dryRun"):
            options = Options(options.manager, dry_run=True)
        grace = wanted.get("gracePeriodSeconds")
        last, gone = self.writer.delete(
            place.resource,
            place.key,
            options,
            grace=grace if isinstance(grace, int) else None,
            propagation=wanted.get("propagationPolicy")
            or ("Orphan" if wanted.get("orphanDependents") else "Background"),
            preconditions=wanted.get("preconditions"),
        )
        if not gone or place.resource.answers_object:
            return Answer(200, self._shown(request, place.resource, last))
        details = {"name": place.name, "kind": place.resource.plural, "uid": last["metadata"]["uid"]}
        if place.resource.group:
            details["group"] = place.resource.group
        status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
        return Answer(200, status)

    def _delete_collection(self, request: Request, place: _Place) -> Answer:
        if "deletecollection" not in place.resource.verbs:
            raise method_not_allowed()
        takes = selection(place.resource, request.one("labelSelector"), request.one("fieldSelector"))
        wanted = self._delete_options(request)
        things = [thing for thing in self.store.all(place.resource.name, place.namespace) if takes(thing)]
        for thing in things:
            metadata = thing["metadata"]
            one = _Place(place.resource, metadata.get("namespace"), metadata["name"], "")
            self._deleted(request, one, wanted)
        metadata = {"resourceVersion": str(self.store.version)}
        return Answer(200, representing.as_list(place.resource, things, metadata, Form.WHOLE))

    def _delete_options(self, request: Request) -> Object:
        """What a deletion is to be like, from the body and the query."""
        wanted: Object = {}
        if request.body.strip():
            value = parsed(Sent(request.body, request.headers.get("content-type", "")), "DeleteOptions")
            wanted = _checked(value)
        grace = request.one("gracePeriodSeconds")
        if grace.isdecimal():
            wanted["gracePeriodSeconds"] = int(grace)
        if request.one("propagationPolicy"):
            wanted["propagationPolicy"] = request.one("propagationPolicy")
        if request.flag("orphanDependents"):
            wanted["propagationPolicy"] = "Orphan"
        policy = wanted.get("propagationPolicy")
        if policy and policy not in _PROPAGATIONS:
            listed = ", ".join(f'"{known}"' for known in _PROPAGATIONS)
            message = f'propagationPolicy: Unsupported value: "{policy}": supported values: {listed}'
            raise ApiError(failure(422, "Invalid", f'DeleteOptions.meta.k8s.io "" is invalid: {message}'))
        return wanted

    def _options(self, request: Request, place: _Place) -> Options:
        dry = [value for value in request.query.get("dryRun", ()) if value]
        if dry and dry != ["All"]:
            message = f'dryRun: Unsupported value: ["{dry[0]}"]: supported values: "All"'
            raise ApiError(failure(422, "Invalid", f'CreateOptions.meta.k8s.io "" is invalid: {message}'))
        validation = request.one("fieldValidation", "Warn")
        if validation not in ("Strict", "Warn", "Ignore"):
            raise bad_request(f"fieldValidation: Unsupported value: {validation!r}")
        agent = request.headers.get("user-agent", "").partition("/")[0]
        return Options(
            manager=request.one("fieldManager") or agent or "unknown",
            dry_run=bool(dry),
            validation=validation,
            force=request.flag("force"),
            subresource=place.sub,
            tracked=True,
        )


def _checked(sent: Any) -> Object:
    """The DeleteOptions that were sent.

    Raises
    ------
    ApiError
        If a field has the wrong type.
    """
    if not isinstance(sent, dict):
        raise bad_request(f"json: cannot unmarshal {named(sent)} into Go value of type v1.DeleteOptions")
    for field, (type_, said) in _DELETE_FIELDS.items():
        value = sent.get(field)
        if value is not None and (not isinstance(value, type_) or (isinstance(value, bool) and type_ is int)):
            into = f"Go struct field DeleteOptions.{field} of type {said}"
            raise bad_request(f"json: cannot unmarshal {named(value)} into {into}")
    return {field: value for field, value in sent.items() if value is not None}


def _patched(kind: str, how: str, old: Object, patch: Any) -> Any:
    if how == "json":
        return json_patch(old, patch)
    if not isinstance(patch, dict):
        raise bad_request(
            f"json: cannot unmarshal {type(patch).__name__} into Go value of type map[string]interface {{}}"
        )
    return strategic_merge(kind, old, patch) if how == "strategic" else json_merge(old, patch)
