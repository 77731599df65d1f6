"""Secrets, opaque ones: what is in them stays in this process."""

import base64
from typing import Any

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]


def _prepare(secret: dict[str, Any]) -> None:
    """Name the type, and move stringData, which can only be written, to data."""
    secret.setdefault("type", "Opaque")
    plain = secret.pop("stringData", None)
    if isinstance(plain, dict):
        coded = {key: base64.b64encode(str(text).encode()).decode() for key, text in plain.items()}
        secret["data"] = {**(secret.get("data") or {}), **coded}


RESOURCE = Resource("Secret", "secrets", fields={"type": ("type",)}, prepare=_prepare)
