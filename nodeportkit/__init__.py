"""nodeportkit: learn, see and audit Kubernetes NodePort services.

Paste what the terminal printed, or name files, and get pandas frames, the node -> service -> pod port chain, and a picture
that shows where it is broken.

Examples
--------
>>> import nodeportkit as npk
>>> cluster = npk.read('''
... NAME  TYPE      CLUSTER-IP  EXTERNAL-IP  PORT(S)       AGE  SELECTOR
... web   NodePort  10.96.7.20  <none>       80:30080/TCP  5d   app=web
...
... NAME   READY  STATUS   RESTARTS  AGE  LABELS
... web-0  1/1    Running  0         5d   app=shop
... ''')
>>> npk.standing(cluster, "web").title
'web answers nobody: its selector matches no pod'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from nodeportkit.auditing import audit as audit
    from nodeportkit.auditing import compare_exposure as compare_exposure
    from nodeportkit.auditing import node_port_map as node_port_map
    from nodeportkit.auditing import node_port_usage as node_port_usage
    from nodeportkit.auditing import not_looked_at as not_looked_at
    from nodeportkit.auditing import production_numbers as production_numbers
    from nodeportkit.cells import format_age as format_age
    from nodeportkit.cells import parse_age as parse_age
    from nodeportkit.chains import chain as chain
    from nodeportkit.chains import links as links
    from nodeportkit.cluster import Cluster as Cluster
    from nodeportkit.diagnosis import diagnose as diagnose
    from nodeportkit.errors import ManifestError as ManifestError
    from nodeportkit.errors import NodePortKitError as NodePortKitError
    from nodeportkit.errors import NotFound as NotFound
    from nodeportkit.errors import ReadError as ReadError
    from nodeportkit.errors import SnapshotError as SnapshotError
    from nodeportkit.faults import Fault as Fault
    from nodeportkit.faults import faulty_cluster as faulty_cluster
    from nodeportkit.faults import healthy_cluster as healthy_cluster
    from nodeportkit.faults import plant as plant
    from nodeportkit.figures import plot_chain as plot_chain
    from nodeportkit.figures import plot_flow as plot_flow
    from nodeportkit.figures import plot_node_ports as plot_node_ports
    from nodeportkit.figures import plot_nodes as plot_nodes
    from nodeportkit.figures import plot_reach as plot_reach
    from nodeportkit.figures import plot_rules as plot_rules
    from nodeportkit.figures import plot_shares as plot_shares
    from nodeportkit.kube.allocation import node_port_bands as node_port_bands
    from nodeportkit.kube.host import Host as Host
    from nodeportkit.kube.printing.objects import printed as printed
    from nodeportkit.kube.proxy_config import ProxyConfig as ProxyConfig
    from nodeportkit.live import LiveCluster as LiveCluster
    from nodeportkit.live import Watch as Watch
    from nodeportkit.live import connect as connect
    from nodeportkit.migration import migrate as migrate
    from nodeportkit.playground.panel import PlaygroundPanel as PlaygroundPanel
    from nodeportkit.playground.playground import Playground as Playground
    from nodeportkit.reports import html_report as html_report
    from nodeportkit.reports import json_report as json_report
    from nodeportkit.reports import sarif_report as sarif_report
    from nodeportkit.selectors import match_labels as match_labels
    from nodeportkit.sources.proxy_rules import Rules as Rules
    from nodeportkit.sources.proxy_rules import read_rules as read_rules
    from nodeportkit.sources.read import read as read
    from nodeportkit.sources.tables import read_tables as read_tables
    from nodeportkit.sources.transcript import read_transcript as read_transcript
    from nodeportkit.standings import Standing as Standing
    from nodeportkit.standings import standing as standing
    from nodeportkit.traffic.comparison import Comparison as Comparison
    from nodeportkit.traffic.comparison import compare as compare
    from nodeportkit.traffic.rules import proxy_rules as proxy_rules
    from nodeportkit.traffic.share_summary import summarize_shares as summarize_shares
    from nodeportkit.traffic.sharing import shares as shares
    from nodeportkit.traffic.simulation import simulate as simulate
    from nodeportkit.traffic.tracing import Trace as Trace
    from nodeportkit.traffic.tracing import Tracer as Tracer
    from nodeportkit.traffic.tracing import trace as trace
    from nodeportkit.validation import validate as validate
    from nodeportkit.widgets import AuditBrowser as AuditBrowser
    from nodeportkit.widgets import ChainExplorer as ChainExplorer
    from nodeportkit.widgets import ManifestBuilder as ManifestBuilder
    from nodeportkit.widgets import PacketStepper as PacketStepper
    from nodeportkit.widgets import ReachMatrix as ReachMatrix
    from nodeportkit.widgets import TrafficExplorer as TrafficExplorer

__version__ = "0.1.0"

# Each public name and the module that has it. They are imported when first used: pictures and widgets take longer to
# import than a pasted table takes to read.
_HOMES: Final = {
    "AuditBrowser": "widgets",
    "ChainExplorer": "widgets",
    "Cluster": "cluster",
    "Comparison": "traffic.comparison",
    "Fault": "faults",
    "Host": "kube.host",
    "LiveCluster": "live",
    "ManifestBuilder": "widgets",
    "ManifestError": "errors",
    "NodePortKitError": "errors",
    "NotFound": "errors",
    "PacketStepper": "widgets",
    "Playground": "playground.playground",
    "PlaygroundPanel": "playground.panel",
    "ProxyConfig": "kube.proxy_config",
    "ReachMatrix": "widgets",
    "ReadError": "errors",
    "Rules": "sources.proxy_rules",
    "SnapshotError": "errors",
    "Standing": "standings",
    "Trace": "traffic.tracing",
    "Tracer": "traffic.tracing",
    "TrafficExplorer": "widgets",
    "Watch": "live",
    "audit": "auditing",
    "chain": "chains",
    "compare": "traffic.comparison",
    "compare_exposure": "auditing",
    "connect": "live",
    "diagnose": "diagnosis",
    "faulty_cluster": "faults",
    "format_age": "cells",
    "healthy_cluster": "faults",
    "html_report": "reports",
    "json_report": "reports",
    "links": "chains",
    "match_labels": "selectors",
    "migrate": "migration",
    "node_port_bands": "kube.allocation",
    "node_port_map": "auditing",
    "node_port_usage": "auditing",
    "not_looked_at": "auditing",
    "parse_age": "cells",
    "plant": "faults",
    "plot_chain": "figures",
    "plot_flow": "figures",
    "plot_node_ports": "figures",
    "plot_nodes": "figures",
    "plot_reach": "figures",
    "plot_rules": "figures",
    "plot_shares": "figures",
    "printed": "kube.printing.objects",
    "production_numbers": "auditing",
    "proxy_rules": "traffic.rules",
    "read": "sources.read",
    "read_rules": "sources.proxy_rules",
    "read_tables": "sources.tables",
    "read_transcript": "sources.transcript",
    "sarif_report": "reports",
    "shares": "traffic.sharing",
    "simulate": "traffic.simulation",
    "standing": "standings",
    "summarize_shares": "traffic.share_summary",
    "trace": "traffic.tracing",
    "validate": "validation",
}

__all__ = [  # noqa: RUF022 - in the order in which a person meets them
    "read",
    "connect",
    "LiveCluster",
    "Watch",
    "read_tables",
    "read_transcript",
    "read_rules",
    "Rules",
    "Cluster",
    "ProxyConfig",
    "Host",
    "links",
    "chain",
    "standing",
    "Standing",
    "diagnose",
    "trace",
    "Trace",
    "Tracer",
    "proxy_rules",
    "shares",
    "summarize_shares",
    "simulate",
    "compare",
    "migrate",
    "audit",
    "not_looked_at",
    "node_port_map",
    "node_port_usage",
    "production_numbers",
    "compare_exposure",
    "html_report",
    "json_report",
    "sarif_report",
    "Comparison",
    "plot_chain",
    "plot_flow",
    "plot_shares",
    "plot_nodes",
    "plot_reach",
    "plot_node_ports",
    "plot_rules",
    "ChainExplorer",
    "TrafficExplorer",
    "AuditBrowser",
    "ReachMatrix",
    "PacketStepper",
    "healthy_cluster",
    "faulty_cluster",
    "plant",
    "Fault",
    "Playground",
    "PlaygroundPanel",
    "printed",
    "parse_age",
    "format_age",
    "match_labels",
    "validate",
    "node_port_bands",
    "NodePortKitError",
    "ReadError",
    "ManifestBuilder",
    "ManifestError",
    "NotFound",
    "SnapshotError",
]


# Packages that only some names need, and the extra that brings each.
_EXTRAS: Final = {
    "IPython": "notebook",
    "cryptography": "playground",
    "ipywidgets": "notebook",
    "jsonpatch": "playground",
    "kubernetes": "live",
    "tornado": "playground",
}


def __getattr__(name: str) -> Any:
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    try:
        value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _EXTRAS:
            raise
        install = f"pip install 'nodeportkit[{_EXTRAS[missing]}]'"
        raise ModuleNotFoundError(f"{name} needs {missing}. Install it: {install}", name=missing) from None
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
