"""ipywidgets: one explorer a module, each over the public functions."""

from nodeportkit.widgets.audit_browser import AuditBrowser
from nodeportkit.widgets.chain_explorer import ChainExplorer
from nodeportkit.widgets.manifest_builder import ManifestBuilder
from nodeportkit.widgets.packet_stepper import PacketStepper
from nodeportkit.widgets.reach_matrix import ReachMatrix
from nodeportkit.widgets.traffic_explorer import TrafficExplorer

__all__ = ["AuditBrowser", "ChainExplorer", "ManifestBuilder", "PacketStepper", "ReachMatrix", "TrafficExplorer"]
