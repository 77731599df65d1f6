"""The fields of a Service as a form: it shows a manifest, tells which field was changed to what, and what is wrong with each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

import ipywidgets

from nodeportkit.figures.canvas import LOCK
from nodeportkit.widgets.explorer import Button, Choice, Offered, Words, grid
from nodeportkit.widgets.manifest_offers import Offers
from nodeportkit.widgets.page import paragraph

__all__ = ["Changed", "Form", "at", "selector_of"]

Path: TypeAlias = tuple[str | int, ...]
Changed: TypeAlias = Callable[[Path, Any], None]
"""Is told the path of a field and its new value, None for a field that is to go."""

_STYLE: Final = {"description_width": "6rem"}
_PROTOCOLS: Final = ("TCP", "UDP", "SCTP")
_POLICIES: Final = ("Cluster", "Local")
_AFFINITIES: Final = ("None", "ClientIP")
_NUMBERS: Final = ("port", "targetPort", "nodePort")


def at(thing: Any, path: Path) -> Any:
    """What stands at a path; None where there is nothing, or something of another shape.

    Examples
    --------
    >>> at({"spec": {"ports": [{"port": 80}]}}, ("spec", "ports", 0, "port")), at({"spec": 5}, ("spec", "type"))
    (80, None)
    """
    for step in path:
        fits = isinstance(thing, Mapping) if isinstance(step, str) else isinstance(thing, list) and step < len(thing)
        if not fits:
            return None
        thing = thing.get(step) if isinstance(step, str) else thing[step]
    return thing


def selector_of(manifest: Any) -> dict[str, str]:
    """The labels that a service selects by, as text."""
    found = at(manifest, ("spec", "selector"))
    return {str(key): _text(value) for key, value in found.items()} if isinstance(found, Mapping) else {}


class _Field:
    """A control, and what is to be said of it, which takes a line of its own below."""

    def __init__(self, control: Any, *beside: Any) -> None:
        self.control = control
        self.note = ipywidgets.HTML(
            layout={"display": "none", "margin": "0 0 .3rem 6.4rem", "grid_area": "auto / 1 / auto / -1"}
        )
        _share(control)
        self.row = ipywidgets.HBox([control, *beside], layout={"width": "100%"})

    def say(self, text: str, *, wrong: bool = True) -> None:
        """Say this, or nothing."""
        style = "wrong" if wrong else "muted"
        told = f'<div class="npk npk-label" role="status">{paragraph(text, style)}</div>' if text else ""
        self.note.value = told
        self.note.layout.display = "" if text else "none"


def _fields(fields: Sequence[_Field]) -> ipywidgets.GridBox:
    """Fields beside each other, and below them what is to be said of them."""
    return grid([*(field.row for field in fields), *(field.note for field in fields)])


class Form(ipywidgets.VBox):  # type: ignore[misc]
    """The fields of a service of type NodePort.

    Parameters
    ----------
    offers
        What a cluster offers for them.
    changed
        Is told of each change that a person makes.
    """

    def __init__(self, offers: Offers, changed: Changed) -> None:
        self._offers, self._changed = offers, changed
        self._settling = False
        self._manifest: Any = {}
        self._fields: dict[str, _Field] = {}
        self._labels: list[tuple[_Field, _Field]] = []
        self._selector = ipywidgets.VBox(layout={"width": "100%"})
        self._count = ipywidgets.HTML()
        self._about_selector = _Field(ipywidgets.HTML())
        self._ports = ipywidgets.VBox(layout={"width": "100%"})
        self._shape: tuple[int, int] = (-1, -1)
        top = _fields(
            [
                self._made(("metadata", "name"), Words(), "name"),
                self._made(
                    ("metadata", "namespace"), Offered(options=offers.namespaces, placeholder="default"), "namespace"
                ),
            ]
        )
        policies = _fields(
            [
                self._made(
                    ("spec", "externalTrafficPolicy"),
                    Choice(options=_POLICIES, tooltip="externalTrafficPolicy"),
                    "traffic policy",
                ),
                self._made(
                    ("spec", "sessionAffinity"), Choice(options=_AFFINITIES, tooltip="sessionAffinity"), "affinity"
                ),
            ]
        )
        label = self._button("add a label", ("spec", "selector"), self._another_label)
        port = self._button("add a port", ("spec", "ports"), self._another_port)
        super().__init__(
            [
                top,
                self._selector,
                ipywidgets.HBox([label, self._count], layout={"align_items": "center"}),
                self._about_selector.note,
                self._ports,
                ipywidgets.HBox([port], layout={"margin": "0 0 .6rem 0"}),
                policies,
            ],
            layout={"width": "100%"},
        )

    def fill(self, manifest: Any) -> None:
        """Show a manifest. The caller holds the lock."""
        self._manifest = manifest
        self._settling = True
        try:
            self._shape_as(manifest)
            self._offer(manifest)
            for name, field in self._fields.items():
                _show(field.control, at(manifest, _path(name)))
            for fields, pair in zip(self._labels, selector_of(manifest).items(), strict=True):
                for field, text in zip(fields, pair, strict=True):
                    _show(field.control, text)
        finally:
            self._settling = False
        self._tell_counts(manifest)

    def say(self, findings: Iterable[Mapping[str, Any]]) -> None:
        """Say at each field what is found about it: findings with `field`, `severity`, `message` and `explanation`."""
        said: dict[str, list[str]] = {}
        wrong = set()
        for finding in findings:
            place = self._nearest(str(finding["field"]))
            if place:
                said.setdefault(place, []).append(str(finding["explanation"] or finding["message"]))
            if finding["severity"] != "note":
                wrong.add(place)
        for name, field in [*self._fields.items(), ("spec.selector", self._about_selector)]:
            field.say(" ".join(dict.fromkeys(said.get(name, ()))), wrong=name in wrong)

    def _nearest(self, field: str) -> str:
        """The field of the form that a path is of, or stands in."""
        if field.startswith("spec.selector"):
            return "spec.selector"
        within = [name for name in self._fields if field == name or field.startswith((f"{name}.", f"{name}["))]
        if within:
            return max(within, key=len)
        # Of a whole port, or of all of them, the first of its fields tells.
        return next((name for name in self._fields if name.startswith((f"{field}.", f"{field}["))), "")

    def _made(self, path: Path, control: Any, label: str, *beside: Any) -> _Field:
        control.description, control.style = label, _STYLE
        field = _Field(control, *beside)
        name = _name(path)
        self._fields[name] = field
        control.observe(partial(self._set, path), "value")
        return field

    def _set(self, path: Path, change: Mapping[str, Any]) -> None:
        with LOCK:
            if not self._settling:
                self._changed(path, _value(path, change["new"]))

    def _button(self, label: str, path: Path, value: Callable[[], Any]) -> Button:
        def clicked(_: Any) -> None:
            with LOCK:
                self._changed(path, value())

        button = Button(description=label, tooltip=label, layout={"width": "auto"})
        button.on_click(clicked)
        return button

    def _another_label(self) -> dict[str, str]:
        """The selector with a label more: one that the matching pods have, if there is any."""
        selector = selector_of(self._manifest)
        offered = self._offers.labels(self._namespace)
        key = next((key for key in offered if key not in selector), None)
        number = 1
        while key is None or key in selector:
            key, number = f"label-{number}", number + 1
        return {**selector, key: next(iter(offered.get(key, [])), "")}

    def _another_port(self) -> list[Any]:
        ports = at(self._manifest, ("spec", "ports"))
        kept = list(ports) if isinstance(ports, list) else []
        taken = {at(port, ("port",)) for port in kept}
        number = next(number for number in (80, 443, *range(8080, 65536)) if number not in taken)
        # Several ports have to have names.
        named = [
            {"name": f"port-{place}", **port} if isinstance(port, Mapping) and not port.get("name") else port
            for place, port in enumerate([*kept, {"port": number}], 1)
        ]
        return named if kept else [{"port": number}]

    @property
    def _namespace(self) -> str:
        return str(at(self._manifest, ("metadata", "namespace")) or "default")

    def _shape_as(self, manifest: Any) -> None:
        """As many rows as the manifest has labels and ports."""
        ports = at(manifest, ("spec", "ports"))
        shape = (len(selector_of(manifest)), len(ports) if isinstance(ports, list) else 0)
        if shape == self._shape:
            return
        self._shape = shape
        before = [*self._selector.children, *self._ports.children]
        self._fields = {name: field for name, field in self._fields.items() if not name.startswith("spec.ports[")}
        self._labels = [self._label_row(number) for number in range(shape[0])]
        self._selector.children = [part for key, _ in self._labels for part in (key.row, key.note)]
        self._ports.children = [self._port_row(number) for number in range(shape[1])]
        for row in before:
            row.close()

    def _label_row(self, number: int) -> tuple[_Field, _Field]:
        key, value = Offered(description="selector" if not number else "and", style=_STYLE), Offered(description="=")
        value.style = {"description_width": "1rem"}
        remove = self._remover("this label", partial(self._drop_label, number))
        key.observe(partial(self._relabel, number), "value")
        value.observe(partial(self._relabel, number), "value")
        return _Field(key, value, remove), _Field(value)

    def _port_row(self, number: int) -> ipywidgets.Widget:
        of: Path = ("spec", "ports", number)
        remove = self._remover("this port", partial(self._drop_port, number))
        fields = [
            self._made((*of, "port"), Words(), "port"),
            self._made((*of, "targetPort"), Offered(placeholder="the same"), "target port"),
            self._made((*of, "nodePort"), Words(placeholder="the server chooses"), "node port"),
            self._made((*of, "protocol"), Choice(options=_PROTOCOLS), "protocol", remove),
            self._made((*of, "name"), Words(placeholder="none"), "port name"),
        ]
        for field, role in zip(fields, ("port", "target-port", "node-port"), strict=False):
            for style in ("npk", "npk-field", f"npk-{role}-field"):
                field.control.add_class(style)
        box = _fields(fields)
        box.layout.border_left = "3px solid var(--jp-border-color2, #c9ced6)"
        box.layout.margin = "0 0 .6rem 0"
        return box

    def _remover(self, what: str, remove: Callable[[], None]) -> Button:
        button = Button(description="✕", tooltip=f"remove {what}", layout={"width": "2.2rem"})
        button.on_click(lambda _: remove())
        return button

    def _drop_label(self, number: int) -> None:
        with LOCK:
            pairs = list(selector_of(self._manifest).items())
            del pairs[number : number + 1]
            self._changed(("spec", "selector"), dict(pairs) or None)

    def _drop_port(self, number: int) -> None:
        with LOCK:
            ports = at(self._manifest, ("spec", "ports"))
            self._changed(
                ("spec", "ports"), [port for place, port in enumerate(ports or ()) if place != number] or None
            )

    def _relabel(self, number: int, _: Any) -> None:
        with LOCK:
            if self._settling:
                return
            pairs = list(selector_of(self._manifest).items())
            before = pairs[number]
            key, value = (field.control.value.strip() for field in self._labels[number])
            if key != before[0] and value == before[1]:
                # Another key has other values.
                value = next(iter(self._offers.labels(self._namespace).get(key, [value])))
            pairs[number] = (key, value)
            self._changed(("spec", "selector"), {key: value for key, value in pairs if key} or None)

    def _offer(self, manifest: Any) -> None:
        selector = selector_of(manifest)
        labels = self._offers.labels(self._namespace)
        ports = self._offers.ports(self._namespace, selector)
        for (of_key, of_value), key in zip(self._labels, selector, strict=True):
            _offer(of_key.control, list(labels))
            _offer(of_value.control, labels.get(key, []))
        for number in range(self._shape[1]):
            _offer(self._fields[f"spec.ports[{number}].targetPort"].control, ports)

    def _tell_counts(self, manifest: Any) -> None:
        selector = selector_of(manifest)
        words, wrong = self._offers.counted(self._namespace, selector) if selector else ("", False)
        if not selector:
            words = "Without a label it selects no pod: its endpoints are then written by hand."
        self._count.value = f'<div class="npk" role="status">{paragraph(words, "wrong" if wrong else "muted")}</div>'
        for field, pair in zip(self._labels, selector.items(), strict=True):
            told, missing = self._offers.counted(self._namespace, dict([pair]))
            field[0].say(f"{told} this label" if missing and len(selector) > 1 else "")


def _share(control: Any) -> None:
    """As wide as there is room, beside what stands there too."""
    control.layout.width, control.layout.min_width, control.layout.flex = "auto", "0", "1 1 0"


def _name(path: Path) -> str:
    """A path as the API server writes it: `spec.ports[0].port`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]


def _path(name: str) -> Path:
    return tuple(int(step) if step.isdecimal() else step for step in name.replace("[", ".").replace("]", "").split("."))


def _value(path: Path, shown: Any) -> Any:
    """What a field means: a number where one stands for a port, nothing where it is empty."""
    text = str(shown).strip()
    return int(text) if path[-1] in _NUMBERS and text.isdecimal() and len(text) < 10 else text or None


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _show(control: Any, value: Any) -> None:
    """Let a control show this; what it cannot show, another policy say, becomes one of its options."""
    text = _text(value)
    if isinstance(control, Choice):
        text = text or control.options[0]
        if text not in control.options:
            control.options = (*control.options, text)
    if control.value != text:
        control.value = text


def _offer(control: Any, options: Sequence[str]) -> None:
    if list(control.options) != list(options):
        control.options = tuple(options)
