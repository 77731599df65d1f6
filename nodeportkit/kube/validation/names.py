"""Which names, labels and port names Kubernetes takes, and what it says of the others.

staging/src/k8s.io/apimachinery/pkg/api/validate/content/{dns,kube,errors}.go and pkg/util/validation/validation.go.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "data_key",
    "dns1035_label",
    "dns1123_label",
    "dns1123_subdomain",
    "domain_name",
    "http_header_name",
    "label_value",
    "path_segment",
    "percent",
    "port_name",
    "port_number",
    "qualified_name",
    "wildcard_subdomain",
]

_LABEL: Final = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN: Final = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_1035: Final = "[a-z]([-a-z0-9]*[a-z0-9])?"
_KEY: Final = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE: Final = f"({_KEY})?"
_WILDCARD: Final = rf"\*\.{_SUBDOMAIN}"
_DATA_KEY: Final = "[-._a-zA-Z0-9]+"
_HEADER: Final = "[-A-Za-z0-9]+"
_PERCENT: Final = "[0-9]+%"
_KEY_RULE: Final = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
)


def dns1123_label(value: str) -> list[str]:
    """What is wrong with a name that must be a DNS label as RFC 1123 has it: names of ports, containers, services.

    Examples
    --------
    >>> dns1123_label("web-1"), dns1123_label("web.shop")
    ([], ['must not contain dots'])
    """
    wrong = _length(value, 63)
    if not _fits(_LABEL, value):
        if _fits(_SUBDOMAIN, value):
            return [*wrong, "must not contain dots"]
        rule = (
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
            "and must start and end with an alphanumeric character"
        )
        wrong.append(_regex(rule, _LABEL, "my-name", "123-abc"))
    return wrong


def dns1035_label(value: str) -> list[str]:
    """What was wrong with the name of a service until 1.35: it had to begin with a letter."""
    wrong = _length(value, 63)
    if not _fits(_LABEL_1035, value):
        rule = (
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
            "character, and end with an alphanumeric character"
        )
        wrong.append(_regex(rule, _LABEL_1035, "my-name", "abc-123"))
    return wrong


def dns1123_subdomain(value: str) -> list[str]:
    """What is wrong with a name that may have dots: names of pods and Deployments, the target of an ExternalName."""
    wrong = _length(value, 253)
    if not _fits(_SUBDOMAIN, value):
        rule = (
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
            "and must start and end with an alphanumeric character"
        )
        wrong.append(_regex(rule, _SUBDOMAIN, "example.com"))
    return wrong


def wildcard_subdomain(value: str) -> list[str]:
    """What is wrong with a host name that begins with a wildcard, as an Ingress has it: `*.example.com`.

    Examples
    --------
    >>> wildcard_subdomain("*.example.com"), len(wildcard_subdomain("*.*.example.com"))
    ([], 1)
    """
    wrong = _length(value, 253)
    if not _fits(_WILDCARD, value):
        rule = (
            "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
            "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
        )
        wrong.append(_regex(rule, _WILDCARD, "*.example.com"))
    return wrong


def domain_name(value: str) -> list[str]:
    """What is wrong with a DNS name of at least two parts; a dot at its end does no harm.

    Examples
    --------
    >>> domain_name("db.example.com."), domain_name("db")
    ([], ['should be a domain with at least two segments separated by dots'])
    """
    name = value.removesuffix(".")
    if wrong := dns1123_subdomain(name):
        return [",".join(wrong)]
    if "." not in name:
        return ["should be a domain with at least two segments separated by dots"]
    return [",".join(wrong) for label in name.split(".") if (wrong := dns1123_label(label))]


def data_key(value: str) -> list[str]:
    """What is wrong with a key of a ConfigMap or a Secret.

    Examples
    --------
    >>> data_key("nginx.conf"), data_key("..data")
    ([], ["must not start with '..'"])
    """
    wrong = _length(value, 253)
    if not _fits(_DATA_KEY, value):
        rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
        wrong.append(_regex(rule, _DATA_KEY, "key.name", "KEY_NAME", "key-name"))
    if value in (".", ".."):
        wrong.append(f"must not be '{value}'")
    elif value.startswith(".."):
        wrong.append("must not start with '..'")
    return wrong


def path_segment(value: str) -> list[str]:
    """What is wrong with a name that stands between slashes of a path, and is free otherwise."""
    if value in (".", ".."):
        return [f"may not be '{value}'"]
    return [f"may not contain '{mark}'" for mark in "/%" if mark in value]


def qualified_name(value: str) -> list[str]:
    """What is wrong with a label key, an annotation's name, an appProtocol.

    Examples
    --------
    >>> qualified_name("app.kubernetes.io/name"), qualified_name("/name")[0]
    ([], 'prefix part must be non-empty')
    """
    prefix, slash, name = value.partition("/")
    if "/" in name:
        rule = _regex(f"a valid label key {_KEY_RULE}", _KEY, "MyName", "my.name", "123-abc")
        return [f"{rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    wrong: list[str] = []
    if not slash:
        name = prefix
    elif not prefix:
        wrong.append("prefix part must be non-empty")
    else:
        wrong += [f"prefix part {message}" for message in dns1123_subdomain(prefix)]
    if not name:
        wrong.append("name part must be non-empty")
    wrong += [f"name part {message}" for message in _length(name, 63)]
    if not _fits(_KEY, name):
        wrong.append(f"name part {_regex(_KEY_RULE, _KEY, 'MyName', 'my.name', '123-abc')}")
    return wrong


def label_value(value: str) -> list[str]:
    """What is wrong with the value of a label."""
    wrong = _length(value, 63)
    if not _fits(_VALUE, value):
        rule = f"a valid label must be an empty string or {_KEY_RULE.removeprefix('must ')}"
        wrong.append(_regex(rule, _VALUE, "MyValue", "my_value", "12345"))
    return wrong


def port_name(value: str) -> list[str]:
    """What is wrong with the name of a container's port, or a targetPort that is a name.

    Examples
    --------
    >>> port_name("http"), port_name("80")
    ([], ['must contain at least one letter (a-z)'])
    """
    wrong = _length(value, 15)
    if not _fits("[-a-z0-9]+", value):
        wrong.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", value):
        wrong.append("must contain at least one letter (a-z)")
    if "--" in value:
        wrong.append("must not contain consecutive hyphens")
    if value.startswith("-") or value.endswith("-"):
        wrong.append("must not begin or end with a hyphen")
    return wrong


def port_number(value: int) -> list[str]:
    """What is wrong with a port number."""
    return [] if 1 <= value <= 65535 else ["must be between 1 and 65535, inclusive"]


def percent(value: str) -> list[str]:
    """What is wrong with a percentage."""
    if _fits(_PERCENT, value):
        return []
    rule = "a valid percent string must be a numeric string followed by an ending '%'"
    return [_regex(rule, _PERCENT, "1%", "93%")]


def http_header_name(value: str) -> list[str]:
    """What is wrong with the name of an HTTP header."""
    if _fits(_HEADER, value):
        return []
    return [_regex("a valid HTTP header must consist of alphanumeric characters or '-'", _HEADER, "X-Header-Name")]


def _fits(pattern: str, value: str) -> bool:
    return re.fullmatch(pattern, value) is not None


def _length(value: str, most: int) -> list[str]:
    return [f"must be no more than {most} bytes"] if len(value.encode()) > most else []


def _regex(rule: str, pattern: str, *examples: str) -> str:
    """A rule as the server prints it; with several examples, its comma and its `or` leave two blanks."""
    listed = " or ".join(f"'{example}', " for example in examples)
    return f"{rule} (e.g. {listed}regex used for validation is '{pattern}')"
