"""The rules of each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from nodeportkit.kube.parts import Object, mapping, text
from nodeportkit.kube.validation.field import FieldError
from nodeportkit.kube.validation.pods import check_pod, check_pod_update, pod_warnings
from nodeportkit.kube.validation.services import check_service, check_service_update, service_warnings
from nodeportkit.kube.validation.workloads import check_workload, check_workload_update

__all__ = ["KINDS", "Checks", "check_create", "check_update", "warnings_of"]


@dataclass(frozen=True, slots=True)
class Checks:
    """What is checked of a kind when an object is made and when it is changed, and what is accepted with a warning."""

    api_version: str
    create: Callable[[Object], list[FieldError]]
    update: Callable[[Object, Object], list[FieldError]]
    warnings: Callable[[Object], list[str]]


def _of_template(workload: Object) -> list[str]:
    return pod_warnings("spec.template.spec", mapping(workload, "spec", "template", "spec"))


def _of_pod(pod: Object) -> list[str]:
    return pod_warnings("spec", mapping(pod, "spec"))


_WORKLOADS: Final = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
KINDS: Final[dict[str, Checks]] = {
    "Service": Checks("v1", check_service, check_service_update, service_warnings),
    "Pod": Checks("v1", check_pod, check_pod_update, _of_pod),
    **{kind: Checks("apps/v1", check_workload, check_workload_update, _of_template) for kind in _WORKLOADS},
}


def check_create(thing: Object) -> list[FieldError]:
    """What is wrong with a new object of a kind in `KINDS`, its defaults filled in.

    Examples
    --------
    >>> from nodeportkit.kube.defaults import with_defaults
    >>> pod = with_defaults({"kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [{"name": "web"}]}})
    >>> [str(error) for error in check_create(pod)]
    ['spec.containers[0].image: Required value']
    """
    return KINDS[text(thing, "kind")].create(thing)


def check_update(thing: Object, old: Object) -> list[FieldError]:
    """What is wrong with an object that is to replace `old`, defaults filled in in both."""
    return KINDS[text(thing, "kind")].update(thing, old)


def warnings_of(thing: Object) -> list[str]:
    """What the server accepts with a warning."""
    return KINDS[text(thing, "kind")].warnings(thing)
