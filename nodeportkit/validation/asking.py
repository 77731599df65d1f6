"""`validate`: what the API server would say of a manifest."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.errors import ReadError, Slip
from nodeportkit.kube.allocation import admit_create, admit_update
from nodeportkit.kube.decoding import Unknown, decode
from nodeportkit.kube.defaults import with_defaults
from nodeportkit.kube.parts import mapping, mappings, text
from nodeportkit.kube.validation import KINDS, FieldError, check_create, check_update, warnings_of
from nodeportkit.kube.validation.field import distinct
from nodeportkit.kube.validation.names import dns1035_label
from nodeportkit.selectors import requirements
from nodeportkit.validation.evidence import Evidence
from nodeportkit.validation.explanations import explain
from nodeportkit.validation.fields import explain_type, guess
from nodeportkit.validation.findings import Finding, to_frame
from nodeportkit.validation.manifests import Item, read_manifest

__all__ = ["validate"]

_WHERE: Final = re.compile(r"((?:spec|metadata|endpoints\[|subsets\[)[\w.\[\]]*)")
_INTERNAL: Final = {"HealthCheck": "spec.healthCheckNodePort", "nodePort": "spec.ports", "serviceIP": "spec.clusterIPs"}
# Kinds of the same groups that are not looked at here.
_OTHERS: Final = frozenset(
    """
    Binding ControllerRevision IPAddress IngressClass LimitRange List PersistentVolume PersistentVolumeClaim PodTemplate
    ReplicationController ResourceQuota ServiceCIDR Status
    """.split()
)
_VERSIONS: Final = frozenset(checks.api_version for checks in KINDS.values())
_NEAR: Final = 0.8


def validate(manifest: Any, cluster: Cluster | None = None, old: Any = None) -> pd.DataFrame:
    r"""What the API server would say of a manifest that is created, or that replaces what is there.

    Checked are Services, EndpointSlices, Endpoints, Ingresses, NetworkPolicies, Nodes, Namespaces, ConfigMaps, Secrets,
    ServiceAccounts, Events; and Pods, Deployments, ReplicaSets, DaemonSets and StatefulSets as far as names, labels,
    selectors, ports, probes and strategies are concerned. Objects of other kinds are accepted with a note.

    Parameters
    ----------
    manifest
        YAML or JSON as text, bytes, a path or an open file, with any number of documents; or an object as a dict, or
        several in a list. Of a text, slips of YAML are found as well, and what follows is looked at as if they were mended.
    cluster
        What is there already: node ports and cluster IPs that are taken, and their ranges. A service of the manifest that
        the cluster has is looked at as a change of it, as `kubectl apply` would make it.
    old
        What the manifest replaces, given as the manifest is; objects are matched by kind, namespace and name. Values that
        were allocated for it and that the manifest leaves out are kept.

    Returns
    -------
    DataFrame
        A row for each thing to say, with the columns

        - `severity`: `error` for what is refused (no such row = accepted), `warning` for what is accepted with a warning,
          `note` for what is good to know;
        - `object`: kind, and namespace and name;
        - `field`, `message`: the server's own, as in `details.causes` of its answer;
        - `explanation`: what that means and what to do;
        - `line`: where in the text, counted from 1.

    Raises
    ------
    NotFound
        If a path names no file.
    ReadError
        If `manifest` or `old` is nothing that holds text or objects.

    Notes
    -----
    As the server of Kubernetes 1.36 and later: defaults are filled in first; node ports and cluster IPs are allocated next,
    and what fails there is told alone; then come the rules (kubernetes/kubernetes pkg/apis/*/validation/ and
    pkg/registry/core/service/storage/). Unknown fields are errors, as kubectl asks for (`--validate=strict`). A server
    stops at the first value of a wrong type; here all are told.

    Examples
    --------
    >>> found = validate('''
    ... apiVersion: v1
    ... kind: Service
    ... metadata:
    ...   name: web
    ... spec:
    ...   type: NodePort
    ...   ports:
    ...   - port: 80
    ...     nodePort: 8080
    ... ''')
    >>> found[["severity", "field", "line"]]
      severity                   field  line
    0    error  spec.ports[0].nodePort    10
    >>> print(found.message[0])
    Invalid value: 8080: provided port is not in the valid range. The range of valid ports is 30000-32767
    """
    read = read_manifest(manifest)
    before = [] if old is None else [item.thing for item in read_manifest(old).items]
    asking = _Asking(Evidence(cluster), before, read.slips)
    for item in read.items:
        asking.ask(item, len(read.items))
    return to_frame([*read.findings, *asking.findings, *asking.unexplained()])


class _Asking:
    """The objects of a manifest, asked about one after the other, as kubectl sends them."""

    def __init__(self, evidence: Evidence, before: Sequence[Any], slips: Sequence[Slip]) -> None:
        self.findings: list[Finding] = []
        self._evidence = evidence
        self._before = before
        self._slips = list(slips)
        self._made: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._item = Item(None)
        self._object = ""

    def ask(self, item: Item, count: int) -> None:
        """Look at one of `count` objects."""
        self._item, self._object = item, ""
        thing = item.thing
        if not isinstance(thing, Mapping):
            self._say("error", "", "Object 'Kind' is missing", "A manifest is a mapping: `kind: Service` and so on.")
            return
        metadata = thing.get("metadata")
        kind, namespace, name = _identity(thing)
        self._object = _named(kind, namespace, name)
        if not self._is_known(thing):
            return
        plain = {**copy.deepcopy(dict(thing))}
        if not self._decoded(plain, kind):
            return
        plain["metadata"] = _placed(metadata, namespace)
        self._judge(plain, (kind, namespace, name), count)

    def unexplained(self) -> list[Finding]:
        """The slips that no error has told of: the server takes such characters as they are."""
        return [
            Finding("warning", "", "", slip.message, f"Write `{slip.corrected.strip()}`.", slip.line)
            for slip in self._slips
        ]

    def _is_known(self, thing: Mapping[str, Any]) -> bool:
        """Whether the object is of a kind that is looked at; if not, say so."""
        kind, version = thing.get("kind"), thing.get("apiVersion")
        for key, value in (("Kind", kind), ("apiVersion", version)):
            if not isinstance(value, str) or not value:
                self._error("", f"Object '{key}' is missing")
                return False
        if kind in KINDS and version == KINDS[kind].api_version:
            return True
        message = f'no matches for kind "{kind}" in version "{version}"'
        near = difflib.get_close_matches(str(kind).lower(), {one.lower(): one for one in KINDS}, n=1, cutoff=_NEAR)
        meant = next((one for one in KINDS if near and one.lower() == near[0]), None)
        ours = version in _VERSIONS
        if kind in KINDS:
            self._say("error", "apiVersion", message, f"Write `apiVersion: {KINDS[str(kind)].api_version}`.")
        elif meant and kind not in _OTHERS and (ours or str(kind).lower() == meant.lower()):
            self._say("error", "kind", message, f"Write `kind: {meant}`.")
        else:
            self._say("note", "kind", f"{kind} is not checked", f"Checked are {', '.join(sorted(KINDS))}.")
        return False

    def _decoded(self, thing: dict[str, Any], kind: str) -> bool:
        """Whether the server could read the object, its unknown fields aside; these are mended or left out."""
        unknown, mistyped = decode(thing, kind)
        for found in unknown:
            meant = guess(found, kind)
            words = f"{found.path.rpartition('.')[0] or kind} has no field `{found.key}`. {meant.words}"
            self._say("error", found.path, found.message, words)
            _mend(thing, found, meant.path)
        for wrong in mistyped:
            self._say("error", wrong.path, wrong.message, self._slip_at(wrong.path, 1) or explain_type(wrong))
        # What was moved may hold unknown fields of its own.
        while hidden := decode(thing, kind)[0]:
            for found in hidden:
                _mend(thing, found, guess(found, kind).path)
        return not mistyped and not decode(thing, kind)[1]

    def _slip_at(self, path: str, behind: int = 0) -> str:
        """The slip that explains what is wrong with a field: on its line, or up to so many lines behind."""
        line = self._item.line(path)
        near = [slip for slip in self._slips if line is not None and line <= slip.line <= line + behind]
        for slip in near:
            self._slips.remove(slip)
        words = (f"{slip.message[:1].upper()}{slip.message[1:]}: write `{slip.corrected.strip()}`." for slip in near)
        return " ".join(words)

    def _judge(self, thing: dict[str, Any], key: tuple[str, str, str], count: int) -> None:
        kind, namespace, name = key
        old = self._old(key, count)
        there = None if old else self._evidence.existing(kind, namespace, name)
        if there is not None:
            words = "`kubectl create` stops here. `kubectl apply` changes what is there, which is what is looked at."
            self._say("note", "metadata.name", f'{KINDS[kind].resource} "{name}" already exists', words)
            old = there if kind == "Service" else _with_selector(thing, there)
        if key in self._made and name:
            words = "The manifest has it twice: `kubectl apply` lets the later one win, `kubectl create` refuses it."
            self._say("warning", "metadata.name", f'{KINDS[kind].resource} "{name}" already exists', words)
            old = self._made[key]
        made, wrong = self._admit(thing, old)
        for error in distinct(wrong):
            field = error.field or next((at for word, at in _INTERNAL.items() if word in error.detail), "")
            message = f"Internal error occurred: {error.detail}" if error.type == "Internal" else error.message
            self._error(field, message, self._holder(error))
        if not wrong:
            self._made[key] = made
        for message in warnings_of(made, old):
            match = _WHERE.match(message)
            self._say("warning", match[1] if match else "", message, explain("", message))
        if deprecated := KINDS[kind].deprecated:
            self._say("warning", "kind", deprecated, explain("", deprecated))
        for field, service in () if wrong else _services_named(made):
            if service and (told := dns1035_label(service)):
                words = "Servers before 1.36 refuse this name: there the name of a service begins with a letter."
                self._say("note", field, f'Invalid value: "{service}": {told[0]}', words)

    def _admit(self, thing: dict[str, Any], old: dict[str, Any] | None) -> tuple[dict[str, Any], list[FieldError]]:
        if thing["kind"] != "Service":
            made = with_defaults(thing)
            return made, check_create(made) if old is None else check_update(made, with_defaults(old))
        allocators = self._evidence.allocators
        made, wrong = admit_create(thing, allocators) if old is None else admit_update(thing, old, allocators)
        if not wrong:
            self._evidence.add(made, self._object.partition(" ")[2])
        return made, wrong

    def _old(self, key: tuple[str, str, str], count: int) -> dict[str, Any] | None:
        """What the object replaces: that of its name, or the only one of its kind."""
        of_kind = [one for one in self._before if isinstance(one, Mapping) and one.get("kind") == key[0]]
        named = [one for one in of_kind if _identity(one) == key]
        found = named or (of_kind if len(of_kind) == count == 1 else [])
        if not found:
            return None
        plain = copy.deepcopy(dict(found[0]))
        return {**plain, "metadata": _placed(plain.get("metadata"), _identity(plain)[1])}

    def _holder(self, error: FieldError) -> str:
        """Who has what is already allocated."""
        told = re.search(r"(?:NodePort|IP) (\S+): ", error.detail)
        value = error.value if isinstance(error.value, int) else told[1] if told else ""
        holder = self._evidence.holder(int(value) if str(value).isdecimal() else value)
        taken = "already allocated" in error.detail
        return f" It belongs to {holder}." if holder and taken else ""

    def _error(self, field: str, message: str, more: str = "") -> None:
        slip = self._slip_at(field)
        self._say("error", field, message, slip or f"{explain(field, message)}{more}")

    def _say(self, severity: str, field: str, message: str, explanation: str) -> None:
        line = self._item.line(field)
        self.findings.append(Finding(severity, self._object, field, message, explanation, line))


def _identity(thing: Mapping[str, Any]) -> tuple[str, str, str]:
    """Kind, namespace and name, as far as they are text."""
    metadata = thing.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    kind, name, namespace = (
        value if isinstance(value, str) else ""
        for value in (thing.get("kind"), metadata.get("name"), metadata.get("namespace"))
    )
    namespaced = kind not in KINDS or KINDS[kind].namespaced
    return kind, (namespace or "default") if namespaced else "", name


def _placed(metadata: Any, namespace: str) -> dict[str, Any]:
    """Metadata that name the namespace, if there is one."""
    given = {key: value for key, value in metadata.items() if key != "namespace"} if isinstance(metadata, dict) else {}
    return {**given, "namespace": namespace} if namespace else given


def _services_named(thing: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The names of services that an object is or leads to, each with its field."""
    spec = mapping(thing, "spec")
    if thing["kind"] == "Service":
        yield "metadata.name", text(mapping(thing, "metadata"), "name")
    elif thing["kind"] == "Ingress":
        yield "spec.defaultBackend.service.name", text(mapping(spec, "defaultBackend", "service"), "name")
        for position, rule in enumerate(mappings(spec, "rules")):
            for at, path in enumerate(mappings(mapping(rule, "http"), "paths")):
                field = f"spec.rules[{position}].http.paths[{at}].backend.service.name"
                yield field, text(mapping(path, "backend", "service"), "name")


def _with_selector(thing: dict[str, Any], there: dict[str, Any]) -> dict[str, Any]:
    """What the object replaces: itself, but for the selector that the cluster shows, if that is another."""
    shown, spec = there["spec"].get("selector"), thing.get("spec") or {}
    if shown is None or not isinstance(spec.get("selector"), dict) or _asks(shown) == _asks(spec["selector"]):
        return thing
    return {**thing, "spec": {**spec, "selector": shown}}


def _asks(selector: dict[str, Any]) -> set[Any]:
    """What a selector asks for, however it is written; nothing where it is malformed, which is told elsewhere."""
    try:
        return {one.pair or one for one in requirements(selector)}
    except ReadError:
        return set()


def _named(kind: str, namespace: str, name: str) -> str:
    return f"{kind or 'object'} {f'{namespace}/' if namespace else ''}{name or '?'}"


def _mend(thing: dict[str, Any], unknown: Unknown, path: str | None) -> None:
    """Put an unknown field where it belongs, or leave it out."""
    value = _holder_of(thing, unknown.path).pop(unknown.key)
    if path is not None:
        _holder_of(thing, path).setdefault(path.rpartition(".")[2], value)


def _holder_of(thing: dict[str, Any], path: str) -> Any:
    """What holds the field at a path; mappings on the way are made where there are none."""
    holder: Any = thing
    for key, position in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path.rpartition(".")[0]):
        if key and not isinstance(holder.get(key), dict | list):
            holder[key] = {}
        holder = holder[key] if key else holder[int(position)]
    return holder
