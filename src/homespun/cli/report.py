"""`homespun report`: make a run's page again."""

from __future__ import annotations

from homespun.cli.options import RunArgument
from homespun.cli.output import AsJson, print_json, print_line
from homespun.report import write_report
from homespun.runs import find_run


def report(run: RunArgument, as_json: AsJson = False) -> None:
    """Write a run's page again: RUN/report.html.

    It shows learning curves, each class, and what is confused with what.
    """
    page = write_report(find_run(run))
    if as_json:
        print_json({"report": str(page)})
    else:
        print_line(f"report   {page}")
