"""The application listens on 127.0.0.1 inside its pod, where no packet from outside arrives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.standings.facts import Facts, true

__all__ = ["CAUSE", "find"]

CAUSE = Cause("app-on-loopback", 46, ("refused", "reset"), "the application listens on 127.0.0.1 only")
_LOOPBACK: Final = ("127.", "localhost", "::1", "[::1]")


def find(case: Case) -> Iterator[Finding]:
    """Flags that bind it point to it; without these, only a look inside would tell."""
    if case.headless or case.symptom not in (None, *CAUSE.symptoms) or case.wrong_number:
        return
    answered = {each.port for each in case.tries if not each.symptom}
    for port in case.ports:
        if not true(port.ends["ready"]).any() or port.ports["node_port"].iloc[0] in answered or case.probed(port):
            continue
        pod = next(iter(port.used["pod"].dropna()), None)
        number = next((int(n) for n in port.used["pod_port"].dropna()), None)
        on = f"port {number}" if number else "its port"
        if pod is None:
            if case.symptom:
                yield _nameless(case, on)
            continue
        look = case.command("exec", str(pod), "--", "sh", "-c", "ss -ltn || netstat -ltn || cat /proc/net/tcp")
        if bound := _bound(case, port):
            container, flag = bound
            yield CAUSE.hint(
                object=f"Pod {case.namespace}/{pod}", field=f"spec.containers[name={container}].args", evidence=f"{container} is told to listen on {flag}",
                explanation="On a loopback address the application hears only its own pod: port-forward works, the service is refused. "
                f"Let it listen on 0.0.0.0 (or ::), {on}.",
                verify=look,
            )  # fmt: skip
        elif case.symptom in ("refused", "reset"):
            yield CAUSE.possible(
                object=f"Pod {case.namespace}/{pod}", evidence=f"endpoints are ready{f' on {on}' if number else ''}; what listens there stands in no object",
                explanation=f"The application may listen on 127.0.0.1 only{f', or on another port than {number}' if number else ''}. "
                "See what listens in the pod:",
                verify=look,
            )  # fmt: skip


def _nameless(case: Case, on: str) -> Finding:
    return CAUSE.possible(
        object=case.object, evidence="endpoints are ready; which pods they are was not shown",
        explanation=f"The application may listen on 127.0.0.1 only, where nothing from outside its pod reaches {on}. To look into "
        "a pod, see which there are:",
        verify=case.listing("pods", "-o", "wide"),
    )  # fmt: skip


def _bound(case: Case, port: Facts) -> tuple[str, str] | None:
    """The container and the flag that bind the port that packets are sent to; None if nothing does, or all addresses are bound."""
    numbers = {str(int(number)) for number in port.used["pod_port"].dropna()}
    mains = [each for each in case.specs.to_dict("records") if each["init"] is not True or each["sidecar"] is True]
    rows = case.declared
    for container in mains:
        binds = container["binds"] if isinstance(container["binds"], list) else []
        declares = {
            str(int(n)) for n in rows.loc[true(rows["container"].eq(container["container"])), "container_port"].dropna()
        }
        serves = bool(declares & numbers) or len({each["container"] for each in mains}) == 1
        here = [flag for flag in binds if _port_of(flag) in numbers or (not _port_of(flag) and serves)]
        if here and all(flag.startswith(_LOOPBACK) for flag in here):
            return str(container["container"]), str(here[0])
    return None


def _port_of(flag: Any) -> str:
    """The number at the end of `127.0.0.1:8080`; "" for a bare address."""
    text = str(flag)
    if text.startswith("["):
        return text.rpartition("]:")[2] if "]:" in text else ""
    return text.rpartition(":")[2] if text.count(":") == 1 else ""
