"""Who asks, and what they may do.

The user of a playground may do everything, as an administrator of a cluster. Whom they stand in for (`kubectl --as`) may do
nothing but ask what they may do, as there are no roles, unless they stand in for an administrator too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nodeportkit.playground.api.failures import forbidden
from nodeportkit.playground.api.places import Place
from nodeportkit.playground.store import Object

__all__ = ["User", "check", "review", "user_of"]

_NAME: Final = "playground"
_ADMINISTRATORS: Final = "system:masters"
_KNOWN: Final = "system:authenticated"
_VERBS: Final = {
    ("GET", True): "get",
    ("GET", False): "list",
    ("POST", True): "create",
    ("POST", False): "create",
    ("PUT", True): "update",
    ("PATCH", True): "patch",
    ("DELETE", True): "delete",
    ("DELETE", False): "deletecollection",
}
_EVERYTHING: Final = {
    "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
}
_REVIEWS_ONLY: Final = {
    "resourceRules": [
        {"verbs": ["create"], "apiGroups": [group], "resources": resources}
        for group, resources in (
            ("authorization.k8s.io", ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]),
            ("authentication.k8s.io", ["selfsubjectreviews"]),
        )
    ],
    "nonResourceRules": [],
}


@dataclass(frozen=True, slots=True)
class User:
    """Who asks."""

    name: str = _NAME
    groups: tuple[str, ...] = (_ADMINISTRATORS, _KNOWN)

    @property
    def allowed(self) -> bool:
        """Whether they may do everything."""
        return _ADMINISTRATORS in self.groups


def user_of(headers: Mapping[str, str]) -> User:
    """Who sends a request with these headers."""
    name = headers.get("impersonate-user", "")
    if not name:
        return User()
    groups = [group.strip() for group in headers.get("impersonate-group", "").split(",") if group.strip()]
    return User(name, (*groups, _KNOWN))


def check(user: User, method: str, place: Place, *, watches: bool) -> None:
    """Refuse what a user may not do.

    Raises
    ------
    ApiError
        403, in the words of a server with role-based access control.
    """
    if user.allowed:
        return
    resource = place.resource
    verb = "watch" if watches else _VERBS.get((method, bool(place.name)), method.lower())
    what = f"{resource.plural}/{place.sub}" if place.sub else resource.plural
    where = f'in the namespace "{place.namespace}"' if place.namespace else "at the cluster scope"
    why = f'User "{user.name}" cannot {verb} resource "{what}" in API group "{resource.group}" {where}'
    raise forbidden(resource, place.name, why)


def review(kind: str, group: str, headers: Mapping[str, str], spec: Any) -> Object:
    """The answer to what a user may do, who they are, or whose a token is.

    Parameters
    ----------
    kind, group
        What is asked.
    headers
        Of the request; its own token is the one that is good.
    spec
        What the request says.
    """
    user, asked = user_of(headers), spec if isinstance(spec, dict) else {}
    status: Object
    if kind == "SelfSubjectReview":
        status = {"userInfo": _told(user)}
    elif kind == "TokenReview":
        good = headers.get("authorization") == f"Bearer {asked.get('token')}"
        status = {"authenticated": True, "user": _told(User())} if good else {"error": "invalid bearer token"}
    elif kind == "SelfSubjectRulesReview":
        status = {**(_EVERYTHING if user.allowed else _REVIEWS_ONLY), "incomplete": False}
    else:
        status = {"allowed": user.allowed}
    return {
        "kind": kind,
        "apiVersion": f"{group}/v1",
        "metadata": {"creationTimestamp": None},
        **({} if kind == "SelfSubjectReview" else {"spec": asked}),
        "status": status,
    }


def _told(user: User) -> Object:
    return {"username": user.name, "groups": list(user.groups)}
