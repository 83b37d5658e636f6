"""The command line: each command parses, calls one function, and shows what it returned."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import version as installed_version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from homespun.cli.options import help_if_alone
from homespun.cli.output import print_line, say
from homespun.errors import HomespunError

_COMMANDS = (
    "train",
    "evaluate",
    "predict",
    "catalog",
    "report",
    "article",
    "models",
    "inspect",
    "reproduce",
    "tune",
    "serve",
    "export",
    "data",
)
"""Each is a function of its own name, or a Typer called `app`, in the module of that name."""

_INTERRUPTED = 130
"""The exit status after Ctrl-C: 128 and the number of the signal."""

_PLAIN: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


class _Commands(Mapping[str, Any]):
    """The commands by name, each imported when it is asked for: no answer waits for them all."""

    def __getitem__(self, name: str) -> Any:
        if name not in _COMMANDS:
            raise KeyError(name)
        module = import_module(f"homespun.cli.{name}")
        parent = typer.Typer(**_PLAIN)
        if hasattr(module, "app"):
            parent.add_typer(module.app, name=name)
        else:
            parent.command(name)(getattr(module, name))
        return typer.main.get_group(parent).commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


class _Homespun(TyperGroup):
    def __init__(self, *, commands: object, **settings: Any) -> None:
        by_name: Any = _Commands()  # a mapping, where Typer's own is a dict
        super().__init__(commands=by_name, **settings)


app = typer.Typer(
    name="homespun",
    cls=_Homespun,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    **_PLAIN,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print_line(f"homespun {installed_version('homespun')}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Neural networks for pictures of products, written from scratch in NumPy."""
    help_if_alone(context)


def main() -> None:
    """Run the command line; bad input ends in one line on standard error and exit status 2."""
    _accept_any_text()
    status = _run()
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is left to flush
        status = 1
        if not isinstance(error, BrokenPipeError):  # that is a reader who has seen enough
            say(f"homespun: standard output cannot be written ({error.strerror})")
            status = 2
    sys.exit(status)


def _run() -> int:
    """Run the command that was asked for, and return the exit status."""
    try:
        status: int | None = app(prog_name="homespun", standalone_mode=False)
    except typer.TyperException as error:
        # Typer keeps the class of wrong usage to itself; what it adds is the command's context.
        context = getattr(error, "ctx", None)
        where = context.command_path if context else "homespun"
        say(f"{where}: {' '.join(error.format_message().split())} (see {where} --help)")
        return 2
    except (HomespunError, OSError) as error:
        say(f"homespun: {error}")
        return 2
    if status == _INTERRUPTED:
        say("homespun: interrupted")
    return status or 0


def _accept_any_text() -> None:
    """Let what a stream's encoding lacks be written as an escape; tables and names hold such."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
