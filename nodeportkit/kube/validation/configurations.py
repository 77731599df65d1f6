"""What the API server checks of ConfigMaps and Secrets.

No message tells what a Secret holds, but for the one character that keeps a file from being JSON, as the server has it.

pkg/apis/core/validation/validation.go, `ValidateConfigMap`, `ValidateSecret` and their updates.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from nodeportkit.kube.parts import Object, mapping, text
from nodeportkit.kube.validation.field import FieldError, forbidden, invalid, required, too_long
from nodeportkit.kube.validation.metadata import check_metadata, check_metadata_update, immutable
from nodeportkit.kube.validation.names import data_key, dns1123_subdomain

__all__ = ["check_config_map", "check_config_map_update", "check_secret", "check_secret_update"]

_MOST: Final = 1024 * 1024
_REDACTED: Final = "<secret contents redacted>"
_ACCOUNT: Final = "kubernetes.io/service-account.name"
_DOCKER: Final = {
    "kubernetes.io/dockercfg": ".dockercfg",
    "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
}
_BASIC: Final = ("username", "password")
_TLS: Final = ("tls.crt", "tls.key")
# What Go's encoding/json says where Python's json says otherwise.
_GO: Final = {
    "Expecting value": "looking for beginning of value",
    "Expecting property name enclosed in double quotes": "looking for beginning of object key string",
    "Expecting ':' delimiter": "after object key",
    "Expecting ',' delimiter": "after object key:value pair",
    "Extra data": "after top-level value",
}


def check_config_map(config: Object) -> list[FieldError]:
    """What is wrong with a new ConfigMap.

    Examples
    --------
    >>> too_big = {"metadata": {"name": "pages"}, "data": {"index.html": "x" * 1024 * 1025}}
    >>> print(check_config_map(too_big)[0])
    []: Too long: may not be more than 1048576 bytes
    """
    return [*check_metadata(config, dns1123_subdomain), *_entries(config)]


def check_config_map_update(config: Object, old: Object) -> list[FieldError]:
    """What is wrong with a ConfigMap that is to replace another."""
    frozen = _frozen(config, old, ("data", "binaryData"))
    return [*check_metadata_update(config, old), *frozen, *_entries(config)]


def check_secret(secret: Object) -> list[FieldError]:
    """What is wrong with a new Secret, its stringData written to data."""
    return [*check_metadata(secret, dns1123_subdomain), *_contents(secret)]


def check_secret_update(secret: Object, old: Object) -> list[FieldError]:
    """What is wrong with a Secret that is to replace another."""
    wrong = [*check_metadata_update(secret, old), *immutable("type", text(secret, "type"), text(old, "type"))]
    return [*wrong, *_frozen(secret, old, ("data",)), *_contents(secret)]


def _frozen(thing: Object, old: Object, parts: tuple[str, ...]) -> list[FieldError]:
    if old.get("immutable") is not True:
        return []
    changed = [] if thing.get("immutable") is True else ["immutable"]
    changed += [part for part in parts if mapping(thing, part) != mapping(old, part)]
    return [forbidden(part, "field is immutable when `immutable` is set") for part in changed]


def _entries(config: Object) -> list[FieldError]:
    data, binary = mapping(config, "data"), mapping(config, "binaryData")
    wrong: list[FieldError] = []
    for key in sorted(data):
        wrong += _key("data", key)
        if key in binary:
            wrong.append(invalid(f"data[{key}]", key, "duplicate of key present in binaryData"))
    wrong += [error for key in sorted(binary) for error in _key("binaryData", key)]
    size = sum(len((value or "").encode()) for value in data.values()) + _size(binary)
    # The server names the whole object by an empty path.
    return [*wrong, too_long("[]", _MOST)] if size > _MOST else wrong


def _contents(secret: Object) -> list[FieldError]:
    data = mapping(secret, "data")
    wrong = [error for key in sorted(data) for error in _key("data", key)]
    if _size(data) > _MOST:
        wrong.append(too_long("data", _MOST))
    kind = text(secret, "type")
    if kind == "kubernetes.io/service-account-token":
        named = mapping(secret, "metadata", "annotations").get(_ACCOUNT)
        return wrong if named else [*wrong, required(f"metadata.annotations[{_ACCOUNT}]")]
    if kind in _DOCKER:
        return wrong + _docker(f"data[{_DOCKER[kind]}]", data.get(_DOCKER[kind]))
    if kind == "kubernetes.io/basic-auth":
        return wrong if any(key in data for key in _BASIC) else [*wrong, *_missing(data, _BASIC)]
    if kind == "kubernetes.io/ssh-auth":
        key = "ssh-privatekey"
        return wrong if data.get(key) else [*wrong, required(f"data[{key}]")]
    return wrong + (_missing(data, _TLS) if kind == "kubernetes.io/tls" else [])


def _key(field: str, key: str) -> list[FieldError]:
    return [invalid(f"{field}[{key}]", key, message) for message in data_key(key)]


def _missing(data: Object, keys: tuple[str, ...]) -> list[FieldError]:
    return [required(f"data[{key}]") for key in keys if key not in data]


def _docker(field: str, coded: Any) -> list[FieldError]:
    """What is wrong with the file in which Docker keeps its logins: JSON, and a mapping."""
    if coded is None:
        return [required(field)]
    held = base64.b64decode(coded)
    try:
        value = json.loads(held)
    except UnicodeDecodeError:
        return [invalid(field, _REDACTED, "invalid character '\\ufffd' looking for beginning of value")]
    except (json.JSONDecodeError, RecursionError) as error:
        return [invalid(field, _REDACTED, _said(error))]
    if value is None or isinstance(value, dict):
        return []
    name = {bool: "bool", str: "string", list: "array"}.get(type(value), "number")
    return [invalid(field, _REDACTED, f"json: cannot unmarshal {name} into Go value of type map[string]interface {{}}")]


def _said(error: Exception) -> str:
    if not isinstance(error, json.JSONDecodeError):
        return "exceeded max depth"
    if error.pos >= len(error.doc) or error.msg.startswith("Unterminated"):
        return "unexpected end of JSON input"
    where = _GO.get(error.msg, "in literal")
    return f"invalid character '{error.doc[error.pos]}' {where}"


def _size(data: Object) -> int:
    """How many bytes base64 stands for."""
    return sum(len(value) * 3 // 4 - value[-2:].count("=") for value in data.values() if value)
