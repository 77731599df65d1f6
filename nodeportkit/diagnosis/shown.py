"""What was shown of a case and what was not: tables tell less than objects do."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.kube.service_ports import family_of
from nodeportkit.standings.facts import Facts, mask, true

__all__ = ["families_shown", "nothing_fits", "of_target", "portless", "selects_unknown", "unlisted", "unseen_workloads"]


def families_shown(case: Case, port: Facts) -> bool:
    """Whether every family of the service and every address of its pods was shown: tables show the first."""
    return bool(case.row["ip_families"]) and bool(port.running["host_network"].notna().all())


def portless(case: Case, port: Facts) -> list[str]:
    """The pods, or their addresses, that slices made from its selector list without a port for this one."""
    ends = port.endpoints
    bare = ends[
        true(ends["address"].notna() & ends["port"].isna() & ends["port_name"].notna() & ends["derived"].eq(False))
    ]
    linked = set(port.ends["pod_ip"].dropna())
    bare = bare[mask(address not in linked for address in bare["address"])] if case.facts.selector else bare.iloc[:0]
    return [str(who) for who in bare["pod"].fillna(bare["address"]).unique()]


def unlisted(case: Case, port: Facts) -> list[str]:
    """The pods that are ready and stand in no slice, where slices were shown in full and the pods' addresses too."""
    ends = port.endpoints
    if not case.facts.selector or not case.facts.stated or ends.empty or ends["address"].isna().any():
        return []
    shown, families = set(ends["address"]), {family_of(address) for address in ends["address"]}
    pods = case.pods[true(case.pods["ready"]) & ~true(case.pods["terminating"])]
    return [
        str(name)
        for name, ips in zip(pods["name"], pods["ips"], strict=True)
        if isinstance(ips, list) and ips and family_of(ips[0]) in families and not shown & set(ips)
    ]


def of_target(case: Case, port: Facts) -> str:
    """The command that shows the target port and the pods' own ports; "" where both were shown."""
    if pd.isna(port.ports["target_port"].iloc[0]):
        return case.command("get services,pods", "-o", "json")
    return "" if case.containers_shown else case.listing("pods", "-o", "json")


def unseen_workloads(case: Case) -> bool:
    """Whether there may be a workload that makes such pods as the selector wants, and has none now.

    Tables of Deployments show selectors with `-o wide` only; one that has pods makes pods like those.
    """
    if not case.collected("workloads"):
        return True
    made = case.cluster.workloads
    mine = made[true(made["namespace"].eq(case.namespace) & made["owner_name"].isna() & made["kind"].ne("ReplicaSet"))]
    if mine.empty and made["namespace"].nunique() == 1 and not made["namespace"].eq(case.namespace).any():
        return True  # a capture of one other namespace tells nothing of this one
    told = [
        isinstance(a, Mapping) or isinstance(b, Mapping)
        for a, b in zip(mine["template_labels"], mine["selector"], strict=True)
    ]
    return bool((~np.array(told, dtype=np.bool_) & ~true(mine["ready"].gt(0))).any())


def selects_unknown(case: Case) -> bool:
    """Whether it was not shown which pods the service selects: neither a selector with labels, nor endpoints."""
    shown = case.facts.selector is not None and (case.facts.labels_shown or len(case.facts.matched) > 0)
    return not shown and case.facts.ends.empty


def nothing_fits(case: Case, port: Facts) -> bool:
    """Whether there are no pods in the namespace, nor workloads that would make such as the selector wants."""
    nobody = bool(port.selector) and port.pods_listed and port.all_pods.empty and port.ends.empty
    return nobody and port.workloads.empty and case.collected("workloads")
