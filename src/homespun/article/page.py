"""The HTML page of a replay: the article's story in our words, with the figures just measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Template

from homespun.report.rendering import Picture, environment


def render(results: Mapping[str, Any], files: Mapping[str, str], alts: Mapping[str, str]) -> str:
    """Return the page that tells what `results`, the figures of `summarise`, say.

    `files` and `alts` map the names of the pictures to their files and alternative texts. The
    page has the look of a run's page; the pictures must lie beside it.
    """
    template: Template = environment("homespun.article").get_template("index.html")
    pictures = {name: Picture(files[name], alts[name].removesuffix(".")) for name in files}
    return template.render(r=results, pictures=pictures)
