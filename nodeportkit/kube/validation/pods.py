"""What the API server checks of a Pod and of a pod template, as far as names, labels, ports and probes go.

pkg/apis/core/validation/validation.go, `ValidatePodSpec`, `ValidatePodTemplateSpec`, `ValidatePodUpdate`; warnings:
pkg/api/pod/warnings.go.
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.kube.parts import Object, copied, mapping, mappings, number, text
from nodeportkit.kube.validation.containers import check_containers, check_init_containers
from nodeportkit.kube.validation.field import FieldError, forbidden, invalid, not_supported, required
from nodeportkit.kube.validation.metadata import (
    check_annotations,
    check_labels,
    check_metadata,
    check_metadata_update,
)
from nodeportkit.kube.validation.names import dns1123_label, dns1123_subdomain

__all__ = ["check_pod", "check_pod_update", "check_template", "pod_warnings"]

_RESTARTS: Final = ("Always", "OnFailure", "Never")
_DNS_POLICIES: Final = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_MAY_CHANGE: Final = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def check_pod(pod: Object) -> list[FieldError]:
    """What is wrong with a new pod."""
    return [*check_metadata(pod, dns1123_subdomain), *_spec("spec", mapping(pod, "spec"), is_pod=True)]


def check_pod_update(pod: Object, old: Object) -> list[FieldError]:
    """What is wrong with a pod that is to replace another of its name: hardly anything of a pod can change."""
    wrong = [*check_metadata_update(pod, old), *_spec("spec", mapping(pod, "spec"), is_pod=True)]
    count = len(mappings(mapping(pod, "spec"), "containers"))
    before = mapping(old, "spec")
    if count != len(mappings(before, "containers")):
        return [*wrong, forbidden("spec.containers", "pod updates may not add or remove containers")]
    spec = mapping(pod, "spec")
    if spec != before and _fixed(spec, before) != _fixed(before, before):
        wrong.append(forbidden("spec", _MAY_CHANGE))
    return wrong


def check_template(field: str, template: Object) -> list[FieldError]:
    """What is wrong with the template that a workload makes its pods from."""
    metadata = mapping(template, "metadata")
    return [
        # The server leaves `metadata` out of these two paths.
        *check_labels(f"{field}.labels", mapping(metadata, "labels")),
        *check_annotations(f"{field}.annotations", mapping(metadata, "annotations")),
        *_spec(f"{field}.spec", mapping(template, "spec"), is_pod=False),
    ]


def pod_warnings(field: str, spec: Object) -> list[str]:
    """The warnings that come with the answer, about ports that several containers declare."""
    told: list[str] = []
    seen: dict[tuple[int, str], list[tuple[str, dict[str, Any]]]] = {}
    for kind in ("initContainers", "containers"):
        for position, container in enumerate(mappings(spec, kind)):
            for at, port in enumerate(mappings(container, "ports")):
                where = f"{field}.{kind}[{position}].ports[{at}]"
                others = seen.setdefault((number(port, "containerPort"), text(port, "protocol")), [])
                told += [f"{where}: {word} port definition with {other}" for other, word in _overlaps(port, others)]
                others.append((where, port))
    return told


def _overlaps(port: Object, others: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, str]]:
    found = []
    for where, other in others:
        if all(port.get(key) == other.get(key) for key in ("hostIP", "hostPort")):
            found.append((where, "duplicate"))
        elif not number(port, "hostPort") or not number(other, "hostPort"):
            found.append((where, "overlapping"))
    return found


def _spec(field: str, spec: Object, *, is_pod: bool) -> list[FieldError]:
    containers = mappings(spec, "containers")
    wrong = check_containers(f"{field}.containers", containers)
    wrong += check_init_containers(f"{field}.initContainers", mappings(spec, "initContainers"), containers)
    restart, dns = text(spec, "restartPolicy"), text(spec, "dnsPolicy")
    if restart not in _RESTARTS:
        known = not_supported(f"{field}.restartPolicy", restart, _RESTARTS)
        wrong.append(known if restart else required(f"{field}.restartPolicy"))
    if dns not in _DNS_POLICIES:
        known = not_supported(f"{field}.dnsPolicy", dns, _DNS_POLICIES)
        wrong.append(known if dns else required(f"{field}.dnsPolicy"))
    wrong += check_labels(f"{field}.nodeSelector", mapping(spec, "nodeSelector"))
    for key, check in (("nodeName", dns1123_subdomain), ("hostname", dns1123_label), ("subdomain", dns1123_label)):
        value = text(spec, key)
        wrong += [invalid(f"{field}.{key}", value, message) for message in check(value) if value]
    return wrong + (_host_network(field, containers, is_pod=is_pod) if spec.get("hostNetwork") else [])


def _host_network(field: str, containers: list[dict[str, Any]], *, is_pod: bool) -> list[FieldError]:
    """On the node's own network a container's port is the node's."""
    return [
        invalid(
            f"{field}.containers[{position}].ports[{at}].hostPort",
            number(port, "hostPort"),
            "must match `containerPort` when `hostNetwork` is true",
        )
        for position, container in enumerate(containers)
        for at, port in enumerate(mappings(container, "ports"))
        if (is_pod or number(port, "hostPort")) and number(port, "hostPort") != number(port, "containerPort")
    ]


def _fixed(spec: Object, before: Object) -> dict[str, Any]:
    """The fields that must stay, with what may change as it was before."""
    kept = copied(dict(spec))
    for key in ("containers", "initContainers"):
        for container, was in zip(mappings(kept, key), mappings(before, key), strict=False):
            container["image"] = was.get("image")
    kept["activeDeadlineSeconds"] = before.get("activeDeadlineSeconds")
    added = [item for item in mappings(kept, "tolerations") if item not in mappings(before, "tolerations")]
    kept["tolerations"] = [item for item in mappings(kept, "tolerations") if item not in added]
    if number(before, "terminationGracePeriodSeconds") < 0 and spec.get("terminationGracePeriodSeconds") == 1:
        kept["terminationGracePeriodSeconds"] = before.get("terminationGracePeriodSeconds")
    return {key: value for key, value in kept.items() if value not in (None, [], {})}
