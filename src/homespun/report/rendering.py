"""Pages from templates: one stylesheet, every picture inside the page, nothing from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homespun.errors import MissingExtraError
from homespun.report.pixels import svg_uri
from homespun.report.plotting import svg

if TYPE_CHECKING:
    from jinja2 import Environment
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Picture:
    """A picture on a page.

    Attributes:
        source: an address that holds the picture itself.
        alt: the words for those who cannot see it.
    """

    source: str
    alt: str


def drawn(figure: Figure, alt: str) -> Picture:
    """Return a figure as a picture of a page."""
    return Picture(svg_uri(svg(figure)), alt)


def render(template: str, values: Mapping[str, Any]) -> str:
    """Return the page that the template makes of these values.

    Raises:
        MissingExtraError: jinja2 is not installed.
    """
    return (
        environment("homespun.report", template.endswith(".html"))
        .get_template(template)
        .render(**values)
    )


def environment(package: str, is_html: bool = True) -> Environment:
    """Return where the templates of `package` are found, with the report's stylesheet and macros.

    Raises:
        MissingExtraError: jinja2 is not installed.
    """
    try:
        from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined  # optional
    except ImportError as error:
        raise MissingExtraError("jinja2", "plot", "the report") from error
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("homespun.report")]),
        autoescape=is_html,
        undefined=StrictUndefined,  # a figure that is missing must not read as an empty cell
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "percent": lambda share, digits=1: f"{100 * share:.{digits}f}%",
        "count": lambda n: f"{n:,}",
        "fixed": lambda value, digits: f"{value:.{digits}f}",
        "figures": lambda value, digits: f"{value:.{digits}g}",
        "bytes": _bytes,
        "p": lambda p: f"{p:.3f}" if p >= 0.001 else "under 0.001",
    }
    return made


def _bytes(n: int) -> str:
    """Return a size as people read it."""
    return f"{n / 2**20:,.1f} MiB" if n >= 2**20 else f"{n / 2**10:,.1f} KiB"
