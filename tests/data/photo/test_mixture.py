from __future__ import annotations

import numpy as np
from scipy.stats import multivariate_normal

from homespun.data.photo.mixture import Mixture, quadratic_terms


def blobs() -> np.ndarray:
    rng = np.random.default_rng(1)
    shape = np.array([[4.0, 0, 0], [3, 2, 0], [0, 1, 5]])
    first = rng.normal(0, 1, (500, 3)) @ shape.T + [60, 10, -5]
    return np.concatenate([first, rng.normal((20, -30, 40), 2, (250, 3))])


def test_one_part_is_the_normal_distribution_of_the_weighted_moments() -> None:
    colours = blobs()
    weights = np.random.default_rng(2).uniform(0, 2, len(colours))
    terms = quadratic_terms(colours)
    fitted = Mixture.fit(terms, weights, 1, 1.5).log_density(terms)
    covariance = np.cov(colours.T, aweights=weights, ddof=0) + 1.5**2 * np.eye(3)
    mean = np.average(colours, axis=0, weights=weights)
    expected = multivariate_normal(mean, covariance).logpdf(colours)
    np.testing.assert_allclose(fitted, expected, rtol=1e-5, atol=1e-5)


def test_two_blobs_are_told_apart() -> None:
    colours = blobs()
    terms = quadratic_terms(colours)
    fitted = Mixture.fit(terms, np.ones(len(colours)), 2, 0.1).log_density(terms)
    parts = [multivariate_normal(b.mean(0), np.cov(b.T, ddof=0)) for b in np.split(colours, [500])]
    expected = np.log(sum(s * p.pdf(colours) for s, p in zip((2 / 3, 1 / 3), parts, strict=True)))
    np.testing.assert_allclose(fitted, expected, atol=0.05)


def test_one_and_the_same_colour_is_no_trouble() -> None:
    terms = quadratic_terms(np.full((40, 3), 50.0))
    density = Mixture.fit(terms, np.ones(40), 5, 3.0).log_density(terms)
    peak = -0.5 * 3 * np.log(2 * np.pi * 9)  # of one normal distribution of deviation 3
    np.testing.assert_allclose(density, peak, atol=1e-4)


def test_weights_of_zero_leave_colours_out() -> None:
    colours = blobs()
    terms = quadratic_terms(colours)
    weights = (np.arange(len(colours)) < 500).astype(float)
    whole = Mixture.fit(terms, weights, 2, 1.0).log_density(terms)
    alone = Mixture.fit(terms[:500], weights[:500], 2, 1.0).log_density(terms)
    np.testing.assert_allclose(whole, alone, rtol=1e-6)
