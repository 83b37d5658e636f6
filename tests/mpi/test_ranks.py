"""One process and several keep one contract, and come to the same bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize("n", [2, 3, 4])
def test_ranks_keep_the_contract_and_train_to_the_bits_of_one(
    trained: Callable[[int | None], Any], n: int
) -> None:
    alone, together = trained(None), trained(n)
    assert alone["size"] == 1
    assert together == alone | {"size": n}
    hashes = {weight_hash for weight_hash, _ in (alone[name] for name in alone if name != "size")}
    assert len(hashes) == 4
