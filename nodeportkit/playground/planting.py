"""Faults that a playground can show, planted in a service that works: a function each, named as the cause is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from nodeportkit.errors import NodePortKitError, nearest

__all__ = ["FAULTS", "Planted", "Site", "find"]

_MERGE: Final = "application/merge-patch+json"
_JSON: Final = "application/json-patch+json"
Call: TypeAlias = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault that was planted.

    Attributes
    ----------
    cause
        Its name, as `diagnose` has it.
    service
        The service that it befell, `namespace/name`.
    symptom
        What a client outside will see.
    question
        What to ask `diagnose` with: `npk.diagnose(playground.cluster(), planted.service, **planted.question)`.
    """

    cause: str
    service: str
    symptom: str
    question: dict[str, Any] = field(default_factory=dict)


class Site:
    """A service of a playground, and what stands behind it.

    Parameters
    ----------
    call
        Asks the API: method, path, body.
    namespace, name
        The service.
    """

    def __init__(self, call: Call, namespace: str, name: str) -> None:
        self._call = call
        self._core = f"/api/v1/namespaces/{namespace}"
        self._apps = f"/apis/apps/v1/namespaces/{namespace}"
        self._name = name
        self.service = call("GET", f"{self._core}/services/{name}")

    @property
    def pods(self) -> list[dict[str, Any]]:
        """The pods that its selector takes."""
        wanted = self.service["spec"].get("selector") or {}
        every = self._call("GET", f"{self._core}/pods")["items"]
        return [pod for pod in every if wanted and wanted.items() <= (pod["metadata"].get("labels") or {}).items()]

    def change(self, spec: dict[str, Any]) -> None:
        """Change the service's spec."""
        self._call("PATCH", f"{self._core}/services/{self._name}", {"spec": spec}, media=_MERGE)

    def aim(self, target: int | str) -> None:
        """Change the target port of its first port."""
        patch = [{"op": "replace", "path": "/spec/ports/0/targetPort", "value": target}]
        self._call("PATCH", f"{self._core}/services/{self._name}", patch, media=_JSON)

    def annotate(self, **annotations: str) -> None:
        """Annotate its pods, so that they behave otherwise."""
        named = {f"nodeportkit.io/{name.replace('_', '-')}": value for name, value in annotations.items()}
        for pod in self.pods:
            path = f"{self._core}/pods/{pod['metadata']['name']}"
            self._call("PATCH", path, {"metadata": {"annotations": named}}, media=_MERGE)

    def scale(self, replicas: int) -> None:
        """Give the deployments whose pods it takes so many of them."""
        wanted = self.service["spec"].get("selector") or {}
        for deployment in self._call("GET", f"{self._apps}/deployments")["items"]:
            labels = deployment["spec"]["template"]["metadata"].get("labels") or {}
            if wanted and wanted.items() <= labels.items():
                path = f"{self._apps}/deployments/{deployment['metadata']['name']}"
                self._call("PATCH", path, {"spec": {"replicas": replicas}}, media=_MERGE)


def selector_mismatch(site: Site) -> str:
    """The selector asks for a label that the pods do not have: the article's own fault."""
    site.change({"selector": {**(site.service["spec"].get("selector") or {}), "type": "front-end"}})
    return "refused"


def target_port_mismatch(site: Site) -> str:
    """The target port is one on which the pods do not listen."""
    site.aim(8081)
    return "refused"


def named_port_missing(site: Site) -> str:
    """The target port is a name that no container port has."""
    site.aim("front-end")
    return "refused"


def pods_not_ready(site: Site) -> str:
    """The readiness probes of the pods fail."""
    site.annotate(ready="false")
    return "refused"


def app_on_loopback(site: Site) -> str:
    """The application listens on 127.0.0.1 inside its pod."""
    site.annotate(listen="127.0.0.1")
    return "refused"


def application_layer(site: Site) -> str:
    """The application answers with errors."""
    site.annotate(error_rate="1")
    return "http"


def no_pods(site: Site) -> str:
    """There is no pod."""
    site.scale(0)
    return "refused"


def local_policy_no_local_pod(site: Site) -> str:
    """Under externalTrafficPolicy Local, a node without a pod of the service drops connections."""
    site.scale(1)
    site.change({"externalTrafficPolicy": "Local"})
    return "timeout"


def not_exposed(site: Site) -> str:
    """The service is of type ClusterIP: no node port leads to it."""
    site.change({"type": "ClusterIP"})
    return "refused"


def uneven_by_design(site: Site) -> str:
    """Clients stay with their pods: few clients make an uneven load."""
    site.change({"sessionAffinity": "ClientIP"})
    return "uneven"


FAULTS: Final[dict[str, Callable[[Site], str]]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        selector_mismatch,
        target_port_mismatch,
        named_port_missing,
        pods_not_ready,
        app_on_loopback,
        application_layer,
        no_pods,
        local_policy_no_local_pod,
        not_exposed,
        uneven_by_design,
    )
}


def find(cause: str) -> Callable[[Site], str]:
    """The function that plants a cause.

    Raises
    ------
    NodePortKitError
        If a playground cannot show it.
    """
    if cause not in FAULTS:
        close = nearest(cause, FAULTS)
        raise NodePortKitError(f"no fault {cause!r} can be planted in a playground", hint=close)
    return FAULTS[cause]
