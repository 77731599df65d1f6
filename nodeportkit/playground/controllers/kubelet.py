"""The kubelets of all nodes: pods pull their images, run, get ready, crash, and end.

pkg/kubelet: kubelet_pods.go, status/generate.go, images/image_manager.go, container/sync_result.go.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from nodeportkit.playground.controllers.hands import Hands, key_of, set_condition
from nodeportkit.playground.controllers.pods import FINISHED
from nodeportkit.playground.images import image_of
from nodeportkit.playground.machines import is_stopped
from nodeportkit.playground.store import Change, Key, Object, copied

__all__ = ["CRASHES", "READY", "SLOW_START", "Controller"]

READY: Final = "nodeportkit.io/ready"  # "false": the readiness probe fails
CRASHES: Final = "nodeportkit.io/crash"  # "true": its containers end with an error
SLOW_START: Final = "nodeportkit.io/start-seconds"
_PULLING: Final = 0.6  # seconds
_STARTING: Final = 0.3
_ENDING: Final = 1.0
_SOON: Final = 2.0
_BACK_OFF: Final = (10.0, 20.0, 40.0, 80.0, 160.0, 300.0)


class Controller:
    """Runs the pods of every node that is up."""

    NAME = "kubelet"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again
        self._addresses: dict[str, dict[str, str]] = {}  # node -> uid of a pod -> its address
        self._last: dict[str, int] = {}  # node -> the place in its range of the address given last
        self._due_at: dict[str, float] = {}  # uid of a pod -> when its containers are started again
        self._ending: set[str] = set()

    def concerns(self, change: Change) -> Iterable[Key]:
        """Pods that have a node; all of a node that is switched on or has joined."""
        if change.resource == "nodes":
            if _is_up(change.object) and not (change.before and _is_up(change.before)):
                yield from map(key_of, self._hands.store.on_node(change.key.name))
        elif change.resource == "pods" and change.type == "DELETED":
            self._forget(change.object)
        elif change.resource == "pods" and change.object["spec"].get("nodeName"):
            yield change.key

    def care(self, key: Key) -> None:
        """Bring the pod one step further in its life."""
        known = self._hands.store.get("pods", key)
        if known is None or not known["spec"].get("nodeName"):
            return
        node = self._hands.store.get("nodes", Key("", known["spec"]["nodeName"]))
        if node is None or not _is_up(node):
            return  # there is another try when it is
        if not known["metadata"].get("deletionTimestamp") and (
            known["status"].get("phase") in FINISHED or not self._is_due(known)
        ):
            return
        pod = copied(known)
        if pod["metadata"].get("deletionTimestamp"):
            self._end(pod)
        elif not pod["status"].get("podIP"):
            self._pull(pod, node)
        else:
            self._run(pod)

    # The beginning

    def _pull(self, pod: Object, node: Object) -> None:
        """Give the pod its address, and its containers their images."""
        status = pod["status"]
        when = self._hands.time()
        if "startTime" not in status:
            status["startTime"] = when
            addresses = [it["address"] for it in node["status"]["addresses"] if it["type"] == "InternalIP"]
            status["hostIP"] = addresses[0]
            status["hostIPs"] = [{"ip": ip} for ip in addresses]
            status["containerStatuses"] = [
                _container(it, {"waiting": {"reason": "ContainerCreating"}}) for it in pod["spec"]["containers"]
            ]
            self._condition(pod, "Initialized", "True")
            self._unready(pod)
            self._write(pod)
            self._wait(pod, _PULLING)
            return
        missing = [it for it in pod["spec"]["containers"] if image_of(it["image"]) is None]
        if missing:
            self._no_image(pod, missing[0])
            return
        status["podIP"] = self._address(pod, node)
        status["podIPs"] = [{"ip": status["podIP"]}]
        self._condition(pod, "PodReadyToStartContainers", "True")
        for container in pod["spec"]["containers"]:
            image = container["image"]
            self._said(pod, "Normal", "Pulled", f'Successfully pulled image "{image}"')
        self._write(pod)
        self._wait(pod, _STARTING)

    def _no_image(self, pod: Object, container: Object) -> None:
        image = container["image"]
        state = next(it for it in pod["status"]["containerStatuses"] if it["name"] == container["name"])
        tried = state["state"]["waiting"]["reason"]
        failed = f'failed to pull and unpack image "{image}": not found'
        if tried == "ErrImagePull":
            waiting = {
                "reason": "ImagePullBackOff",
                "message": f'Back-off pulling image "{image}": ErrImagePull: {failed}',
            }
            self._said(pod, "Normal", "BackOff", f'Back-off pulling image "{image}"')
        else:
            waiting = {"reason": "ErrImagePull", "message": failed}
            self._said(pod, "Warning", "Failed", f'Failed to pull image "{image}": {failed}')
        state["state"] = {"waiting": waiting}
        self._write(pod)
        self._wait(pod, _BACK_OFF[0] if tried == "ErrImagePull" else _SOON)

    def _address(self, pod: Object, node: Object) -> str:
        """An address of the node's range that no other of its pods has; the node's own on the host network.

        As the plug-in host-local does it: the next one, so that an address comes back as late as may be.
        """
        if pod["spec"].get("hostNetwork"):
            return str(pod["status"]["hostIP"])
        taken = self._addresses.setdefault(node["metadata"]["name"], {})
        used = set(taken.values()) | {
            it["status"]["podIP"]
            for it in self._hands.store.on_node(node["metadata"]["name"])
            if it["status"].get("podIP")
        }
        hosts = ipaddress.ip_network(node["spec"]["podCIDR"])
        room = hosts.num_addresses - 3  # the first two and the last are the network's, the node's and everybody's
        last = self._last.get(node["metadata"]["name"], -1)
        turn = ((at % room, str(hosts[at % room + 2])) for at in range(last + 1, last + 1 + room))
        at, found = next(each for each in turn if each[1] not in used)
        self._last[node["metadata"]["name"]] = at
        taken[pod["metadata"]["uid"]] = found
        return found

    def _forget(self, pod: Object) -> None:
        """Take back the address of a pod that is gone."""
        uid = pod["metadata"]["uid"]
        self._addresses.get(pod["spec"].get("nodeName", ""), {}).pop(uid, None)
        self._due_at.pop(uid, None)
        self._ending.discard(uid)

    # Running

    def _run(self, pod: Object) -> None:
        """Start containers that do not run, count those that end, and look whether the pod is ready."""
        status = pod["status"]
        when = self._hands.time()
        before = str(status)
        for container, state in zip(pod["spec"]["containers"], status["containerStatuses"], strict=True):
            if "running" in state["state"]:
                if self._crashes(pod, container):
                    self._crash(pod, container, state, when)
                continue
            if "terminated" in state["state"]:
                continue
            state["state"] = {"running": {"startedAt": when}}
            state["started"] = True
            self._said(pod, "Normal", "Created", "Container created")
            self._said(pod, "Normal", "Started", "Container started")
            if self._crashes(pod, container):
                self._wait(pod, _STARTING)
        status["phase"] = "Running"
        self._judge(pod)
        if str(status) != before:
            self._write(pod)

    def _crashes(self, pod: Object, container: Object) -> bool:
        if _annotation(pod, CRASHES) == "true":
            return True
        image = image_of(container["image"])
        return image is not None and not image.lasts and not (container.get("command") or container.get("args"))

    def _crash(self, pod: Object, container: Object, state: Object, when: str) -> None:
        error = _annotation(pod, CRASHES) == "true"
        ended = {
            "exitCode": int(error),
            "reason": "Error" if error else "Completed",
            "startedAt": state["state"]["running"]["startedAt"],
            "finishedAt": when,
        }
        if pod["spec"].get("restartPolicy", "Always") == "Never" or (
            pod["spec"].get("restartPolicy") == "OnFailure" and not error
        ):
            state["state"] = {"terminated": ended}
            pod["status"]["phase"] = "Failed" if error else "Succeeded"
            return
        times = state["restartCount"]
        wait = _BACK_OFF[min(times, len(_BACK_OFF) - 1)]
        name, uid = pod["metadata"]["name"], pod["metadata"]["uid"]
        pod_name = f"{name}_{pod['metadata']['namespace']}({uid})"
        message = f"back-off {int(wait)}s restarting failed container={container['name']} pod={pod_name}"
        state |= {
            "lastState": {"terminated": ended},
            "state": {"waiting": {"reason": "CrashLoopBackOff", "message": message}},
            "restartCount": times + 1,
            "ready": False,
            "started": False,
        }
        self._said(pod, "Warning", "BackOff", f"Back-off restarting failed container {container['name']}")
        self._wait(pod, wait)

    def _wait(self, pod: Object, seconds: float) -> None:
        """Do nothing more for the pod until then."""
        self._due_at[pod["metadata"]["uid"]] = self._hands.clock.now().timestamp() + seconds
        self._again(key_of(pod), seconds)

    def _is_due(self, pod: Object) -> bool:
        return self._hands.clock.now().timestamp() >= self._due_at.get(pod["metadata"]["uid"], 0.0)

    def _judge(self, pod: Object) -> None:
        """Write whether containers and pod are ready."""
        status = pod["status"]
        allowed = _annotation(pod, READY) != "false"
        waits = self._delay(pod)
        for container, state in zip(pod["spec"]["containers"], status["containerStatuses"], strict=True):
            probed = not container.get("readinessProbe") or waits <= 0
            state["ready"] = "running" in state["state"] and allowed and probed
        unready = [it["name"] for it in status["containerStatuses"] if not it["ready"]]
        if unready:
            message = f"containers with unready status: [{' '.join(unready)}]"
            for type_ in ("Ready", "ContainersReady"):
                self._condition(pod, type_, "False", "ContainersNotReady", message)
            if not allowed:
                failing = "Readiness probe failed: HTTP probe failed with statuscode: 503"
                self._said(pod, "Warning", "Unhealthy", failing)
            if waits > 0:
                self._again(key_of(pod), waits)
            return
        self._condition(pod, "ContainersReady", "True")
        gates = [it["conditionType"] for it in pod["spec"].get("readinessGates") or ()]
        conditions = {it["type"]: it["status"] for it in status["conditions"]}
        if shut := [gate for gate in gates if conditions.get(gate) != "True"]:
            said = ", ".join(f'corresponding condition of pod readiness gate "{gate}" does not exist.' for gate in shut)
            self._condition(pod, "Ready", "False", "ReadinessGatesNotReady", said)
        else:
            self._condition(pod, "Ready", "True")

    def _delay(self, pod: Object) -> float:
        """How many seconds are left until its probes pass for the first time."""
        first = pod["status"]["containerStatuses"][0]["state"].get("running")
        if not first:
            return 0.0
        probes = [it["readinessProbe"] for it in pod["spec"]["containers"] if it.get("readinessProbe")]
        slow = float(_annotation(pod, SLOW_START) or 0)
        least = max([slow, *(float(probe.get("initialDelaySeconds", 0)) for probe in probes)])
        ran = (self._hands.clock.now() - datetime.fromisoformat(first["startedAt"])).total_seconds()
        return least - ran if least else 0.0

    # The end

    def _end(self, pod: Object) -> None:
        """Stop the containers; the pod is gone when they are."""
        uid = pod["metadata"]["uid"]
        if uid not in self._ending:
            self._ending.add(uid)
            for container in pod["spec"]["containers"]:
                self._said(pod, "Normal", "Killing", f"Stopping container {container['name']}")
            grace = float(pod["metadata"].get("deletionGracePeriodSeconds") or 0)
            self._again(key_of(pod), min(grace, _ENDING))
            return
        self._hands.delete("pods", pod, grace=0)

    # Writing

    def _unready(self, pod: Object) -> None:
        names = " ".join(it["name"] for it in pod["spec"]["containers"])
        for type_ in ("Ready", "ContainersReady"):
            self._condition(pod, type_, "False", "ContainersNotReady", f"containers with unready status: [{names}]")

    def _condition(self, pod: Object, type_: str, status: str, reason: str = "", message: str = "") -> None:
        wanted: Object = {"type": type_, "status": status, "lastProbeTime": None}
        if reason:
            wanted |= {"reason": reason, "message": message}
        known = pod["status"].get("conditions") or []
        if status == "True":
            known = [
                {k: v for k, v in it.items() if k not in ("reason", "message") or it["type"] != type_} for it in known
            ]
        pod["status"]["conditions"] = set_condition(known, wanted, self._hands.time())

    def _write(self, pod: Object) -> None:
        self._hands.update("pods", pod, status=True)

    def _said(self, pod: Object, type_: str, reason: str, message: str) -> None:
        self._hands.event(pod, type_, reason, message)


def _is_up(node: Object) -> bool:
    """Whether a node has joined, and is not switched off."""
    return bool(node["spec"].get("podCIDR")) and not is_stopped(node)


def _annotation(pod: Object, name: str) -> str:
    return str((pod["metadata"].get("annotations") or {}).get(name, ""))


def _container(container: Object, state: Object) -> Object:
    image = container["image"]
    digest = hashlib.sha256(image.encode()).hexdigest()
    return {
        "name": container["name"],
        "image": image,
        "imageID": f"{image.partition(':')[0]}@sha256:{digest}",
        "ready": False,
        "started": False,
        "restartCount": 0,
        "state": state,
        "lastState": {},
    }
