"""What is worth saying whatever the service moves to."""

from __future__ import annotations

from typing import Final

from nodeportkit.migration.given import Given

__all__ = ["of_the_service"]

_WORDS: Final = {
    "external_traffic_policy": "externalTrafficPolicy",
    "session_affinity": "sessionAffinity",
    "ip_families": "ipFamilies",
}
_MANAGERS: Final = "app.kubernetes.io/managed-by"


def of_the_service(given: Given) -> list[str]:
    """Sentences about the service itself."""
    said = []
    if given.row["selector"] == {}:
        said.append("It has no selector: its hand-written EndpointSlices stay, and stay yours to keep.")
    if given.row["external_ips"]:
        said.append("externalIPs stay as they are: whoever routes these addresses to nodes still reaches the service.")
    manager = (given.row["labels"] or {}).get(_MANAGERS)
    if manager:
        said.append(f"{manager} manages this service, by its label {_MANAGERS}: change it there, or it comes back.")
    if given.unknown:
        fields = ", ".join(_WORDS[column] for column in given.unknown)
        look = f"`kubectl get service {given.name} -n {given.namespace} -o yaml`"
        said.append(f"What was read did not show {fields}: compare with {look}.")
    return said
