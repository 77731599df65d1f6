"""Match a selector, of whatever form, against labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from nodeportkit.cells import parse_labels
from nodeportkit.errors import ReadError
from nodeportkit.selectors.parse import parse_selector
from nodeportkit.selectors.requirement import Requirement, by_key, requirement

__all__ = ["Requirement", "Selector", "format_selector", "is_label_selector", "match_labels", "requirements"]

Selector: TypeAlias = str | Mapping[str, Any] | None

# What matchExpressions call them -> what selector text calls them.
_EXPRESSIONS: Final = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}


def match_labels(selector: Selector, labels: Mapping[str, str] | str) -> bool:
    """Tell whether a selector selects an object with these labels.

    Parameters
    ----------
    selector
        Text as `kubectl get -l` takes it (`app in (a,b),tier!=x,!gone,env`), a LabelSelector as a Deployment has it
        (`{"matchLabels": {...}, "matchExpressions": [...]}`), or plain labels as a Service has them (`{"app": "web"}`).
        `""` and `{}` match everything, None (no selector at all) matches nothing.
    labels
        The object's labels, as a dict or as kubectl prints them (`app=web,tier=front`).

    Raises
    ------
    ReadError
        If the selector is malformed (with the column, where it is text), or the labels are unknown.

    Examples
    --------
    >>> match_labels("app in (web,api),tier!=db", {"app": "web"})
    True
    >>> match_labels({"app": "web", "type": "front-end"}, {"app": "web"})
    False
    >>> match_labels({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, "app=web")
    True
    """
    if isinstance(labels, str):
        labels = parse_labels(labels) if labels else {}
    if not isinstance(labels, Mapping):
        raise ReadError(
            f"{labels!r} are no labels", hint="Where labels are unknown, so is the match: print --show-labels."
        )
    return selector is not None and all(r.matches(labels) for r in requirements(selector))


def requirements(selector: str | Mapping[str, Any]) -> tuple[Requirement, ...]:
    """List the requirements of a selector, sorted by key.

    Raises
    ------
    ReadError
        If the selector is malformed.

    Examples
    --------
    >>> requirements({"matchLabels": {"app": "web"}})
    (Requirement(key='app', operator='=', values=('web',)),)
    """
    if isinstance(selector, str):
        return parse_selector(selector)
    if not isinstance(selector, Mapping):
        raise ReadError(f"{selector!r} is no selector", hint="Give text, a dict of labels, or a dict with matchLabels.")
    if not is_label_selector(selector):
        return by_key(Requirement(str(key), "=", (_text(value, key),)) for key, value in selector.items())
    exact = [requirement(str(k), "=", (_text(v, k),)) for k, v in (selector.get("matchLabels") or {}).items()]
    return by_key([*exact, *(_expression(e) for e in selector.get("matchExpressions") or ())])


def is_label_selector(selector: Mapping[str, Any]) -> bool:
    """Tell `{"matchLabels": {...}}` from plain labels, whose values are text."""
    return bool(selector) and all(
        (key == "matchLabels" and (value is None or isinstance(value, Mapping)))
        or (key == "matchExpressions" and (value is None or isinstance(value, (list, tuple))))
        for key, value in selector.items()
    )


def format_selector(selector: Selector) -> str:
    """Write a selector as kubectl prints it under SELECTOR; `<none>` where it is empty.

    Raises
    ------
    ReadError
        If the selector is malformed.

    Examples
    --------
    >>> format_selector(
    ...     {"matchLabels": {"b": "1"}, "matchExpressions": [{"key": "a", "operator": "In", "values": ["y", "x"]}]}
    ... )
    'a in (x,y),b=1'
    """
    return ",".join(str(r) for r in requirements(selector or {})) or "<none>"


def _text(value: object, key: object) -> str:
    if not isinstance(value, str):
        raise ReadError(f"label {key!r} has the value {value!r}", hint="Label values are text: put it in quotes.")
    return value


def _expression(expression: Any) -> Requirement:
    if not isinstance(expression, Mapping) or not isinstance(expression.get("key"), str):
        raise ReadError(f"{expression!r} is no match expression", hint="It needs a key, an operator and values.")
    operator = expression.get("operator")
    if operator not in _EXPRESSIONS:
        hint = f"Operators are {', '.join(_EXPRESSIONS)}."
        raise ReadError(f"{operator!r} is no operator of a match expression", hint=hint)
    values = tuple(_text(value, expression["key"]) for value in expression.get("values") or ())
    return requirement(expression["key"], _EXPRESSIONS[operator], values)
