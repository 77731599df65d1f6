"""Ports, addresses and endpoints: lists in one cell, cut short or not."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from nodeportkit.cells.columns import NONE, UNKNOWN, wrong

__all__ = [
    "Addresses",
    "Port",
    "format_endpoint",
    "format_list",
    "format_ports",
    "parse_addresses",
    "parse_endpoint",
    "parse_port_numbers",
    "parse_ports",
]

# kubectl's words for "there is nothing here"; `<nodes>` stood under EXTERNAL-IP of node port services before 1.9.
_NOTHING: Final = frozenset({NONE, "<unset>", "<pending>", "<nodes>", UNKNOWN})
_PORT = re.compile(r"([0-9]{1,5})(?::([0-9]{1,5}))?/([A-Za-z]+)")
_MORE = re.compile(r"(.*) \+ ([0-9]{1,9}) more\.\.\.", re.DOTALL)


class Port(NamedTuple):
    """An entry of PORT(S): the port, its node port (None where there is none) and the protocol."""

    port: int
    node_port: int | None
    protocol: str


class Addresses(NamedTuple):
    """A printed list, and how many more there were that it did not show (None: some, their number was not shown)."""

    shown: list[str]
    more: int | None


def parse_ports(text: str) -> list[Port]:
    """Read a PORT(S) cell of a service: `80:30080/TCP,443/TCP`; `<none>` gives no ports.

    Examples
    --------
    >>> parse_ports("80:30080/TCP,53/UDP")
    [Port(port=80, node_port=30080, protocol='TCP'), Port(port=53, node_port=None, protocol='UDP')]
    """
    if text.strip() == NONE:
        return []
    ports = []
    for item in text.strip().split(","):
        match = _PORT.fullmatch(item)
        if not match:
            raise wrong("PORT(S) cell", text, f"{item!r} should look like 80/TCP or 80:30080/TCP.")
        ports.append(Port(_port(match[1], text), _port(match[2], text) if match[2] else None, match[3]))
    return ports


def format_ports(ports: Iterable[Port]) -> str:
    """Write the PORT(S) cell of a service.

    Examples
    --------
    >>> format_ports([Port(80, 30080, "TCP"), Port(53, None, "UDP")])
    '80:30080/TCP,53/UDP'
    """
    return (
        ",".join(f"{p.port}:{p.node_port}/{p.protocol}" if p.node_port else f"{p.port}/{p.protocol}" for p in ports)
        or NONE
    )


def _port(digits: str, text: str) -> int:
    number = int(digits)
    if not 1 <= number <= 65535:
        raise wrong("list of ports", text, f"Ports are 1 to 65535, not {number}.")
    return number


def parse_port_numbers(text: str) -> tuple[list[int | None], int | None]:
    """Read a PORTS cell of an EndpointSlice, `8080,9090 + 1 more...`: the numbers, and how many more there are.

    A port without a number stands there by its name, or as `*` where it has none: its number is None.

    Examples
    --------
    >>> parse_port_numbers("8080,9090,metrics + 1 more...")
    ([8080, 9090, None], 1)
    """
    shown, more = parse_addresses(text)
    return [_port(item, text) if re.fullmatch("[0-9]{1,5}", item) else None for item in shown], more


def parse_addresses(text: str) -> Addresses:
    """Read a list of addresses, host names or endpoints as kubectl prints it, cut short or not.

    `<none>`, `<unset>`, `<pending>`, `<unknown>` and the `<nodes>` of kubectl before 1.9 give no addresses. Where the end
    was cut off (`203.0.113.40,2...`) the cut one is left out, and `more` is None: some, unknown how many.

    Examples
    --------
    >>> parse_addresses("10.1.2.3:80,10.1.2.4:80 + 2 more...")
    Addresses(shown=['10.1.2.3:80', '10.1.2.4:80'], more=2)
    >>> parse_addresses("203.0.113.40,2...")
    Addresses(shown=['203.0.113.40'], more=None)
    """
    text = text.strip()
    if text in _NOTHING:
        return Addresses([], 0)
    more: int | None = 0
    match = _MORE.fullmatch(text)
    if match:
        listed, more = match[1], int(match[2])
    elif text.endswith("..."):
        listed, more = text[: -len("...")].rpartition(",")[0], None
        if not listed:
            return Addresses([], None)
    else:
        listed = text
    shown = listed.split(",")
    if any(not item or " " in item for item in shown):
        raise wrong("list of addresses", text, "kubectl prints a,b,c or a,b,c + 2 more...")
    return Addresses(shown, more)


def format_list(items: Sequence[str], *, most: int | None = None, missing: str = NONE) -> str:
    """Write a list as kubectl does, cut after `most` items.

    Examples
    --------
    >>> format_list(["a", "b", "c", "d"], most=3), format_list([])
    ('a,b,c + 1 more...', '<none>')
    """
    if not items:
        return missing
    if most is None or len(items) <= most:
        return ",".join(items)
    return f"{','.join(items[:most])} + {len(items) - most} more..."


def parse_endpoint(text: str) -> tuple[str, int | None]:
    """Read the address and the port of `10.1.2.3:80` or `[fd00::1]:80`; the port is None where only an address stands.

    Examples
    --------
    >>> parse_endpoint("[fd00::1]:80"), parse_endpoint("fd00::1")
    (('fd00::1', 80), ('fd00::1', None))
    """
    text = text.strip()
    if _is_ip(text):
        return text, None
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        colon = ""  # an IPv6 address with a port stands in brackets
    if re.fullmatch(r"[\d.]+", host if colon else text) and not _is_ip(host if colon else text):
        raise wrong("endpoint", text, "The address is cut off.")
    if not colon and text and ":" not in text and " " not in text:
        return text, None
    if not colon or not host or " " in host or not re.fullmatch("[0-9]{1,5}", port):
        raise wrong("endpoint", text, "Endpoints look like 10.1.2.3:80 or [fd00::1]:80.")
    return host, _port(port, text)


def format_endpoint(address: str, port: int | None = None) -> str:
    """Write `address:port`, the address in brackets where it is IPv6.

    Examples
    --------
    >>> format_endpoint("fd00::1", 80), format_endpoint("10.1.2.3", 80)
    ('[fd00::1]:80', '10.1.2.3:80')
    """
    if port is None:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
