"""Names that end in a hash of a template, and random ones, in letters that make no words.

staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

__all__ = ["template_hash"]

_ALPHABET: Final = "bcdfghjklmnpqrstvwxz2456789"


def template_hash(template: Any) -> str:
    """Ten letters that are the same for the same template.

    A real cluster's hash is of Go's own print of the template; only that it is stable matters to anybody.

    Examples
    --------
    >>> template_hash({"spec": {}}) == template_hash({"spec": {}})
    True
    """
    digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).digest()
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:10])
