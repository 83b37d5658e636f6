from __future__ import annotations

import numpy as np
import pytest

from homespun.data import Dataset

_CHECKS = "test_contract.py::test_scikit_learns_checks"


@pytest.fixture(scope="session")
def clothes(fashion_mnist: tuple[Dataset, Dataset]) -> tuple[np.ndarray, np.ndarray]:
    """The first 1,200 real pictures, uint8 of shape (1200, 28, 28), and their labels."""
    training, _ = fashion_mnist
    return training.images[:1200, :, :, 0], training.labels[:1200]


@pytest.fixture(scope="session")
def rows() -> tuple[np.ndarray, np.ndarray]:
    """Rows of four features of different size, and three labels that depend on them."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 150)
    X = rng.normal(0, 1, (150, 4)) + np.eye(4)[y] * 4
    return X * [1, 10, 0.1, 1000] + [0, 5, 0, 1e4], np.array(["bag", "hat", "shoe"])[y]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many of scikit-learn's checks passed."""
    passed = [r for r in terminalreporter.stats.get("passed", []) if _CHECKS in r.nodeid]
    if passed:
        terminalreporter.write_line(f"scikit-learn's estimator checks passed: {len(passed)}")
