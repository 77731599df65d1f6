"""What is known of playgrounds that run: a folder each, which only its owner may look into."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from nodeportkit.playground.process.pids import start_time
from nodeportkit.playground.serving.kubeconfig import write_privately

__all__ = ["MARK", "State", "clean", "folder_for", "load", "locked", "passing_folder", "running", "save", "sweep"]

MARK: Final = "# Made by `nodeportkit playground`; it ends with it.\n"
_FILE: Final = "state.json"
_DEFAULT: Final = "default"
_PASSING: Final = "notebook-"  # how the names of folders begin that nobody comes back to


@dataclass(frozen=True)
class State:
    """A playground that runs.

    Attributes
    ----------
    pid, began
        Its process, and when that began in the words of `pids.start_time`.
    url, kubeconfig
        Where its API is, and the file that leads there.
    nodes, speed
        How many nodes it has, and how fast its clock runs.
    """

    pid: int
    began: str
    url: str
    kubeconfig: str
    nodes: int
    speed: float


def folder_for(kubeconfig: Path | None = None) -> Path:
    """The folder of the playground with this kubeconfig; without one, of the user's own."""
    given = os.environ.get("XDG_STATE_HOME", "")
    base = Path(given) if Path(given).is_absolute() else Path.home() / ".local" / "state"
    name = _DEFAULT
    if kubeconfig is not None:
        path = str(Path(kubeconfig).expanduser().absolute())
        name = f"{Path(path).name}-{hashlib.sha256(path.encode()).hexdigest()[:12]}"
    return base / "nodeportkit" / name


def passing_folder() -> Path:
    """A folder for a playground that ends with the program that makes it."""
    return folder_for().with_name(f"{_PASSING}{secrets.token_hex(6)}")


def save(folder: Path, state: State) -> None:
    """Remember a playground."""
    write_privately(folder / _FILE, msgspec.json.encode(state).decode())


def load(folder: Path) -> State | None:
    """The playground that was remembered there, whether it still runs or not."""
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=State)
    except (OSError, msgspec.DecodeError):
        return None


def running(folder: Path) -> State | None:
    """The playground of the folder, if it runs."""
    state = load(folder)
    return state if state and start_time(state.pid) == state.began else None


def clean(folder: Path) -> None:
    """Remove what a playground left: its folder, and its kubeconfig, if that is still its own."""
    state = load(folder)
    if state is not None:
        path = Path(state.kubeconfig)
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if path.read_text(encoding="utf-8").startswith(MARK):
                path.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def sweep(base: Path) -> None:
    """Remove what playgrounds left behind that were killed together with their programs; nobody else will."""
    for lock in base.glob(f".{_PASSING}*.lock"):
        folder = base / lock.name.removeprefix(".").removesuffix(".lock")
        with contextlib.suppress(OSError), locked(folder, wait=False):  # whoever begins at this moment holds it
            if running(folder) is None:
                clean(folder)
                lock.unlink()


@contextlib.contextmanager
def locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Keep others from starting or ending the playground of the folder meanwhile.

    Raises
    ------
    OSError
        If somebody else does so at this moment, and nobody is to wait.
    """
    import fcntl

    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder.parent / f".{folder.name}.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
