"""Many nodes and many pods in few rows: which are shown each, and which are counted together."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.figures.flow.scene import EndSeen, EntrySeen
from nodeportkit.figures.fractions import percent

__all__ = ["fold_ends", "fold_entries"]

_MOST: Final = 12  # rows of a column
_LOST: Final = {
    "DROP": "lost: no pod here takes any",
    "REJECT": "refused: no pod takes any",
    "UNHANDLED": "no answer on this port",
}
Places = npt.NDArray[np.intp]


def fold_entries(rows: pd.DataFrame, nodes: pd.DataFrame) -> tuple[Places, tuple[EntrySeen, ...]]:
    """The place of each row's entry node, and the entry nodes in these places; -1 for rows that no connection takes."""
    code, names = pd.factorize(rows["node"].astype(object), use_na_sentinel=False)
    used = np.bincount(code, weights=rows["value"], minlength=len(names)) > 0
    lost = rows["address"].isna().to_numpy(dtype=bool) & (rows["value"] > 0).to_numpy(dtype=bool)
    share = np.bincount(code, weights=rows["value"], minlength=len(names))
    # Nodes that lose connections, and then the busiest, are shown before others are folded.
    loses = np.bincount(code[lost], minlength=len(names)) > 0
    place, kept, rest = _fold(np.flatnonzero(used), len(names), np.lexsort((-share, ~loses)))
    addresses = dict(zip(nodes["name"], nodes["internal_ips"], strict=True))
    verdicts = rows.loc[lost].drop_duplicates("node").set_index("node")
    verdict = verdicts["verdict"].to_dict()
    seen = [
        EntrySeen(
            "any node" if pd.isna(names[i]) else str(names[i]),
            next(iter(ips), "") if isinstance(ips := addresses.get(names[i]), list) else "",
            float(share[i]),
            _LOST.get(str(verdict.get(names[i], "DROP")), "lost") if loses[i] else "",
        )
        for i in kept
    ]
    if len(rest):
        words = "some of it is lost" if loses[rest].any() else ""
        seen.append(EntrySeen(f"{len(rest):,} more nodes", "", float(share[rest].sum()), words))
    return place[code], tuple(seen)


def fold_ends(rows: pd.DataFrame, total: int | None) -> tuple[Places, tuple[EndSeen, ...]]:
    """The place of each row's pod, and the pods in these places; -1 for connections that are lost."""
    reached = rows[rows["address"].notna()]
    order = _by_node(reached["pod_node"], rows["node"])
    pods = reached.assign(order=order).sort_values("order", kind="stable").drop_duplicates("address")
    pods = pods.set_index("address")
    pods["value"] = reached.groupby("address")["value"].sum().reindex(pods.index)
    homes = pods["pod_node"].astype(object).where(pods["pod_node"].notna(), None)
    if len(pods) > _MOST and homes.nunique(dropna=False) > 1:
        group = pd.factorize(homes, use_na_sentinel=False)[0]
    else:
        group = np.arange(len(pods), dtype=np.intp)
    count = int(group.max(initial=-1)) + 1
    share = np.bincount(group, weights=pods["value"], minlength=count)
    place, kept, rest = _fold(np.arange(count), count, np.argsort(-share, kind="stable"))
    seen = [_end(pods[group == i], total) for i in kept]
    if len(rest):
        seen.append(_end(pods[np.isin(group, rest)], total))
    of_address = pd.Series(place[group], index=pods.index)
    return rows["address"].map(of_address).fillna(-1).to_numpy(dtype=np.intp), tuple(seen)


def _fold(used: Places, count: int, urgent: Places) -> tuple[Places, Places, Places]:
    """The place of each, those that are shown, and those that are folded into the last place."""
    kept, rest = used, used[:0]
    if len(used) > _MOST:
        first = urgent[np.isin(urgent, used)][: _MOST - 1]
        kept, rest = used[np.isin(used, first)], used[~np.isin(used, first)]
    place = np.full(count, -1, dtype=np.intp)
    place[kept] = np.arange(len(kept))
    place[rest] = len(kept)
    return place, kept, rest


def _by_node(homes: pd.Series, nodes: pd.Series) -> pd.Series:
    """Where each pod's node stands among the entry nodes; after them, other nodes in the order of their first pod."""
    known = pd.unique(pd.concat([nodes.dropna(), homes.dropna()]))
    return homes.map(pd.Series(np.arange(len(known)), index=known)).fillna(len(known))


def _end(pods: pd.DataFrame, total: int | None) -> EndSeen:
    share = float(pods["value"].sum())
    count = None if total is None else round(share * total)
    homes = pods["pod_node"].unique()
    where = "node not shown" if pd.isna(homes[0]) else f"on {homes[0]}"
    where = where if len(homes) == 1 else f"on {len(homes):,} nodes"
    if len(pods) == 1:
        name: Any = pods["pod"].iloc[0]
        return EndSeen(str(pods.index[0]) if pd.isna(name) else str(name), where, share, count)
    alike = total is None and float(pods["value"].max() - pods["value"].min()) < 1e-9
    each = f", {percent(share / len(pods))} each" if alike else ""
    return EndSeen(f"{len(pods):,} pods", where + each, share, count)
