from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import Dataset, Photo, Preparation, prepare, read_photo
from homespun.errors import ShapeError

SHAPE = (28, 28, 1)
BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import made_photos

    return made_photos


def coat() -> np.ndarray:
    """A picture such as those of the data: light on black, its longer side the frame's."""
    y, x = np.mgrid[:28, :28]
    body = (abs(x - 13.5) < 7) | ((abs(x - 13.5) < 11) & (y < 20) & (y > 3))
    return np.where(body, 120 + 4 * y + 20 * (x % 6 < 2), 0).astype(np.uint8)


def as_photo(picture: np.ndarray) -> Photo:
    return Photo(np.repeat(picture[..., np.newaxis], 3, axis=2))


def test_pictures_of_the_data_pass_unharmed(fashion_mnist: tuple[Dataset, Dataset]) -> None:
    train, _ = fashion_mnist
    for picture in train.images[:200]:
        prepared = prepare(as_photo(picture[..., 0]), SHAPE)
        np.testing.assert_array_equal(prepared.pixels, picture)
        assert [step.name for step in prepared.steps] == ["photo", "as it is"]


def test_a_picture_of_the_data_that_was_enlarged_comes_back() -> None:
    enlarged = np.kron(np.pad(coat(), 3), np.ones((9, 9), np.uint8))
    prepared = prepare(as_photo(enlarged), SHAPE)
    assert np.abs(prepared.pixels[..., 0].astype(int) - coat()).mean() < 6


@pytest.mark.parametrize("ground", ["white", "grey", "coloured", "shaded", "textured"])
def test_a_made_photo_comes_back_as_the_picture_that_it_was_made_of(made: Any, ground: str) -> None:
    for seed in range(2):
        photo = made.make_photo(coat(), ground, np.random.default_rng(seed))
        prepared = prepare(read_photo(made.to_file(photo.pixels, quality=80)), SHAPE)
        likeness = np.corrcoef(prepared.pixels.ravel(), coat().ravel())[0, 1]
        assert likeness > 0.7, (ground, seed)  # it lies up to ten degrees askew


def test_the_eight_orientations_give_the_same_answer(made: Any) -> None:
    photo = made.make_photo(coat(), "coloured", np.random.default_rng(1)).pixels[::4, ::4]
    upright = prepare(read_photo(made.to_file(photo)), SHAPE).pixels
    for flag in range(2, 9):
        content = made.to_file(photo, orientation=flag)
        np.testing.assert_array_equal(prepare(read_photo(content), SHAPE).pixels, upright)


def test_light_on_dark_and_dark_on_light_both_come_light_on_black() -> None:
    square = np.zeros((60, 60), bool)
    square[15:45, 20:40] = True
    for inside, outside in ((40, 230), (60, 5)):
        grey = np.where(square, inside, outside).astype(np.uint8)
        photo = as_photo(grey)
        photo.pixels[..., 0] = np.clip(photo.pixels[..., 0] + 20.0, 0, 255)  # a little red
        prepared = prepare(photo, SHAPE).pixels[..., 0]
        assert np.median(prepared[10:18, 10:18]) > 150
        assert prepared[:, 0].max() == 0


STEPS = {
    "cut_out": ["cut out", "crop"],
    "dark_background": ["negative"],
    "contrast": ["contrast"],
    "centre": ["crop"],
    "sharpen": ["sharpen"],
}


@pytest.mark.parametrize("switch", STEPS)
def test_each_step_is_told_and_can_be_switched_off(switch: str, made: Any) -> None:
    photo = Photo(made.make_photo(coat() // 2, "grey", np.random.default_rng(2)).pixels)
    whole = prepare(photo, SHAPE)
    names = [step.name for step in whole.steps]
    assert names == [
        "photo", "cut out", "crop", "grey", "negative", "small", "sharpen", "contrast"
    ]  # fmt: skip
    without = prepare(photo, SHAPE, replace(Preparation(), **{switch: False}))
    left = [step.name for step in without.steps]
    # the background's grey decides alone whether there is a negative when nothing is cut out
    assert set(names) - set(left) - {"negative"} == set(STEPS[switch]) - {"negative"}
    assert (without.pixels != whole.pixels).any()
    for step in whole.steps:
        assert step.words
        assert step.picture.dtype == np.uint8
        assert step.picture.ndim in (2, 3)
    np.testing.assert_array_equal(whole.steps[-1].picture, whole.pixels[..., 0])


def test_without_a_dark_background_the_object_lies_on_white(made: Any) -> None:
    photo = Photo(made.make_photo(coat(), "textured", np.random.default_rng(0)).pixels)
    prepared = prepare(photo, (32, 32, 3), Preparation(dark_background=False))
    assert prepared.pixels.shape == (32, 32, 3)
    assert (prepared.pixels[0, 0] == 255).all()


@pytest.mark.parametrize("in_shape", [(28, 28, 1), (64, 48, 3), (3, 3, 1)])
@pytest.mark.parametrize("shape", [(1, 1), (1, 20_000), (20_000, 1), (30, 40)])
def test_every_photo_has_pixels_of_the_models_shape(
    in_shape: tuple[int, int, int], shape: tuple[int, int]
) -> None:
    rng = np.random.default_rng(7)
    photo = Photo(rng.integers(0, 256, (*shape, 3), dtype=np.uint8))
    for preparation in (Preparation(), Preparation.plain(), Preparation.plain(fill=True)):
        prepared = prepare(photo, in_shape, preparation)
        assert prepared.pixels.shape == in_shape
        assert prepared.pixels.dtype == np.uint8
        np.testing.assert_array_equal(prepare(photo, in_shape, preparation).pixels, prepared.pixels)


def test_plain_is_the_whole_photo_made_smaller() -> None:
    halves = np.zeros((200, 400, 3), np.uint8)
    halves[:, 200:] = (200, 100, 50)
    small = prepare(Photo(halves), (20, 20, 3), Preparation.plain()).pixels
    np.testing.assert_allclose(small[:, :9], 0, atol=5)
    np.testing.assert_allclose(small[:, 11:], np.broadcast_to([200, 100, 50], (20, 9, 3)), atol=5)


@pytest.mark.parametrize("in_shape", [(28, 28), (28, 28, 2), (0, 28, 1), (784,)])
def test_a_shape_that_no_photo_has_is_refused(in_shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=r"in grey or .* in colour, and not to"):
        prepare(as_photo(coat()), in_shape)
