"""The selector matches no pod and no workload template in the namespace."""

from collections.abc import Callable

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]

_CHECKS = ("selector-matches-nothing",)


def misspelt_value(scene: Scene) -> Fault:
    """A value has a letter too many, too few or in the wrong place."""

    def change(selector: dict[str, str]) -> dict[str, str]:
        key = scene.rng.choice(sorted(selector))
        value = selector[key]
        wrong = scene.rng.choice(
            [value + "s", value[:-1], value[1] + value[0] + value[2:], value.upper(), f"my{value}"]
        )
        return selector | {key: wrong if wrong != value else value + "x"}

    return _plant(scene, change)


def misspelt_key(scene: Scene) -> Fault:
    """A key that pods do not carry."""

    def change(selector: dict[str, str]) -> dict[str, str]:
        key = scene.rng.choice(sorted(selector))
        wrong = scene.rng.choice(["application", "name", "App", key + "s"])
        return {wrong if k == key else k: v for k, v in selector.items()}

    return _plant(scene, change)


def one_term_more(scene: Scene) -> Fault:
    """A term more than the pods have labels, as in the manifest of many a tutorial."""
    more = scene.rng.choice([("type", "front-end"), ("version", "v2"), ("release", "stable"), ("env", "prod")])
    return _plant(scene, lambda selector: dict([*selector.items(), more]))


def in_another_namespace(scene: Scene) -> Fault:
    """The service was made in `default`, where its pods are not."""
    service = scene.front()
    question = scene.dialled(service)
    scene.forget(service)
    service["metadata"]["namespace"] = "default"
    return scene.fault(service, symptom="refused", checks=_CHECKS, **question)


def _plant(scene: Scene, change: Callable[[dict[str, str]], dict[str, str]]) -> Fault:
    service: Object = scene.front()
    question = scene.dialled(service)
    service["spec"]["selector"] = change(service["spec"]["selector"])
    return scene.fault(service, symptom="refused", checks=_CHECKS, **question)


VARIANTS = (misspelt_value, misspelt_key, one_term_more, in_another_namespace)
