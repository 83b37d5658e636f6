"""What is wrong with a folder of pictures, for people to read."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE
from rich.table import Table

from homespun.cli.output import print_line, print_table
from homespun.data import FolderCheck

_SHOWN = 10


def show_check(found: FolderCheck) -> None:
    """Write it on standard output: a table of counts, what is odd, and what is wrong."""
    height, width, n_channels = found.in_shape
    print_line(f"layout    {found.layout}")
    print_line(f"training  {width} x {height} pixels, {n_channels} channels ({found.why})")
    _show_counts(found)
    _show("cannot be read", [f"{place}: {reason}" for place, reason in found.unreadable])
    _show("classes without pictures", list(found.empty_classes))
    _show("tiny", [f"{place}: {w} x {h}" for place, w, h in found.tiny])
    _show("long and narrow", [f"{place}: {w} x {h}" for place, w, h in found.odd])
    _show("the same file in several places", [" = ".join(group) for group in found.exact])
    _show("nearly the same picture", [" ~ ".join(group) for group in found.near])
    _show("the same file in several classes", [" = ".join(group) for group in found.conflicts])
    _show("twins in several of the given parts", [" ~ ".join(group) for group in found.leaks])
    if found.n_other:
        print_line(f"{found.n_other:,} files are no pictures by their names")
    for fault in found.faults:
        print_line(f"fault: {fault}")
    if not found.faults:
        print_line("no faults")


def _show_counts(found: FolderCheck) -> None:
    table = Table("class", box=SIMPLE)
    parts = [
        part
        for part in ("train", "validation", "test", "left out")
        if any(row[part] for row in found.counts.values())
    ]
    for part in parts:
        table.add_column(part, justify="right")
    for name, row in found.counts.items():
        table.add_row(name, *(f"{row[part]:,}" for part in parts))
    print_table(table)


def _show(title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    print_line(f"{title}: {len(lines):,}")
    for line in lines[:_SHOWN]:
        print_line(f"  {line}")
    if len(lines) > _SHOWN:
        print_line(f"  and {len(lines) - _SHOWN:,} more; --json lists all")
