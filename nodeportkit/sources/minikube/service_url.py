"""`minikube service NAME --url`: one URL a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nodeportkit.frames import conform
from nodeportkit.sources.minikube.addresses import node_port, parse_url
from nodeportkit.sources.reader import Context, Finding, Fragment, Outcome

__all__ = ["find"]


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The URLs of a service from `lines[at]` on, each an outcome `url`. Which port of the service each leads to is not shown."""
    command = context.command
    if command is None or command.program != "minikube" or command.verb != "service" or "--url" not in command.text:
        return None
    urls = []
    end = at
    while end < len(lines) and (place := parse_url(lines[end])):
        urls.append((lines[end], place))
        end += 1
    if not urls:
        return None
    namespace = context.namespace
    service = command.names[0] if len(command.names) == 1 else None
    told: dict[str, Any] = {"namespace": namespace, "service": service} if service else {}
    outcomes = tuple(
        Outcome("url", at + i + 1, url, {"url": url, "address": place.address, "port": place.port, **told})
        for i, (url, place) in enumerate(urls)
    )

    def fragments() -> list[Fragment]:
        if service is None:
            return []
        numbers = [number for url, _ in urls if (number := node_port(url))]
        count = len(numbers)
        ports: dict[str, list[Any]] = {
            "namespace": [namespace] * count,
            "service": [service] * count,
            "node_port": numbers,
        }
        services = {"namespace": [namespace], "name": [service]}
        return [
            Fragment("services", conform("services", services)),
            Fragment("ports", conform("ports", ports)),
        ]

    return Finding(at, end, outcomes=outcomes, fragments=fragments)
