from __future__ import annotations

import re
from typing import Any

import numpy as np
from PIL import Image

WANTED = {
    "samples", "pixels", "tsne", "neuron", "sigmoid", "xor", "errors_run1", "errors_run2",
    "errors_mended", "penalty", "answer", "answers_run2", "answers_mended",
}  # fmt: skip


def test_every_picture_of_the_article_is_there(replayed: dict[str, Any]) -> None:
    assert {name.removesuffix(".png") for name in replayed["results"]["pictures"]} == WANTED


def test_every_quick_picture_carries_its_note(replayed: dict[str, Any]) -> None:
    # The note is red and stands in the lowest third of an inch, at the right.
    for name in replayed["results"]["pictures"]:
        with Image.open(replayed["folder"] / name) as picture:
            width, height = picture.size
            corner = picture.convert("RGB").crop((width - 240, height - 36, width, height))
        red, green, blue = np.moveaxis(np.asarray(corner), 2, 0)
        assert ((red > 150) & (green < 100) & (blue < 100)).sum() > 100, name


def test_one_product_is_a_bag_with_all_three_answers(replayed: dict[str, Any]) -> None:
    page = (replayed["folder"] / "index.html").read_text(encoding="utf-8")
    (alt,) = re.findall(r'answer\.png" alt="([^"]*)"', page)
    assert alt.count("(Bag)") == 3
