"""What the official Kubernetes client makes of objects that the project made up."""

from kubernetes.client import ApiClient

MODELS = {
    "DaemonSet": "V1DaemonSet",
    "Deployment": "V1Deployment",
    "EndpointSlice": "V1EndpointSlice",
    "Event": "CoreV1Event",
    "Ingress": "V1Ingress",
    "Job": "V1Job",
    "Namespace": "V1Namespace",
    "NetworkPolicy": "V1NetworkPolicy",
    "Node": "V1Node",
    "Pod": "V1Pod",
    "ReplicaSet": "V1ReplicaSet",
    "Service": "V1Service",
    "StatefulSet": "V1StatefulSet",
}


def unknown_fields(thing):
    """The fields of an object that the official client does not know, or takes for another type."""
    client = ApiClient()
    read = client._ApiClient__deserialize(thing, MODELS[thing["kind"]])
    return list(differences(thing, client.sanitize_for_serialization(read)))


def differences(given, kept, path=""):
    if isinstance(given, dict) and isinstance(kept, dict):
        for key, value in given.items():
            if value not in (None, [], {}):
                yield from differences(value, kept.get(key), f"{path}.{key}")
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        for one, other in zip(given, kept, strict=True):
            yield from differences(one, other, path)
    elif given != kept and "Time" not in path and "startedAt" not in path and "finishedAt" not in path:
        yield path
