"""What a playground is asked beside the API of Kubernetes."""

from __future__ import annotations

import base64
import ssl
import sys
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any, Final

import msgspec

from nodeportkit.errors import NodePortKitError
from nodeportkit.playground.machines import switched_off
from nodeportkit.playground.process.state import State

__all__ = ["ask", "call", "reach", "remarks"]

_SECONDS: Final = 30.0


def ask(state: State, method: str, path: str) -> dict[str, Any]:
    """What the playground answers to a question of its own: `status`, `reset`, `forget`.

    Raises
    ------
    NodePortKitError
        If it gives no answer.
    """
    return call(state, method, f"/nodeportkit/{path}")


def call(state: State, method: str, path: str, body: Any = None, *, media: str = "application/json") -> dict[str, Any]:
    """What the playground's API answers.

    Raises
    ------
    NodePortKitError
        If it refuses, in its own words, or gives no answer.
    """
    try:
        config = msgspec.yaml.decode(Path(state.kubeconfig).read_bytes())
        authority = base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"]).decode()
        context = ssl.create_default_context(cadata=authority)
        token = config["users"][0]["user"]["token"]
        wanted = urllib.request.Request(
            state.url + path,
            data=None if body is None else msgspec.json.encode(body),
            method=method,
            headers={"Authorization": f"Bearer {token}", "Content-Type": media},
        )
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        with opener.open(wanted, timeout=_SECONDS) as answer:
            told: dict[str, Any] = msgspec.json.decode(answer.read())
            return told
    except urllib.error.HTTPError as error:
        with error:
            raise NodePortKitError(f"the playground answers: {_message(error)}") from error
    except (OSError, LookupError, TypeError, ValueError) as error:
        why = getattr(error, "reason", None) or error
        raise NodePortKitError(
            f"the playground gives no answer: {why}", hint="Begin anew: nodeportkit playground down, then up."
        ) from error


def _message(error: urllib.error.HTTPError) -> str:
    try:
        return str(msgspec.json.decode(error.read())["message"])
    except (msgspec.DecodeError, LookupError, TypeError):
        return str(error.code)


def reach(told: dict[str, Any], protocol: str = "TCP") -> dict[tuple[str, int], tuple[str, int]]:
    """Where ports really are that are not where the cluster says: address and port by address and port."""
    return {
        (it["address"], it["port"]): (it["at"][0], it["at"][1]) for it in told["moved"] if it["protocol"] == protocol
    }


def remarks(told: dict[str, Any]) -> list[str]:
    """What is not as it should be, or as on a real cluster, in words: nodes that are off, ports that are elsewhere, those that cannot be, and who was turned away."""
    lines = [switched_off(node["name"]) for node in told["nodes"] if node.get("stopped")]
    shifted = [it for it in told["moved"] if it["at"][0] == it["address"]]
    elsewhere = [it for it in told["moved"] if it["at"][0] != it["address"]]
    why = "this system keeps ports below 1024 for root"
    lines += [
        f"port {it['port']} of {it['address']}{_udp(it)} ({it['of']}) is served on port {it['at'][1]}: {why}; kubectl goes on "
        f"speaking of {it['port']}"
        for it in shifted
        if not _of_pod(it)
    ]
    pods = Counter((it["port"], it["at"][1]) for it in shifted if _of_pod(it))
    lines += [
        f"port {port} of {count} pod{'s' * (count > 1)} is served on port {at}: {why}"
        for (port, at), count in sorted(pods.items())
    ]
    if any(not it["of"].startswith("service ") for it in elsewhere):  # of cluster IPs nobody can add enough
        lines.append(
            "this system answers on 127.0.0.1 alone, so every node, service and pod has ports of that address in place of an "
            f"address of its own; to give them addresses until the next restart, begin anew after: {_advice(told)}"
        )
    lines += [
        f"{it['at'][0]}:{it['at'][1]} stands for {it['address']}:{it['port']}{_udp(it)} ({it['of']})"
        for it in elsewhere
        if not _of_pod(it)
    ]
    lines += [
        f"port {it['port']} of {it['address']}{_udp(it)}{' (' + it['of'] + ')' if it['of'] else ''} cannot be served: "
        f"{it['reason']}"
        for it in told["failed"]
    ]
    lines += [
        f"{it['ended']} {it['kind']} were ended, since more than {it['most']} came at once" for it in told["crowded"]
    ]
    return lines


def _of_pod(it: dict[str, Any]) -> bool:
    return bool(it["of"].startswith("pod "))


def _udp(it: dict[str, Any]) -> str:
    return "/UDP" if it["protocol"] == "UDP" else ""


def _advice(told: dict[str, Any]) -> str:
    """How the addresses of nodes and pods are added; cluster IPs are too many."""
    if sys.platform == "darwin":
        first = told["nodes"][0]["address"].rpartition(".")[0]
        pods = told["pod_ranges"].split(".")
        wanted = f"{first}.{{2..{len(told['nodes']) + 1}}} {pods[0]}.{pods[1]}.{{1..{len(told['nodes'])}}}.{{2..30}}"
        return f"for ip in {wanted}; do sudo ifconfig lo0 alias $ip up; done"
    return "sudo ip addr add 127.0.0.1/8 dev lo"
