"""Which IP addresses and ranges Kubernetes takes, and what it says of the others.

staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go, with StrictIPCIDRValidation, which is on since 1.36: before, a
leading 0 and bits beyond the prefix length were accepted with a warning.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Final

from nodeportkit.kube.validation.field import FieldError, invalid

__all__ = [
    "LOOPBACK",
    "Address",
    "Network",
    "address",
    "address_warnings",
    "check_address",
    "check_not_special",
    "check_range",
    "family",
    "network",
    "range_warnings",
]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_ZEROS: Final = re.compile(r"(?<![0-9a-fA-F:.])0+(?=[0-9])|(?<=\.)0+(?=[0-9])")
_REMEMBERED: Final = 1 << 14  # a slice is written again with nearly the same addresses, again and again
LOOPBACK: Final = "may not be in the loopback range (127.0.0.0/8, ::1/128)"
_SOON: Final = "will be considered invalid in a future Kubernetes release: use"
_NOT_SPECIAL: Final = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"


@lru_cache(maxsize=_REMEMBERED)
def address(value: str) -> Address | None:
    """The address, read as sloppily as the server does: leading zeros of an IPv4 address count for nothing.

    Examples
    --------
    >>> address("010.096.0.7"), address("web")
    (IPv4Address('10.96.0.7'), None)
    """
    text = _ZEROS.sub("", value) if "." in value and ":" not in value else value
    try:
        return None if "%" in text else ipaddress.ip_address(text)
    except ValueError:
        return None


def network(value: str) -> Network | None:
    """The range, read as sloppily as the server does; None for what is no range.

    Examples
    --------
    >>> network("10.1.2.3/8"), network("10.0.0.0")
    (IPv4Network('10.0.0.0/8'), None)
    """
    host, _, bits = value.partition("/")
    found = address(host)
    if found is None or not re.fullmatch("[0-9]{1,4}", bits) or int(bits) > found.max_prefixlen:
        return None
    return ipaddress.ip_network(f"{found}/{int(bits)}", strict=False)


def family(value: str) -> str | None:
    """IPv4 or IPv6; None for what is no address."""
    found = address(value)
    return None if found is None else f"IPv{found.version}"


def check_address(field: str, value: str) -> list[FieldError]:
    """What is wrong with an IP address."""
    found = address(value)
    if found is None:
        return [invalid(field, value, _NOT_SPECIAL)]
    if isinstance(found, ipaddress.IPv4Address) and _ZEROS.search(value):
        return [invalid(field, value, "must not have leading 0s")]
    if _is_mapped(found):
        return [invalid(field, value, "must not be an IPv4-mapped IPv6 address")]
    return []


def check_range(field: str, value: str) -> list[FieldError]:
    """What is wrong with a range of addresses."""
    host, _, bits = value.partition("/")
    found, range_ = address(host), network(value)
    if found is None or range_ is None:
        return [invalid(field, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
    if (found.version == 4 and _ZEROS.search(host)) or (len(bits) > 1 and bits.startswith("0")):
        return [invalid(field, value, "must not have leading 0s in IP or prefix length")]
    if _is_mapped(found):
        return [invalid(field, value, "must not have an IPv4-mapped IPv6 address")]
    if range_.network_address != found:
        return [invalid(field, value, "must not have bits set beyond the prefix length")]
    return []


def check_not_special(field: str, value: str) -> list[FieldError]:
    """What is wrong with an address that must be reachable from outside: none of this machine, none of this link.

    pkg/apis/core/validation/validation.go, `ValidateNonSpecialIP`.
    """
    return [invalid(field, value, detail) for detail in _special(value)]


@lru_cache(maxsize=_REMEMBERED)
def _special(value: str) -> tuple[str, ...]:
    found = address(value)
    if found is None:
        return ()
    said = (
        (found.is_unspecified, f"may not be unspecified ({value})"),
        (found.is_loopback, LOOPBACK),
        (found.is_link_local, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
        (
            _is_link_local_multicast(found),
            "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)",
        ),
    )
    return tuple(detail for applies, detail in said if applies)


def address_warnings(field: str, value: str) -> list[str]:
    """What the server says of an address that it takes, though it is written oddly (`GetWarningsForIP`)."""
    found = address(value)
    if found is None:
        return []
    if (found.version == 4 and _ZEROS.search(value)) or _is_mapped(found):
        plain = getattr(found, "ipv4_mapped", None) or found
        return [f'{field}: non-standard IP address "{value}" {_SOON} "{plain}"']
    if found.version == 6 and str(found) != value:
        return [f'{field}: IPv6 address "{value}" should be in RFC 5952 canonical format ("{found}")']
    return []


def range_warnings(field: str, value: str) -> list[str]:
    """What the server says of a range that it takes, though it is written oddly (`GetWarningsForCIDR`).

    Examples
    --------
    >>> range_warnings("cidr", "2001:DB8::/32")
    ['cidr: IPv6 CIDR value "2001:DB8::/32" should be in RFC 5952 canonical format ("2001:db8::/32")']
    """
    host, _, bits = value.partition("/")
    found, range_ = address(host), network(value)
    if found is None or range_ is None:
        return []
    told = []
    if range_.network_address != found:
        meant = f'"{range_}" or "{found}/{found.max_prefixlen}"?'
        told.append(f'{field}: CIDR value "{value}" is ambiguous in this context (should be {meant})')
    zeros = (found.version == 4 and _ZEROS.search(host)) or (len(bits) > 1 and bits.startswith("0"))
    if zeros or _is_mapped(found):
        told.append(f'{field}: non-standard CIDR value "{value}" {_SOON} "{range_}"')
    if not told and found.version == 6 and str(range_) != value:
        told.append(f'{field}: IPv6 CIDR value "{value}" should be in RFC 5952 canonical format ("{range_}")')
    return told


def _is_mapped(found: Address) -> bool:
    return isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None


def _is_link_local_multicast(found: Address) -> bool:
    if isinstance(found, ipaddress.IPv4Address):
        return found in ipaddress.ip_network("224.0.0.0/24")
    return found.packed[0] == 0xFF and found.packed[1] & 0x0F == 0x02
