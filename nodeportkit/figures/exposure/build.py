"""What the picture of the range of node ports shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from nodeportkit.auditing import node_port_map
from nodeportkit.kube.allocation import node_port_bands
from nodeportkit.standings.wording import agree, listed, some

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["KINDS", "Scene", "build"]

# What a cell can be, the most telling last: of a number with several claims, or several numbers, that one is drawn.
KINDS: Final = ("health check", "host port", "hidden", "node port", "clash")
_MOST_CELLS: Final = 3072
_MOST_LISTED: Final = 30


@dataclass(frozen=True, slots=True)
class Scene:
    """The range, what each of its cells is, and who holds the numbers.

    Attributes
    ----------
    static, dynamic
        The two bands.
    per_cell
        How many numbers a cell stands for.
    cells
        The kind of each cell that is not free, by its place from the first number on.
    counts
        How many numbers there are of each kind.
    holders
        (number and protocol, who, whether it clashes) of the numbers, the clashing ones first; those that are not shown are
        counted in `more`.
    words
        The same as lines of text.
    """

    title: str
    subtitle: str
    static: range
    dynamic: range
    per_cell: int
    cells: dict[int, str]
    counts: dict[str, int]
    holders: tuple[tuple[str, str, bool], ...]
    more: int
    words: tuple[str, ...]


def build(cluster: Cluster, node_port_range: str | None) -> Scene:
    """The scene of a cluster."""
    static, dynamic = node_port_bands(node_port_range or cluster.proxy.node_port_range)
    claims = node_port_map(cluster, node_port_range=node_port_range)
    claims = claims.assign(drawn=claims["kind"].where(~claims["clash"], "clash"))
    inside = claims[claims["band"].ne("outside").to_numpy(dtype=bool)]
    size = len(static) + len(dynamic)
    first = (static or dynamic)[0]
    per_cell = -(-size // _MOST_CELLS)
    rank = {kind: place for place, kind in enumerate(KINDS)}
    cells: dict[int, str] = {}
    for number, kind in zip(inside["node_port"], inside["drawn"], strict=True):
        place = (int(number) - first) // per_cell
        if rank[kind] >= rank.get(cells.get(place, ""), -1):
            cells[place] = kind
    counts = inside.drop_duplicates(["protocol", "node_port", "drawn"])["drawn"].value_counts()
    holders = [(text, " and ".join(who), clash) for text, who, clash in _holders(claims)]
    holders.sort(key=lambda one: not one[2])
    clashing = [text for text, _, clash in holders if clash]
    used = inside[inside["kind"].ne("host port").to_numpy(dtype=bool)]["node_port"].nunique()
    return Scene(
        _title(used, size, clashing),
        _subtitle(static, dynamic, per_cell),
        static,
        dynamic,
        per_cell,
        cells,
        {str(kind): int(count) for kind, count in counts.items()},
        tuple(holders[:_MOST_LISTED]),
        max(len(holders) - _MOST_LISTED, 0),
        tuple(f"{text}: {who}{' (clash)' * clash}" for text, who, clash in holders),
    )


def _holders(claims: pd.DataFrame) -> list[tuple[str, list[str], bool]]:
    found: dict[str, tuple[list[str], bool]] = {}
    columns = (claims[name] for name in ("node_port", "protocol", "namespace", "service", "kind", "clash"))
    for number, protocol, namespace, service, kind, clash in zip(*columns, strict=True):
        who = f"{namespace}/{service}" + ("" if kind == "node port" else f" ({kind})")
        held, before = found.get(f"{number}/{protocol}", ([], False))
        found[f"{number}/{protocol}"] = ([*held, who], before or bool(clash))
    return [(text, who, clash) for text, (who, clash) in found.items()]


def _title(used: int, size: int, clashing: list[str]) -> str:
    if clashing:
        return f"{listed(clashing, most=3)} {agree(len(clashing), 'is', 'are')} claimed twice"
    if not used:
        return f"None of {size:,} node ports is in use"
    if used == size:
        return f"All {size:,} node ports are in use: no service gets one"
    return f"{some(used, 'x').removesuffix('s').removesuffix(' x')} of {size:,} node ports {agree(used, 'is', 'are')} in use"


def _subtitle(static: range, dynamic: range, per_cell: int) -> str:
    parts = [f"{static[0]}-{static[-1]} for numbers that somebody chooses"] if len(static) else []
    parts += [f"{dynamic[0]}-{dynamic[-1]} handed out by Kubernetes"] if len(dynamic) else []
    cell = "a cell a number" if per_cell == 1 else f"a cell for {per_cell} numbers"
    return f"{', '.join(parts)}; {cell}"
