"""Pictures of the parts of a network: the neuron and its sigmoid."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from homespun.article.figures.canvas import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    PALE,
    Drawing,
    bare,
    new_figure,
    tidy,
)
from homespun.nn.functions import sigmoid, sigmoid_prime


def sigmoid_curves() -> Drawing:
    """Draw the sigmoid and its derivative at 100 points from -10 to 10."""
    z = np.linspace(-10, 10, 100)
    figure = new_figure(9, 4)
    ax = figure.add_subplot()
    ax.plot(z, sigmoid(z), color=BLUE, linewidth=2, label="sigmoid s(z)")
    ax.plot(z, sigmoid_prime(z), color=ORANGE, linewidth=2, label="its derivative")
    tidy(ax, x="z")
    ax.legend(frameon=False)
    return Drawing(
        figure,
        "The sigmoid rises from 0 to 1 in an S and is 0.5 at 0; its derivative is a bell of height "
        "0.25 around 0, nearly nothing beyond 5 on either side.",
    )


def neuron_diagram() -> Drawing:
    """Draw one neuron: inputs, weights, bias, sum, activation, answer."""
    figure = new_figure(9, 4)
    ax = figure.add_subplot()
    bare(ax)
    ax.set_xlim(0, 9)
    ax.set_ylim(0, 4)
    ax.set_aspect("equal")
    for i, y in enumerate((3.3, 2.1, 0.9), start=1):
        _arrow(ax, (1.24, y), (3.95, 2.1 + 0.22 * (y - 2.1)))
        _node(ax, (0.9, y), 0.34, f"$x_{i}$")
        middle = 2.1 + 0.62 * (y - 2.1)
        ax.text(2.5, middle, f"$w_{i}$", ha="center", va="center", fontsize=13, color=BLUE,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 2})  # fmt: skip
    _node(ax, (4.5, 3.5), 0.3, "$b$")
    _arrow(ax, (4.5, 3.2), (4.5, 2.67))
    _arrow(ax, (5.05, 2.1), (5.95, 2.1))
    _arrow(ax, (7.05, 2.1), (8.0, 2.1))
    _node(ax, (4.5, 2.1), 0.55, r"$\Sigma$")
    _node(ax, (6.5, 2.1), 0.55, "$f$")
    _node(ax, (8.35, 2.1), 0.34, "$Y$")
    ax.text(5.6, 0.75, r"$Y = f\,\left(\sum_i w_i x_i + b\right)$", ha="center", fontsize=15)
    for x, word in ((0.9, "inputs"), (2.5, "weights"), (8.35, "answer")):
        ax.text(x, 0.2, word, ha="center", color=MUTED, fontsize=10)
    ax.text(4.9, 3.5, "bias", va="center", color=MUTED, fontsize=10)
    return Drawing(
        figure,
        "A neuron: three inputs, each times its weight, go into a sum together with a bias b; the "
        "sum goes through the activation f and gives the answer Y.",
    )


def _node(ax: Axes, centre: tuple[float, float], radius: float, text: str) -> None:
    ax.add_patch(Circle(centre, radius, facecolor="white", edgecolor=INK, linewidth=1.6, zorder=3))
    ax.text(*centre, text, ha="center", va="center", fontsize=15, color=INK, zorder=4)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": MUTED, "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=end, xytext=start, arrowprops=style, color=PALE)
