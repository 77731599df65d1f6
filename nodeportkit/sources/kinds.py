"""The names of resources: what people type for a kind, and its full name as kubectl knows it."""

from __future__ import annotations

from typing import Final

from nodeportkit.sources.shell import words

__all__ = ["ALL", "CLUSTER_WIDE", "full_kind", "full_kinds", "kind_name", "singular"]

# Full name, then short names, as `kubectl api-resources` lists them for Kubernetes 1.9 to 1.36. The groups of kinds that
# kubectl also finds without one (EndpointSlices, Events) are left out, as in `Table.kind`.
_TABLE: Final = """
bindings
componentstatuses cs
configmaps cm
endpoints ep
events ev
limitranges limits
namespaces ns
nodes no
persistentvolumeclaims pvc
persistentvolumes pv
pods po
podtemplates
replicationcontrollers rc
resourcequotas quota
secrets
serviceaccounts sa
services svc
endpointslices
mutatingwebhookconfigurations.admissionregistration.k8s.io
validatingadmissionpolicies.admissionregistration.k8s.io
validatingwebhookconfigurations.admissionregistration.k8s.io
customresourcedefinitions.apiextensions.k8s.io crd crds
apiservices.apiregistration.k8s.io
controllerrevisions.apps
daemonsets.apps ds
deployments.apps deploy
replicasets.apps rs
statefulsets.apps sts
horizontalpodautoscalers.autoscaling hpa
cronjobs.batch cj
jobs.batch
certificatesigningrequests.certificates.k8s.io csr
leases.coordination.k8s.io
ingressclasses.networking.k8s.io
ingresses.networking.k8s.io ing
ipaddresses.networking.k8s.io ip
networkpolicies.networking.k8s.io netpol
servicecidrs.networking.k8s.io
runtimeclasses.node.k8s.io
poddisruptionbudgets.policy pdb
clusterrolebindings.rbac.authorization.k8s.io
clusterroles.rbac.authorization.k8s.io
rolebindings.rbac.authorization.k8s.io
roles.rbac.authorization.k8s.io
priorityclasses.scheduling.k8s.io pc
csidrivers.storage.k8s.io
csinodes.storage.k8s.io
storageclasses.storage.k8s.io sc
volumeattachments.storage.k8s.io
gatewayclasses.gateway.networking.k8s.io gc
gateways.gateway.networking.k8s.io gtw
httproutes.gateway.networking.k8s.io
tcproutes.gateway.networking.k8s.io
udproutes.gateway.networking.k8s.io
"""

CLUSTER_WIDE: Final = words(
    """
    componentstatuses namespaces nodes persistentvolumes
    mutatingwebhookconfigurations.admissionregistration.k8s.io
    validatingadmissionpolicies.admissionregistration.k8s.io
    validatingwebhookconfigurations.admissionregistration.k8s.io
    customresourcedefinitions.apiextensions.k8s.io apiservices.apiregistration.k8s.io
    certificatesigningrequests.certificates.k8s.io ingressclasses.networking.k8s.io
    ipaddresses.networking.k8s.io servicecidrs.networking.k8s.io runtimeclasses.node.k8s.io
    clusterrolebindings.rbac.authorization.k8s.io clusterroles.rbac.authorization.k8s.io
    priorityclasses.scheduling.k8s.io csidrivers.storage.k8s.io csinodes.storage.k8s.io storageclasses.storage.k8s.io
    volumeattachments.storage.k8s.io gatewayclasses.gateway.networking.k8s.io
    """
)
"""Kinds whose objects are in no namespace."""

# The category `all` (kubernetes/kubernetes pkg/registry/*/*/storage: Categories).
ALL: Final = (
    "pods",
    "replicationcontrollers",
    "services",
    "daemonsets.apps",
    "deployments.apps",
    "replicasets.apps",
    "statefulsets.apps",
    "horizontalpodautoscalers.autoscaling",
    "cronjobs.batch",
    "jobs.batch",
)
"""What `kubectl get all` asks for."""


def singular(plural: str) -> str:
    """The singular of a resource's plural, by the rules that Kubernetes' own kinds follow.

    Examples
    --------
    >>> [singular(word) for word in ("services", "ingresses", "networkpolicies", "endpoints", "componentstatuses")]
    ['service', 'ingress', 'networkpolicy', 'endpoints', 'componentstatus']
    """
    if plural == "endpoints":
        return plural
    if plural.endswith("ies"):
        return plural[:-3] + "y"
    return plural[:-2] if plural.endswith(("sses", "uses")) else plural.removesuffix("s")


def _known() -> dict[str, str]:
    known = {}
    for line in _TABLE.split("\n"):
        full, *short = line.split() or [""]
        plural = full.partition(".")[0]
        for name in (plural, singular(plural), *short) if full else ():
            known[name] = full
    return known


_KNOWN: Final = _known()
_FULL: Final = frozenset(_KNOWN.values())


def full_kind(name: str) -> str:
    """The full lower-case plural of a kind, its group behind it; as typed (in lower case) where it is unknown.

    Parameters
    ----------
    name
        A plural, singular or short name, or a Kind, with or without version and group.

    Examples
    --------
    >>> [full_kind(name) for name in ("svc", "Deployment", "deploy", "deployment.v1.apps", "endpointslice", "widgets")]
    ['services', 'deployments.apps', 'deployments.apps', 'deployments.apps', 'endpointslices', 'widgets']
    """
    name = name.lower()
    if name in _KNOWN:
        return _KNOWN[name]
    plural, _, group = name.partition(".")
    full = _KNOWN.get(plural)
    if full is None:
        return name
    # An old group, as in deployments.extensions, names the same kind; a foreign one (services.serving.knative.dev) does not.
    own = full.partition(".")[2]
    ours = ("", own, "extensions", "discovery.k8s.io", "events.k8s.io", "v1")
    version, _, rest = group.partition(".")
    return full if group in ours or (version[:1] == "v" and version[1:2].isdigit() and rest in ours) else name


_KIND_NAMES: Final = {
    kind.lower(): kind
    for kind in words(
        "Pod Node Service Endpoints EndpointSlice Ingress NetworkPolicy Deployment ReplicaSet StatefulSet DaemonSet Job CronJob "
        "ReplicationController HorizontalPodAutoscaler PodDisruptionBudget Namespace ConfigMap Secret ServiceAccount "
        "PersistentVolume PersistentVolumeClaim StorageClass IngressClass ResourceQuota LimitRange Lease Gateway HTTPRoute"
    )
}


def kind_name(word: str) -> str:
    """The Kind as the API writes it; a word that is none of Kubernetes' own kinds stays as it is.

    Examples
    --------
    >>> kind_name("replicaset"), kind_name("pods"), kind_name("Widget")
    ('ReplicaSet', 'Pod', 'Widget')
    """
    return _KIND_NAMES.get(singular(full_kind(word).partition(".")[0]), word)


def full_kinds(names: str) -> tuple[str, ...]:
    """The kinds of a list as kubectl takes it, `all` spelt out.

    Examples
    --------
    >>> full_kinds("svc,po")
    ('services', 'pods')
    """
    found: list[str] = []
    for name in names.split(","):
        found.extend(ALL if name == "all" else (full_kind(name),) if name else ())
    return tuple(dict.fromkeys(found))
