"""matplotlib, asked for in one place: it is an optional library, and only pictures need it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from homespun.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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


def png(figure: Figure, dots_per_inch: int = 110) -> bytes:
    """Return the figure as PNG; the same figure gives the same bytes."""
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=dots_per_inch, metadata={"Software": None})
    return out.getvalue()
