"""`read`: whatever a person has -> a Cluster."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError, ReadError
from nodeportkit.frames import SCHEMAS
from nodeportkit.kube.host import Host
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.progress import report
from nodeportkit.sources.garbage import no_garbage_collection
from nodeportkit.sources.join import Deleted, Print, collected, join
from nodeportkit.sources.large import Bytes, LargeFile
from nodeportkit.sources.objects.collect import Objects
from nodeportkit.sources.objects.dict_form import read_objects
from nodeportkit.sources.objects.json.read import read_json
from nodeportkit.sources.objects.yaml.form import read_yaml
from nodeportkit.sources.origins import Origin, origins
from nodeportkit.sources.reader import Fragment, Outcome
from nodeportkit.sources.scan import Scan, Step, scan
from nodeportkit.sources.settings import Settings, join_settings
from nodeportkit.sources.text import decode

__all__ = ["read"]

_JSON: Final = re.compile(rb"\s*(?:\{|\[\s*[{\]])")
_YAML_FIRST: Final = re.compile(r"(?:apiVersion|kind|metadata|items|spec)\s*:|---\s*$|-\s+apiVersion\s*:")
_LONG: Final = 8 << 20
_HEAD: Final = 4096
_YAML_SUFFIXES: Final = (".yaml", ".yml")
Content: TypeAlias = str | Bytes


@dataclass(slots=True)
class _Told:
    """What all sources told so far, in order."""

    prints: list[Print] = field(default_factory=list)
    unread: list[tuple[str, int | None, str]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    problems: list[NodePortKitError] = field(default_factory=list)
    settings: list[Settings | tuple[ProxyConfig, Host]] = field(default_factory=list)


def read(*sources: Any, now: datetime | None = None) -> Cluster:
    """The cluster that the sources tell of, looked at and joined.

    A later print of an object supersedes an earlier one; what it does not show is kept from before. So order the sources
    by time. Nothing is guessed: what no source showed is missing in the frames, and lines that no reader understood are in
    `.unread`.

    Parameters
    ----------
    *sources
        In any mixture: text as pasted from a terminal, file names, globs, folders, `pathlib` paths, bytes, open files,
        Kubernetes objects as dicts or lists of dicts, and clusters read before. Files may hold what `kubectl get`,
        `kubectl describe` and minikube print, YAML or JSON, whole transcripts, or a cluster saved by `Cluster.save`. How
        the proxy is set up (`.proxy`) is known from kube-proxy's ConfigMap, log or rules, from flags of kube-apiserver and
        kube-proxy, and from configurations of kubeadm and kind; of the machine (`.host`) tell sysctl, docker and minikube.
    now
        The moment at which YAML and JSON objects were printed: ages are given relative to it. Tables show ages
        themselves.

    Returns
    -------
    Cluster

    Raises
    ------
    NotFound
        If a path or glob names no file.
    ManifestError
        If a manifest is no YAML; it carries the slips found, their lines and the corrected text. Where it is only a part of
        what a terminal printed, the rest is read, and the error is in the cluster's `.problems`.
    ReadError
        If a JSON file is cut off, or a source is not text.

    Examples
    --------
    >>> cluster = read('''
    ... $ kubectl get services
    ... NAME            TYPE       CLUSTER-IP       EXTERNAL-IP   PORT(S)        AGE
    ... myapp-service   NodePort   10.104.148.160   <none>        80:30008/TCP   49s
    ... ''')
    >>> cluster.ports[["service", "port", "node_port"]]
             service  port  node_port
    0  myapp-service    80      30008
    """
    told = _Told()
    with no_garbage_collection():
        for number, origin in enumerate(origins(sources)):
            report(f"Reading {origin.name}")
            _tell(told, number, origin, now)
        report("Joining what was read")
        frames: dict[str, Any] = dict(join(told.prints))
    proxy, host = join_settings(told.settings)
    unread = pd.DataFrame(told.unread, columns=["source", "line", "text"]).astype({"line": "Int64"})
    return Cluster(
        **{name: frame for name, frame in frames.items() if len(frame) or name == "stated"},
        collected=collected(told.prints, frames["services"]),
        unread=unread,
        steps=told.steps,
        problems=told.problems,
        proxy=proxy,
        host=host,
    )


def _tell(told: _Told, number: int, origin: Origin, now: datetime | None) -> None:
    content = origin.content
    if content is None:
        told.unread.append((origin.name, None, "not opened: no text file by its name"))
    elif isinstance(content, Cluster):
        _tell_cluster(told, number, content)
    elif isinstance(content, list):
        _tell_objects(told, number, origin.name, read_objects(content, origin.name, now=now))
    elif isinstance(content, str | bytes | LargeFile):
        _tell_text(told, number, origin.name, content, now)
    else:
        raise ReadError(
            f"cannot be read: a {type(content).__name__}",
            source=origin.name,
            hint="Give text, paths, bytes, open files, Kubernetes objects as dicts, or clusters.",
        )


def _tell_cluster(told: _Told, number: int, cluster: Cluster) -> None:
    for name in SCHEMAS:
        if name != "endpoints" and name in cluster.collected:
            told.prints.append(Print(number, Fragment(name, getattr(cluster, name))))
    if len(cluster.stated) or "endpoints" in cluster.collected:
        told.prints.append(Print(number, Fragment("endpoints", cluster.given, covers=cluster.stated)))
    told.settings.append((cluster.proxy, cluster.host))
    told.unread.extend(cluster.unread.itertuples(index=False, name=None))
    told.steps.extend(cluster.steps)
    told.problems.extend(cluster.problems)


def _tell_objects(told: _Told, number: int, source: str, objects: Objects) -> None:
    told.prints.extend(Print(number, fragment) for fragment in objects.fragments)
    told.prints.extend(_deletions(number, objects.outcomes, "default"))
    told.settings.extend(objects.settings)
    told.unread.extend((source, other.line, other.text) for other in objects.others)


def _tell_text(told: _Told, number: int, source: str, content: Content, now: datetime | None) -> None:
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if data[:2] == b"\x1f\x8b":
        content = data = _unpacked(data, source)
    head = bytes(data[:_HEAD])
    if _JSON.match(head) and b'"nftables"' not in head[:200]:
        if b'"nodeportkit-cluster"' in head[:200]:
            _tell_cluster(told, number, Cluster.from_bytes(bytes(data), source))
            return
        _tell_whole_or_lines(told, number, source, content, lambda: read_json(data, source, now=now))
    elif _is_yaml(source, head.decode("utf-8", "replace")):
        _tell_whole_or_lines(told, number, source, content, lambda: read_yaml(decode(content, source), source, now=now))
    else:
        _tell_lines(told, number, source, scan(decode(content, source), source))


def _unpacked(data: Bytes, source: str) -> bytes:
    try:
        return gzip.decompress(bytes(data))
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError(f"a gzip file that cannot be unpacked: {error}", source=source) from error


def _is_yaml(source: str, head: str) -> bool:
    """Whether the first line that says something is a manifest's."""
    for line in head.lstrip("\ufeff").splitlines():
        text = line.replace("\xa0", " ").strip()
        if text and not text.startswith("#"):
            return bool(_YAML_FIRST.match(text)) or (source.endswith(_YAML_SUFFIXES) and not text.startswith("$"))
    return False


def _tell_whole_or_lines(told: _Told, number: int, source: str, content: Content, whole: Any) -> None:
    """Take the content as one document; if it is none, as a paste that begins with one.

    Its error is raised where nothing else can be made of the content.
    """
    try:
        objects = whole()
    except ReadError as error:
        # What a terminal printed is seen soon, and looking through all of a long file that is cut off takes long.
        if len(content) > _LONG and _nothing(scan(decode(content[:_LONG], source), source)):
            raise error
        scanned = scan(decode(content, source), source)
        if _nothing(scanned):
            raise error
        _tell_lines(told, number, source, scanned)
        return
    _tell_objects(told, number, source, objects)


def _nothing(scanned: Scan) -> bool:
    return not scanned.steps and all(finding.table is None for finding in scanned.findings)


def _tell_lines(told: _Told, number: int, source: str, scanned: Scan) -> None:
    if scanned.errors and not scanned.steps and not scanned.findings:
        raise scanned.errors[0]
    for finding, owner in zip(scanned.findings, scanned.owners, strict=True):
        told.prints.extend(Print(number, fragment) for fragment in finding.fragments())
        told.settings.append(finding.settings)
        namespace = None if owner is None else scanned.steps[owner].parsed.namespace
        told.prints.extend(_deletions(number, finding.outcomes, namespace or "default"))
    told.unread.extend((source, line, text) for line, text in scanned.unread)
    told.steps.extend(scanned.steps)
    told.problems.extend(scanned.errors)


def _deletions(number: int, outcomes: Iterable[Outcome], namespace: str) -> Iterator[Print]:
    for outcome in outcomes:
        if outcome.kind == "deleted" and outcome.details.get("name"):
            there = outcome.details.get("namespace") or namespace
            yield Print(number, Deleted(outcome.details.get("resource", ""), there, outcome.details["name"]))
