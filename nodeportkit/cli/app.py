"""The commands: one a module of the folder `commands`, imported when it is called."""

from __future__ import annotations

import importlib
import pkgutil

import click

from nodeportkit.cli import commands as room

__all__ = ["app"]

_COLOURS = {"auto": None, "always": True, "never": False}


class Commands(click.Group):
    """The commands found in the folder."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click asks in this form)
        """Their names."""
        return sorted(entry.name for entry in pkgutil.iter_modules(room.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{room.__name__}.{cmd_name}")
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


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 nothing is wrong, 1 something is, 2 the input or the command cannot be used, 3 a fault of nodeportkit.",
)
@click.version_option(package_name="nodeportkit")
@click.option("--color", type=click.Choice(list(_COLOURS)), default="auto", show_default=True, help="Colours in texts.")
@click.option("-q", "--quiet", is_flag=True, help="Do not tell on the terminal how far long work is.")
@click.pass_context
def app(ctx: click.Context, color: str, quiet: bool) -> None:
    """Learn, see and audit Kubernetes NodePort services.

    Commands take files, folders and globs of whatever kubectl, minikube and curl print, and Kubernetes YAML or JSON; `-` is
    standard input. With --context they ask a cluster by way of kubectl.
    """
    ctx.ensure_object(dict)["quiet"] = quiet
    if _COLOURS[color] is not None:
        ctx.color = _COLOURS[color]
