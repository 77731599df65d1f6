"""Label selectors: read one, write one, match it against labels.

The rules are those of Kubernetes' `labels.Parse` and `LabelSelectorAsSelector` (kubernetes/kubernetes,
staging/src/k8s.io/apimachinery/pkg/labels/selector.go and pkg/apis/meta/v1/helpers.go): all requirements must hold, `!=`
and `notin` also hold where the label is absent, and an empty selector selects everything. One thing differs by where a
selector stands: a Service *without* a selector selects nothing, though `{}` here matches everything, so ask first whether
a service has one.
"""

from nodeportkit.selectors.index import LabelIndex
from nodeportkit.selectors.match import (
    Requirement,
    Selector,
    format_selector,
    is_label_selector,
    match_labels,
    requirements,
)
from nodeportkit.selectors.parse import parse_selector

__all__ = [
    "LabelIndex",
    "Requirement",
    "Selector",
    "format_selector",
    "is_label_selector",
    "match_labels",
    "parse_selector",
    "requirements",
]
