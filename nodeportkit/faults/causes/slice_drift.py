"""EndpointSlices differ from what selector and pods give."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object
from nodeportkit.faults.scene import Scene, Unplantable

__all__ = ["VARIANTS"]

_CHECKS = ("slice-drift",)


def all_stale(scene: Scene) -> Fault:
    """Every address is that of a pod before: the controller has stopped."""
    service = scene.front()
    for endpoint in _endpoints(scene, service):
        _make_stale(endpoint)
    return _ask(scene, service, "timeout")


def one_stale(scene: Scene) -> Fault:
    """One address is that of a pod that is no more."""
    service = scene.front()
    _make_stale(scene.rng.choice(_endpoints(scene, service)))
    return _ask(scene, service, scene.rng.choice(("timeout", None)))


def one_missing(scene: Scene) -> Fault:
    """A ready pod is in no slice."""
    service = scene.front(lambda s: len(scene.pods(s)) > 1)
    slice_ = scene.rng.choice([s for s in scene.slices(service) if s["endpoints"]])
    slice_["endpoints"].pop()
    slice_["endpoints"] = slice_["endpoints"] or None
    return _ask(scene, service, None)


def emptied(scene: Scene) -> Fault:
    """The slices list nothing, while pods are ready."""
    service = scene.front()
    for slice_ in scene.slices(service):
        slice_["endpoints"] = slice_["ports"] = None
    return _ask(scene, service, "refused", ("slice-drift", "endpoints-empty"))


def port_name_differs(scene: Scene) -> Fault:
    """A slice written by hand calls its port otherwise than the service does."""

    def by_hand(service: Object) -> bool:
        spec = service["spec"]
        return "selector" not in spec and any("nodePort" in port for port in spec.get("ports", ()))

    service = scene.find("Service", by_hand)
    slices = scene.slices(service)
    if not slices:
        raise Unplantable("nobody wrote a slice")
    index = scene.rng.randrange(len(service["spec"]["ports"]))
    port = slices[0]["ports"][index]
    port["name"] = scene.rng.choice([name for name in ("web", "http", "www") if name != port["name"]])
    number = service["spec"]["ports"][index]["nodePort"]
    return scene.fault(service, symptom="refused", port=number, checks=_CHECKS, settled=True)


def _endpoints(scene: Scene, service: Object) -> list[Object]:
    return [endpoint for slice_ in scene.slices(service) for endpoint in slice_["endpoints"] or ()]


def _make_stale(endpoint: Object) -> None:
    first, last = endpoint["addresses"][0].rsplit("." if "." in endpoint["addresses"][0] else ":", 1)
    between = "." if "." in endpoint["addresses"][0] else ":"
    endpoint["addresses"] = [f"{first}{between}{int(last, 16) % 50 + 200 if between == '.' else 'f' + last}"]
    endpoint["targetRef"] |= {"name": endpoint["targetRef"]["name"][:-5] + "zzzzz", "uid": "gone"}


def _ask(scene: Scene, service: Object, symptom: str | None, checks: tuple[str, ...] = _CHECKS) -> Fault:
    return scene.fault(service, symptom=symptom, checks=checks, settled=True)


VARIANTS = (all_stale, one_stale, one_missing, emptied, port_name_differs)
