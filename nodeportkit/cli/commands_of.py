"""Commands found where they lie: one a module of a folder, imported when it is called."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any

import click

__all__ = ["CommandsOf"]


class CommandsOf(click.Group):
    """A group of the commands of a folder: the module `stop_node` holds the command `stop-node`.

    Parameters
    ----------
    room
        The package that is the folder.
    """

    def __init__(self, *args: Any, room: ModuleType, **options: Any) -> None:
        super().__init__(*args, **options)
        self._room = room

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click asks in this form)
        """Their names."""
        return sorted(entry.name.replace("_", "-") for entry in pkgutil.iter_modules(self._room.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{self._room.__name__}.{cmd_name.replace('-', '_')}")
        found: click.Command = module.command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; with the nearest names where there is none."""
        from nodeportkit.errors import nearest

        if args and not args[0].startswith("-") and args[0] not in self.list_commands(ctx):
            hint = nearest(args[0], self.list_commands(ctx))
            raise click.UsageError(f"There is no command {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)
