"""Pictures of the errors: a curve for each run, and what the article's curve is made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from homespun.article.figures.canvas import (
    BLUE,
    INK,
    ORANGE,
    Drawing,
    new_figure,
    tidy,
)


def error_curve(errors: Sequence[float], *, title: str, unit: str) -> Drawing:
    """Draw one value an epoch, in `unit`."""
    figure = new_figure(9, 4)
    ax = figure.add_subplot()
    ax.plot(np.arange(1, len(errors) + 1), errors, color=BLUE, linewidth=1.6)
    ax.set_ylim(bottom=0)
    tidy(ax, title=title, x="epoch", y=unit)
    alt = (
        f"{title}: from {errors[0]:.5g} after the first epoch to {errors[-1]:.5g} "
        f"after epoch {len(errors)}, in {unit}."
    )
    return Drawing(figure, alt)


def penalty_share(errors: Sequence[float], penalties: Sequence[float]) -> Drawing:
    """Draw how much of the article's error curve is weight decay.

    `errors` has one value an epoch; `penalties` has half the L2 term at the start and then at the
    end of each epoch, so one value more.
    """
    figure = new_figure(11, 4.5)
    left, right = figure.subplots(1, 2, width_ratios=[1, 2])
    data_part = errors[0] - penalties[0]
    left.bar(["epoch 1"], [penalties[0]], color=ORANGE, width=0.9)
    left.bar(["epoch 1"], [data_part], bottom=[penalties[0]], color=BLUE, width=0.9)
    left.text(0, penalties[0] / 2, f"half the L2 term\nat the start\n{penalties[0]:.1f}",
              ha="center", va="center", color=INK)  # fmt: skip
    left.text(0, errors[0] * 1.02, f"error of the epoch: {errors[0]:.1f}",
              ha="center", va="bottom", color=INK)  # fmt: skip
    left.set_xlim(-0.8, 0.8)
    left.set_ylim(0, errors[0] * 1.15)
    tidy(
        left, title=f"{penalties[0] / errors[0]:.1%} of it is weight decay", y="the article's error"
    )
    epochs = np.arange(1, len(errors) + 1)
    right.plot(epochs, errors, color=BLUE, linewidth=2, label="error of the epoch")
    right.fill_between(epochs, penalties[1:], color=ORANGE, alpha=0.75, linewidth=0,
                       label="half the L2 term at its end")  # fmt: skip
    right.set_ylim(bottom=0)
    right.legend(frameon=False)
    tidy(right, title="The whole run", x="epoch")
    alt = (
        f"Of the error {errors[0]:.1f} of the first epoch, {penalties[0]:.1f} is half the L2 term "
        "of the first weights. Over the whole run the penalty makes up most of the curve."
    )
    return Drawing(figure, alt)
