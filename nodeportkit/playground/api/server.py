"""Requests about objects -> answers: paths, verbs and query parameters, without a network."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from nodeportkit.kube.allocation import Allocators
from nodeportkit.kube.validation import KINDS
from nodeportkit.kube.validation.status import failure
from nodeportkit.playground.api import representing, subresources
from nodeportkit.playground.api.access import check, user_of
from nodeportkit.playground.api.asking import delete_options, options_of
from nodeportkit.playground.api.decoding import Body, Options, Sent, as_object, named, parsed, read
from nodeportkit.playground.api.documents import document
from nodeportkit.playground.api.exchange import JSON, YAML, Answer, Request
from nodeportkit.playground.api.failures import (
    ApiError,
    bad_request,
    conflict,
    method_not_allowed,
    not_found,
    unsupported_media_type,
)
from nodeportkit.playground.api.logs import log_of
from nodeportkit.playground.api.patching import json_merge, json_patch, strategic_merge
from nodeportkit.playground.api.places import Place, place_of
from nodeportkit.playground.api.reading import page
from nodeportkit.playground.api.representing import Form, Wanted, wanted
from nodeportkit.playground.api.selecting import selection
from nodeportkit.playground.api.watching import watch
from nodeportkit.playground.api.writing import Writer
from nodeportkit.playground.logs import Logs
from nodeportkit.playground.machines import is_stopped, switched_off
from nodeportkit.playground.resources import Resource
from nodeportkit.playground.store import Object, Store, copied

__all__ = ["ApiServer"]

_log = logging.getLogger(__name__)
_PATCHES: Final = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
}
_APPLY: Final = "application/apply-patch+yaml"
_LONGEST_WATCH: Final = 3600.0
_SUCCESS: Final = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}


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
    authority
        The certificate by which clients know the server (PEM).
    """

    def __init__(
        self,
        store: Store | None = None,
        allocators: Allocators | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        authority: str = "",
    ) -> None:
        self.authority = authority
        self.store = store or Store()
        self.now = now
        self.logs = Logs(self.store, now)
        self.writer = Writer(self.store, allocators or Allocators(), now)

    def answer(self, request: Request) -> Answer:
        """Answer a request; what is refused is answered by a Status."""
        try:
            answer = document(request) or self._resource(request)
        except ApiError as error:
            answer = Answer(error.code, error.status)
        except Exception:
            # One request that cannot be answered must not keep the others from being answered.
            _log.exception("%s %s cannot be answered", request.method, request.path)
            message = "Internal error occurred: the playground cannot answer this; its log says why"
            answer = Answer(500, failure(500, "InternalError", message))
        if answer.document is not None and answer.type == JSON and YAML in request.headers.get("accept", ""):
            return replace(answer, type=self._media(request))
        return answer

    def _media(self, request: Request) -> str:
        try:
            return self._wanted(request).media
        except ApiError:
            return JSON

    # Objects

    def _resource(self, request: Request) -> Answer:
        place = place_of(request.path)
        check(user_of(request.headers), request.method, place, watches=request.flag("watch"))
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
        self._wanted(request)  # before anything is done
        answer = handler(request, place)
        deprecated = KINDS[place.resource.kind].deprecated
        more = (*([deprecated] if deprecated else []), *self._switched_off(request, place))
        return replace(answer, warnings=(*answer.warnings, *more)) if more else answer

    def _switched_off(self, request: Request, place: Place) -> Iterator[str]:
        """Of nodes shown as a table, how those that are off are started again: only a playground has a switch."""
        if place.resource.name != "nodes" or request.method != "GET" or request.flag("watch"):
            return
        if self._wanted(request).form is Form.TABLE:
            for node in self.store.all("nodes"):
                if is_stopped(node) and place.name in ("", node["metadata"]["name"]):
                    yield switched_off(node["metadata"]["name"])

    def _wanted(self, request: Request) -> Wanted:
        return wanted(request.headers.get("accept", ""), streamed=request.flag("watch"))

    def _get(self, request: Request, place: Place) -> Answer:
        thing = self.store.get(place.resource.name, place.key)
        if thing is None:
            raise not_found(place.resource, place.name)
        return Answer(200, self._shown(request, place.resource, thing))

    def _shown(self, request: Request, resource: Resource, thing: Object) -> Any:
        form = self._wanted(request).form
        if form is Form.TABLE:
            metadata = {"resourceVersion": thing["metadata"].get("resourceVersion", "")}
            return representing.as_table(
                resource, [thing], metadata, self.now(), request.one("includeObject", "Metadata")
            )
        return representing.as_metadata(thing) if form is Form.METADATA else thing

    def _list_or_watch(self, request: Request, place: Place) -> Answer:
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
        form = self._wanted(request).form
        if form is Form.TABLE:
            include = request.one("includeObject", "Metadata")
            return Answer(200, representing.as_table(place.resource, found.things, found.metadata, self.now(), include))
        return Answer(200, representing.as_list(place.resource, found.things, found.metadata, form))

    def _watch(self, request: Request, place: Place, takes: Callable[[Object], bool]) -> Answer:
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
        form = self._wanted(request).form
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

    def _create(self, request: Request, place: Place) -> Answer:
        options = options_of(request, place.sub)
        thing = self._sent(request, place, options)
        namespace = place.namespace or (thing["metadata"].get("namespace") if place.resource.namespaced else None)
        made = self.writer.create(place.resource, namespace or "", thing, options)
        return self._written(201, request, place, made, options)

    def _update(self, request: Request, place: Place) -> Answer:
        options = options_of(request, place.sub)
        made = self.writer.update(place.resource, place.key, self._sent(request, place, options), options)
        return self._written(200, request, place, made, options)

    def _sent(self, request: Request, place: Place, options: Options) -> Object:
        body = read(Sent(request.body, request.headers.get("content-type", "")), place.resource.kind)
        return as_object(body.value, place.resource, options, body.twice)

    def _written(self, code: int, request: Request, place: Place, made: Object, options: Options) -> Answer:
        return Answer(code, self._shown(request, place.resource, made), warnings=tuple(options.warnings))

    def _patch(self, request: Request, place: Place) -> Answer:
        options = options_of(request, place.sub)
        if _media_of(request) == _APPLY:
            return self._apply(request, place, options)
        how = _how(request)
        old = self.store.get(place.resource.name, place.key)
        if old is None:
            raise not_found(place.resource, place.name)
        patch = read(Sent(request.body), place.resource.kind)
        changed = _patched(place.resource.kind, how, copied(old), patch)
        thing = as_object(changed, place.resource, options, patch.twice)
        made = self.writer.update(place.resource, place.key, thing, options)
        return self._written(200, request, place, made, options)

    def _apply(self, request: Request, place: Place, options: Options) -> Answer:
        """Server-side apply: make the object, or change what the manager is responsible for."""
        if not request.one("fieldManager"):
            message = (
                'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'
            )
            raise ApiError(failure(422, "Invalid", message))
        body = read(Sent(request.body, YAML), place.resource.kind)
        config = as_object(body.value, place.resource, options, body.twice)
        config["metadata"] = {**config["metadata"], "name": place.name}
        if config["metadata"].get("managedFields"):
            raise bad_request("metadata.managedFields must be nil")
        made, new = self.writer.apply(place.resource, place.key, config, options)
        return self._written(201 if new else 200, request, place, made, options)

    def _beside(self, request: Request, place: Place) -> Answer:
        """Answer what is asked of an object beside the object itself."""
        thing = self.store.get(place.resource.name, place.key)
        if thing is None:
            raise not_found(place.resource, place.name)
        match request.method, place.sub:
            case "GET", "log":
                return log_of(self.store, self.logs, thing, request, self.now())
            case "GET", "scale":
                return Answer(200, self._shown_scale(request, thing))
            case (("PUT" | "PATCH"), "scale"):
                return self._scale(request, place, thing)
            case "POST", "eviction":
                self._deleted(request, place, delete_options(request))
                return Answer(201, dict(_SUCCESS))
            case "POST", "binding":
                sent = parsed(Sent(request.body, request.headers.get("content-type", "")), "Binding")
                node = (sent.get("target") or {}).get("name", "") if isinstance(sent, dict) else ""
                if self.writer.bind(place.key, str(node)) is None:
                    raise conflict(place.resource, place.name, "pod is already assigned to a node")
                return Answer(201, dict(_SUCCESS))
        if place.sub in place.resource.subresources:
            raise method_not_allowed()
        raise subresources.unserved_beside(self.store, thing, place.sub, request.query.get("command", ()))

    def _scale(self, request: Request, place: Place, thing: Object) -> Answer:
        self._wanted(request)  # before anything is done
        if request.method == "PATCH":
            how = "merge" if _how(request) == "strategic" else _how(request)  # of so few fields they are one
            sent = _patched("Scale", how, subresources.as_scale(thing), read(Sent(request.body), "Scale"))
        else:
            sent = parsed(Sent(request.body, request.headers.get("content-type", "")), "Scale")
        changed = subresources.scaled(thing, sent)
        made = self.writer.update(place.resource, place.key, changed, options_of(request, place.sub))
        return Answer(200, self._shown_scale(request, made))

    def _shown_scale(self, request: Request, thing: Object) -> Any:
        return self._shown(request, subresources.SCALE, subresources.as_scale(thing))

    def _delete(self, request: Request, place: Place) -> Answer:
        return self._deleted(request, place, delete_options(request))

    def _deleted(self, request: Request, place: Place, wanted: Object) -> Answer:
        options = options_of(request, place.sub)
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
        return Answer(200, {**_SUCCESS, "details": details})

    def _delete_collection(self, request: Request, place: Place) -> Answer:
        if "deletecollection" not in place.resource.verbs:
            raise method_not_allowed()
        takes = selection(place.resource, request.one("labelSelector"), request.one("fieldSelector"))
        wanted = delete_options(request)
        things = [thing for thing in self.store.all(place.resource.name, place.namespace) if takes(thing)]
        for thing in things:
            metadata = thing["metadata"]
            one = Place(place.resource, metadata.get("namespace"), metadata["name"], "")
            self._deleted(request, one, wanted)
        metadata = {"resourceVersion": str(self.store.version)}
        return Answer(200, representing.as_list(place.resource, things, metadata, Form.WHOLE))


def _media_of(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip()


def _how(request: Request) -> str:
    """What kind of patch it is."""
    how = _PATCHES.get(_media_of(request))
    if how is None:
        raise unsupported_media_type()
    return how


def _patched(kind: str, how: str, old: Object, patch: Body) -> Any:
    if how == "json":
        return json_patch(old, patch.value)
    if not isinstance(patch.value, dict):
        raise bad_request(
            f"json: cannot unmarshal {named(patch.value)} into Go value of type map[string]interface {{}}"
        )
    return strategic_merge(kind, old, patch.value) if how == "strategic" else json_merge(old, patch.value)
