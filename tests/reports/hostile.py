"""A cluster whose names, labels, events and images try to get out of whatever shows them."""

import nodeportkit as npk

SCRIPT = "<script>alert(1)</script>"
ESCAPE = "\x1b]0;owned\x07\x1b[31m"
HIDDEN = "\u202eevil\u200b"
NASTY = [SCRIPT, ESCAPE, HIDDEN, '"><img src=x onerror=alert(1)>', "'; rm -rf /; '", "</style><svg onload=alert(1)>"]


def hostile() -> npk.Cluster:
    """Every text that anybody may write holds something of it."""
    count = len(NASTY)
    spaces = [f"ns{text}" for text in NASTY]
    return npk.Cluster(
        nodes={"name": [f"node{NASTY[0]}"], "ready": [False], "internal_ips": [["192.168.1.1"]]},
        services={
            "namespace": spaces,
            "name": [f"svc{text}" for text in NASTY],
            "type": ["NodePort"] * count,
            "selector": [{f"app{text}": text} for text in NASTY],
            "external_ips": [[text] for text in NASTY],
            "external_traffic_policy": ["Cluster"] * count,
            "cluster_ips": [["10.96.0.7"]] * count,
        },
        ports={
            "namespace": spaces,
            "service": [f"svc{text}" for text in NASTY],
            "port_name": NASTY,
            "protocol": ["TCP"] * count,
            "port": [80] * count,
            "target_port": NASTY,
            "node_port": [30080] * count,
        },
        pods={
            "namespace": spaces,
            "name": [f"pod{text}" for text in NASTY],
            "labels": [{"app": "x"}] * count,
            "ready": [True] * count,
            "terminating": [False] * count,
        },
        events={
            "namespace": spaces,
            "kind": ["Service"] * count,
            "name": [f"svc{text}" for text in NASTY],
            "type": ["Warning"] * count,
            "reason": NASTY,
            "message": NASTY,
        },
    )
