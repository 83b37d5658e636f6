"""Pictures and pages: what a run looks like."""

from homespun.report.comparison import write_comparison
from homespun.report.figures import write_sample_grid
from homespun.report.page import write_report

__all__ = ["write_comparison", "write_report", "write_sample_grid"]
