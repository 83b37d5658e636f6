from __future__ import annotations

import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from homespun.data.folder.cut import Pile, cut


def pile(
    labels: list[int], groups: list[int] | None = None, parts: list[str] | None = None
) -> Pile:
    n = len(labels)
    return Pile(
        labels=np.array(labels),
        groups=np.array(range(n) if groups is None else groups),
        digests=[hashlib.sha256(bytes([i // 256, i % 256])).hexdigest() for i in range(n)],
        parts=[None] * n if parts is None else parts,
    )


def test_each_class_gives_its_share_to_validation_and_test() -> None:
    labels = [0] * 200 + [1] * 400
    splits = np.array(cut(pile(labels), seed=0))
    for split, share in (("validation", 0.15), ("test", 0.15), ("train", 0.7)):
        counts = np.bincount(np.array(labels)[splits == split], minlength=2)
        assert counts.tolist() == [round(200 * share), round(400 * share)]


def test_few_pictures_have_no_test_part() -> None:
    assert cut(pile([0, 1] * 166), seed=0).count("test") == 0  # 15% of 332 are 49.8
    assert cut(pile([0, 1] * 167), seed=0).count("test") == 50
    assert cut(pile([0, 1]), seed=0) == ["train", "train"]
    assert cut(pile([0, 0, 1]), seed=0).count("validation") == 1


def test_a_wish_is_followed() -> None:
    assert cut(pile([0, 1] * 30), 0, n_validation=20).count("validation") == 20
    assert cut(pile([0, 1] * 30), 0, n_validation=0) == ["train"] * 60


def test_the_seed_decides() -> None:
    labels = [0, 1, 2] * 40
    assert cut(pile(labels), seed=1) == cut(pile(labels), seed=1)
    assert cut(pile(labels), seed=1) != cut(pile(labels), seed=2)


def test_another_order_gives_each_picture_the_same_part() -> None:
    first = pile([0, 1] * 60)
    order = np.random.default_rng(0).permutation(120)
    turned = Pile(
        first.labels[order], first.groups[order], [first.digests[i] for i in order], [None] * 120
    )
    splits = cut(first, seed=3)
    assert cut(turned, seed=3) == [splits[i] for i in order]


def test_given_parts_stay_and_what_has_a_twin_there_is_not_learnt_from() -> None:
    parts = ["train", "train", "train", "validation", "test", "validation"]
    made = pile([0, 1, 0, 1, 0, 0], groups=[0, 1, 2, 1, 2, 2], parts=parts)
    assert cut(made, 0) == ["train", "left out", "left out", "validation", "test", "left out"]


def test_what_is_not_given_is_cut() -> None:
    given = pile([0, 1] * 20, parts=["train"] * 20 + ["test"] * 20)
    splits = cut(given, 0)
    assert splits[20:] == ["test"] * 20
    assert splits[:20].count("validation") == 3
    with_validation = pile([0, 1] * 400, parts=["train"] * 700 + ["validation"] * 100)
    assert cut(with_validation, 0) == ["train"] * 700 + ["validation"] * 100


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 25)), min_size=1, max_size=60),
    st.integers(0, 5),
)
def test_twins_stay_together_and_every_class_keeps_something(
    drawn: list[tuple[int, int]], seed: int
) -> None:
    labels, groups = [label for label, _ in drawn], [group for _, group in drawn]
    splits = cut(pile(labels, groups), seed)
    by_group: dict[int, set[str]] = {}
    for group, split in zip(groups, splits, strict=True):
        by_group.setdefault(group, set()).add(split)
    assert all(len(found) == 1 for found in by_group.values())
    assert splits.count("validation") <= max(1, round(0.15 * len(drawn)))
    if set(groups) == set(range(len(groups))):  # no twins: every class is learnt
        assert {label for label, s in zip(labels, splits, strict=True) if s == "train"} == set(
            labels
        )
