"""Settings of a cluster in the command lines of its components, where these run as pods.

Flags: kubernetes.io/docs/reference/command-line-tools-reference for kube-apiserver and kube-proxy. A kube-proxy that is
given `--config` takes these settings from that file alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from nodeportkit.sources.objects.pods.types import Pod, PodSpec
from nodeportkit.sources.objects.typed import Metadata
from nodeportkit.sources.settings import Settings, listed_ranges

__all__ = ["settings"]

_NO_METADATA, _NO_SPEC = Metadata(), PodSpec()
_MODES: Final = ("iptables", "ipvs", "nftables")


def settings(pods: Sequence[Pod]) -> Settings:
    """What the pods of kube-apiserver and kube-proxy in kube-system are told."""
    told: dict[str, Any] = {}
    for pod in pods:
        metadata = pod.metadata or _NO_METADATA
        if metadata.namespace == "kube-system":
            tell = next((tell for name, tell in _TELL.items() if (metadata.name or "").startswith(name)), None)
            if tell is not None:
                told |= {name: value for name, value in tell(_flags(pod)).items() if value is not None}
    return told


def _api_server(flags: dict[str, str]) -> dict[str, Any]:
    return {
        "node_port_range": flags.get("service-node-port-range", "30000-32767") if flags else None,
        "service_cidrs": listed_ranges(flags.get("service-cluster-ip-range")) or None,
    }


def _proxy(flags: dict[str, str]) -> dict[str, Any]:
    if not flags or "config" in flags:
        return {}
    mode = flags.get("proxy-mode") or "iptables"
    return {
        "mode": mode if mode in _MODES else None,
        "cluster_cidrs": listed_ranges(flags.get("cluster-cidr")),
        "nodeport_addresses": listed_ranges(flags.get("nodeport-addresses")),
        "masquerade_all": flags.get("masquerade-all", "false") != "false",
        "localhost_nodeports": flags.get("iptables-localhost-nodeports", "true") != "false",
        "detect_local": flags.get("detect-local-mode") or "ClusterCIDR",
    }


_TELL: Final[dict[str, Callable[[dict[str, str]], dict[str, Any]]]] = {
    "kube-apiserver-": _api_server,
    "kube-proxy-": _proxy,
}


def _flags(pod: Pod) -> dict[str, str]:
    """The flags of the first container, without their dashes; one without a value is true."""
    containers = (pod.spec or _NO_SPEC).containers or ()
    words = [word for container in containers[:1] for word in _words(container.command, container.args)]
    found: dict[str, str] = {}
    for at, word in enumerate(words):
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            after = words[at + 1] if at + 1 < len(words) else "--"
            found[name] = value if equals else "true" if after.startswith("-") else after
    return found


def _words(*lists: Sequence[str | None] | None) -> Iterator[str]:
    """The words of a command line; a shell's script is one word of many."""
    for words in lists:
        for word in words or ():
            yield from (word or "").split()
