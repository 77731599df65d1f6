"""Playgrounds started as processes of their own, and ended."""

from __future__ import annotations

import importlib.util
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import msgspec

from nodeportkit.errors import NodePortKitError
from nodeportkit.playground.process.pids import end
from nodeportkit.playground.process.state import MARK, State, clean, locked, running, sweep

if TYPE_CHECKING:
    from nodeportkit.playground.process.settings import Settings

__all__ = ["LOG", "environment", "prepare", "start", "stop"]

LOG: Final = "log"
_CACHE: Final = "cache"
_WITHIN: Final = 60.0
_HOST: Final = "nodeportkit.playground.process.host"
_EXTRA: Final = ("cryptography", "tornado", "jsonpatch")


def environment(folder: Path, kubeconfig: str | Path) -> dict[str, str]:
    """What kubectl has to find in its environment: the way to the playground, and a place for what it remembers of it."""
    return {"KUBECONFIG": str(kubeconfig), "KUBECACHEDIR": str(folder / _CACHE)}


def start(settings: Settings) -> tuple[State, subprocess.Popen[bytes] | None]:
    """The playground of that folder, and the process that was started for it; None if it ran already.

    Raises
    ------
    NodePortKitError
        If it cannot begin; the message says why.
    """
    missing = [name for name in _EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        raise NodePortKitError(
            f"the playground needs {', '.join(missing)}", hint="Install them: pip install 'nodeportkit[playground]'"
        )
    try:
        sweep(settings.folder.parent)
        with locked(settings.folder):
            state = running(settings.folder)
            if state is not None:
                return state, None
            prepare(settings.folder, settings.kubeconfig)
            return _started(settings)
    except OSError as error:
        raise NodePortKitError(f"the playground cannot begin: {error.filename}: {error.strerror}") from error


def stop(folder: Path) -> bool:
    """End the playground of the folder, and remove what it left; gives whether one ran."""
    if not folder.exists():
        return False
    with locked(folder):
        state = running(folder)
        if state is not None:
            end(state.pid, state.began)
        clean(folder)
    return state is not None


def prepare(folder: Path, kubeconfig: Path) -> None:
    """Make the folder, without what a playground that was killed left in it.

    Raises
    ------
    NodePortKitError
        If a kubeconfig would be written over that is none of a playground.
    OSError
        If the folder cannot be made.
    """
    clean(folder)
    held = kubeconfig.read_text(encoding="utf-8", errors="replace") if kubeconfig.exists() else ""
    if held and not held.startswith(MARK):
        raise NodePortKitError(
            f"{kubeconfig} is there already, and no playground made it", hint="Name a file that is not there."
        )
    (folder / _CACHE).mkdir(parents=True)
    folder.chmod(0o700)


def _started(settings: Settings) -> tuple[State, subprocess.Popen[bytes]]:
    hearing, telling = os.pipe()
    with os.fdopen(hearing, "rb", buffering=0) as pipe, (settings.folder / LOG).open("wb") as log:
        try:
            process = _spawn(settings, telling, log)
        finally:
            os.close(telling)
        try:
            said = _heard(pipe)
            if not said:
                lines = (settings.folder / LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines()
                why = f": {lines[-1]}" if lines else f" (exit code {process.wait()})"
                raise NodePortKitError(f"the playground ended before it began{why}")
        except BaseException:
            process.kill()
            process.wait()
            clean(settings.folder)
            raise
    if "error" in said:
        process.wait()
        shutil.rmtree(settings.folder, ignore_errors=True)
        raise NodePortKitError(said["error"])
    return msgspec.convert(said["state"], State), process


def _spawn(settings: Settings, telling: int, log: IO[bytes]) -> subprocess.Popen[bytes]:
    told = msgspec.json.encode(settings, enc_hook=str).decode()
    package = Path(__file__).parents[3]  # a clone may be used without being installed
    paths = [str(package), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", _HOST, "--report", str(telling), "--settings", told],
        stdin=subprocess.PIPE if settings.guarded else subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=[telling],
        start_new_session=True,  # Ctrl-C in the terminal is not meant for it
        cwd=settings.folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )


def _heard(pipe: IO[bytes]) -> dict[str, Any]:
    """What the new process says of itself; nothing if it ended without a word."""
    until, parts = time.monotonic() + _WITHIN, b""
    while select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
        part = pipe.read(1 << 16)
        if not part:
            break
        parts += part
    else:
        raise NodePortKitError(f"the playground did not begin within {_WITHIN:.0f} seconds", hint="Try again.")
    said: dict[str, Any] = msgspec.json.decode(parts) if parts else {}
    return said
