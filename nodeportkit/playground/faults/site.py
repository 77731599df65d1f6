"""The service that is to be broken, and what can be done to it and around it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from nodeportkit.errors import NodePortKitError

__all__ = ["Seen", "Site"]

Call: TypeAlias = Callable[..., dict[str, Any]]
_MERGE: Final = "application/merge-patch+json"
_JSON: Final = "application/json-patch+json"
_WITHIN: Final = 60.0
_STEP: Final = 0.02


@dataclass(frozen=True, slots=True)
class Seen:
    """What whoever dials will see.

    Attributes
    ----------
    symptom
        `refused`, `timeout`, `http` or `uneven`, as `diagnose` takes it.
    node
        The node that has to be dialled to see it; None where every node shows it.
    address
        What is dialled in place of a node's address.
    port
        What is dialled in place of the node port.
    manifest
        What was to be created, and was not.
    """

    symptom: str
    node: str | None = None
    address: str | None = None
    port: int | None = None
    manifest: dict[str, Any] | None = None


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
        self.call = call
        self.namespace = namespace
        self.name = name
        self._core = f"/api/v1/namespaces/{namespace}"
        self._apps = f"/apis/apps/v1/namespaces/{namespace}"
        self.service = call("GET", f"{self._core}/services/{name}")

    @property
    def selector(self) -> dict[str, str]:
        """The labels that the service asks for."""
        return dict(self.service["spec"].get("selector") or {})

    @property
    def node_port(self) -> int | None:
        """The first node port of the service as it was."""
        ports = self.service["spec"].get("ports") or ()
        return next((int(port["nodePort"]) for port in ports if port.get("nodePort")), None)

    @property
    def pods(self) -> list[dict[str, Any]]:
        """The pods that its selector takes and that stay."""
        every = self.call("GET", f"{self._core}/pods")["items"]
        return [
            pod
            for pod in every
            if self.selector
            and self.selector.items() <= (pod["metadata"].get("labels") or {}).items()
            and not pod["metadata"].get("deletionTimestamp")
        ]

    @property
    def nodes(self) -> list[dict[str, Any]]:
        """All nodes."""
        found: list[dict[str, Any]] = self.call("GET", "/api/v1/nodes")["items"]
        return found

    @property
    def deployments(self) -> list[dict[str, Any]]:
        """Those that make its pods."""
        every = self.call("GET", f"{self._apps}/deployments")["items"]
        found = [(it, it["spec"]["template"]["metadata"].get("labels") or {}) for it in every]
        return [it for it, labels in found if self.selector and self.selector.items() <= labels.items()]

    def change(self, spec: dict[str, Any]) -> None:
        """Change the service's spec."""
        self.call("PATCH", f"{self._core}/services/{self.name}", {"spec": spec}, media=_MERGE)

    def change_port(self, **fields: Any) -> None:
        """Change fields of its first port."""
        patch = [{"op": "add", "path": f"/spec/ports/0/{name}", "value": value} for name, value in fields.items()]
        self.call("PATCH", f"{self._core}/services/{self.name}", patch, media=_JSON)

    def delete_service(self) -> None:
        """Delete it."""
        self.call("DELETE", f"{self._core}/services/{self.name}")

    def new_service(self, name: str | None = None, **spec: Any) -> dict[str, Any]:
        """Like the service, but of another name, or with other fields of its spec; not created yet."""
        kept = {key: value for key, value in self.service["spec"].items() if key not in ("clusterIP", "clusterIPs")}
        wanted = {key: value for key, value in {**kept, **spec}.items() if value is not None}
        metadata = {"name": name or self.name, "labels": self.service["metadata"].get("labels") or {}}
        return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": wanted}

    def create(self, plural: str, thing: dict[str, Any]) -> dict[str, Any]:
        """Create an object in the service's namespace."""
        api = "/api/v1" if thing["apiVersion"] == "v1" else f"/apis/{thing['apiVersion']}"
        return self.call("POST", f"{api}/namespaces/{self.namespace}/{plural}", thing)

    def annotate(self, **annotations: str) -> None:
        """Annotate its pods, so that they behave otherwise."""
        for pod in self.pods:
            self.mark(f"{self._core}/pods/{pod['metadata']['name']}", **annotations)

    def mark(self, path: str, **annotations: str) -> None:
        """Annotate an object with names of the playground's own."""
        named = {f"nodeportkit.io/{name.replace('_', '-')}": value for name, value in annotations.items()}
        self.call("PATCH", path, {"metadata": {"annotations": named}}, media=_MERGE)

    def scale(self, replicas: int) -> None:
        """Give the deployments whose pods it takes so many of them."""
        for deployment in self.deployments:
            path = f"{self._apps}/deployments/{deployment['metadata']['name']}"
            self.call("PATCH", path, {"spec": {"replicas": replicas}}, media=_MERGE)

    def renew(self) -> None:
        """Delete its pods; those who made them make others."""
        for pod in self.pods:
            self.call("DELETE", f"{self._core}/pods/{pod['metadata']['name']}")

    def await_pods(self, namespace: str, selector: dict[str, str], number: int) -> list[dict[str, Any]]:
        """Wait until so many pods are ready.

        Raises
        ------
        NodePortKitError
            If they do not get so.
        """
        end = time.monotonic() + _WITHIN
        while time.monotonic() < end:
            every = self.call("GET", f"/api/v1/namespaces/{namespace}/pods")["items"]
            pods = [pod for pod in every if selector.items() <= (pod["metadata"].get("labels") or {}).items()]
            ready = [
                pod
                for pod in pods
                if any(it["type"] == "Ready" and it["status"] == "True" for it in pod["status"].get("conditions") or ())
            ]
            if len(ready) == len(pods) == number:
                return ready
            time.sleep(_STEP)
        raise NodePortKitError(f"the pods of {namespace} do not get ready", hint="Look: kubectl get pods -A")
