"""minikube's questions, answered of a playground in minikube's print.

kubernetes/minikube cmd/minikube/cmd/service_list.go, service.go, node_list.go, ip.go; the table as drawn until 1.35.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from nodeportkit.errors import NodePortKitError, NotFound, nearest

__all__ = ["answer"]

_HEADS: Final = ("NAMESPACE", "NAME", "TARGET PORT", "URL")
_NO_PORT: Final = "No node port"
_KNOWN: Final = ("ip", "node list", "service list", "service NAME --url")
_Reach: TypeAlias = Mapping[tuple[str, int], tuple[str, int]]


def answer(command: str, services: Sequence[Any], nodes: Sequence[Any], reach: _Reach | None = None) -> str:
    """What minikube prints.

    Parameters
    ----------
    command
        `ip`, `node list`, `service list`, or `service NAME --url`, with `-n NAMESPACE` where it is not `default`.
    services, nodes
        The objects, as the API gives them.
    reach
        Where ports are dialled that are not where the cluster says: address and port by address and port.

    Raises
    ------
    NotFound
        If there is no such service.
    NodePortKitError
        If it is another command.

    Examples
    --------
    >>> node = {
    ...     "metadata": {"name": "node-1"},
    ...     "status": {"addresses": [{"type": "InternalIP", "address": "127.168.1.2"}]},
    ... }
    >>> answer("ip", [], [node]).strip()
    '127.168.1.2'
    """
    words = [word for word in shlex.split(command) if word != "minikube"]
    namespace = _option(words, "-n", "--namespace")
    match words:
        case ["ip"]:
            return f"{_address(nodes[0])}\n"
        case ["node", "list"]:
            return "".join(f"{node['metadata']['name']}\t{_address(node)}\n" for node in nodes)
        case ["service", "list"]:
            shown = [it for it in services if namespace in (None, it["metadata"]["namespace"])]
            return _table(shown, _address(nodes[0]), reach or {})
        case ["service", name, "--url"] | ["service", "--url", name]:
            return _urls(name, namespace or "default", services, _address(nodes[0]), reach or {})
    raise NodePortKitError(f"minikube {command} is not answered here", hint=f"There are: {', '.join(_KNOWN)}.")


def _option(words: list[str], *names: str) -> str | None:
    """The value of an option, which is taken out of the words."""
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names and equals:
            del words[at]
            return value
        if word in names and at + 1 < len(words):
            value = words[at + 1]
            del words[at : at + 2]
            return value
    return None


def _urls(name: str, namespace: str, services: Sequence[Any], address: str, reach: _Reach) -> str:
    for service in services:
        if service["metadata"]["name"] == name and service["metadata"]["namespace"] == namespace:
            urls = [f"{_url(address, port['nodePort'], reach)}\n" for port in _ports(service)]
            return "".join(urls) or f"😿  service {namespace}/{name} has no node port\n"
    known = [it["metadata"]["name"] for it in services if it["metadata"]["namespace"] == namespace]
    raise NotFound(f"Service {name!r} was not found in {namespace!r} namespace", hint=nearest(name, known))


def _table(services: Sequence[Any], address: str, reach: _Reach) -> str:
    rows: list[tuple[str, ...]] = []
    for service in sorted(services, key=lambda it: (it["metadata"]["namespace"], it["metadata"]["name"])):
        place = service["metadata"]["namespace"], service["metadata"]["name"]
        ports = _ports(service)
        if not ports:
            rows.append((*place, _NO_PORT, ""))
        for number, port in enumerate(ports):
            named = f"{port['name']}/{port['port']}" if port.get("name") else str(port["port"])
            rows.append((*(place if number == 0 else ("", "")), named, _url(address, port["nodePort"], reach)))
    widths = [max(map(len, column)) for column in zip(_HEADS, *rows, strict=True)]
    border = f"|{'|'.join('-' * (width + 2) for width in widths)}|\n"
    head = _line([_middle(text, width) for text, width in zip(_HEADS, widths, strict=True)])
    # Numbers stand to the right, as minikube's library for tables has it.
    body = [
        _line(
            [
                text.rjust(width) if text.isdecimal() else text.ljust(width)
                for text, width in zip(row, widths, strict=True)
            ]
        )
        for row in rows
    ]
    return "".join([border, head, border, *body, border])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _middle(text: str, width: int) -> str:
    left = (width - len(text)) // 2
    return f"{' ' * left}{text}".ljust(width)


def _ports(service: Any) -> list[Any]:
    return [port for port in service["spec"].get("ports") or () if port.get("nodePort")]


def _url(address: str, port: int, reach: _Reach) -> str:
    host, number = reach.get((address, port), (address, port))
    return f"http://{host}:{number}"


def _address(node: Any) -> str:
    return next(str(it["address"]) for it in node["status"]["addresses"] if it["type"] == "InternalIP")
