"""Of Ingresses, NetworkPolicies, EndpointSlices and Endpoints."""

from __future__ import annotations

from typing import Final

__all__ = ["TABLE"]

TABLE: Final = (
    # Ingresses.
    (
        r"^spec: .*either `defaultBackend` or `rules` must be specified",
        "An Ingress leads somewhere: by `rules:` with hosts and paths, or by `defaultBackend:` for all that no rule takes.",
    ),
    (
        r"http\.paths: Required value",
        "A rule with `http:` has at least one path. `path: /` with `pathType: Prefix` is all of them.",
    ),
    (
        r"pathType: ",
        "Every path says how it is compared: `Prefix` (part by part between slashes), `Exact`, or `ImplementationSpecific` "
        "(as the controller likes, regular expressions among it).",
    ),
    (r"\.paths\[\d+\]\.path: .*must be an absolute path", "A path begins with a slash; all paths are `/`."),
    (
        r"\.paths\[\d+\]\.path: .*(must not contain|cannot end with) '(.+)'",
        "With Prefix and Exact a path is written as browsers send it, already resolved: without `{1}`.",
    ),
    (
        r"^spec\.rules\[\d+\]\.host: .*not an IP address",
        "A rule is for a host name. Leave `host` out to take requests for all, addresses too.",
    ),
    (
        r"^spec\.(rules\[\d+\]\.host|tls\[\d+\]\.hosts\[\d+\]): .*wildcard",
        "A wildcard stands for the whole first part and nothing else: `*.example.com`. For all hosts leave `host` out.",
    ),
    (
        r"^spec\.(rules\[\d+\]\.host|tls\[\d+\]\.hosts\[\d+\]): ",
        "A host is a DNS name in small letters, without `http://`, port and path.",
    ),
    (
        r"^spec\.tls\[\d+\]\.secretName: ",
        "secretName is the name of a Secret of type kubernetes.io/tls in the same namespace.",
    ),
    (
        r"^spec\.ingressClassName: ",
        "ingressClassName is the name of an IngressClass: see `kubectl get ingressclass`.",
    ),
    (
        r"kubernetes\.io/ingress\.class\b.*(must match|is deprecated)",
        "spec.ingressClassName took the place of this annotation: leave the annotation out.",
    ),
    (
        r"ackend: .*resource or service backend is required",
        "A backend is `service:` with `name:` and `port:` below it. Until Ingress v1 it was serviceName and servicePort.",
    ),
    (r"ackend: .*cannot set both resource and service", "A backend is one of the two: leave `resource` out."),
    (
        r"ackend: .*(cannot set both port name|port name or number is required)",
        "The port of the Service (its `port`, not its targetPort or nodePort): `port:` with `number: 80` or with `name: http`.",
    ),
    (r"ackend\.service\.name: ", "This is the name of a Service in the same namespace."),
    (r"ackend\.service\.port\.number: ", "Ports are numbers from 1 to 65535."),
    (
        r"ackend\.service\.port\.name: ",
        "This is the name of a port of the Service, and may have 15 characters at most. A number has its own field: "
        "`number: 80`.",
    ),
    (r"ackend\.resource\.", "A resource has a kind and a name, and the API group that the kind belongs to."),
    # What a load balancer got.
    (
        r"^status\.loadBalancer\.ingress",
        "This is written by whoever provides load balancers: an IP address, or a DNS name, of a Service of type LoadBalancer "
        "or of an Ingress.",
    ),
    # NetworkPolicies.
    (
        r"policyTypes",
        "A policy is about Ingress, Egress or both. Without policyTypes: Ingress, and Egress if there are egress rules.",
    ),
    (
        r"endPort: .*may not be specified",
        "endPort is the end of a range that `port` begins, so `port` is a number as well.",
    ),
    (r"endPort: .*greater than or equal to `port`", "A range goes from `port` up to `endPort`."),
    (
        r"(from|to)\[\d+\]: .*must specify a peer",
        "A peer is a podSelector, a namespaceSelector or an ipBlock. Everybody: leave `from` or `to` out; every pod of every "
        "namespace: `namespaceSelector: {{}}`.",
    ),
    (
        r"(from|to)\[\d+\]: .*both ipBlock and another peer",
        "An ipBlock is a peer by itself: give it a dash of its own in the list.",
    ),
    (r"ipBlock\.cidr: Required value", "An ipBlock has a range of addresses: `cidr: 10.0.0.0/8`."),
    (r"strict subset of `cidr`", "What is left out lies within `cidr`, and is smaller."),
    (
        r"spec\.(ingress|egress)\[\d+\]\.ports\[\d+\]\.protocol: ",
        "The protocol is TCP, UDP or SCTP, in capitals; a NetworkPolicy knows no others, ICMP among them.",
    ),
    # EndpointSlices and Endpoints.
    (r"^addressType: .*immutable", "Addresses of another sort need another slice."),
    (r"^addressType: ", "A slice holds addresses of one sort: `addressType: IPv4`, IPv6 or FQDN."),
    (
        r"^(endpoints|subsets)\[\d+\].*(loopback|link-local|unspecified)",
        "This address means something else on every node, so that nobody could be sent there.",
    ),
    (r"^endpoints\[\d+\]\.addresses(\[\d+\])?: .*must be an (IPv\d) address", "The slice's addressType says {1}."),
    (
        r"^endpoints\[\d+\]\.addresses\[\d+\]: .*(segments|RFC 1123|Required)",
        "addressType FQDN asks for full DNS names: `db.example.com`.",
    ),
    (r"^endpoints\[\d+\]\.addresses: Required", "An endpoint has an address: `addresses:` is a list, mostly of one."),
    (r"\.hints\.", "Hints name zones or nodes whose clients an endpoint is for, each once, 8 at most."),
    (r"deprecatedTopology: ", "Of v1beta1: write `nodeName` and `zone` instead."),
    (r": Too many: ", "Put the rest into another EndpointSlice with the same label kubernetes.io/service-name."),
    (r"^ports\[\d+\]\.name: Duplicate", "Each port of a slice has a name of its own; one may have none."),
    (r"^(endpoints|subsets)\[\d+\].*(hostname|nodeName): ", "This is a DNS name of small letters, digits and dashes."),
    (
        r"^subsets\[\d+\]: Required",
        "A subset has `addresses:` that are ready, or `notReadyAddresses:`. EndpointSlices took the place of Endpoints.",
    ),
    (
        r"^subsets\[\d+\]\.ports\[\d+\]\.name: Required",
        "With several ports, each needs the name of a port of the Service.",
    ),
    (
        r"v1 Endpoints is deprecated",
        "An EndpointSlice says the same: `addressType`, `endpoints` and `ports`, and the Service's name in the label "
        "kubernetes.io/service-name. The server copies Endpoints to slices for now.",
    ),
    (
        r"FQDN endpoints are deprecated",
        "kube-proxy never sent anything to such names. An ExternalName service is an alias for one.",
    ),
)
