"""The way of a packet through kube-proxy, decided once for every mode."""

from nodeportkit.kube.packets.decide import Mode, client_of, decide
from nodeportkit.kube.packets.model import Decision, Packet, Step

__all__ = ["Decision", "Mode", "Packet", "Step", "client_of", "decide"]
