"""The application listens on 127.0.0.1 inside the pod."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]


def _plant(scene: Scene, *flags: str) -> Fault:
    """Give the application flags, with PORT for the number it listens on; nothing probes it over the network."""
    service = scene.front(
        lambda s: (
            all(len(spec["containers"][0].get("ports", ())) == 1 for spec in scene.specs(scene.pods(s)))
            and len(s["spec"]["ports"]) == 1
            and s["spec"]["ports"][0]["targetPort"]
            in [
                x
                for p in scene.pods(s)[0]["spec"]["containers"][0]["ports"]
                for x in (p.get("name"), p["containerPort"])
            ]
        )
    )
    for spec in scene.specs(scene.pods(service)):
        first = spec["containers"][0]
        number = str(first["ports"][0]["containerPort"])
        first["args"] = [flag.replace("PORT", number) for flag in flags]
        if "exec" not in first.get("readinessProbe", {}):
            first.pop("readinessProbe", None)
    return scene.fault(service, certainty=("hint",), symptom="refused", **scene.dialled(service))


def bind_flag(scene: Scene) -> Fault:
    """`--bind 127.0.0.1:8080`, as for gunicorn."""
    return _plant(scene, "--workers=4", "--bind", "127.0.0.1:PORT")


def host_flag(scene: Scene) -> Fault:
    """`--host=127.0.0.1 --port=8080`, as for uvicorn and flask."""
    return _plant(scene, "--host=127.0.0.1", "--port=PORT")


def listen_flag(scene: Scene) -> Fault:
    """`--listen-address=localhost:8080`."""
    return _plant(scene, "--listen-address=localhost:PORT")


VARIANTS = (bind_flag, host_flag, listen_flag)
