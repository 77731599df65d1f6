"""What is filled in of Nodes, Namespaces and Secrets.

pkg/apis/core/v1/defaults.go, `SetDefaults_Namespace`, `SetDefaults_NodeStatus`, `SetDefaults_Secret`; what is converted before,
pkg/apis/core/v1/conversion.go: podCIDR, which came before podCIDRs, and stringData, which can only be written.
"""

from __future__ import annotations

import base64
from typing import Any, Final

from nodeportkit.kube.parts import mapping, strings, text

__all__ = ["fill_namespace", "fill_node", "fill_secret"]

_NAME: Final = "kubernetes.io/metadata.name"


def fill_namespace(namespace: dict[str, Any]) -> None:
    """Label a namespace with its name."""
    metadata = mapping(namespace, "metadata")
    if text(metadata, "name"):
        metadata["labels"] = {**mapping(metadata, "labels"), _NAME: metadata["name"]}


def fill_node(node: dict[str, Any]) -> None:
    """Keep podCIDR and podCIDRs in step; what can be used of a node is all of it, if nobody says otherwise."""
    spec, status = mapping(node, "spec"), mapping(node, "status")
    one, many = text(spec, "podCIDR"), strings(spec, "podCIDRs")
    if one and one not in many[:1]:
        spec["podCIDRs"] = [one]
    elif many:
        spec["podCIDR"] = many[0]
    if status.get("capacity") and status.get("allocatable") is None:
        status["allocatable"] = dict(status["capacity"])


def fill_secret(secret: dict[str, Any]) -> None:
    """Move stringData to data, and name the type."""
    plain = secret.pop("stringData", None)
    if plain:
        coded = {key: base64.b64encode((value or "").encode()).decode() for key, value in plain.items()}
        secret["data"] = {**mapping(secret, "data"), **coded}
    secret["type"] = secret.get("type") or "Opaque"
