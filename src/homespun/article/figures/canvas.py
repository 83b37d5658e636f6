"""One look for all pictures, without pyplot: nothing here touches matplotlib's global state."""

from __future__ import annotations

import io
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from homespun.report.plotting import BLUE, ORANGE, RED, bare

__all__ = [
    "BLUE",
    "INK",
    "MUTED",
    "ORANGE",
    "PALE",
    "RED",
    "Drawing",
    "bare",
    "new_figure",
    "png",
    "tidy",
]

INK = "#1b1f24"
MUTED = "#5f6b76"
PALE = "#c9d1d9"

DOTS_PER_INCH = 120


@dataclass(frozen=True, eq=False)
class Drawing:
    """A picture and the words for those who cannot see it.

    Attributes:
        figure: what is drawn.
        alt: the alternative text.
    """

    figure: Figure
    alt: str


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of `width` by `height` inches that lays its axes out by itself."""
    layout = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1)
    return Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout=layout)


def png(figure: Figure, *, note: str = "") -> bytes:
    """Return `figure` as a PNG file, with `note` in a strip of its own below everything else."""
    if note:
        strip = 0.3 / figure.get_figheight()
        engine = figure.get_layout_engine()
        if isinstance(engine, ConstrainedLayoutEngine):
            engine.set(rect=(0, strip, 1, 1 - strip))
        figure.text(0.99, strip / 2, note, ha="right", va="center", color=RED, fontsize=10)
    buffer = io.BytesIO()
    # Without the library's version in the file, equal pictures are equal bytes.
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def tidy(ax: Axes, *, title: str = "", x: str = "", y: str = "") -> None:
    """Give `ax` its words, a faint grid and no box."""
    ax.set_title(title, fontsize=11, color=INK, loc="left")
    ax.set_xlabel(x, color=MUTED)
    ax.set_ylabel(y, color=MUTED)
    ax.tick_params(colors=MUTED, labelsize=9)
    ax.grid(visible=True, color="#e6e9ec", linewidth=0.8)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(PALE)
