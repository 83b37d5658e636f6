"""The HTML page of a replay: the article's story in our words, with the figures just measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def render(results: Mapping[str, Any], files: Mapping[str, str], alts: Mapping[str, str]) -> str:
    """Return the page that tells what `results`, the figures of `summarise`, say.

    `files` and `alts` map the names of the pictures to their files and alternative texts. The
    page is one file with its own stylesheet; the pictures must lie beside it.
    """
    environment = Environment(
        loader=PackageLoader("homespun.article"),
        autoescape=True,
        undefined=StrictUndefined,  # a figure that was not measured must not read as an empty cell
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = lambda share: f"{100 * share:.2f}%"
    environment.filters["fixed"] = lambda value, digits: f"{value:.{digits}f}"
    environment.filters["figures"] = lambda value, digits: f"{value:.{digits}g}"
    page = environment.get_template("index.html")
    return page.render(r=results, files=files, alts=alts)
