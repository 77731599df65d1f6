"""Faults planted in a playground: real curl shows each, `diagnose` names it from what it reads there, its fix
mends it when typed, and it can be taken back.
"""

import pkgutil
import re
import time

import pytest

import nodeportkit as npk
from nodeportkit.diagnosis import causes
from nodeportkit.playground.faults.planting import FAULTS

# What curl's exit codes mean (man curl).
SYMPTOMS = {0: "http", 7: "refused", 28: "timeout", 52: "reset", 56: "reset"}
# Causes of which Kubernetes' objects hold no trace: several remain, and another may be the likelier.
UNTOLD = {"cross-node-network"}
# Causes whose fix is a command that mends them as it stands.
MENDED = {
    "local-policy-no-local-pod",
    "named-port-missing",
    "network-policy",
    "no-pods",
    "no-selector",
    "not-exposed",
    "protocol-mismatch",
    "selector-mismatch",
    "slice-drift",
    "target-port-mismatch",
}
# Causes that need what a playground has not: IPv6 and other clusters' machines, routes, kernels and virtual machines,
# kube-proxy's other modes, and updates that drop connections.
ELSEWHERE = {
    "ip-family-mismatch",
    "kind-port-mapping",
    "minikube-driver",
    "node-address-not-served",
    "node-ip-unroutable",
    "port-range-overlap",
    "rolling-update",
}


@pytest.fixture(scope="module")
def playground(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        with npk.Playground(speed=20) as made:
            made.kubectl("create deployment web --image=nginx --replicas=3 --port=80")
            made.kubectl("expose deployment web --type=NodePort --port=80")
            made.kubectl("rollout status deployment/web --timeout=30s")
            yield made


def curl(playground, url):
    """What curl met, and the page's first words."""
    said = playground.curl(f"-m 0.4 -w %{{http_code}} {url}")
    code = said[-3:]
    return ("ok" if code == "200" else "http") if said.code == 0 else SYMPTOMS[said.code], said[:15]


def until(look, wanted, seconds=60):
    end = time.monotonic() + seconds
    while not wanted(found := look()):
        assert time.monotonic() < end, found
    return found


def works(playground):
    """Whether every node leads to the page again."""
    service = playground.call("GET", "/api/v1/namespaces/default/services/web")
    (port,) = service["spec"]["ports"]
    met = {curl(playground, f"http://{address}:{port.get('nodePort')}/") for address in playground.addresses.values()}
    return met == {("ok", "<!DOCTYPE html>")}


def test_every_cause_is_shown_or_cannot_be():
    known = {entry.name.replace("_", "-") for entry in pkgutil.iter_modules(causes.__path__)}
    assert set(FAULTS) == known - ELSEWHERE


@pytest.mark.parametrize("cause", FAULTS)
def test_a_fault_is_felt_by_curl_found_by_diagnose_and_taken_back(playground, cause):
    until(lambda: works(playground), bool)
    planted = playground.plant(cause, "web")
    assert planted.cause == cause
    met = until(lambda: curl(playground, planted.url), lambda met: felt(planted, met))
    question = dict(planted.question)
    if met[0] not in ("ok", "http"):
        question["symptom"] = met[0]
    if cause == "node-not-ready":  # forty seconds of the playground's clock
        until(lambda: playground.kubectl("get nodes"), lambda said: "NotReady" in said)
    found = npk.diagnose(npk.connect(kubeconfig=playground.kubeconfig), planted.service, **question)
    if cause in UNTOLD:
        assert cause in set(found["cause"])
        assert set(found["certainty"]) == {"possible"}
    else:
        assert found["cause"].iloc[0] == cause
    if cause in MENDED:
        typed = playground.kubectl(found["fix"].iloc[0])
        assert typed.code == 0, typed
        until(lambda: curl(playground, planted.url)[0], lambda met: met == "ok")
    playground.heal()
    until(lambda: works(playground), bool)


def felt(planted, met):
    outcome, page = met
    if planted.cause == "selector-too-wide":  # the other application answers
        return outcome == "ok" and page.startswith("pod: web-admin-")
    if planted.symptom == "uneven":
        return outcome == "ok"
    return outcome == planted.symptom


def test_a_sticky_client_stays_with_its_pod(playground):
    playground.plant("uneven-by-design", "web")
    until(lambda: playground.load("web", 12, clients=1, nodes=["node-1"])["pod"].nunique(), lambda pods: pods == 1)
    playground.heal()


def test_a_policy_is_obeyed_by_address_and_by_port(playground):
    policy = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: some}}
spec:
  podSelector: {{matchLabels: {{app: web}}}}
  ingress: [{{from: [{{ipBlock: {{cidr: {cidr}}}}}], ports: [{{port: {port}}}]}}]
"""
    until(lambda: works(playground), bool)
    playground.kubectl('patch service web -p \'{"spec":{"externalTrafficPolicy":"Local"}}\'')

    def outcomes():
        # Those nodes that have a pod: under the policy Local the others answer nobody.
        nodes = set(playground.kubectl("get pods -o jsonpath={.items[*].spec.nodeName}").split())
        found = playground.load("web", 6, clients=["127.9.0.1", "127.9.0.2"], nodes=sorted(nodes), seconds=0.8)
        return {client: set(rows["outcome"]) for client, rows in found.groupby("client")}

    # Under the policy Local pods see the clients, so that one of two may be let in.
    playground.kubectl("apply -f -", policy.format(cidr="127.9.0.1/32", port=80))
    until(outcomes, lambda found: found == {"127.9.0.1": {"answered"}, "127.9.0.2": {"timeout"}})
    time.sleep(0.5)  # the port has been looked at again with the policy there, and stays open for the one
    until(outcomes, lambda found: found == {"127.9.0.1": {"answered"}, "127.9.0.2": {"timeout"}})
    playground.kubectl("apply -f -", policy.format(cidr="127.9.0.0/16", port=81))
    until(outcomes, lambda found: found == {"127.9.0.1": {"timeout"}, "127.9.0.2": {"timeout"}})
    playground.kubectl("delete networkpolicy some")
    until(lambda: works(playground), bool)
    playground.kubectl('patch service web -p \'{"spec":{"externalTrafficPolicy":"Cluster"}}\'')


def test_a_fault_that_it_cannot_show_is_told_with_the_nearest(playground):
    with pytest.raises(npk.NodePortKitError, match="selector-mismatch"):
        playground.plant("selector-mismach")


def test_begin_anew(playground):
    playground.plant("node-not-ready", "web")
    playground.kubectl("delete node node-1")
    playground.kubectl("create namespace mine")
    playground.reset()
    assert playground.kubectl("get all -o name") == "service/kubernetes\n"
    assert "mine" not in playground.kubectl("get namespaces -o name")
    rows = until(lambda: playground.kubectl("get nodes --no-headers"), lambda said: "NotReady" not in said)
    assert re.findall(r"^(node-\d) +Ready ", rows, flags=re.MULTILINE) == ["node-1", "node-2", "node-3"]
    planted = playground.plant("no-pods")
    assert planted.service == "default/web"
    until(lambda: curl(playground, planted.url)[0], lambda outcome: outcome == "refused")
