"""The entry points: they turn every end of a command into an exit code, and every error into words.

Exit codes: 0 nothing is wrong; 1 something is, and was printed; 2 the input or the command cannot be used; 3 a fault of
nodeportkit itself; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Final

import click

from nodeportkit.cli.pipes import nobody_reads, opened
from nodeportkit.errors import NodePortKitError
from nodeportkit.untrusted import seen

__all__ = ["main", "plugin"]

_UNUSABLE: Final = 2
_OUR_FAULT: Final = 3
_INTERRUPTED: Final = 130
_TRACEBACK: Final = "NODEPORTKIT_TRACEBACK"


def main(args: list[str] | None = None) -> None:
    """`nodeportkit`."""
    sys.exit(_run("nodeportkit", args))


def plugin(args: list[str] | None = None) -> None:
    """`kubectl nodeport`: without files it asks the cluster of the current context."""
    sys.exit(_run("kubectl nodeport", args))


def _run(name: str, args: list[str] | None) -> int:
    opened()
    settings: dict[str, Any] = {"color": _colour(), "obj": {"live": name.startswith("kubectl")}}
    try:
        from nodeportkit.cli.app import app

        code = app.main(args, prog_name=name, standalone_mode=False, complete_var="_NODEPORTKIT_COMPLETE", **settings)
        sys.stdout.flush()
    except click.ClickException as error:
        return _misused(name, error)
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        nobody_reads()
        return 0
    except NodePortKitError as error:
        _say(name, str(error))
        return _UNUSABLE
    except OSError as error:
        nobody_reads()  # a disk that is full would be so again
        where = f"{error.filename}: " if error.filename else ""
        _say(name, f"{where}{error.strerror or error}")
        return _UNUSABLE
    except Exception as error:
        if os.environ.get(_TRACEBACK):
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        _say(name, f"this should not have happened ({what}). Set {_TRACEBACK}=1 to see where, and report it.")
        return _OUR_FAULT
    return code if isinstance(code, int) else 0


def _misused(name: str, error: click.ClickException) -> int:
    """Say on one line how a command cannot be used, and where to read how it can; help that was asked for is longer."""
    text = error.format_message()
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else name
    if "\n" in text:
        error.show()
    else:
        _say(name, f"{text} See: {path} --help")
    return error.exit_code


def _say(name: str, text: str) -> None:
    click.echo(f"{name}: {seen(text)}", err=True)


def _colour() -> bool | None:
    """Whether to print colours; None leaves it to whether a terminal is there (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None
