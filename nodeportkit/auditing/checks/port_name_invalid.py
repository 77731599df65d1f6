"""port-name-invalid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.kube.columns import objects
from nodeportkit.kube.validation.names import dns1123_label, port_name, port_number

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    ports = scene.ports[scene.service_of_port >= 0]
    for column, field, rule in (
        ("port_name", "name", _name),
        ("port", "port", port_number),
        ("target_port", "targetPort", _target),
        ("node_port", "nodePort", port_number),
    ):
        values = pd.Series(objects(ports[column]), index=ports.index)
        wrong = {value: said[0] for value in values.dropna().unique() if (said := rule(value))}
        for at, value in values[values.isin(list(wrong))].items():
            yield scene.of_port(int(str(at)), field, f"{value!r} {wrong[value]}.")
    several = ports["service"].groupby([ports["namespace"], ports["service"]]).transform("size") > 1
    unnamed = several & ports["port_name"].eq("").fillna(False)
    for at in ports.index[unnamed.to_numpy(dtype=bool)]:
        yield scene.of_port(int(at), "name", "A service with several ports has to name each of them.")
    named = ports[ports["port_name"].ne("").fillna(False).to_numpy(dtype=bool)]
    for at in named.index[named.duplicated(["namespace", "service", "port_name"])]:
        yield scene.of_port(int(at), "name", f"Two ports of the service are named {named.at[at, 'port_name']!r}.")


def _name(value: str) -> list[str]:
    return dns1123_label(value) if value else []


def _target(value: Any) -> list[str]:
    return port_number(int(value)) if value.isdecimal() else port_name(value)


CHECK = Check(
    title="Port name or number that is none",
    about="The API server refuses such a service: names are DNS labels, numbers go from 1 to 65535.",
    certainty="fact",
    severity="error",
    needs=("services",),
    look=_look,
)
