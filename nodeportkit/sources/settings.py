"""Settings of a cluster's proxy and of its machine, from many prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, Final, TypeAlias

from nodeportkit.kube.host import Host
from nodeportkit.kube.proxy_config import ProxyConfig

__all__ = ["Settings", "join_settings", "listed_ranges"]

Settings: TypeAlias = Mapping[str, Any]
"""What one print says: fields of `ProxyConfig` and of `Host` with their values."""

_PROXY: Final = {field.name for field in fields(ProxyConfig)} - {"known"}
_HOST: Final = {field.name for field in fields(Host)}


def listed_ranges(text: str | None) -> tuple[str, ...]:
    """The ranges of a list with commas, as flags and configurations write it.

    Examples
    --------
    >>> listed_ranges("10.244.0.0/16,fd00:10:244::/56"), listed_ranges(None)
    (('10.244.0.0/16', 'fd00:10:244::/56'), ())
    """
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def join_settings(told: Iterable[Settings | tuple[ProxyConfig, Host]]) -> tuple[ProxyConfig, Host]:
    """The settings that prints and clusters, in the order of time, tell together; the later one counts.

    What somebody set in a cluster by hand, so that no source showed it, stays as it is.

    Examples
    --------
    >>> proxy, host = join_settings([{"mode": "iptables"}, {"mode": "nftables", "driver": "docker"}])
    >>> proxy.mode, proxy.known, host.driver
    ('nftables', ('mode',), 'docker')
    """
    shown: dict[str, Any] = {}
    by_hand: dict[str, Any] = {}
    for settings in told:
        if isinstance(settings, tuple):
            proxy, host = settings
            shown |= {name: getattr(proxy, name) for name in proxy.known}
            by_hand |= {name: getattr(proxy, name) for name in _PROXY if proxy.knows(name) and name not in proxy.known}
            shown |= {name: value for name in _HOST if (value := getattr(host, name)) is not None}
        else:
            shown |= settings
    known = tuple(sorted(_PROXY.intersection(shown) - set(by_hand)))
    both = shown | by_hand
    proxy = replace(ProxyConfig(known=known), **{name: both[name] for name in _PROXY.intersection(both)})
    return proxy, Host(**{name: both[name] for name in _HOST.intersection(both)})
