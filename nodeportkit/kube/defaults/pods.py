"""The defaults of a Pod and of a pod template, as far as ports, probes, names and restarts go.

pkg/apis/core/v1/defaults.go, `SetDefaults_Pod`, `SetDefaults_PodSpec`, `SetDefaults_Container`, `SetDefaults_Probe`.
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.kube.parts import mapping, mappings, text

__all__ = ["fill_pod", "fill_pod_spec"]

_SPEC: Final = {
    "dnsPolicy": "ClusterFirst",
    "restartPolicy": "Always",
    "schedulerName": "default-scheduler",
}
_CONTAINER: Final = {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}
_PROBE: Final = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_HTTP: Final = {"path": "/", "scheme": "HTTP"}
_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")


def fill_pod(pod: dict[str, Any]) -> None:
    """Fill in the defaults of a Pod: those of a template, and some that templates do not have."""
    if not isinstance(pod.get("spec"), dict):
        pod["spec"] = {}
    spec: dict[str, Any] = pod["spec"]
    fill_pod_spec(spec)
    for container in _containers(spec):
        limits = mapping(container, "resources", "limits")
        if limits:
            requests = container["resources"].get("requests") or {}
            container["resources"]["requests"] = {**limits, **requests}
        if spec.get("hostNetwork"):
            for port in mappings(container, "ports"):
                port["hostPort"] = port.get("hostPort") or port.get("containerPort")
    if spec.get("enableServiceLinks") is None:
        spec["enableServiceLinks"] = True


def fill_pod_spec(spec: dict[str, Any]) -> None:
    """Fill in the defaults of the spec of a Pod or of a template."""
    _fill(spec, _SPEC)
    if spec.get("securityContext") is None:
        spec["securityContext"] = {}
    if spec.get("terminationGracePeriodSeconds") is None:
        spec["terminationGracePeriodSeconds"] = 30
    for container in _containers(spec):
        _container(container)


def _container(container: dict[str, Any]) -> None:
    _fill(container, _CONTAINER)
    if container.get("resources") is None:
        container["resources"] = {}
    if not container.get("imagePullPolicy"):
        container["imagePullPolicy"] = "Always" if _is_latest(text(container, "image")) else "IfNotPresent"
    for port in mappings(container, "ports"):
        _fill(port, {"protocol": "TCP"})
    for key in _PROBES:
        if isinstance(container.get(key), dict):
            _fill(container[key], _PROBE)
            _handler(container[key])
    for hook in ("postStart", "preStop"):
        _handler(mapping(container, "lifecycle", hook))


def _handler(holder: dict[str, Any]) -> None:
    if isinstance(holder.get("httpGet"), dict):
        _fill(holder["httpGet"], _HTTP)
    if isinstance(holder.get("grpc"), dict) and holder["grpc"].get("service") is None:
        holder["grpc"]["service"] = ""


def _is_latest(image: str) -> bool:
    """Whether the image has the tag latest, or none that says more."""
    name, digest, _ = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return tag == "latest" or (not tag and not digest)


def _containers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [*mappings(spec, "initContainers"), *mappings(spec, "containers")]


def _fill(thing: dict[str, Any], defaults: dict[str, Any]) -> None:
    """Write a default where a value is missing, null, empty or 0: Go does not tell these apart."""
    for key, value in defaults.items():
        thing[key] = thing.get(key) or value
