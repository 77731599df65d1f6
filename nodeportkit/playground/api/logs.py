"""The log of a container, as `kubectl logs` asks for it.

pkg/kubelet/kubelet_pods.go (`validateContainerLogStatus`), pkg/kubelet/kuberuntime/logs and pkg/registry/core/pod/strategy.go
(`LogLocation`).
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Final

from nodeportkit.playground.api.exchange import Answer, Request
from nodeportkit.playground.api.failures import bad_request, unreasoned
from nodeportkit.playground.logs import Line, Logs
from nodeportkit.playground.machines import is_stopped
from nodeportkit.playground.printing import at_start
from nodeportkit.playground.store import Key, Object, Store

__all__ = ["log_of"]

_ERROR: Final = "a container name must be specified for pod {pod}, choose one of: [{names}]"
_WAITS: Final = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}


def log_of(store: Store, logs: Logs, pod: Object, request: Request, now: datetime) -> Answer:
    """What a container of the pod has printed, and with `follow` what it prints from now on until it ends.

    Parameters
    ----------
    request
        With the query parameters `container`, `previous`, `follow`, `timestamps`, `tailLines`, `sinceSeconds`, `sinceTime` and
        `limitBytes`.

    Raises
    ------
    ApiError
        If there is no such container, nothing that it could have printed, or its node does not answer.
    """
    container = _container(pod, request.one("container"))
    state = _state(pod, container["name"], previous=request.flag("previous"))
    _reachable(store, pod, container["name"])
    began, until = _moment(state["startedAt"]), None
    if request.flag("previous"):
        present = _status(pod, container["name"]).get("state", {}).get("running")
        until = _moment(present["startedAt"]) if present else None
    shown = _Shown(request, now)
    lines = [*(Line(0, began, text) for text in at_start(container, began)), *logs.of(pod, container["name"])]
    text = shown.first([it for it in lines if began <= it.at and (until is None or it.at < until)])
    if not request.flag("follow") or "finishedAt" in state:
        return Answer(200, text=text)
    return Answer(
        200, lines=_follow(store, logs, pod, container["name"], state, shown, text, lines[-1].number if lines else 0)
    )


async def _follow(
    store: Store, logs: Logs, pod: Object, container: str, state: Object, shown: _Shown, text: str, last: int
) -> AsyncIterator[str]:
    key = Key(pod["metadata"]["namespace"], pod["metadata"]["name"])
    with logs.followed(pod) as news:
        while True:
            if text:
                yield text
            there = store.get("pods", key)
            if there is None or there["metadata"]["uid"] != pod["metadata"]["uid"] or shown.full:
                return
            if _status(there, container).get("state", {}).get("running") != state:
                return
            await news.wait()
            news.clear()
            new = logs.of(pod, container, after=last)
            last = new[-1].number if new else last
            text = shown.more(new)


class _Shown:
    """Lines as they are asked for."""

    def __init__(self, request: Request, now: datetime) -> None:
        self._stamped = request.flag("timestamps")
        tail, limit = request.one("tailLines"), request.one("limitBytes")
        self._tail = int(tail) if tail.isdecimal() else None
        self._left = int(limit) if limit.isdecimal() else math.inf
        self._since = datetime.min.replace(tzinfo=UTC)
        if (seconds := request.one("sinceSeconds")).isdecimal():
            self._since = now - timedelta(seconds=int(seconds))
        elif moment := request.one("sinceTime"):
            try:
                self._since = _moment(moment)
            except ValueError as error:
                raise bad_request(f'parsing time "{moment}": {error}') from error

    @property
    def full(self) -> bool:
        """Whether no more may be shown."""
        return self._left <= 0

    def first(self, lines: list[Line]) -> str:
        """What there is, or the end of it."""
        kept = [line for line in lines if line.at >= self._since]
        return self.more(kept if self._tail is None else kept[max(0, len(kept) - self._tail) :])

    def more(self, lines: list[Line]) -> str:
        """Further lines, as far as there is room."""
        text = "".join(
            f"{line.at:%Y-%m-%dT%H:%M:%S.%f}000Z {line.text}\n" if self._stamped else f"{line.text}\n" for line in lines
        )
        if math.isfinite(self._left):
            text = text.encode()[: int(self._left)].decode(errors="ignore")
            self._left -= len(text.encode())
        return text


def _container(pod: Object, wanted: str) -> Object:
    name = pod["metadata"]["name"]
    containers: dict[str, Object] = {it["name"]: it for it in pod["spec"]["containers"]}
    if not wanted and len(containers) > 1:
        raise bad_request(_ERROR.format(pod=name, names=" ".join(containers)))
    chosen = wanted or next(iter(containers))
    if chosen not in containers:
        raise bad_request(f"container {chosen} is not valid for pod {name}")
    return containers[chosen]


def _status(pod: Object, container: str) -> Object:
    found: Object = next((it for it in pod["status"].get("containerStatuses") or () if it["name"] == container), {})
    return found


def _state(pod: Object, container: str, *, previous: bool) -> Object:
    """The run of a container whose log is asked for: when it began, and if it is over, when it ended."""
    name, status = pod["metadata"]["name"], _status(pod, container)
    if not pod["spec"].get("nodeName"):
        raise bad_request(f"pod {name} does not have a host assigned")
    state, last = status.get("state") or {}, (status.get("lastState") or {}).get("terminated")
    if previous and last is None:
        raise bad_request(f'previous terminated container "{container}" in pod "{name}" not found')
    found = last if previous else state.get("running") or state.get("terminated") or last
    if found is None:
        reason = (state.get("waiting") or {}).get("reason", "ContainerCreating")
        raise bad_request(f'container "{container}" in pod "{name}" is waiting to start: {_WAITS.get(reason, reason)}')
    ran: Object = found
    return ran


def _reachable(store: Store, pod: Object, container: str) -> None:
    """The log lies on the pod's node: where that is off, the API server cannot fetch it."""
    node = store.get("nodes", Key("", pod["spec"]["nodeName"]))
    if node is None or not is_stopped(node):
        return
    at = f"{pod['status'].get('hostIP', '')}:10250"
    path = f"containerLogs/{pod['metadata']['namespace']}/{pod['metadata']['name']}/{container}"
    raise unreasoned(f'Get "https://{at}/{path}": dial tcp {at}: connect: no route to host')


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
