"""`homespun serve`: a page and an API that answer with one model, on this machine."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from homespun.cli.output import AsJson, print_json, print_line, say
from homespun.errors import MissingExtraError, SettingError
from homespun.runs.find_model import find_model

_RUNS = Path("runs")


def serve(
    run: Annotated[
        Path | None,
        typer.Argument(
            metavar="RUN",
            help="A run's folder or a model file. Default: the newest run in runs/, or else the "
            "model that comes with the package.",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The address to listen at.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="The port; 0: any that is free.")
    ] = 8000,
    runs: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Show the runs in this folder, also while they train."),
    ] = None,
    corrections: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Let people correct answers, and keep those pictures here by label. Without it "
            "no picture is kept.",
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            metavar="NAME",
            help="Another name under which clients may reach this server; may be repeated.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Threads that answer. Default: one for each core."),
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """Answer pictures on a page and through an API, until Ctrl-C.

    The page is at the address that is printed, the API is described at /docs there. Pictures stay
    in memory. SIGTERM and Ctrl-C end the server once the requests under way are answered.
    """
    try:
        from homespun.serve.server import serve as run_server  # slow to import, and optional
        from homespun.serve.settings import LOOPBACK, Settings
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("homespun"):
            raise
        raise MissingExtraError(error.name or "a library", "serve", "homespun serve") from error
    for name, folder in {"--runs": runs, "--corrections": corrections}.items():
        if folder is not None and not folder.is_dir():
            raise SettingError(f"{name} {folder}: is not a folder that is there; make it first")
    names = (*LOOPBACK, host, *(allow_host or ()))
    settings = Settings(
        model=find_model(run, _RUNS),
        runs=runs,
        corrections=corrections,
        host=host,
        port=port,
        allowed_hosts=names,
        workers=workers,
    )

    def started(address: str) -> None:
        if as_json:
            print_json({"address": address, "model": str(settings.model)})
        else:
            print_line(f"page     {address}")
            print_line(f"API      {address}docs")
        sys.stdout.flush()
        say(f"{settings.model} answers; Ctrl-C ends")
        if host not in LOOPBACK:
            say(f"whoever reaches {host} may ask, by the name {' or '.join(names)}")
        if open_it:
            typer.launch(address)

    _log_for_people()
    run_server(settings, started)


def _log_for_people() -> None:
    """Write what the server has to tell to standard error, a line each, without request data."""
    logging.basicConfig(format="%(asctime)s %(message)s", stream=sys.stderr)
    logging.getLogger("homespun").setLevel(logging.INFO)
