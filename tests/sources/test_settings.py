"""Settings of the proxy, the API server and the machine, from whatever shows them."""

import json
from pathlib import Path

import pytest

import nodeportkit as npk
from nodeportkit.sources.scan import scan

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
REAL = FIXTURES / "real-cluster" / "kube-proxy"

# As kubeadm 1.29 writes it (kubernetes/kubernetes cmd/kubeadm/app/phases/addons/proxy), shortened.
CONFIG_MAP = """\
apiVersion: v1
data:
  config.conf: |-
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    bindAddress: 0.0.0.0
    clientConnection:
      kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
      qps: 0
    clusterCIDR: 10.244.0.0/16,fd00:10:244::/56
    conntrack:
      maxPerCore: null
    detectLocal:
      bridgeInterface: ""
    detectLocalMode: ""
    iptables:
      localhostNodePorts: null
      masqueradeAll: false
    kind: KubeProxyConfiguration
    mode: ""
    nftables:
      masqueradeAll: true
    nodePortAddresses: null
  kubeconfig.conf: |-
    users:
    - name: default
      user:
        tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
kind: ConfigMap
metadata:
  name: kube-proxy
  namespace: kube-system
"""


def test_what_kube_proxy_is_configured_with_is_known():
    cluster = npk.read(CONFIG_MAP)
    assert cluster.proxy == npk.ProxyConfig(
        mode="iptables",  # what an empty mode is on Linux: cmd/kube-proxy/app/server_linux.go
        cluster_cidrs=("10.244.0.0/16", "fd00:10:244::/56"),
        detect_local="ClusterCIDR",
        known=("cluster_cidrs", "detect_local", "localhost_nodeports", "masquerade_all", "mode", "nodeport_addresses"),
    )
    assert cluster.unread.empty


@pytest.mark.parametrize(
    ("written", "changed", "setting", "value"),
    [
        ('mode: ""', 'mode: "nftables"', "masquerade_all", True),
        ('mode: ""', 'mode: "ipvs"', "mode", "ipvs"),
        ("nodePortAddresses: null", "nodePortAddresses: [192.168.1.0/24]", "nodeport_addresses", ("192.168.1.0/24",)),
        ("localhostNodePorts: null", "localhostNodePorts: false", "localhost_nodeports", False),
        ("masqueradeAll: false", "masqueradeAll: true", "masquerade_all", True),
        ('detectLocalMode: ""', "detectLocalMode: NodeCIDR", "detect_local", "NodeCIDR"),
        ("clusterCIDR: 10.244.0.0/16,fd00:10:244::/56", 'clusterCIDR: ""', "cluster_cidrs", ()),
    ],
)
def test_a_setting_is_as_it_is_written(written, changed, setting, value):
    assert written in CONFIG_MAP
    proxy = npk.read(CONFIG_MAP.replace(written, changed)).proxy
    assert getattr(proxy, setting) == value
    assert proxy.knows(setting)


def test_a_mode_of_another_system_is_not_taken_for_one_of_linux():
    proxy = npk.read(CONFIG_MAP.replace('mode: ""', "mode: kernelspace")).proxy
    assert proxy.mode is None
    assert not proxy.knows("mode")


@pytest.mark.parametrize(
    "text",
    [
        CONFIG_MAP.replace("name: kube-proxy", "name: settings"),
        CONFIG_MAP.replace("namespace: kube-system", "namespace: shop"),
        CONFIG_MAP.replace("    bindAddress: 0.0.0.0", "    bindAddress: : :"),
        CONFIG_MAP.replace("clusterCIDR: 10.244.0.0/16,fd00:10:244::/56", "clusterCIDR: [10.244.0.0/16]"),
    ],
)
def test_no_other_text_of_a_config_map_is_a_setting(text):
    assert npk.read(text).proxy == npk.ProxyConfig()


def test_a_config_map_that_is_not_read_is_told():
    unread = npk.read(CONFIG_MAP.replace("name: kube-proxy", "name: settings")).unread
    assert unread["text"].tolist() == ["ConfigMap kube-system/settings"]


def test_a_list_of_config_maps_is_looked_through():
    import yaml

    maps = [yaml.safe_load(CONFIG_MAP), {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a"}}]
    for kind in ("List", "ConfigMapList"):
        cluster = npk.read({"apiVersion": "v1", "kind": kind, "items": maps})
        assert cluster.proxy.mode == "iptables"
        assert cluster.unread["text"].tolist() == ["ConfigMap a"]
    assert npk.read({"apiVersion": "v1", "kind": "ConfigMapList", "items": []}).collected == set()


def test_a_config_map_in_a_transcript_tells_the_same():
    text = f"$ kubectl get cm kube-proxy -n kube-system -o yaml\n{CONFIG_MAP}$ echo done\ndone\n"
    assert npk.read(text).proxy == npk.read(CONFIG_MAP).proxy


@pytest.mark.parametrize("name", ["configmap.yaml", "describe-configmap.txt"])
def test_a_config_map_described_tells_the_same(name):
    cluster = npk.read(FIXTURES / "evidence" / name)
    assert (cluster.proxy.mode, cluster.proxy.nodeport_addresses) == ("ipvs", ("192.168.0.0/16",))
    assert cluster.proxy == npk.read(FIXTURES / "evidence" / "configmap.yaml").proxy
    assert cluster.unread.empty


# Components that run as pods


def component(name, *command, namespace="kube-system", args=()):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"containers": [{"name": "c", "command": list(command), "args": list(args)}]},
    }


def test_the_api_server_says_which_node_ports_there_are():
    flags = ("--service-cluster-ip-range=10.96.0.0/16", "--service-node-port-range=30000-31000")
    proxy = npk.read(component("kube-apiserver-kind-control-plane", "kube-apiserver", *flags)).proxy
    assert (proxy.node_port_range, proxy.service_cidrs) == ("30000-31000", ("10.96.0.0/16",))
    assert proxy.known == ("node_port_range", "service_cidrs")


def test_an_api_server_without_that_flag_has_the_usual_range():
    proxy = npk.read(component("kube-apiserver-a", "kube-apiserver", "--secure-port=6443")).proxy
    assert proxy.node_port_range == "30000-32767"
    assert proxy.known == ("node_port_range",)
    assert not npk.read(component("kube-apiserver-a")).proxy.known  # its command was not shown


def test_a_kube_proxy_with_flags_says_how_it_is_set_up():
    # as on Google's managed clusters, whose nodes run it in a shell
    script = (
        "exec kube-proxy --cluster-cidr=10.4.0.0/14 --proxy-mode nftables --masquerade-all 1>>/var/log/kube-proxy.log"
    )
    proxy = npk.read(component("kube-proxy-gke-1", "/bin/sh", "-c", script)).proxy
    assert (proxy.mode, proxy.cluster_cidrs, proxy.masquerade_all) == ("nftables", ("10.4.0.0/14",), True)
    file = ("/usr/local/bin/kube-proxy", "--config=/var/lib/kube-proxy/config.conf", "--proxy-mode=ipvs")
    assert npk.read(component("kube-proxy-abcde", *file)).proxy == npk.ProxyConfig()


def test_a_pod_of_somebody_else_that_is_called_alike_says_nothing():
    pod = component("kube-apiserver-a", "kube-apiserver", "--service-node-port-range=1-2", namespace="shop")
    assert npk.read(pod).proxy == npk.ProxyConfig()


# What clusters are made with

KIND = """\
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
networking:
  kubeProxyMode: "nftables"
  podSubnet: "10.244.0.0/16"
  serviceSubnet: "10.96.0.0/12"
nodes:
- role: control-plane
  kubeadmConfigPatches:
  - |
    kind: ClusterConfiguration
    apiServer:
      extraArgs:
        "service-node-port-range": "30000-31000"
  extraPortMappings:
  - containerPort: 30080
    hostPort: 8080
    listenAddress: "127.0.0.1"
    protocol: UDP
- role: worker
  extraPortMappings:
  - containerPort: 30443
    hostPort: 443
"""  # kind.sigs.k8s.io/docs/user/configuration


def test_a_kind_configuration_tells_of_the_proxy_and_of_the_ports_of_the_machine():
    cluster = npk.read(KIND)
    assert cluster.proxy == npk.ProxyConfig(
        mode="nftables",
        cluster_cidrs=("10.244.0.0/16",),
        service_cidrs=("10.96.0.0/12",),
        node_port_range="30000-31000",
        known=("cluster_cidrs", "mode", "node_port_range", "service_cidrs"),
    )
    assert cluster.host.port_mappings == ("127.0.0.1:8080->30080/udp", "0.0.0.0:443->30443/tcp")
    assert cluster.host.mapped(30443) == ("0.0.0.0:443",)
    assert cluster.host.mapped(30080) == ()
    assert cluster.host.mapped(30080, "UDP") == ("127.0.0.1:8080",)


def test_a_kind_configuration_without_mappings_says_that_there_are_none():
    assert npk.read("kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n").host.port_mappings == ()
    assert (
        npk.read("kind: Cluster\napiVersion: cluster.x-k8s.io/v1beta1\nmetadata: {name: a}").host.port_mappings is None
    )


@pytest.mark.parametrize(
    "arguments", ["{service-node-port-range: 8000-9000}", "[{name: service-node-port-range, value: 8000-9000}]"]
)
def test_a_kubeadm_configuration_tells_the_ranges(arguments):
    text = f"""\
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
networking: {{podSubnet: 10.1.0.0/16, serviceSubnet: 10.2.0.0/16}}
apiServer: {{extraArgs: {arguments}}}
"""
    proxy = npk.read(text).proxy
    assert (proxy.node_port_range, proxy.cluster_cidrs, proxy.service_cidrs) == (
        "8000-9000",
        ("10.1.0.0/16",),
        ("10.2.0.0/16",),
    )


# Dumps of rules


@pytest.mark.parametrize(
    ("dump", "mode"),
    [
        (REAL / "iptables-save.node-1.txt", "iptables"),
        (REAL / "nft.node-1.txt", "nftables"),
        (REAL / "nft.node-3.json", "nftables"),
        (FIXTURES / "proxy_rules" / "ipvsadm-Ln.txt", "ipvs"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_dump_of_rules_tells_the_mode(dump, mode):
    proxy = npk.read(dump).proxy
    assert (proxy.mode, proxy.known) == (mode, ("mode",))


# Several sources


def test_what_is_not_known_is_told_from_what_is_known_to_be_so_by_default():
    proxy = npk.ProxyConfig()
    assert not any(proxy.knows(setting) for setting in proxy.__slots__ if setting != "known")
    assert npk.ProxyConfig(masquerade_all=True).knows("masquerade_all")


def test_the_later_source_counts_and_what_a_person_set_stays():
    later = CONFIG_MAP.replace('mode: ""', "mode: ipvs")
    assert npk.read(CONFIG_MAP, later).proxy.mode == "ipvs"
    assert npk.read(npk.read(later), CONFIG_MAP).proxy.mode == "iptables"
    by_hand = npk.read("").replace(proxy=npk.ProxyConfig(mode="nftables"))
    both = npk.read(by_hand, CONFIG_MAP).proxy
    assert (both.mode, both.detect_local) == ("nftables", "ClusterCIDR")
    assert npk.read(by_hand).proxy == by_hand.proxy


def test_settings_are_saved_and_loaded(tmp_path):
    cluster = npk.read(CONFIG_MAP, KIND)
    loaded = npk.Cluster.load(cluster.save(tmp_path / "cluster.json"))
    assert (loaded.proxy, loaded.host) == (cluster.proxy, cluster.host)
    assert cluster.replace(pods=None).host == cluster.host


# The machine, and what kube-proxy says itself: fixtures/machine, the words of the tools' own sources and bug reports


@pytest.mark.parametrize("path", sorted((FIXTURES / "machine").glob("*.txt")), ids=lambda path: path.stem)
def test_a_print_tells_the_settings_beside_it(path):
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = scan(path.read_text(encoding="utf-8"))
    told = {name: value for finding in found.findings for name, value in finding.settings.items()}
    assert json.loads(json.dumps(told)) == expected["settings"]
    assert [line for line, _ in found.unread] == expected["unread"]


@pytest.mark.parametrize(
    ("name", "driver"), [("profile-list-bars", "virtualbox"), ("profile-list-box-drawing", "docker")]
)
def test_a_list_of_profiles_tells_the_driver(name, driver):
    assert npk.read(FIXTURES / "minikube" / f"{name}.txt").host.driver == driver


@pytest.mark.parametrize(
    "text",
    [
        "$ cat notes\nmode: ipvs\n",
        "$ kubectl get cm kube-proxy -n kube-system -o yaml | grep -i port\n    portRange: 1-2\n",
        "$ sysctl net.ipv4.ip_local_port_range\nnet.ipv4.ip_local_port_range = 60999 32768\n",
        "$ cat ports\n30080/tcp -> 0.0.0.0:8080\n",
        "32768 60999\n",
        "I told you we are Using ipvs Proxier.\n",
    ],
)
def test_other_lines_tell_no_settings(text):
    assert (npk.read(text).proxy, npk.read(text).host) == (npk.ProxyConfig(), npk.Host())


def test_settings_of_the_machine_are_joined():
    paths = [FIXTURES / "machine" / f"{name}.txt" for name in ("minikube-start", "kernel-of-wsl", "docker-port")]
    assert npk.read(*paths).host == npk.Host(
        driver="docker", system="wsl", ephemeral_ports="32768-60999", port_mappings=("0.0.0.0:8080->30080/tcp",)
    )
