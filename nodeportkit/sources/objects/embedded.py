"""Objects that stand as text within an object: the configuration of a component in a ConfigMap."""

from __future__ import annotations

from typing import Any

import msgspec

from nodeportkit.errors import ReadError
from nodeportkit.sources.objects.kinds import kind_of, reads, settings_of
from nodeportkit.sources.objects.yaml.documents import Documents
from nodeportkit.sources.settings import Settings

__all__ = ["settings_in"]


def settings_in(text: str | None) -> Settings:
    r"""The settings that the YAML tells of; none where it cannot be read, as nobody asked for this text.

    Examples
    --------
    >>> settings_in("kind: KubeProxyConfiguration\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nmode: ipvs")["mode"]
    'ipvs'
    """
    told: dict[str, Any] = {}
    try:
        for document in Documents(text or "", "configuration", slips=False):
            if not isinstance(document, dict):
                continue
            kind = kind_of(document.get("apiVersion"), document.get("kind"))
            if kind is not None and reads(kind, None):
                told |= settings_of(kind, [msgspec.convert(document, kind.TYPE)])
    except (ReadError, msgspec.ValidationError):
        return {}
    return told
