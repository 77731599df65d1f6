"""Of Nodes, Namespaces, ConfigMaps, Secrets and Events."""

from __future__ import annotations

from typing import Final

__all__ = ["TABLE"]

TABLE: Final = (
    # Nodes; the server leaves `spec` out of the paths of taints.
    (
        r"^metadata\.taints\[\d+\]\.effect: ",
        "A taint keeps pods away (NoSchedule), rather keeps them away (PreferNoSchedule), or evicts them (NoExecute).",
    ),
    (
        r"^metadata\.taints\[\d+\]: Duplicate",
        "Key and effect of a taint occur once: the value does not tell two apart.",
    ),
    (r"^metadata\.taints", "Key and value of a taint are written like those of a label."),
    (
        r"(podCIDRs|providerID): Forbidden",
        "This was given to the node by the cluster, and others know it: it stays. Delete the node object, and let the "
        "kubelet register again.",
    ),
    (r"podCIDRs: .*no more than one CIDR", "A node has one range of pod addresses, or one of each IP family."),
    (r"podCIDRs.*Duplicate", "A node has one range of pod addresses, or one of each IP family."),
    (r"externalID: ", "externalID is of old and does nothing: leave it out."),
    (r"^status\.(capacity|allocatable)\.", "What a node has is 0 or more."),
    (r"^status\.addresses\[\d+\]: Duplicate", "The node has this address twice."),
    # Namespaces.
    (
        r"finalizers.*neither a standard finalizer name",
        "Whoever adds a finalizer puts a domain before it: `example.com/cleanup`. Nothing is deleted while one is there.",
    ),
    (r"orphan and foregroundDeletion", "What an owner leaves behind is orphaned or deleted, not both."),
    # ConfigMaps and Secrets.
    (
        r"(data|binaryData)\[.*(config key|must not|no more than)",
        "A key becomes the name of a file: letters, digits, '-', '_' and '.', at most 253, and not beginning with '..'.",
    ),
    (
        r"duplicate of key present in binaryData",
        "A key is in `data` or in `binaryData`: in a volume both would be one file.",
    ),
    (
        r"Too long: may not be more than 1048576 bytes",
        "ConfigMaps and Secrets hold 1 MiB at most: put the rest elsewhere, into an image or a volume.",
    ),
    (
        r"field is immutable when `immutable` is set",
        "With `immutable: true` there is no way back: make another one of a new name, and point the pods to it.",
    ),
    (r"^type: .*field is immutable", "Another type needs another Secret: delete it and create it again."),
    (
        r"data\[\.docker.*: (Required|Invalid)",
        "This type holds Docker's logins as JSON: `kubectl create secret docker-registry` writes it.",
    ),
    (r"data\[tls\.", "This type holds a certificate and its key: `kubectl create secret tls` writes it."),
    (r"data\[(username|password)\]: ", "This type holds `username` or `password`, or both."),
    (r"data\[ssh-privatekey\]: ", "This type holds a private key under `ssh-privatekey`."),
    (
        r"annotations\[kubernetes\.io/service-account\.name\]",
        "A token belongs to a ServiceAccount: the annotation names it. `kubectl create token` gives one that ends by itself.",
    ),
    # Events.
    (r"involvedObject\.namespace: ", "An event stands in the namespace of the object that it tells of, or in default."),
    (
        r"^(reporting|action|reason|message)",
        "An event with eventTime says who reports (reportingComponent, reportingInstance), what was done (action) and why (reason), briefly.",
    ),
    (r"Controller set to true", "One owner at most manages an object: set `controller: false` for the others."),
)
