"""What tests need that run on the kernel's own packet filter: root, network namespaces, commands with a time limit."""

import contextlib
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from functools import cache

import pytest

SECONDS = 30


def run(*command: str, text: str = "", seconds: float = SECONDS) -> str:
    """What a command printed; a failure shows its errors and the command."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, (
        f"{' '.join(command)}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
    )
    return done.stdout


class Namespace:
    """A network namespace of its own: what happens in it, nobody else sees."""

    def __init__(self, name: str) -> None:
        self.name = name

    def run(self, *command: str, text: str = "", seconds: float = SECONDS) -> str:
        """What a command printed that ran in the namespace."""
        return run("ip", "netns", "exec", self.name, *command, text=text, seconds=seconds)


@contextlib.contextmanager
def namespace(label: str = "test") -> Iterator[Namespace]:
    """A fresh network namespace, which is gone afterwards with all that it held."""
    name = f"npk-{label}-{uuid.uuid4().hex[:8]}"
    run("ip", "netns", "add", name)
    try:
        run("ip", "-n", name, "link", "set", "lo", "up")
        yield Namespace(name)
    finally:
        run("ip", "netns", "delete", name)


@cache
def missing(*tools: str) -> str:
    """Why this machine cannot hold network namespaces and packet filters; "" if it can."""
    if os.geteuid() != 0:
        return "needs root"
    absent = [tool for tool in ("ip", *tools) if shutil.which(tool) is None]
    if absent:
        return f"needs {', '.join(absent)} (see the packages in .ci/run)"
    try:
        with namespace("probe") as probe:
            for tool in tools:
                if tool == "nft":
                    probe.run("nft", "list", "ruleset")
                elif tool == "nfacct":
                    probe.run("nfacct", "add", "npk-probe")
                elif tool.endswith("tables-save"):
                    probe.run(tool)
    except AssertionError as error:
        return f"this kernel does not let us: {error}"
    return ""


def require(*tools: str) -> None:
    """Skip the test, aloud, where the kernel cannot be had; in CI that is a failure."""
    reason = missing(*tools)
    if not reason:
        return
    assert os.environ.get("CI") != "true", f"In CI these tests are never skipped: {reason}"
    pytest.skip(reason)
