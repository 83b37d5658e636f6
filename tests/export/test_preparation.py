"""Photos from the cut-out on: the file prepares them to the same pixels as `prepare` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import onnx
import pytest
from scipy import ndimage

from homespun.data import Photo, Preparation, prepare
from homespun.data.photo import steps
from homespun.data.photo.cutting import find_object
from homespun.errors import SettingError
from homespun.export import export_photo_onnx, photo_inputs
from homespun.models import Model
from homespun.nn import Chain, Dense, Flatten
from homespun.types import Array, FloatArray

NewModel = Callable[..., Model]

PREPARATIONS = {
    "as Fashion-MNIST was": Preparation(),
    "filled": Preparation(fill=True),
    "plain": Preparation.plain(),
    "plain, filled": Preparation.plain(fill=True),
    "nothing cut out": Preparation(cut_out=False),
    "where it was": Preparation(centre=False),
    "light": Preparation(dark_background=False),
    "neither sharp nor stretched": Preparation(sharpen=False, contrast=False),
}
SHAPES = [(28, 28, 1), (9, 14, 1), (21, 12, 3)]


def photo(number: int) -> Photo:
    """An object of two colours with soft edges, on a light or a dark ground that is not plain."""
    rng = np.random.default_rng(number)
    height, width = [(90, 140), (143, 61), (400, 390)][number % 3]
    y, x = np.mgrid[:height, :width]
    ground = rng.uniform(170, 250, 3) if number % 2 else rng.uniform(10, 80, 3)
    values = ground + (x / width * 20)[..., np.newaxis]
    inside = np.abs(y - 0.45 * height) < 0.3 * height
    inside &= np.abs(x - 0.55 * width) < 0.27 * width
    colours = np.where((y > 0.4 * height)[..., np.newaxis], (200, 40, 60), (30, 90, 180))
    soft = ndimage.gaussian_filter(inside.astype(float), 1.5)[..., np.newaxis]
    values = values * (1 - soft) + colours * soft + rng.normal(0, 3, (height, width, 1))
    return Photo(np.clip(values, 0, 255).astype(np.uint8))


@pytest.fixture(autouse=True)
def found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for the object in each photo once, which takes long; the masks are the real ones."""
    monkeypatch.setattr(steps, "find_object", _find_once)


def _find_once(picture: Array) -> FloatArray:
    key = picture.tobytes()
    if key not in _FOUND:
        _FOUND[key] = find_object(picture)
    return _FOUND[key]


_FOUND: dict[bytes, FloatArray] = {}


@pytest.mark.parametrize("name", PREPARATIONS)
def test_every_preparation_gives_the_same_pixels(
    name: str, new_model: NewModel, session: Any
) -> None:
    preparation = PREPARATIONS[name]
    for in_shape, number in product(SHAPES, range(4)):
        model = new_model(Chain(Flatten(), Dense(3)), in_shape, preparation=preparation)
        inputs = photo_inputs(photo(number), in_shape, preparation)
        assert inputs is not None
        assert ("mask" in inputs) == preparation.cut_out
        found = session(export_photo_onnx(model))(**inputs)
        expected = prepare(photo(number), in_shape, preparation).pixels
        assert np.array_equal(found["prepared"][0], expected), (in_shape, number)
        answer = model.answer(expected[np.newaxis])
        np.testing.assert_allclose(found["probabilities"], answer.probabilities, atol=1e-5)


@pytest.mark.parametrize("size", [(1, 1), (1, 60), (70, 2)])
def test_photos_may_be_small_and_narrow(
    size: tuple[int, int], packaged: Model, session: Any
) -> None:
    pixels = np.random.default_rng(3).integers(60, 256, (*size, 3), dtype=np.uint8)
    for preparation in (Preparation(), Preparation.plain(), Preparation(cut_out=False, fill=True)):
        model = replace(packaged, preparation=preparation)
        inputs = photo_inputs(Photo(pixels), model.in_shape, preparation)
        assert inputs is not None
        found = session(export_photo_onnx(model))(**inputs)["prepared"][0]
        assert np.array_equal(found, prepare(Photo(pixels), model.in_shape, preparation).pixels)


def test_masks_by_hand(new_model: NewModel, session: Any) -> None:
    """A white photo with a black square of 4 x 4 pixels; what the mask holds fills the frame."""
    switched_off = Preparation(sharpen=False, contrast=False, dark_background=False)
    model = new_model(Chain(Flatten(), Dense(2)), (4, 4, 1), preparation=switched_off)
    answering = session(export_photo_onnx(model))
    pixels = np.full((12, 10, 3), 255, np.uint8)
    pixels[3:7, 5:9] = 0
    mask = np.zeros((12, 10), np.float32)
    mask[3:7, 5:9] = 1
    assert answering(photo=pixels, mask=mask)["prepared"].ravel().tolist() == [0] * 16
    nothing = answering(photo=pixels, mask=np.zeros((3, 3), np.float32))["prepared"]
    assert nothing.ravel().tolist() == [255] * 16, "all of it is ground"
    mask[:] = 0
    mask[3:7, 5:7] = 1  # its left half: two columns in the middle of the frame
    half = answering(photo=pixels, mask=mask)["prepared"][0, ..., 0]
    assert half.tolist() == [[255, 0, 0, 255]] * 4


def test_grey_by_hand(new_model: NewModel, session: Any) -> None:
    """Of red, green and blue 299, 587 and 114 thousandths are counted: 76.2, 149.7 and 29.1."""
    model = new_model(Chain(Flatten(), Dense(2)), (1, 1, 1), preparation=Preparation.plain())
    answering = session(export_photo_onnx(model))
    for channel, grey in enumerate((76, 150, 29)):
        pixel = np.zeros((1, 1, 3), np.uint8)
        pixel[..., channel] = 255
        assert answering(photo=pixel)["prepared"].item() == grey


def test_a_light_border_turns_the_picture_over_where_nothing_is_cut_out(
    new_model: NewModel, session: Any
) -> None:
    """A border of 127 by median is not light, one above it is."""
    preparation = replace(Preparation.plain(), dark_background=True)
    model = new_model(Chain(Flatten(), Dense(2)), (5, 7, 1), preparation=preparation)
    answering = session(export_photo_onnx(model))
    pixels = np.full((5, 7, 3), 127, np.uint8)
    assert answering(photo=pixels)["prepared"].min() == 127
    pixels[:, 4:] = pixels[0, 3] = 128  # two sides of five or seven, and as many on the other side
    expected = prepare(Photo(pixels), (5, 7, 1), preparation).pixels
    assert np.array_equal(answering(photo=pixels)["prepared"][0], expected)
    pixels[:] = 128
    assert answering(photo=pixels)["prepared"].max() == 127


def test_a_photo_that_is_ready_has_no_inputs() -> None:
    picture = np.zeros((30, 20, 3), np.uint8)
    picture[10:20, 5:15] = 200
    assert photo_inputs(Photo(picture), (28, 28, 1), Preparation()) is None
    assert photo_inputs(Photo(picture), (28, 28, 3), Preparation()) is not None
    assert photo_inputs(Photo(picture), (28, 28, 1), Preparation.plain()) is not None


def test_large_photos_are_made_smaller_outside() -> None:
    large = Photo(np.full((800, 1000, 3), 200, np.uint8))
    inputs = photo_inputs(large, (28, 28, 1), Preparation())
    assert inputs is not None
    assert (inputs["photo"].shape, inputs["mask"].dtype) == ((307, 384, 3), np.float32)
    plain = photo_inputs(large, (300, 300, 3), Preparation.plain())
    assert plain is not None
    assert plain["photo"].shape == (480, 600, 3)


def test_one_photo_at_a_time(packaged: Model) -> None:
    graph = onnx.load_from_string(export_photo_onnx(packaged)).graph
    shapes = {v.name: [a.dim_value for a in v.type.tensor_type.shape.dim] for v in graph.output}
    assert shapes["prepared"] == [1, 28, 28, 1]
    assert shapes["probabilities"] == [1, 10]


@pytest.mark.parametrize("settings", [{"pixels": "float32"}, {"in_shape": (2, 2, 4)}], ids=str)
def test_a_model_that_takes_no_photos_is_refused(
    settings: dict[str, Any], new_model: NewModel
) -> None:
    with pytest.raises(SettingError, match="to which no photo can be brought"):
        export_photo_onnx(new_model(Chain(Flatten(), Dense(2)), **settings))
