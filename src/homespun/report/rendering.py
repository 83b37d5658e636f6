"""Pages from templates: one stylesheet, every picture inside the page, nothing from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homespun.errors import MissingExtraError
from homespun.report.pixels import svg_uri
from homespun.report.plotting import svg

if TYPE_CHECKING:
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
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined  # optional
    except ImportError as error:
        raise MissingExtraError("jinja2", "plot", "the report") from error
    environment = Environment(
        loader=PackageLoader("homespun.report"),
        autoescape=template.endswith(".html"),
        undefined=StrictUndefined,  # a figure that is missing must not read as an empty cell
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = lambda share, digits=1: f"{100 * share:.{digits}f}%"
    environment.filters["count"] = lambda n: f"{n:,}"
    environment.filters["fixed"] = lambda value, digits: f"{value:.{digits}f}"
    environment.filters["short"] = lambda value: f"{value:.3g}"
    environment.filters["p"] = lambda p: f"{p:.3f}" if p >= 0.001 else "under 0.001"
    return environment.get_template(template).render(**values)
