"""Command lines: which lines are some, and what they ask for."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nodeportkit.sources.command import parse_command, sets_namespace
from nodeportkit.sources.kinds import ALL, full_kind
from nodeportkit.sources.prompts import typed

ASKED = [
    # line, program, verb, resources, names, namespace, -A, output, filtered
    ("kubectl get services", "kubectl", "get", "services", "", None, False, "", False),
    ("$ kubectl get svc -A -o wide", "kubectl", "get", "services", "", None, True, "wide", False),
    ("kubectl get svc,po -n shop", "kubectl", "get", "services pods", "", "shop", False, "", False),
    ("kubectl -n shop get svc/web pod/a", "kubectl", "get", "services pods", "web a", "shop", False, "", True),
    ("kubectl get no -owide --show-labels", "kubectl", "get", "nodes", "", None, False, "wide", False),
    ("kubectl get deploy --namespace=shop -o=yaml", "kubectl", "get", "deployments.apps", "", "shop", False, "yaml", False),
    ("kubectl get rs,ds,sts,ep,ns,ev,netpol,ing,cm --all-namespaces", "kubectl", "get",
     "replicasets.apps daemonsets.apps statefulsets.apps endpoints namespaces events "
     "networkpolicies.networking.k8s.io ingresses.networking.k8s.io configmaps", "", None, True, "", False),
    ("kubectl get pods -l app=web,tier!=x -w", "kubectl", "get", "pods", "", None, False, "", True),
    ("kubectl get pods --selector app=web", "kubectl", "get", "pods", "", None, False, "", True),
    ("kubectl get pods -lapp=web", "kubectl", "get", "pods", "", None, False, "", True),
    ("kubectl get pods --field-selector=spec.nodeName=a", "kubectl", "get", "pods", "", None, False, "", True),
    ("kubectl get pods -L app -L tier", "kubectl", "get", "pods", "", None, False, "", False),
    ("kubectl get pods -Aowide", "kubectl", "get", "pods", "", None, True, "wide", False),
    ("kubectl get svc web api -n shop", "kubectl", "get", "services", "web api", "shop", False, "", True),
    ("kubectl get endpointslices.discovery.k8s.io", "kubectl", "get", "endpointslices", "", None, False, "", False),
    ("kubectl get ksvc -n x", "kubectl", "get", "ksvc", "", "x", False, "", False),
    ("kubectl get --raw /api/v1/namespaces/shop/services", "kubectl", "get", "", "", None, False, "", True),
    ("kubectl get -f svc.yaml", "kubectl", "get", "", "", None, False, "", True),
    ("kubectl get pods | grep web", "kubectl", "get", "pods", "", None, False, "", True),
    ("kubectl get svc -n shop # all of them", "kubectl", "get", "services", "", "shop", False, "", False),
    ("kubectl get pods 2>&1", "kubectl", "get", "pods", "", None, False, "", False),
    ("kubectl get pods 2>/dev/null > pods.txt", "kubectl", "get", "pods", "", None, False, "", False),
    ("kubectl --context prod --kubeconfig ~/k get po --sort-by .metadata.name", "kubectl", "get", "pods", "", None, False, "", False),
    ("kubectl get svc -o jsonpath='{.items[*].spec.ports[0].nodePort}'", "kubectl", "get", "services", "", None, False,
     "jsonpath={.items[*].spec.ports[0].nodePort}", False),
    ("kubectl describe service myapp-service", "kubectl", "describe", "services", "myapp-service", None, False, "", True),
    ("kubectl create -f service-definition.yaml", "kubectl", "create", "", "", None, False, "", True),
    ("kubectl create service nodeport web --tcp=80:8080", "kubectl", "create", "services", "web", None, False, "", True),
    ("kubectl create ns shop", "kubectl", "create", "namespaces", "shop", None, False, "", True),
    ("kubectl expose deployment web --type NodePort --port 80", "kubectl", "expose", "deployments.apps", "web", None, False, "", True),
    ("kubectl expose deploy/web --port=80 --name web-np", "kubectl", "expose", "deployments.apps", "web", None, False, "", True),
    ("kubectl scale deploy web --replicas=0 -n shop", "kubectl", "scale", "deployments.apps", "web", "shop", False, "", True),
    ("kubectl label pod web app=shop tier- --overwrite", "kubectl", "label", "pods", "web", None, False, "", True),
    ("kubectl logs -f web-1 -c nginx", "kubectl", "logs", "pods", "web-1", None, False, "", True),
    ("kubectl exec -it deploy/web -n shop -- curl -s http://10.0.0.1", "kubectl", "exec", "deployments.apps", "web", "shop", False, "", True),
    ("kubectl port-forward svc/web 8080:80", "kubectl", "port-forward", "services", "web", None, False, "", True),
    ("kubectl rollout status deployment/web", "kubectl", "rollout status", "deployments.apps", "web", None, False, "", True),
    ("kubectl set image deploy/web nginx=nginx:1.27", "kubectl", "set image", "deployments.apps", "web", None, False, "", True),
    ("kubectl config set-context --current --namespace=shop", "kubectl", "config set-context", "", "", "shop", False, "", False),
    ("kubectl drain node-1 --ignore-daemonsets", "kubectl", "drain", "nodes", "node-1", None, False, "", True),
    ("kubectl patch svc web -p '{\"spec\":{\"type\":\"NodePort\"}}'", "kubectl", "patch", "services", "web", None, False, "", True),
    ("kubectl top po", "kubectl", "top", "pods", "", None, False, "", False),
    ("kubectl cluster-info", "kubectl", "cluster-info", "", "", None, False, "", False),
    ("k get svc", "kubectl", "get", "services", "", None, False, "", False),
    ("oc get svc -n shop", "kubectl", "get", "services", "", "shop", False, "", False),
    ("sudo k3s kubectl get nodes", "kubectl", "get", "nodes", "", None, False, "", False),
    ("microk8s kubectl get nodes", "kubectl", "get", "nodes", "", None, False, "", False),
    ("minikube kubectl -- get pods -A", "kubectl", "get", "pods", "", None, True, "", False),
    ("/usr/local/bin/kubectl get no", "kubectl", "get", "nodes", "", None, False, "", False),
    (r"PS C:\Users\x> .\kubectl.exe get svc", "kubectl", "get", "services", "", None, False, "", False),
    ("KUBECONFIG=/tmp/k watch -n 1 kubectl get po -n shop", "kubectl", "get", "pods", "", "shop", False, "", False),
    ("ssh node1 'sudo kubectl get svc -n shop'", "kubectl", "get", "services", "", "shop", False, "", False),
    ("docker exec kind-control-plane kubectl get svc", "kubectl", "get", "services", "", None, False, "", False),
    ("cd lab && kubectl get svc; kubectl get pods", "kubectl", "get", "services", "", None, False, "", False),
    ("cat <<EOF | kubectl apply -n shop -f -", "kubectl", "apply", "", "", "shop", False, "", True),
    ("kubectl get pods \u2013n shop \u2014show-labels", "kubectl", "get", "pods", "", "shop", False, "", False),
    ("minikube service list", "minikube", "service list", "", "", None, False, "", False),
    ("minikube service myapp-service --url -n shop", "minikube", "service", "", "myapp-service", "shop", False, "", False),
    ("minikube -p lab node list", "minikube", "node list", "", "", None, False, "", False),
    ("minikube ip", "minikube", "ip", "", "", None, False, "", False),
    ("curl -s http://192.168.59.100:30008", "curl", "", "", "", None, False, "", False),
    ("for i in $(seq 10); do curl -s http://10.0.0.1:30008; done", "curl", "", "", "", None, False, "", False),
    ("docker ps -a", "docker", "ps", "", "", None, False, "", False),
]  # fmt: skip


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked[0])
def test_what_a_command_asks_for(asked):
    line, program, verb, resources, names, namespace, everywhere, output, filtered = asked
    command = parse_command(line)
    assert (command.program, command.verb) == (program, verb)
    assert command.resources == tuple(resources.split())
    assert command.names == tuple(names.split())
    assert (command.namespace, command.all_namespaces) == (namespace, everywhere)
    assert command.output == output
    assert command.filtered == filtered


def test_all_is_spelt_out():
    assert parse_command("kubectl get all -A").resources == ALL
    assert {"pods", "services", "deployments.apps", "replicasets.apps"} <= set(ALL)
    assert not {"endpoints", "configmaps", "secrets", "ingresses.networking.k8s.io"} & set(ALL)


@pytest.mark.parametrize(
    ("line", "complete"),
    [
        ("kubectl get svc", ("default",)),
        ("kubectl get svc -n shop", ("shop",)),
        ("kubectl get svc -A", ("*",)),
        ("kubectl get svc web", ()),
        ("kubectl get svc -l app=web", ()),
        ("kubectl get svc | head", ()),
        ("kubectl describe svc", ()),
        ("minikube service list", ()),
    ],
)
def test_what_a_listing_lists_completely(line, complete):
    assert parse_command(line).complete == complete


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("$ kubectl get svc", "kubectl get svc"),
        ("# kubectl get svc", "kubectl get svc"),
        ("% kubectl get svc", "kubectl get svc"),
        ("> kubectl get svc", "kubectl get svc"),
        ("!kubectl get svc", "kubectl get svc"),
        ("In [3]: !kubectl get svc", "kubectl get svc"),
        ("user@host:~$ kubectl get svc", "kubectl get svc"),
        ("user@host:~/lab dir$ ls", "ls"),
        ("user@MacBook-Pro lab % kubectl get svc", "kubectl get svc"),
        ("(base) user@host:~$ kubectl get svc", "kubectl get svc"),
        ("root@controlplane:/# kubectl get svc", "kubectl get svc"),
        ("[root@node ~]# kubectl get svc", "kubectl get svc"),
        ("[user@node lab]$ ls -l", "ls -l"),
        ("^C[root@node ~]# kubectl get svc", "kubectl get svc"),
        ("controlplane $ kubectl get svc", "kubectl get svc"),
        ("controlplane:~$ kubectl get svc", "kubectl get svc"),
        ("bash-5.1$ wget -qO- web", "wget -qO- web"),
        ("/ # wget -qO- web", "wget -qO- web"),
        ("~ $ nslookup web", "nslookup web"),
        ("~~> minikube status", "minikube status"),
        ("\u276f kubectl get svc", "kubectl get svc"),
        ("\u279c  ~ kubectl get svc", "kubectl get svc"),
        ("\u279c  lab git:(main) \u2717 kubectl get svc", "kubectl get svc"),
        ("\u279c kubectl get svc", "kubectl get svc"),
        ("PS C:\\Users\\x> kubectl get svc", "kubectl get svc"),
        ("PS> kubectl get svc", "kubectl get svc"),
        ("C:\\Users\\x>kubectl get svc", "kubectl get svc"),
        ("kubectl get svc", "kubectl get svc"),
        ("kubectl get services   # list them", "kubectl get services   # list them"),
        ("k get po -A", "k get po -A"),
        ("sudo kubectl get svc", "sudo kubectl get svc"),
        ("KUBECONFIG=x kubectl get svc", "KUBECONFIG=x kubectl get svc"),
        ("minikube ip", "minikube ip"),
        ("curl localhost:30008", "curl localhost:30008"),
        ("curl -I http://10.0.0.1:30008/", "curl -I http://10.0.0.1:30008/"),
        ("curl $(minikube ip):30008", "curl $(minikube ip):30008"),
        ("for i in 1 2 3; do curl -s http://10.0.0.1; done", "for i in 1 2 3; do curl -s http://10.0.0.1; done"),
        ("export NODE_PORT=30008", "export NODE_PORT=30008"),
        ("helm install web ./chart", "helm install web ./chart"),
        ("ssh root@10.0.0.1", "ssh root@10.0.0.1"),
        ("cat service.yaml", "cat service.yaml"),
        ("(\u2388|minikube:default) user@host:~$ kubectl get svc", "kubectl get svc"),
        ("(\u2388 |kind-kind:shop)\u279c  ~ kubectl get svc", "kubectl get svc"),
        ("\u279c  demo git:(main) \u2717 (\u2388|minikube:default) kubectl get svc", "kubectl get svc"),
        ("[minikube|default] user@host:~$ kubectl get svc", "kubectl get svc"),
        ("[10:22:33] user@host:~$ kubectl get svc", "kubectl get svc"),
        ("10:22:33 user@host ~ $ kubectl get svc", "kubectl get svc"),
        ("\u2570\u2500\u276f kubectl get svc", "kubectl get svc"),
        ("\u2570\u2500 kubectl get svc                              \u2500\u256f", "kubectl get svc"),
        ("\u2514\u2500\u2500\u257c $kubectl get svc", "kubectl get svc"),
        ("@octocat \u279c /workspaces/demo (main) $ kubectl get svc", "kubectl get svc"),
        ("\ue0b6 ~/src \ue0b0 main \ue0b4 kubectl get svc", "kubectl get svc"),
        ("~/src\u3009kubectl get svc", "kubectl get svc"),
        ("$kubectl get svc", "kubectl get svc"),
        ("+ kubectl get svc", "kubectl get svc"),
        ("[command]/usr/bin/kubectl get svc", "/usr/bin/kubectl get svc"),
        ("1. kubectl get svc", "kubectl get svc"),
        ("2. `kubectl get svc -n shop`", "kubectl get svc -n shop"),
        ("**kubectl get svc**", "kubectl get svc"),
        ("user@mac ~ % kubectl get svc                              10:22:33", "kubectl get svc"),
        ("\u276f kubectl get svc -n shop                  \u2714 minikube \u2388", "kubectl get svc -n shop"),
        ("\u279c  ~ kubectl get svc                                    [10:22:33]", "kubectl get svc"),
        ("$ curl -d 'a         10:22:33' localhost:30008", "curl -d 'a         10:22:33' localhost:30008"),
        ("Every 2.0s: kubectl get svc -n shop      host: Mon Nov 23 01:23:45 2026", "watch kubectl get svc -n shop"),
        ("$ anything at all", "anything at all"),
        ("user@host:~$", ""),
        ("$", ""),
        ("PS C:\\>", ""),
        ("[root@node ~]#", ""),
    ],
)  # fmt: skip
def test_what_a_person_typed(line, command):
    assert typed(line) == command


@pytest.mark.parametrize(
    "line",
    [
        "kubectl get services lists all services.",
        "kubectl get pods shows the pods",
        "kubectl is a command line tool",
        "kubectl get services | In this lesson, line 2 reads the state.",
        "kubectl get services; this shows them",
        "kubectl get svc:",
        "minikube        192.168.59.100",
        "minikube   Ready    control-plane   5d   v1.30.0",
        "minikube is running",
        "kubectl   0/1   Completed   0   5m",
        "curl      1/1   Running     0   5m",
        "curl is refused",
        "curl failed with exit code 7.",
        "kind: Service",
        "kind of strange",
        "k8s is great",
        "time passes",
        "time to run kubectl get pods",
        "watch out for kubectl get pods",
        "export default web.api",
        "for example",
        "# Kubernetes services",
        "## kubectl get svc",
        "# kubectl is a tool",
        "`kubectl` is a tool",
        "- kubectl get svc",
        '{"run": "$ kubectl get svc"}',
        "\U0001f4a1  kubectl not found. If you need it, try: 'minikube kubectl -- get pods -A'",
        "2  kubectl apply --filename=web.yaml --record=true",
        "> as you said",
        "% Total    % Received % Xferd",
        "> GET / HTTP/1.1",
        "service/web created",
        "NAME   READY   STATUS",
        "That costs 5 $ a month",
        "see https://example.com/#kubectl",
        "$HOME is set",
        "",
    ],
)
def test_what_no_person_typed_as_a_command(line):
    assert typed(line) is None


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("svc", "services"), ("Service", "services"), ("services.v1", "services"), ("ep", "endpoints"),
        ("endpoints", "endpoints"), ("no", "nodes"), ("po", "pods"), ("deploy", "deployments.apps"),
        ("Deployment", "deployments.apps"), ("deployment.apps", "deployments.apps"),
        ("deployments.extensions", "deployments.apps"), ("deployments.v1.apps", "deployments.apps"),
        ("Ingress", "ingresses.networking.k8s.io"), ("netpol", "networkpolicies.networking.k8s.io"),
        ("sc", "storageclasses.storage.k8s.io"), ("hpa", "horizontalpodautoscalers.autoscaling"),
        ("endpointslice.discovery.k8s.io", "endpointslices"), ("services.serving.knative.dev", "services.serving.knative.dev"),
        ("Widget", "widget"),
    ],
)  # fmt: skip
def test_full_names_of_kinds(name, full):
    assert full_kind(name) == full


@pytest.mark.parametrize(
    ("line", "sets"),
    [
        ("kubectl config set-context --current --namespace=shop", True),
        ("kubectl config set-context $(kubectl config current-context) --namespace shop", True),
        ("kubectl config set-context other --namespace=shop", False),
        ("kubens shop", True),
        ("oc project shop", True),
        ("kubectl get svc -n shop", False),
    ],
)
def test_commands_that_set_the_namespace_of_those_that_follow(line, sets):
    command = parse_command(line)
    assert sets_namespace(command) == sets
    assert command.namespace == "shop"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("kubectl get svc -n'\"$()|&;<>\\`=/#{}\u2014\n\t x"), max_size=60))
@example('=;""')
def test_any_line_can_be_taken_apart(line):
    parse_command(line)
    parse_command("kubectl " + line)
    typed(line)
