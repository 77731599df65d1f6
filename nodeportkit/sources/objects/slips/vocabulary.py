"""The words of manifests: field names, and the values that some of them take.

Source: Kubernetes API reference (Service v1, Pod v1, Deployment apps/v1, EndpointSlice discovery.k8s.io/v1, Ingress).
"""

from __future__ import annotations

import re
from typing import Final

from nodeportkit.sources.shell import words

__all__ = ["BLOCK_FIELDS", "FIELDS", "FREE_BLOCKS", "value_fits"]

# Below these stand further fields or items, never a value on the same line.
BLOCK_FIELDS: Final = words(
    """
    metadata spec status labels annotations selector matchLabels matchExpressions template ports containers
    initContainers env envFrom volumes volumeMounts resources limits requests securityContext livenessProbe
    readinessProbe startupProbe httpGet tcpSocket exec strategy rollingUpdate sessionAffinityConfig clientIP
    items endpoints conditions subsets rules http paths backend service
    """
)
# Below these every key is the user's own.
FREE_BLOCKS: Final = frozenset({"labels", "annotations", "selector", "matchLabels", "nodeSelector"})
FIELDS: Final = BLOCK_FIELDS | words(
    """
    apiVersion kind name namespace type port targetPort nodePort protocol appProtocol clusterIP clusterIPs
    externalIPs externalName externalTrafficPolicy internalTrafficPolicy sessionAffinity loadBalancerIP
    loadBalancerClass healthCheckNodePort publishNotReadyAddresses trafficDistribution ipFamilyPolicy
    ipFamilies timeoutSeconds image imagePullPolicy containerPort hostPort hostNetwork replicas restartPolicy
    nodeName serviceAccountName minReadySeconds revisionHistoryLimit progressDeadlineSeconds
    initialDelaySeconds periodSeconds cpu memory key operator value values addressType host path pathType
    command args app
    """
)
_KINDS: Final = (
    "Service|Pod|Deployment|ReplicaSet|DaemonSet|StatefulSet|ReplicationController|Job|CronJob|Namespace|ConfigMap|Secret|"
    "Ingress|Endpoints|EndpointSlice|Node|List|NetworkPolicy|ServiceAccount|PersistentVolumeClaim|PersistentVolume"
)
_NUMBER: Final = re.compile(r"[0-9]+")
_VALUES: Final = {
    "type": re.compile("ClusterIP|NodePort|LoadBalancer|ExternalName"),
    "kind": re.compile(_KINDS),
    "apiVersion": re.compile(r"(?:[a-z0-9.]+/)?v[0-9]+(?:(?:alpha|beta)[0-9]+)?"),
    "protocol": re.compile("TCP|UDP|SCTP"),
    "externalTrafficPolicy": re.compile("Cluster|Local"),
    "internalTrafficPolicy": re.compile("Cluster|Local"),
    "sessionAffinity": re.compile("None|ClientIP"),
    "imagePullPolicy": re.compile("Always|IfNotPresent|Never"),
    "restartPolicy": re.compile("Always|OnFailure|Never"),
    **dict.fromkeys(
        ("port", "targetPort", "nodePort", "containerPort", "hostPort", "replicas", "timeoutSeconds"), _NUMBER
    ),
}


def value_fits(field: str, value: str) -> bool:
    """Whether `value` is one of those that the field can have, so that both can be told apart when they stand together.

    Examples
    --------
    >>> value_fits("type", "NodePort"), value_fits("name", "web")
    (True, False)
    """
    pattern = _VALUES.get(field)
    return bool(pattern and pattern.fullmatch(value))
