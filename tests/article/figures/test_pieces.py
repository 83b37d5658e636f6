from __future__ import annotations

import numpy as np
import scipy.special
import scipy.stats

from homespun.article.figures.pieces import neuron_diagram, sigmoid_curves


def test_sigmoid_and_derivative_at_100_points() -> None:
    sigmoid, slope = sigmoid_curves().figure.axes[0].lines
    z = np.asarray(sigmoid.get_xdata())
    np.testing.assert_allclose(z, np.linspace(-10, 10, 100))
    np.testing.assert_allclose(sigmoid.get_ydata(), scipy.special.expit(z))
    np.testing.assert_allclose(slope.get_ydata(), scipy.stats.logistic.pdf(z))


def test_the_neuron_has_all_its_parts() -> None:
    words = {text.get_text() for text in neuron_diagram().figure.axes[0].texts}
    assert {"$x_1$", "$x_3$", "$w_1$", "$w_3$", "$b$", "$f$", "$Y$", "bias", "weights"} <= words
