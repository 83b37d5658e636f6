from __future__ import annotations

import base64
import io
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from homespun.data import Photo, Preparation, prepare, read_photo
from homespun.serve.pixels import png_uri, tinted
from homespun.serve.steps import SWITCH_OF, TITLES, shown_steps
from homespun.types import ByteArray

SHAPE = (28, 28, 1)


def pixels_of(uri: str) -> ByteArray:
    head, _, content = uri.partition(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))


def test_every_switch_but_the_choice_to_fill_has_a_step_and_a_title() -> None:
    switches = {field.name for field in fields(Preparation)} - {"fill"}
    assert set(SWITCH_OF.values()) == set(TITLES) == switches


def test_each_step_is_shown_with_what_it_came_to(coat: bytes) -> None:
    prepared = prepare(read_photo(coat), SHAPE)
    shown = shown_steps(prepared, frozenset())
    assert [step["title"] for step in shown] == [step.words for step in prepared.steps]
    assert all(step["is_on"] for step in shown)
    assert [s["name"] for s in shown if s["can_be_switched"]] == list(SWITCH_OF.values())
    np.testing.assert_array_equal(pixels_of(shown[-1]["picture"]), prepared.pixels[..., 0])


@pytest.mark.parametrize("off", SWITCH_OF.values())
def test_a_step_switched_off_keeps_its_place_without_a_picture(off: str, coat: bytes) -> None:
    prepared = prepare(read_photo(coat), SHAPE, Preparation(**{off: False}))
    shown = {step["name"]: step for step in shown_steps(prepared, frozenset({off}))}
    assert shown[off] == {
        "name": off,
        "title": TITLES[off],
        "picture": None,
        "can_be_switched": True,
        "is_on": False,
    }
    names = [
        "photo",
        "cut_out",
        "centre",
        "grey",
        "dark_background",
        "small",
        "sharpen",
        "contrast",
    ]
    assert list(shown) == [name for name in names if name in shown]


def test_a_picture_that_is_as_it_should_be_and_one_without_steps() -> None:
    black = Photo(np.zeros((28, 28, 3), np.uint8))
    shown = shown_steps(prepare(black, SHAPE), frozenset())
    assert [step["name"] for step in shown] == ["photo", "as_it_is"]
    assert not any(step["can_be_switched"] for step in shown)
    assert shown_steps(None, frozenset()) == []


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 3)])
def test_an_address_holds_its_picture(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    np.testing.assert_array_equal(pixels_of(png_uri(picture)), picture.squeeze())


def test_a_large_picture_is_made_smaller_in_proportion() -> None:
    assert pixels_of(png_uri(np.zeros((1000, 500, 3), np.uint8))).shape == (256, 128, 3)


def test_what_an_answer_hangs_on_is_red_and_what_speaks_against_it_blue() -> None:
    picture = np.full((1, 4, 1), 100, np.uint8)
    red, grey, half, blue = tinted(picture, np.array([[0.4, 0.0, 0.2, -0.4]]))[0]
    assert grey.tolist() == [100, 100, 100]
    assert red.tolist() == [round(25 + 0.75 * c) for c in (198, 40, 40)]
    assert blue.tolist() == [round(25 + 0.75 * c) for c in (21, 101, 192)]
    assert half.tolist() == [round(62.5 + 0.375 * c) for c in (198, 40, 40)]


def test_noise_is_not_shown_as_if_it_mattered() -> None:
    picture = np.full((2, 2, 3), 100, np.uint8)
    assert np.abs(tinted(picture, np.full((2, 2), 1e-6)).astype(int) - 100).max() == 0


def test_the_folder_of_examples_holds_what_its_titles_name() -> None:
    import json

    from homespun.serve import examples

    folder = Path(str(examples._FOLDER))
    titles = json.loads((folder / "titles.json").read_text())
    files = {path.name for path in folder.iterdir()} - {"titles.json"}
    assert set(titles) == files
    assert len(files) == 12
    assert sum((folder / name).stat().st_size for name in files) < 200_000
