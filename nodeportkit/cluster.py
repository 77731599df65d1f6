"""Cluster: the frames of one moment, and the settings of its proxy."""

from __future__ import annotations

import gzip
import warnings
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pandas as pd

from nodeportkit.errors import NodePortKitError, NotFound, SnapshotError, nearest
from nodeportkit.frames import SCHEMAS, Column, conform, empty
from nodeportkit.kube.endpoints import all_endpoints
from nodeportkit.kube.host import Host
from nodeportkit.kube.proxy_config import ProxyConfig

if TYPE_CHECKING:
    from nodeportkit.sources.transcript import Step

__all__ = ["Cluster"]

_FORMAT: Final = "nodeportkit-cluster"
_VERSION: Final = 1
_MAIN: Final = ("nodes", "services", "ports", "pods", "containers", "endpoints", "workloads")  # named even if empty
# What comes of JSON of another shape; a number too large to be a port is a warning of numpy.
_MISFITS: Final = (ArithmeticError, AttributeError, RecursionError, RuntimeWarning, TypeError, ValueError)
_SERVICE_KEY: Final = ["namespace", "service"]


class Cluster:
    """The frames of one moment; see `nodeportkit.frames` for their columns.

    A cluster does not change: `replace` gives another one.

    Parameters
    ----------
    nodes, services, ports, pods, containers, endpoints, workloads, specs, policies, namespaces, backends, events
        Frames, or columns of frames, of the schema of that name; missing columns are filled in as missing values.
    stated
        Frame with the columns namespace and service: the services whose endpoints a source stated, even if it stated
        that there are none. Without it, the services that occur in `endpoints`. For every other service with a
        selector, the endpoints are worked out from its selector and the pods, and marked `derived`.
    proxy
        How kube-proxy is set up.
    host
        What is known of the machine that the nodes run on.
    unread
        Frame with the columns source, line and text: what no reader understood.
    collected
        The frames of which a source listed what there is, even if that was nothing: an empty `policies` among them
        means that there are no policies, else that nobody looked. A frame with rows always counts.
    steps
        The commands of the transcripts read, with what they came to.
    problems
        Errors of parts of a text that could not be read while the rest could: a broken manifest in a transcript.

    Attributes
    ----------
    given
        The endpoints that a source stated; `endpoints` holds these and the derived ones.

    Examples
    --------
    >>> cluster = Cluster(
    ...     services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "selector": [{"app": "web"}]},
    ...     ports={"namespace": ["shop"], "service": ["web"], "port": [80], "target_port": ["8080"]},
    ...     pods={
    ...         "namespace": ["shop"],
    ...         "name": ["web-0"],
    ...         "ips": [["10.1.0.4"]],
    ...         "ready": [True],
    ...         "labels": [{"app": "web"}],
    ...         "terminating": [False],
    ...         "phase": ["Running"],
    ...     },
    ... )
    >>> cluster
    Cluster(nodes=0, services=1, ports=1, pods=1, containers=0, endpoints=1, workloads=0)
    >>> cluster.endpoints[["service", "address", "port", "derived"]]
      service   address  port  derived
    0     web  10.1.0.4  8080     True
    """

    def __init__(
        self,
        *,
        nodes: Any = None,
        services: Any = None,
        ports: Any = None,
        pods: Any = None,
        containers: Any = None,
        endpoints: Any = None,
        workloads: Any = None,
        specs: Any = None,
        policies: Any = None,
        namespaces: Any = None,
        backends: Any = None,
        events: Any = None,
        collected: Iterable[str] = (),
        stated: pd.DataFrame | None = None,
        proxy: ProxyConfig | None = None,
        host: Host | None = None,
        unread: pd.DataFrame | None = None,
        steps: Iterable[Step] = (),
        problems: Iterable[NodePortKitError] = (),
    ) -> None:
        self.nodes = _frame("nodes", nodes)
        self.services = _frame("services", services)
        self.ports = _frame("ports", ports)
        self.pods = _frame("pods", pods)
        self.containers = _frame("containers", containers)
        self.workloads = _frame("workloads", workloads)
        self.specs = _frame("specs", specs)
        self.policies = _frame("policies", policies)
        self.namespaces = _frame("namespaces", namespaces)
        self.backends = _frame("backends", backends)
        self.events = _frame("events", events)
        self.proxy = proxy or ProxyConfig()
        self.host = host or Host()
        self.unread = pd.DataFrame(columns=["source", "line", "text"]) if unread is None else unread
        self.steps = tuple(steps)
        self.problems = tuple(problems)
        self.given = _frame("endpoints", endpoints)
        self.stated = self.given[_SERVICE_KEY].drop_duplicates() if stated is None else stated
        shown = (name for name in SCHEMAS if len(self.given if name == "endpoints" else getattr(self, name)))
        self.collected = frozenset(collected).union(shown)

    @cached_property
    def endpoints(self) -> pd.DataFrame:
        """The endpoints of every service port: those that a source stated, and for the other services those derived."""
        return all_endpoints(self.services, self.ports, self.pods, self.containers, self.nodes, self.given, self.stated)

    def replace(self, **changes: Any) -> Cluster:
        """Another cluster, with some frames or settings changed; endpoints that were derived follow.

        Parameters
        ----------
        **changes
            Any parameter of `Cluster`. `endpoints=None` forgets the stated endpoints, so that all are derived.

        Examples
        --------
        >>> cluster = Cluster(services={"namespace": ["shop"], "name": ["web"]})
        >>> len(cluster.replace(services=cluster.services.iloc[:0]).services)
        0
        """
        state: dict[str, Any] = {name: getattr(self, name) for name in SCHEMAS if name != "endpoints"}
        state |= {name: getattr(self, name) for name in ("proxy", "host", "unread", "steps", "problems", "collected")}
        state["endpoints"] = self.given
        if "endpoints" not in changes:
            state["stated"] = self.stated
        unknown = set(changes) - set(state) - {"stated"}
        if unknown:
            raise TypeError(f"Cluster has no {', '.join(sorted(unknown))}; it has {', '.join(state)}")
        return Cluster(**(state | changes))

    def key(self, service: str) -> tuple[str, str]:
        """Namespace and name of the service called `"name"` or `"namespace/name"`.

        Raises
        ------
        NotFound
            If there is none of that name, or several and no namespace was given.
        """
        namespace, _, name = service.rpartition("/")
        found = self.services[self.services["name"] == name]
        if namespace:
            found = found[found["namespace"] == namespace]
        if len(found) == 1:
            return str(found["namespace"].iloc[0]), name
        names = self.services["namespace"].str.cat(self.services["name"], sep="/").dropna()
        if found.empty:
            raise NotFound(f"There is no service {service!r} here", hint=nearest(service, names))
        if "default" in set(found["namespace"]):
            return "default", name
        several = ", ".join(f"{n}/{name}" for n in found["namespace"])
        raise NotFound(f"{service!r} is the name of several services", hint=f"Say which: {several}.")

    def save(self, path: str | Path) -> Path:
        """Write the frames and the proxy's settings to one JSON file, gzipped if its name ends in `.gz`.

        What no reader understood and what commands printed stay out: only what has a column is saved.
        """
        path = Path(path)
        frames = {name: _columns(self.given if name == "endpoints" else getattr(self, name)) for name in SCHEMAS}
        data = msgspec.json.encode(
            {
                "format": _FORMAT,
                "version": _VERSION,
                "proxy": {name: getattr(self.proxy, name) for name in ProxyConfig.__slots__},
                "host": {name: getattr(self.host, name) for name in Host.__slots__},
                "collected": sorted(self.collected),
                "stated": self.stated.astype(object).to_dict("list"),
                "frames": frames,
            }
        )
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
        return path

    @classmethod
    def load(cls, path: str | Path) -> Cluster:
        """The cluster that `save` wrote to `path`.

        Raises
        ------
        SnapshotError
            If the file is not such a cluster, or of a later version.
        NotFound
            If there is no such file.
        """
        path = Path(path)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise NotFound(f"{path} cannot be opened: {error.strerror}") from error
        return cls.from_bytes(data, str(path))

    @classmethod
    def from_bytes(cls, data: bytes, source: str = "bytes") -> Cluster:
        """The cluster in the bytes that `save` wrote.

        Raises
        ------
        SnapshotError
            If they are not such a cluster, or of a later version.
        """
        try:
            content = msgspec.json.decode(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
            if content["format"] != _FORMAT or content["version"] > _VERSION:
                raise ValueError(f"format {content['format']!r}, version {content['version']!r}")
            proxy, host = ProxyConfig(**_settings(content["proxy"])), Host(**_settings(content.get("host", {})))
            early: dict[str, Any] = {
                name: {} for name in SCHEMAS if name not in _MAIN
            }  # early files have the main frames alone
            saved = early | content["frames"]
            frames: dict[str, Any] = {name: _restored(name, saved[name]) for name in SCHEMAS}
            stated = pd.DataFrame(content["stated"], columns=_SERVICE_KEY)
            collected = content.get("collected", ())
            with warnings.catch_warnings():
                warnings.simplefilter("error", RuntimeWarning)
                return cls(**frames, stated=stated, proxy=proxy, host=host, collected=collected)
        except (msgspec.DecodeError, OSError, EOFError, LookupError, *_MISFITS) as error:
            hint = "Write it again with Cluster.save; other files are for nodeportkit.read."
            raise SnapshotError(f"not a saved cluster ({error})", source=source, hint=hint) from error

    def __repr__(self) -> str:
        told = [f"{name}={len(getattr(self, name))}" for name in _MAIN]
        also = [*(name for name in SCHEMAS if name not in _MAIN), "unread", "problems"]
        told += [f"{name}={len(getattr(self, name))}" for name in also if len(getattr(self, name))]
        return f"Cluster({', '.join(told)})"


def _frame(name: str, columns: Any) -> pd.DataFrame:
    return empty(name) if columns is None else conform(name, columns)


def _columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """The columns of a frame as JSON knows values: None for missing, seconds for an age, text for a time."""
    columns: dict[str, list[Any]] = {}
    for name, values in frame.items():
        plain: Any = values
        if pd.api.types.is_timedelta64_dtype(values.dtype):
            plain = values.dt.total_seconds()
        elif isinstance(values.dtype, pd.DatetimeTZDtype):
            whole = values.dropna().dt.floor("s").equals(values.dropna())  # events have parts of seconds
            plain = values.dt.strftime("%Y-%m-%dT%H:%M:%SZ" if whole else "%Y-%m-%dT%H:%M:%S.%fZ")
        missing = values.isna().to_numpy()
        columns[str(name)] = [None if m else v for m, v in zip(missing, plain.astype(object), strict=True)]
    return columns


def _settings(saved: dict[str, Any]) -> dict[str, Any]:
    """Settings as JSON has them, with the tuples that they had."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in saved.items()}


def _restored(name: str, columns: dict[str, list[Any]]) -> dict[str, Any]:
    def values(column: Column, cells: list[Any]) -> Any:
        return pd.to_timedelta(pd.Series(cells, dtype="float64"), unit="s") if column.kind == "age" else cells

    return {column: values(SCHEMAS[name][column], cells) for column, cells in columns.items()}
