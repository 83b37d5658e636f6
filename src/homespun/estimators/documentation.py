"""The link from an estimator's HTML page to its documentation, which comes with the package."""

from __future__ import annotations

from pathlib import Path

PAGE_AND_HEADING = "{page}#{heading}"
"""scikit-learn's template of a link; `page_and_heading` fills it in."""

_PAGE = Path(__file__).with_name("documentation.html")


def page_and_heading(estimator: object) -> dict[str, str]:
    """Return the address of the page on this machine, and the heading about this estimator.

    There is no site to link to that is sure to speak of the version installed here. Browsers follow
    such a link from pages that lie on the disk, and refuse it from those that a server sends.
    """
    return {"page": _PAGE.as_uri(), "heading": type(estimator).__name__.lower()}
