"""The picture of a packet on its way: from the client, through the decisions of a node's kube-proxy, to an endpoint."""

from nodeportkit.figures.journey.scene import EndSeen, Scene
from nodeportkit.figures.journey.sheet import Sheet

__all__ = ["EndSeen", "Scene", "Sheet", "words"]


def words(scene: Scene) -> str:
    """The title, then where the packet is and what may become of it."""
    lines = [scene.title, scene.subtitle, f"{scene.client} {scene.source} dials {scene.dialled} at {scene.node}"]
    if scene.decisions:
        lines.append(
            f"Decision {scene.at} of {scene.decisions}" if scene.at else f"{scene.decisions} decisions to come"
        )
    if scene.done:
        lines += [f"{end.address} {end.pod} {end.chance}".strip() for end in scene.ends]
        lines.append(scene.outcome)
    return "\n".join(line for line in lines if line)
