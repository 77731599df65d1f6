"""Services in every state that the picture of a chain has to hold."""

from dataclasses import replace

from nodeportkit.figures.chain.scene import NodeSeen, PodSeen, PortSeen, Scene, TermSeen

LONG = "a-service-whose-name-is-as-long-as-a-name-in-kubernetes-can-be-1"
NAMES = [f"myapp-deployment-88c4d7667-{end}" for end in ("76nhb", "7gktq", "hsg4h", "j6t7q", "qpf7k", "vhsrd")]
HTTP = PortSeen("", "TCP", 80, "80", 30008)


def nodes(count: int, **changes: object) -> tuple[NodeSeen, ...]:
    return tuple(NodeSeen(f"node-{i}", (f"192.168.1.{i}",), True, **changes) for i in range(1, count + 1))


def pods(
    count: int, *, spread: int = 3, sick: tuple[int, ...] = (), ports: tuple[int | None, ...] = (8080,)
) -> tuple[PodSeen, ...]:
    return tuple(
        PodSeen(
            f"web-7d4b9c6f5-{'bcdfghjklmnpqrstvwxz2456789'[i % 27]}{i:04d}", f"10.244.{i % spread}.{i + 4}", f"node-{i % spread + 1}",
            i not in sick, "CrashLoopBackOff" if i in sick else "Running", ports,
            None if i in sick else 1 / (count - len(sick)), reachable=i not in sick,
        )
        for i in range(count)
    )  # fmt: skip


WHOLE = Scene(
    namespace="shop", name="web", type="NodePort", addresses=("10.96.7.20",), policy="", external_name="",
    ports=(replace(HTTP, target_port="8080"),), terms=(TermSeen("app=web", 6),), nodes=nodes(3), pods=pods(6), empty="",
    whole=True, broken=None, title="web answers on port 30008 of every node: 6 of 6 pods are ready",
    symptom="curl http://192.168.1.1:30008", reason="", explanation="", command="",
)  # fmt: skip

MISMATCH = Scene(
    namespace="default", name="myapp-service", type="NodePort", addresses=("10.104.148.160",), policy="",
    external_name="", ports=(HTTP,), terms=(TermSeen("app=myapp", 6), TermSeen("type=front-end", 0)),
    nodes=(NodeSeen("minikube", ("192.168.59.100",), True),),
    pods=tuple(PodSeen(name, "", "", True, "Running", selected=False, note="app=myapp") for name in NAMES), empty="",
    whole=False, broken="selector", title="myapp-service answers nobody: its selector matches no pod",
    symptom="curl http://192.168.59.100:30008 → connection refused", reason="No pod carries type=front-end.",
    explanation="All six pods that carry app=myapp lack it. Put it into the pods' template, or take it out of the selector:",
    command="""kubectl patch service myapp-service -p '{"spec": {"selector": {"type": null}}}'""",
)  # fmt: skip

SCENES = {
    "one node, one pod": replace(WHOLE, nodes=nodes(1), pods=pods(1, spread=1), terms=(TermSeen("app=web", 1),)),
    "three nodes, six pods": WHOLE,
    "twelve nodes, forty pods": replace(
        WHOLE, nodes=tuple(replace(node, ready=node.name != "node-7") for node in nodes(12)),
        pods=pods(40, spread=12, sick=(13, 14, 30)), terms=(TermSeen("app=web", 40),),
        title="web answers on port 30008 of 11 nodes: 37 of 40 pods are ready",
    ),
    "no pod matches": MISMATCH,
    "no pod matches, many are near": replace(
        MISMATCH, pods=tuple(PodSeen(f"web-{i}", "", "", True, "Running", selected=False, note="app=myapp") for i in range(30)),
        terms=(TermSeen("app=myapp", 30), TermSeen("type=front-end", 0)),
    ),
    "no pods at all": replace(
        MISMATCH, pods=(), terms=(TermSeen("app=myapp", 0),), empty="There are no pods in namespace default.",
        title="myapp-service answers nobody: there are no pods", reason="No pod in default carries app=myapp.",
        explanation="There is no pod in the namespace at all.", command="kubectl get deployments,replicasets -n default", broken="pods",
    ),
    "several ports": replace(
        WHOLE, ports=(PortSeen("http", "TCP", 80, "http", 30080), PortSeen("https", "TCP", 443, "8443", 30443)),
        pods=pods(6, ports=(8080, 8443)),
    ),
    "five ports": replace(
        WHOLE, nodes=nodes(12),
        ports=tuple(PortSeen(f"port-{i}", "UDP" if i == 3 else "TCP", 9000 + i, f"metrics-{i}", 31000 + i) for i in range(5)),
        pods=pods(3, ports=tuple(range(9000, 9005))),
    ),
    "no pod ready": replace(
        WHOLE, whole=False, broken="pods", pods=pods(6, sick=tuple(range(6))), title="web answers nobody: none of its 6 pods is ready",
        symptom="curl http://192.168.1.1:30008 → connection refused", reason="All 6 pods are in CrashLoopBackOff.",
        explanation="A service sends only to ready pods. Ask one why:", command="kubectl logs -n shop deploy/web --previous",
    ),
    "some pods ready": replace(WHOLE, pods=pods(6, sick=(1, 4)), title="web answers, though 2 of its 6 pods are not ready"),
    "named port missing": replace(
        WHOLE, whole=False, broken="target-port", ports=(PortSeen("http", "TCP", 80, "http", 30080),),
        pods=tuple(replace(p, share=None, reachable=False) for p in pods(3, ports=(None,))), title="web answers nobody: no pod has a port named http",
        symptom="curl http://192.168.1.1:30080 → connection refused", reason="No container port is named http.",
        explanation="The pods declare 8080 without a name. Send to the number:",
        command="kubectl patch service -n shop web --type json -p '[{\"op\": \"replace\", \"path\": \"/spec/ports/0/targetPort\", \"value\": 8080}]'",
    ),
    "labels not shown": replace(
        MISMATCH, whole=None, broken=None, terms=(TermSeen("app=myapp", None), TermSeen("type=front-end", None)),
        pods=tuple(PodSeen(name, "", "", True, "Running", selected=False, note="labels not shown") for name in NAMES),
        title="Whether myapp-service reaches a pod cannot be told yet", symptom="", reason="The labels of the pods were not shown.",
        explanation="Without them nobody can say which pods the selector matches. Paste what this prints:",
        command="kubectl get pods -n default --show-labels",
    ),
    "selector not shown": replace(
        MISMATCH, whole=None, broken=None, terms=None, pods=(), empty="Pods were not shown.", title="Whether kubernetes-dashboard reaches a pod cannot be told yet",
        symptom="", reason="Neither the selector nor the pods were shown.", explanation="Paste what this prints:", command="kubectl get services -o wide -A",
    ),
    "ClusterIP": replace(
        WHOLE, type="ClusterIP", whole=False, broken="node", ports=(replace(HTTP, node_port=None),),
        title="web opens no port on the nodes: it is of type ClusterIP", symptom="", reason="A ClusterIP service has no node port.",
        explanation="It is reached from inside the cluster only. Make it a NodePort service:",
        command="kubectl patch service -n shop web -p '{\"spec\": {\"type\": \"NodePort\"}}'",
    ),
    "headless": replace(
        WHOLE, type="ClusterIP", addresses=("None",), whole=False, broken="node", ports=(replace(HTTP, node_port=None),),
        title="web opens no port on the nodes: it is headless", symptom="", reason="A headless service has neither cluster IP nor node port.",
        explanation="Its name gives the addresses of the pods themselves.",
    ),
    "ExternalName": replace(
        WHOLE, type="ExternalName", addresses=(), external_name="orders.database.example.com", ports=(), terms=(), pods=(),
        empty="DNS answers with orders.database.example.com; there are no pods and no ports.", whole=False, broken="service",
        title="web opens no port on the nodes: it is another name for orders.database.example.com", symptom="",
        reason="An ExternalName service forwards nothing.", explanation="It is an alias in the cluster's DNS.",
    ),
    "local policy": replace(
        WHOLE, policy="externalTrafficPolicy: Local", nodes=(*nodes(2), *(replace(n, serves=False) for n in nodes(4)[2:])),
        pods=pods(4, spread=2), title="web answers on 2 of 4 nodes: the others have no pod of it",
        symptom="curl http://192.168.1.3:30008 → no answer", whole=False, broken="node", reason="On node-3 and node-4 there is no ready pod.",
        explanation="With externalTrafficPolicy: Local a node sends only to its own pods.", command="kubectl patch service -n shop web -p '{\"spec\": {\"externalTrafficPolicy\": \"Cluster\"}}'",
    ),
    "node not ready": replace(WHOLE, nodes=tuple(replace(n, ready=n.name != "node-2") for n in nodes(3))),
    "dual stack": replace(
        WHOLE, addresses=("10.96.7.20", "fd00:10:96:0:a1b2:c3d4:e5f6:789a"),
        nodes=tuple(replace(n, addresses=(*n.addresses, "2001:0db8:85a3:0000:0000:8a2e:0370:7334")) for n in nodes(3)),
        pods=tuple(replace(p, address="fd00:10:244:1:a1b2:c3d4:e5f6:789a") for p in pods(6)),
    ),
    "long names": replace(
        WHOLE, namespace="a-namespace-whose-name-is-as-long-as-a-name-in-kubernetes-can-b", name=LONG,
        title=f"{LONG} answers on port 30008 of every node: 2 of 2 pods are ready",
        nodes=tuple(NodeSeen(f"ip-10-0-{i}-123.a-rather-long-name-of-a-data-centre.eu-central-1.compute.internal", (f"10.0.{i}.123",), True) for i in range(2)),
        pods=tuple(PodSeen(f"{'very-' * 48}{i}", f"10.244.0.{i}", f"ip-10-0-{i}-123.a-rather-long-name-of-a-data-centre.eu-central-1.compute.internal", i > 0, "Init:CreateContainerConfigError" if not i else "Running", (8080,), .5) for i in range(3)),
        terms=(TermSeen(f"app.kubernetes.io/{'long' * 15}={'value' * 12}", 2), TermSeen("app.kubernetes.io/instance=" + "x" * 63, 2)),
        ports=(PortSeen("a-port-name-123", "SCTP", 65535, "a-port-name-123", 32767),),
    ),
    "long names, broken": replace(
        MISMATCH, namespace="n" * 63, name=LONG, title=f"{LONG} answers nobody: its selector matches no pod",
        terms=(TermSeen(f"app.kubernetes.io/{'long' * 15}={'value' * 12}", 0), TermSeen("app.kubernetes.io/instance=" + "x" * 63, 2)),
        reason=f"No pod carries app.kubernetes.io/{'long' * 15}={'value' * 12}.",
        command=f"kubectl label pods -n {'n' * 63} -l app.kubernetes.io/instance={'x' * 63} app.kubernetes.io/{'long' * 15}={'value' * 12}",
    ),
    "no nodes known": replace(WHOLE, nodes=()),
    "readiness not shown": replace(WHOLE, pods=tuple(replace(p, name="", ready=None, status="", node="", share=None) for p in pods(4))),
    "nothing but the name": replace(
        WHOLE, nodes=(), type="NodePort", addresses=(), ports=(), terms=None, pods=(), empty="Pods were not shown.", whole=None,
        title="Whether web reaches a pod cannot be told yet", symptom="", reason="Its ports were not shown.", explanation="Paste what this prints:", command="kubectl get services -n shop -o wide",
    ),
    "hostile text": replace(
        MISMATCH, namespace="<script>alert(1)</script>", name="$\\frac{1}{0}$ \x1b[31mred\n\u202egnp.exe", title="$x^$ <b>&amp;</b> \u202eevil\x00\tname $$ \\",
        terms=(TermSeen("$a_b$=\u0301\u0301\u200b日本語😀 שלום", 0),), pods=tuple(replace(p, name=f"\u202epod$_{i}$") for i, p in enumerate(MISMATCH.pods)),
        reason="line one\nline two $\\undefined$", explanation="%s {} {0} \\n", command="echo '$(rm -rf /)' \u2028 done",
    ),
    "two thousand nodes and pods": replace(
        WHOLE, nodes=tuple(replace(n, ready=n.name not in ("node-77", "node-1500", "node-3", "node-4", "node-5", "node-6")) for n in nodes(2000)), pods=pods(5000, spread=2000, sick=tuple(range(0, 5000, 7))),
        terms=(TermSeen("app=web", 5000),),
    ),
    "hundred pods on one node": replace(WHOLE, nodes=nodes(1), pods=pods(100, spread=1, sick=(4, 9)), terms=(TermSeen("app=web", 100),)),
}  # fmt: skip
