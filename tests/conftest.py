from __future__ import annotations

import pytest

from homespun.data import Dataset, load_fashion_mnist


@pytest.fixture(scope="session")
def fashion_mnist() -> tuple[Dataset, Dataset]:
    """The real training and test part; the first session on a machine fetches them."""
    return load_fashion_mnist()
