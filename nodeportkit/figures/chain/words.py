"""The picture of a chain in words, for those who cannot see it and where no picture can be shown."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.figures.chain.scene import PodSeen, PortSeen, Scene

__all__ = ["words"]

_MOST = 10


def words(scene: Scene) -> str:
    """The title, then a line for each thing shown."""
    return "\n".join(line for line in _lines(scene) if line)


def _lines(scene: Scene) -> Iterator[str]:
    yield scene.title
    yield scene.symptom
    yield f"As it was before: {scene.before}" if scene.before else ""
    yield _nodes(scene)
    address = ", ".join(scene.addresses) or "address not shown"
    yield f"Service {scene.namespace}/{scene.name}: {scene.type or 'type not shown'}, {scene.external_name or address}"
    yield from (f"Outside the cluster: {words}" for words in scene.outside)
    yield from (f"Port {_port(port)}" for port in scene.ports)
    if scene.terms is None:
        yield "Selector: not shown"
    else:
        counted = (f"{term.text} ({'?' if term.pods is None else term.pods} pods)" for term in scene.terms)
        yield f"Selector: {', '.join(counted) or 'none'}"
    yield from _pods(scene)
    if scene.whole is not True:
        yield scene.reason
        yield scene.explanation
        yield scene.command


def _nodes(scene: Scene) -> str:
    if not scene.nodes:
        return "Nodes: not shown"
    told = [
        f"{node.name} ({', '.join(node.addresses) or 'address not shown'}"
        f"{', NotReady' if node.ready is False else '' if node.serves else ', no ready pod here'})"
        for node in scene.nodes[:_MOST]
    ]
    return f"Nodes: {', '.join(told)}{_more(len(scene.nodes))}"


def _more(count: int) -> str:
    return f" and {count - _MOST:,} more" if count > _MOST else ""


def _port(port: PortSeen) -> str:
    name = f"{port.name}: " if port.name else ""
    told = {"none": "no node port", "?": "node port not shown"}
    opened = told.get(port.on_nodes, f"node port {port.on_nodes}")
    number = "not shown" if port.port is None else port.port
    return f"{name}{opened} → port {number}/{port.protocol or 'TCP'} → target port {port.target_port or 'not shown'}"


def _pods(scene: Scene) -> Iterator[str]:
    selected = [pod for pod in scene.pods if pod.selected]
    near = [pod for pod in scene.pods if not pod.selected]
    ready = sum(bool(pod.ready) for pod in selected)
    if selected:
        listed = ", ".join(map(_pod, selected[:_MOST]))
        yield f"Pods: {ready:,} of {len(selected):,} ready: {listed}{_more(len(selected))}"
    elif not near:
        yield f"Pods: {scene.empty}"
    if near:
        listed = ", ".join(f"{pod.name} ({pod.note})" for pod in near[:_MOST])
        yield f"Pods {'that may be' if scene.whole is None else 'not'} selected: {listed}{_more(len(near))}"


def _pod(pod: PodSeen) -> str:
    state = {True: "ready", False: pod.status or "not ready", None: "readiness not shown"}[pod.ready]
    return f"{pod.name or pod.address or 'a pod that was not shown'} ({state})"
