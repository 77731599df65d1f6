"""Of Services, pods and workloads, of metadata, and of what kubectl itself complains."""

from __future__ import annotations

from typing import Final

__all__ = ["TABLE"]

TABLE: Final = (
    # Node ports.
    (
        r"nodePort: .*not in the valid range\. The range of valid ports is (\S+)",
        "A node port comes from {0} on this cluster. The port that clients use inside the cluster is `port`, the one in the "
        "pods is `targetPort`. Leave nodePort out to get a free one.",
    ),
    (
        r"nodePort: .*already allocated",
        "Another service has this node port; a number is given out once in a cluster, in all namespaces and for all "
        "protocols. Take another one, or leave it out to get a free one.",
    ),
    (r"nodePort: Duplicate value: (\d+)", "Two ports of this service ask for node port {0} with the same protocol."),
    (
        r"nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
        "A service has node ports only with `type: NodePort` or `type: LoadBalancer`; without `type` it is a ClusterIP.",
    ),
    (r"failed to allocate a nodePort: range is full", "Every node port of the cluster's range is in use."),
    (
        r"HealthCheck NodePort (\d+): provided port is already allocated",
        "Another service has port {0} on the nodes. Leave healthCheckNodePort out to get a free one.",
    ),
    (
        r"HealthCheck NodePort (\d+): provided port is not in the valid range\. The range of valid ports is (\S+)",
        "healthCheckNodePort comes from the range of node ports, {1}.",
    ),
    (r"HealthCheck NodePort .*range is full", "Every node port of the cluster's range is in use."),
    # Ports.
    (
        r"spec\.ports: Required value",
        "A service needs at least one port, unless it is headless (`clusterIP: None`) or an ExternalName.",
    ),
    (r"spec\.ports\[\d+\]\.name: Required value", "With several ports, each needs a name of its own."),
    (r"ports\[\d+\]\.name: Duplicate value: (.+)", "The name {0} occurs twice: each port needs its own."),
    (
        r"spec\.ports\[\d+\]: Duplicate value: .*\"Protocol\":\"(\w+)\".*\"Port\":(\d+)",
        "Port {1}/{0} occurs twice. One `port` leads to one `targetPort`: give the second another number.",
    ),
    (
        r"containerPort: Required value",
        "The container port is missing, or 0: write the port that the process listens on.",
    ),
    (
        r"(targetPort|port): Invalid value: \"(\d+)\": must contain at least one letter",
        'In quotes, "{1}" is the name of a port and not a number: write {1} without quotes.',
    ),
    (
        r"(targetPort|\.port|ports\[\d+\]\.name): Invalid value: \".*\": must (be no more than 15|contain|not)",
        "The name of a container's port has at most 15 characters: small letters, digits, single dashes inside, and at "
        "least one letter.",
    ),
    (
        r"(\w+Port|port): Invalid value: -?\d+: must be between 1 and 65535, inclusive",
        "Ports are numbers from 1 to 65535.",
    ),
    (r"protocol: Unsupported value: \"(.*?)\": .*", "The protocol is written in capitals: TCP, UDP or SCTP."),
    (r"protocol: Required value", "The protocol is TCP, UDP or SCTP."),
    (
        r"appProtocol: ",
        "An application protocol is a word like `http`, or one with a domain before it: `example.com/x`.",
    ),
    (r"hostPort: Duplicate value: ", "Two containers of the pod want the same port of the node."),
    (
        r"hostPort: .*must match `containerPort`",
        "With `hostNetwork: true` the container's port is the node's: both numbers are the same.",
    ),
    # Names and labels.
    (r"metadata\.name: Required value", "Every object needs a name: `metadata:` and below it `name: ...`."),
    (r"name: Invalid value: .*must not contain dots", "This name becomes one part of a DNS name, so it has no dots."),
    (
        r"(?:\.name|namespace|nodeName|hostname|subdomain): Invalid value: .*(?:RFC 1123|must be no more than)",
        "Names become DNS names: small letters, digits and dashes, with a letter or digit at both ends; "
        "at most 63 characters, or 253 where dots are allowed.",
    ),
    (
        r"(?:labels|elector|annotations|key|values\[\d+\]|[lL]abels): Invalid value: .*"
        r"(?:name part|prefix part|a valid label|must be no more than)",
        "Keys and values of labels are letters, digits, '-', '_' and '.', at most 63, with a letter or digit at both ends; a "
        "key may have a DNS name and '/' before it. Values of annotations are free, their names are not.",
    ),
    (
        r"annotations: Too long",
        "All annotations of an object together have at most 256 KiB. `kubectl apply --server-side` does not write the long "
        "last-applied-configuration.",
    ),
    (r"ownerReferences|finalizers", "This is written by controllers; leave it out of a manifest."),
    (r"generateName: ", "generateName is the beginning of a DNS name: small letters, digits and dashes."),
    (r"metadata\.(name|namespace): .*field is immutable", "Name and namespace say which object is meant: they stay."),
    # Types.
    (
        r"spec\.type: Unsupported value: \"(.*?)\"",
        "There are four types, with these capitals: ClusterIP, NodePort, LoadBalancer, ExternalName.",
    ),
    (r"sessionAffinity: Unsupported value", "Session affinity is None, or ClientIP."),
    (
        r"(external|internal)TrafficPolicy: Unsupported value",
        "A traffic policy is Cluster (any node sends to any pod) or Local (only to pods on the same node).",
    ),
    (
        r"externalTrafficPolicy: .*externally-accessible",
        "Nobody comes from outside to this service: externalTrafficPolicy needs `type: NodePort`, `LoadBalancer` or "
        "externalIPs.",
    ),
    (
        r"trafficDistribution: Unsupported value",
        "Traffic may prefer near endpoints: PreferSameZone or PreferSameNode (since 1.34), or PreferClose.",
    ),
    (
        r"healthCheckNodePort: .*may only be set",
        "Only load balancers with `externalTrafficPolicy: Local` ask the nodes whether they have endpoints.",
    ),
    (r"healthCheckNodePort: Forbidden: field is immutable", "The load balancer asks on this port: it stays."),
    (
        r"sessionAffinityConfig.*timeoutSeconds: Invalid value",
        "A client stays with its pod for 1 to 86400 seconds (a day); without a number, for 10800.",
    ),
    (r"sessionAffinityConfig", "A timeout belongs to `sessionAffinity: ClientIP`."),
    (
        r"clusterIPs\[0\]: Invalid value: \"None\": may not be set to 'None' for (\w+) services",
        "A headless service has no address of its own, and so nothing that a {0} could lead to. Leave clusterIP out.",
    ),
    (
        r"externalName: Required value",
        "An ExternalName service is a DNS alias: write the name that it stands for in `externalName`.",
    ),
    (r"externalName: Invalid value", "externalName is a DNS name, without http:// before it and without a port."),
    (
        r"may not be set for ExternalName services",
        "An ExternalName service is a DNS alias; it has no address of its own.",
    ),
    (
        r"may only be used when `type` is 'LoadBalancer'",
        "This field means something to load balancers only: leave it out, or write `type: LoadBalancer`.",
    ),
    (
        r"loadBalancerClass: .*may not change once set",
        "Another load balancer needs a new service: delete it, and create it again.",
    ),
    (r"loadBalancerClass: ", "A load balancer class is a word like a label key: `example.com/internal`."),
    # Addresses.
    (
        r"must be a valid IP address|must be a valid CIDR",
        "This is no IP address (10.96.0.7), or no range of addresses (10.0.0.0/8).",
    ),
    (r"leading 0s", "A 0 in front makes a number octal to some programs: write the address without."),
    (r"IPv4-mapped", "Write the IPv4 address alone, without ::ffff: before it."),
    (
        r"bits set beyond the prefix length",
        "Behind the prefix length all bits are 0: write the first address of the range, or /32 for one address.",
    ),
    (
        r"may not be (unspecified|in the (loopback|link-local))",
        "An external IP is one that packets from outside carry: no address of this machine or this link.",
    ),
    (
        r"failed to allocate IP (\S+): provided IP is already allocated",
        "Another service has the cluster IP {0}. Leave clusterIP out to get a free one.",
    ),
    (
        r"failed to allocate IP (\S+): ",
        "Cluster IPs come from the cluster's own range, and {0} is outside. Leave clusterIP out to get a free one.",
    ),
    (r"failed to allocate a serviceIP", "Every cluster IP of the cluster's range is in use."),
    (
        r"clusterIPs.*(may not change once set|can not be unset)",
        "Others know the service by its cluster IP: it stays. To get another, delete the service and create it again.",
    ),
    (r"ipFamilies.*(may not change|can not be unset)", "The first IP family of a service stays."),
    (
        r"not configured (?:on this cluster|for dual-stack services)",
        "The cluster has service addresses of one IP family only: leave ipFamilyPolicy and ipFamilies out.",
    ),
    (
        r"(ipFamilyPolicy|ipFamilies|clusterIPs)",
        "A service has one address, or one of each family: ipFamilyPolicy is SingleStack, PreferDualStack or "
        "RequireDualStack, ipFamilies are IPv4 and IPv6, and clusterIPs match them in order, clusterIP first.",
    ),
    (r"topology-mode", "Two annotations say different things: leave service.kubernetes.io/topology-aware-hints out."),
    # Workloads and pods.
    (
        r"`selector` does not match template `labels`",
        "The pods that it makes do not have the labels that it looks for: copy the selector's labels to "
        "template.metadata.labels.",
    ),
    (
        r"spec\.selector: Invalid value: .*field is immutable",
        "A workload knows its pods by its selector: it stays. Delete the workload and create it again.",
    ),
    (
        r"spec\.selector: (Required value|Invalid value: .*(empty selector|invalid label selector))",
        "A workload finds its pods by labels: `selector:` and below it `matchLabels:` with the template's labels.",
    ),
    (
        r"matchExpressions",
        "An expression has a key, an operator (In, NotIn, Exists, DoesNotExist), and values with In and NotIn.",
    ),
    (r"containers: Required value", "A pod needs at least one container."),
    (r"image: Required value", "A container needs an image: `image: nginx:1.27`."),
    (r"ontainers\[\d+\]\.name: (Required value|Duplicate value)", "Each container of a pod needs a name of its own."),
    (r"imagePullPolicy: ", "An image is pulled Always, IfNotPresent or Never."),
    (
        r"template\.spec\.restartPolicy: Unsupported value",
        "These workloads run for ever, so their pods restart Always. For work that ends there are Jobs.",
    ),
    (r"restartPolicy: ", "Pods restart Always, OnFailure or Never."),
    (r"activeDeadlineSeconds in (\w+) is not Supported", "A {0} runs for ever; for work that ends there are Jobs."),
    (r"dnsPolicy: ", "dnsPolicy is ClusterFirst, ClusterFirstWithHostNet, Default or None."),
    (
        r"must specify a handler type|more than 1 handler type",
        "A probe asks in one way: httpGet, tcpSocket, grpc or exec.",
    ),
    (r"command: Required value", "exec runs a command: a list of words."),
    (r"(\.path|scheme|httpHeaders): ", "httpGet has a port, a path, a scheme (HTTP or HTTPS), and names of headers."),
    (r"successThreshold: .*must be 1", "A liveness or startup probe that succeeds once has succeeded."),
    (r"terminationGracePeriodSeconds: ", "Only a liveness or startup probe ends a container, after a positive time."),
    (
        r"without restartPolicy=Always",
        "Only an init container that runs beside the others (`restartPolicy: Always`) has these.",
    ),
    (r"must be greater than or equal to 0", "This is a count or a time: 0 or more."),
    (r"progressDeadlineSeconds: ", "A Deployment's pods must be able to become available within the deadline."),
    (r"pod updates may not", "Of a running pod little more than the image can change: delete it and create it again."),
    (
        r"updates to statefulset spec",
        "The rest of a StatefulSet stays: delete it with --cascade=orphan and create it again.",
    ),
    (
        r"(rollingUpdate|spec\.strategy|updateStrategy|podManagementPolicy)",
        "Pods are replaced by RollingUpdate (maxUnavailable, maxSurge: counts or percentages, not both 0), or all at once.",
    ),
    # Warnings.
    (r"is ignored (for|when) ", "The server takes the field and does nothing with it."),
    (r"(duplicate|overlapping) port definition", "Two containers of one pod cannot listen on the same port."),
    (
        r"CIDR value .*ambiguous in this context",
        "Behind the prefix length all bits are 0: write the first address of the range, or /32 for one address.",
    ),
    (
        r"non-standard (IP address|CIDR value)",
        "Programs read zeros in front of numbers, and IPv4 within IPv6, each in its own way: write it as the message says.",
    ),
    (r"RFC 5952 canonical format", "Other programs may compare addresses as text: write it the usual way."),
    (r"is deprecated", "There is a newer way to write this, which the message names."),
    (r"Required value", "This must be given: nothing is filled in for it."),
    # kubectl.
    (r"^: no objects passed", "The manifest is empty."),
    (r"Object 'Kind' is missing", "Every object says what it is: `kind: Service`."),
    (
        r"Object 'apiVersion' is missing",
        "Every object says which version of the API it is written for: `apiVersion: v1`.",
    ),
)
