"""What the server's messages mean, in plain words: one entry a message.

An entry is a pattern for `field: message`, and the words; `{0}`, `{1}` stand for what the pattern's groups found. The first
that fits is taken.
"""

from __future__ import annotations

import difflib
import re
from typing import Final

from nodeportkit.kube.validation.names import dns1123_subdomain, port_name
from nodeportkit.validation.explanations import cluster, networking, services

__all__ = ["explain"]

_PATTERNS: Final = tuple(
    (re.compile(pattern), words) for pattern, words in (*networking.TABLE, *cluster.TABLE, *services.TABLE)
)
_NAME: Final = re.compile(
    r'Invalid value: "(?P<given>[^"]+)": (?:a lowercase RFC 1123|must contain only alpha-numeric)'
)
_CHOSEN: Final = re.compile(r"^metadata\.|(?:ports|ontainers)\[\d+\]\.name$")
_UNSUPPORTED: Final = re.compile(r"Unsupported value: \"(?P<given>.*?)\": supported values: (?P<known>.*)")


def explain(field: str, message: str) -> str:
    """What a message means and what to do; "" where there is nothing to add.

    Examples
    --------
    >>> explain("spec.type", 'Unsupported value: "nodeport": supported values: "ClusterIP", "NodePort"')
    'Write `NodePort`. There are four types, with these capitals: ClusterIP, NodePort, LoadBalancer, ExternalName.'
    """
    line = f"{field}: {message}"
    found = ((pattern.search(line), words) for pattern, words in _PATTERNS)
    words = next((words.format(*match.groups()) for match, words in found if match), "")
    return f"{_meant(field, message)}{words}"


def _meant(field: str, message: str) -> str:
    """The value that is meant, where it is nearly right."""
    if match := _UNSUPPORTED.search(message):
        known = {value.lower(): value for value in re.findall(r'"(.*?)"', match["known"])}
        given = match["given"].lower()
        several = sum(value.startswith(given) for value in known) > 1
        near = [] if several else difflib.get_close_matches(given, known, n=1, cutoff=0.6)
        return f"Write `{known[near[0]]}`. " if near else ""
    if match := _NAME.search(message):
        # What names another thing is not free: only capitals in it are a slip.
        plain = match["given"].lower()
        plain = re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.") if _CHOSEN.search(field) else plain
        wrong = (port_name if "alpha-numeric characters (" in message else dns1123_subdomain)(plain)
        return "" if wrong else f"`{plain}` would do. "
    return ""
