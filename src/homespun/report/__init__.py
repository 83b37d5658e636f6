"""Pictures and pages: what a run looks like.

Names are imported when they are first used: one picture takes none of what a page needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homespun.lazy import on_first_use

if TYPE_CHECKING:
    from homespun.report.comparison import write_comparison
    from homespun.report.figures import write_sample_grid
    from homespun.report.page import write_report

_MODULE_OF = {
    "write_comparison": "comparison",
    "write_report": "page",
    "write_sample_grid": "figures",
}

__all__ = ["write_comparison", "write_report", "write_sample_grid"]

__getattr__ = on_first_use(__name__, _MODULE_OF)


def __dir__() -> list[str]:
    return __all__
