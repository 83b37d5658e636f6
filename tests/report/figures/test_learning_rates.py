from __future__ import annotations

from homespun.report.figures import learning_rates
from homespun.training import LearningRateCurve


def test_the_plot_shows_losses_over_rates_and_the_suggestion() -> None:
    curve = LearningRateCurve((0.1, 1.0, 10.0), (2.0, 1.0, 90.0), (2.0, 1.4, 31.0), 0.1)
    (axes,) = learning_rates(curve).axes
    drawn = [line.get_xydata().tolist() for line in axes.lines[:2]]
    assert drawn[0] == [[0.1, 2.0], [1.0, 1.0], [10.0, 90.0]]
    assert drawn[1] == [[0.1, 2.0], [1.0, 1.4], [10.0, 31.0]]
    assert axes.lines[2].get_xdata() == [0.1, 0.1]
    assert axes.get_xscale() == "log"
    assert axes.get_ylim()[1] < 31  # the end does not hide the way there
    assert "suggestion: 0.1" in [text.get_text() for text in axes.get_legend().get_texts()]


def test_a_loss_that_never_falls_is_shown_whole() -> None:
    (axes,) = learning_rates(LearningRateCurve((0.1, 1.0), (1.0, 2.0), (1.0, 1.5), 0.01)).axes
    assert axes.get_ylim()[1] >= 2
