"""What a playground is asked beside the API of Kubernetes."""

from __future__ import annotations

import base64
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final

import msgspec

from nodeportkit.errors import NodePortKitError
from nodeportkit.playground.process.state import State

__all__ = ["ask", "call", "remarks"]

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


def remarks(told: dict[str, Any]) -> list[str]:
    """What is not as on a real cluster, in words: ports that are served elsewhere, and those that cannot be."""
    lines = [
        f"port {it['port']} of {it['address']} ({it['of']}) is served on port {it['served']}: this system keeps ports "
        f"below 1024 for root; kubectl goes on speaking of {it['port']}"
        for it in told["shifted"]
    ]
    lines += [
        f"port {it['port']} of {it['address']}{' (' + it['of'] + ')' if it['of'] else ''} cannot be served: {it['reason']}"
        for it in told["failed"]
    ]
    return lines
