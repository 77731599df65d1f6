"""Real connections through node ports, from several client addresses, and who answered them."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import re
import socket
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from nodeportkit.frames import STRING
from nodeportkit.playground.network.doors import HOST, can_bind

__all__ = ["Entry", "client_addresses", "load"]

_AT_ONCE: Final = 16
_COLUMNS: Final = ("node", "client", "pod", "pod_node", "outcome")


@dataclass(frozen=True, slots=True)
class Entry:
    """A node port: the node, its address, and the port dialled there."""

    node: str
    address: str
    port: int


def client_addresses(number: int) -> list[str]:
    """So many addresses of this machine that belong to no cluster; the only one, where it has but one.

    Examples
    --------
    >>> client_addresses(2)
    ['127.9.0.1', '127.9.0.2']
    """
    wanted = [f"127.9.{at // 250}.{at % 250 + 1}" for at in range(number)]
    return wanted if all(map(can_bind, wanted)) else [HOST]


def load(
    entries: Sequence[Entry], connections: int, *, clients: Sequence[str], seconds: float, port: dict[str, str]
) -> pd.DataFrame:
    """Dial so many times, by turns through the entries and from the clients; a row for each that differs."""
    # By turns through the nodes, and for each round of them the next client: every client comes by every node.
    rounds = ((client, entry) for client in itertools.cycle(clients) for entry in entries)
    wanted = list(itertools.islice(rounds, connections))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        dial = _ask if port["protocol"] == "UDP" else _dial
        found = list(pool.map(lambda pair: dial(pair[1], pair[0], seconds), wanted))
    counts = Counter(found)
    rows = sorted(counts, key=lambda row: tuple(map(str, row)))
    frame = pd.DataFrame(rows, columns=list(_COLUMNS)).astype(dict.fromkeys(_COLUMNS, STRING))
    named = pd.DataFrame({name: pd.array([value] * len(rows), dtype=STRING) for name, value in port.items()})
    return pd.concat([named, frame], axis=1).assign(connections=[counts[row] for row in rows])


def _dial(entry: Entry, client: str, seconds: float) -> tuple[Any, ...]:
    """One connection: the node, the client, the pod that answered and its node, and what became of it."""
    dialling = http.client.HTTPConnection(entry.address, entry.port, timeout=seconds, source_address=(client, 0))
    pod = node = None
    with contextlib.closing(dialling):
        try:
            dialling.request("GET", "/", headers={"Connection": "close"})
            answer = dialling.getresponse()
            answer.read()
            pod, node = answer.getheader("X-Pod-Name"), answer.getheader("X-Node-Name")
            outcome = "answered" if answer.status < 500 else f"http {answer.status}"
        except ConnectionRefusedError:
            outcome = "refused"
        except TimeoutError:
            outcome = "timeout"
        except (http.client.HTTPException, OSError):
            outcome = "reset"
    return entry.node, client, pod, node, outcome


def _ask(entry: Entry, client: str, seconds: float) -> tuple[Any, ...]:
    """The same with a datagram: what pods say to one names them."""
    told: dict[str, str] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(seconds)
        try:
            asking.bind((client, 0))
            asking.connect((entry.address, entry.port))
            asking.send(b"who?")
            told = dict(re.findall(r"(\w+)=(\S+)", asking.recv(1 << 16).decode("utf-8", "replace")))
            outcome = "answered"
        except ConnectionRefusedError:
            outcome = "refused"
        except TimeoutError:
            outcome = "timeout"
        except OSError:
            outcome = "reset"
    return entry.node, client, told.get("pod"), told.get("node"), outcome
