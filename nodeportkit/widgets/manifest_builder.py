"""ManifestBuilder: write a NodePort service by fields or as YAML, and see what the API server would say and what it would do."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import ipywidgets
import pandas as pd
import yaml

from nodeportkit.errors import NodePortKitError
from nodeportkit.figures.canvas import LOCK
from nodeportkit.figures.chain import plot_chain
from nodeportkit.standings import standing
from nodeportkit.validation import validate
from nodeportkit.validation.manifests import read_manifest
from nodeportkit.widgets.explorer import Explorer, Shown, Writing
from nodeportkit.widgets.manifest_form import Form, at
from nodeportkit.widgets.manifest_offers import Offers, with_service
from nodeportkit.widgets.page import paragraph, shown

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["ManifestBuilder"]

_WIDTH: Final = 100
_LEAST_LINES: Final = 14
_MOST_LINES: Final = 40
# The three ports in the colours that they have in the pictures.
_STYLE: Final = (
    "<style>.npk-yaml textarea{font-family:var(--jp-code-font-family,monospace);line-height:1.4;tab-size:2}"
    + "".join(
        f".npk-{role}-field .widget-label,.npk-{role}-field.jupyter-widgets .widget-label{{color:var(--npk-{role});font-weight:600}}"
        for role in ("port", "target-port", "node-port")
    )
    + ".npk pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--npk-panel);border:1px solid var(--npk-edge);"
    "border-radius:3px;padding:.4em .6em;color:inherit;margin:.3em 0}.npk summary{cursor:pointer;color:var(--npk-muted)}</style>"
)


class ManifestBuilder(Explorer):
    """Fill in a NodePort service, or paste one: fields and YAML follow each other, and so do the answers.

    At each field stands what the API server would object to, in plain words; the labels of the selector and the target
    ports are those of the cluster's pods, with how many pods match; below is the chain that the service would make.

    Changes of a field write the YAML anew, without its comments. Where no kernel runs, it shows a still of that chain.

    Parameters
    ----------
    cluster
        Where the service is to be: what is taken there, which pods there are. Without it, only the rules count.
    manifest
        What to begin with: a Service as a dict, or YAML with one in it. Without it, a service for the pods of the cluster.

    Attributes
    ----------
    manifest
        The Service as a dict; set it to show another.
    yaml
        The text; set it to show another.
    findings
        What the API server would say, as `validate` gives it.
    command
        `kubectl apply`, to paste into a terminal.

    Raises
    ------
    NodePortKitError
        If there is no Service in `manifest`.

    Examples
    --------
    >>> builder = ManifestBuilder(
    ...     manifest={
    ...         "apiVersion": "v1",
    ...         "kind": "Service",
    ...         "metadata": {"name": "web"},
    ...         "spec": {"type": "NodePort", "selector": {"app": "web"}, "ports": [{"port": 80, "nodePort": 8080}]},
    ...     }
    ... )
    >>> builder.findings["field"].tolist()
    ['spec.ports[0].nodePort']
    >>> builder.yaml = builder.yaml.replace("8080", "30080")
    >>> builder.findings["field"].tolist()
    []
    >>> builder.manifest["spec"]["ports"]
    [{'port': 80, 'nodePort': 30080}]
    """

    def __init__(self, cluster: Cluster | None = None, manifest: Any = None) -> None:
        offers = Offers(cluster)
        self._cluster, self._settling = cluster, False
        self.findings = pd.DataFrame()
        self._things: list[Any] = []
        self._place, self._readable = 0, True
        self._form = Form(offers, self._edited)
        self._text = Writing(layout={"width": "auto", "flex": "0 0 auto"})
        self._text.add_class("npk-yaml")
        self._text.tooltip = "the manifest as YAML"
        self._said = ipywidgets.HTML()
        right = ipywidgets.VBox([self._text, self._said], layout={"width": "100%"})
        super().__init__([self._form, right], least="26rem", words_first=True)
        self.children[0].layout.grid_gap = "0 1.5rem"
        with LOCK:
            self._take(offers.start() if manifest is None else manifest)
        self._text.observe(self._pasted, "value")

    @property
    def manifest(self) -> dict[str, Any]:
        """The Service, as far as the text can be read."""
        found: dict[str, Any] = copy.deepcopy(self._service)
        return found

    @manifest.setter
    def manifest(self, manifest: Any) -> None:
        with LOCK:
            self._take(manifest)

    @property
    def yaml(self) -> str:
        """The text as it stands there."""
        return str(self._text.value)

    @yaml.setter
    def yaml(self, text: str) -> None:
        with LOCK:
            self._take(text)

    @property
    def command(self) -> str:
        """The text as a command for a terminal."""
        text = self.yaml.rstrip("\n")
        end = "EOF"
        while end in text.splitlines():
            end += "F"
        return f"kubectl apply -f - <<'{end}'\n{text}\n{end}"

    def draw(self) -> tuple[Shown | None, str, str]:
        """Draw the chain that the service would make, if it may be made."""
        self.findings = validate(self.yaml, self._cluster)
        rows = [{str(name): value for name, value in row.items()} for row in self.findings.to_dict("records")]
        mine = f"Service {at(self._service, ('metadata', 'namespace')) or 'default'}/{self._name}"
        self._form.say(row for row in rows if row["object"] in (mine, f"Service {self._name}"))
        self._said.value = f'{_STYLE}<div class="npk" role="status">{"".join(map(_line, rows))}</div>'
        refused = [row for row in rows if row["severity"] == "error"]
        if refused:
            count = f"{len(refused)} thing{'s' * (len(refused) > 1)} to mend"
            answer = f"The API server would refuse this: {count}."
            last = "" if self._readable else "There is no Service in this text: the fields show the last one that was."
            told = paragraph(answer, "answer npk-wrong") + paragraph(last, "muted")
            return None, told, f"{answer}\n\n{self.yaml}"
        answer = "The API server would accept this."
        if _chosen_later(self._service):
            answer += " It would choose the node port."
        picture: Any = None
        if self._cluster is not None and self._name:
            found = with_service(self._cluster, self._service)
            key = f"{at(self._service, ('metadata', 'namespace')) or 'default'}/{self._name}"
            picture = plot_chain(found, key)
            answer += f" Then {standing(found, key).title}."
        told = (
            paragraph(answer, "answer")
            + "<details><summary>kubectl apply, to paste into a terminal</summary>"
            + f"<pre>{shown(self.command)}</pre></details>"
        )
        return picture, told, f"{answer}\n\n{self.yaml}"

    def __repr__(self) -> str:
        return f"ManifestBuilder({self._name!r})"

    @property
    def _service(self) -> Any:
        return self._things[self._place]

    @property
    def _name(self) -> str:
        return str(at(self._service, ("metadata", "name")) or "")

    def _take(self, manifest: Any) -> None:
        """Show a manifest, as text if it is one. The caller holds the lock."""
        things = [item.thing for item in read_manifest(manifest).items]
        place = _first_service(things)
        if place is None:
            raise NodePortKitError("there is no Service in the manifest", hint="It begins with `kind: Service`.")
        self._things, self._place, self._readable = copy.deepcopy(things), place, True
        self._show_all(manifest if isinstance(manifest, str) and "\n" in manifest else _written(self._things))

    def _edited(self, path: tuple[str | int, ...], value: Any) -> None:
        """A field was changed: the YAML follows. The caller holds the lock."""
        self._readable = True
        _put(self._things[self._place], path, value)
        self._show_all(_written(self._things))

    def _pasted(self, change: Mapping[str, Any]) -> None:
        """The YAML was changed: the fields follow, as far as it can be read."""
        with LOCK:
            if self._settling:
                return
            things = [item.thing for item in read_manifest(_as_text(change["new"])).items]
            place = _first_service(things)
            self._readable = place is not None
            if place is not None:
                self._things, self._place = things, place
            self._show_all(change["new"])

    def _show_all(self, text: str) -> None:
        self._settling = True
        try:
            self._text.value = text
            self._text.rows = min(max(text.count("\n") + 2, _LEAST_LINES), _MOST_LINES)
            self._form.fill(self._service)
        finally:
            self._settling = False
        self.refresh()


def _first_service(things: list[Any]) -> int | None:
    found = (place for place, thing in enumerate(things) if isinstance(thing, dict) and thing.get("kind") == "Service")
    return next(found, None)


def _chosen_later(service: Any) -> bool:
    """Whether the server is to find a free node port for a port of the service."""
    ports = at(service, ("spec", "ports")) or ()
    asks = at(service, ("spec", "type")) in ("NodePort", "LoadBalancer")
    return asks and any(not at(port, ("nodePort",)) for port in ports)


def _as_text(text: str) -> str:
    """Text that is never taken for the name of a file."""
    return text if "\n" in text else f"{text}\n"


def _written(things: list[Any]) -> str:
    # Aliases of YAML are hard to read, and a copy has none.
    plain = [copy.deepcopy(thing) for thing in things]
    return "---\n".join(yaml.dump(thing, Dumper=_Dumper, sort_keys=False, width=_WIDTH) for thing in plain)


class _Dumper(yaml.SafeDumper):
    """Writes each value where it stands."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (PyYAML asks in this form)
        """Never refer to another place."""
        return True


def _put(thing: Any, path: tuple[str | int, ...], value: Any) -> None:
    """Write a value at a path, or take it away if it is None; what is of another shape on the way gives way."""
    for step, then in pairwise(path):
        fits = list if isinstance(then, int) else dict
        if not isinstance(at(thing, (step,)), fits):
            thing[step] = fits()
        thing = thing[step]
    if value is not None:
        thing[path[-1]] = value
    elif isinstance(thing, dict):
        thing.pop(path[-1], None)


def _line(row: Mapping[str, Any]) -> str:
    """A finding with the server's own words, and the line that it is about."""
    line = "" if pd.isna(row["line"]) else f"line {row['line']}: "
    field = f"{row['field']}: " if row["field"] else ""
    told = paragraph(f"{line}{field}{row['message']}", "wrong" if row["severity"] == "error" else "plain")
    return told if row["field"] else told + paragraph(str(row["explanation"]), "muted")
