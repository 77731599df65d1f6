"""What the API server checks of a label selector (matchLabels, matchExpressions).

staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go.
"""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.parts import Object, mapping, mappings, strings, text
from nodeportkit.kube.validation.field import FieldError, forbidden, invalid, required
from nodeportkit.kube.validation.metadata import check_labels
from nodeportkit.kube.validation.names import label_value, qualified_name

__all__ = ["check_selector", "is_empty"]

_WITH_VALUES: Final = ("In", "NotIn")
_WITHOUT_VALUES: Final = ("Exists", "DoesNotExist")


def check_selector(field: str, selector: Object) -> list[FieldError]:
    """What is wrong with a selector."""
    wrong = check_labels(f"{field}.matchLabels", mapping(selector, "matchLabels"))
    for position, expression in enumerate(mappings(selector, "matchExpressions")):
        wrong += _expression(f"{field}.matchExpressions[{position}]", expression)
    return wrong


def is_empty(selector: Object) -> bool:
    """Whether the selector asks for nothing."""
    return not mapping(selector, "matchLabels") and not mappings(selector, "matchExpressions")


def _expression(field: str, expression: Object) -> list[FieldError]:
    key, operator, values = text(expression, "key"), text(expression, "operator"), strings(expression, "values")
    wrong: list[FieldError] = []
    if operator in _WITH_VALUES:
        if not values:
            wrong.append(required(f"{field}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
    elif operator in _WITHOUT_VALUES:
        if values:
            detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            wrong.append(forbidden(f"{field}.values", detail))
    else:
        wrong.append(invalid(f"{field}.operator", operator, "not a valid selector operator"))
    wrong += [invalid(f"{field}.key", key, message) for message in qualified_name(key)]
    for position, value in enumerate(values):
        wrong += [invalid(f"{field}.values[{position}]", value, message) for message in label_value(value)]
    return wrong
