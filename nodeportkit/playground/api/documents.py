"""What can be asked for besides objects: versions, health, what there is, and how it is described."""

from __future__ import annotations

import re
from typing import Final

from nodeportkit.playground.api import discovery, openapi
from nodeportkit.playground.api.access import review
from nodeportkit.playground.api.decoding import Sent, parsed
from nodeportkit.playground.api.exchange import Answer, Request

__all__ = ["document"]

_AGGREGATED: Final = "as=APIGroupDiscoveryList"
_DISCOVERY: Final = f"application/json;g=apidiscovery.k8s.io;v=v2;{_AGGREGATED}"
# kubectl asks for version 2 if version 3 does not know a kind: a document without any lets it go on, and say that there is no
# such kind.
_OPENAPI_V2: Final = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
_NO_SCHEMAS: Final = b"\n\x032.0"  # a message Document whose first field, `swagger`, is 2.0
_REVIEW: Final = re.compile(r"/apis/(?P<group>[^/]+)/v1/(?P<plural>[^/]+)")
_HEALTH: Final = ("/healthz", "/livez", "/readyz")


def document(request: Request) -> Answer | None:
    """The answer to a request for something that is no object; None if it is about objects."""
    path = request.path.rstrip("/") or "/"
    in_one = _AGGREGATED in request.headers.get("accept", "")
    if path == "/version":
        return Answer(200, discovery.version_info())
    if path in _HEALTH:
        name = path.removeprefix("/")
        return Answer(200, text=f"[+]ping ok\n{name} check passed\n" if "verbose" in request.query else "ok")
    if path in ("/api", "/apis"):
        if in_one:
            return Answer(200, discovery.aggregated(core=path == "/api"), type=_DISCOVERY)
        return Answer(200, discovery.api_versions() if path == "/api" else discovery.group_list())
    if path == "/openapi/v3":
        return Answer(200, openapi.index())
    if path == "/openapi/v2":
        return Answer(200, _NO_SCHEMAS, type=_OPENAPI_V2)
    if path.startswith("/openapi/v3/"):
        group, _, version = path.removeprefix("/openapi/v3/").removeprefix("apis/").rpartition("/")
        told = openapi.document("" if group == "api" else group, version)
        return Answer(200, told) if told else Answer(404, text="404 page not found")
    if request.method == "POST" and (match := _REVIEW.fullmatch(path)) and match.groups() in discovery.REVIEWS:
        kind = discovery.REVIEWS[match["group"], match["plural"]]
        sent = parsed(Sent(request.body, request.headers.get("content-type", "")), kind)
        spec = sent.get("spec") if isinstance(sent, dict) else None
        return Answer(201, review(kind, match["group"], request.headers, spec))
    if path == "/api/v1" or re.fullmatch(r"/apis/[^/]+/[^/]+", path):
        group, version = path.removeprefix("/apis/").split("/") if path.startswith("/apis/") else ("", "v1")
        listed = discovery.resource_list(group, version)
        return Answer(200, listed) if listed else Answer(404, text="404 page not found")
    return None
