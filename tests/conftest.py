from __future__ import annotations

import pytest
from hypothesis import settings

from homespun.data import Dataset, load_fashion_mnist

# time is no test's business: the machine may be busy
settings.register_profile("homespun", deadline=None, max_examples=60, database=None)
settings.load_profile("homespun")


@pytest.fixture(scope="session")
def fashion_mnist() -> tuple[Dataset, Dataset]:
    """The real training and test part; the first session on a machine fetches them."""
    return load_fashion_mnist()
