"""matplotlib, asked for in one place: it is an optional library, and only pictures need it."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from homespun.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE = "#1565c0"
RED = "#c62828"
ORANGE = "#e07b00"
PALE = "#9aa5b1"

_SALT = "homespun"
_THEME = """<style>
:root { --ink: #1b1f24; --line: #c3cad1; --blue: #1565c0; --red: #c62828; fill: var(--ink); }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7eaed; --line: #4a525b; --blue: #6aaeff; --red: #ff7b72; }
}
</style>"""
_COLOURS = {"#000000": "--ink", "#b0b0b0": "--line", BLUE: "--blue", RED: "--red"}


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of this size in inches, bound to no window and no global state.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure  # slow to import, and optional
    except ImportError as error:
        raise MissingExtraError("matplotlib", "plot", "drawing pictures") from error
    return Figure(figsize=(width, height), layout="constrained")


def bare(axes: Axes) -> None:
    """Take ticks and box off, for what is a picture and not a chart."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_frame_on(False)


def tidy(axes: Axes, *, title: str = "", x: str = "", y: str = "") -> None:
    """Give a chart its words, a faint grid and no box."""
    axes.set_title(title, loc="left", fontsize=11)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(alpha=0.5)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def png(figure: Figure, dots_per_inch: int = 110) -> bytes:
    """Return the figure as PNG; the same figure gives the same bytes."""
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=dots_per_inch, metadata={"Software": None})
    return out.getvalue()


def svg(figure: Figure) -> bytes:
    """Return the figure as SVG without a background, which turns light on a dark page.

    matplotlib's black and its grid's grey become colours that follow the reader's choice. The same
    figure gives the same bytes.
    """
    from matplotlib import rc_context  # optional; whoever has a figure has it

    out = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with rc_context({"svg.hashsalt": _SALT}):
        figure.savefig(out, format="svg", transparent=True, dpi=110, metadata=nothing)
    text = out.getvalue()
    for colour, name in _COLOURS.items():
        text = re.sub(f"(fill|stroke): {colour}", rf"\1: var({name})", text)
    start = text.index("<svg")
    end = text.index(">", start) + 1
    return (text[start:end] + _THEME + text[end:]).encode()
