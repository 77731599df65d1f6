"""minikube's docker driver on macOS or Windows gives no route to the node's address."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import name_of
from nodeportkit.faults.scene import Scene, Unplantable

__all__ = ["NEEDS", "VARIANTS"]

NEEDS = {"platform": "minikube"}

_MAC = """$ minikube start
😄  minikube v1.36.0 on Darwin 15.5 (arm64)
✨  Automatically selected the docker driver
📌  Using Docker Desktop driver with root privileges
👍  Starting "minikube" primary control-plane node in "minikube" cluster
🏄  Done! kubectl is now configured to use "minikube" cluster and "default" namespace by default
"""
_WINDOWS = """PS C:\\Users\\me> minikube start
😄  minikube v1.36.0 on Microsoft Windows 11 Pro 10.0.26100.4061 Build 26100.4061
✨  Using the docker driver based on existing profile
👍  Starting "minikube" primary control-plane node in "minikube" cluster
"""
_PROFILES = """$ minikube profile list
┌──────────┬────────┬─────────┬──────────────┬─────────┬────────┬───────┬────────────────┬────────────────────┐
│ PROFILE  │ DRIVER │ RUNTIME │      IP      │ VERSION │ STATUS │ NODES │ ACTIVE PROFILE │ ACTIVE KUBECONTEXT │
├──────────┼────────┼─────────┼──────────────┼─────────┼────────┼───────┼────────────────┼────────────────────┤
│ minikube │ docker │ docker  │ 192.168.49.2 │ v1.34.2 │ OK     │ 3     │ *              │ *                  │
└──────────┴────────┴─────────┴──────────────┴─────────┴────────┴───────┴────────────────┴────────────────────┘
"""


def on_mac(scene: Scene) -> Fault:
    """`minikube start` named the driver and the system."""
    return _ask(scene, _MAC, ("fact",))


def on_windows(scene: Scene) -> Fault:
    """The same, in PowerShell."""
    return _ask(scene, _WINDOWS, ("fact",))


def driver_only(scene: Scene) -> Fault:
    """The list of profiles names the driver and not the system: with Linux all would be well."""
    return _ask(scene, _PROFILES, ("hint",))


def _ask(scene: Scene, terminal: str, certainty: tuple[str, ...]) -> Fault:
    node = scene.nodes[0]
    if name_of(node) != "minikube":
        raise Unplantable("not of minikube")
    service = scene.front()
    address, port = scene.addresses(node)[0], scene.port(service)["nodePort"]
    return scene.fault(service, certainty=certainty, symptom="timeout", address=address, port=port, terminal=terminal)


VARIANTS = (on_mac, on_windows, driver_only)
