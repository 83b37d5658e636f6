"""From any photo to what a model sees: the one function that every door of homespun calls."""

from __future__ import annotations

from homespun.data.photo.photo import Photo
from homespun.data.photo.preparation import Preparation, Prepared
from homespun.errors import ShapeError
from homespun.types import Shape

_DEFAULT = Preparation()


def prepare(photo: Photo, in_shape: Shape, preparation: Preparation = _DEFAULT) -> Prepared:
    """Return the photo as a model of this input shape sees it, with the steps that were taken.

    A photo that is already what the training pictures are (of the model's size, grey, on black)
    is left as it is. The same photo, shape and preparation give the same pixels.

    Args:
        photo: any photo.
        in_shape: the model's (height, width, channel), with 1 channel for grey or 3 for colour.
        preparation: which steps to take.

    Raises:
        ShapeError: the shape is none that a photo can be brought to.
    """
    if len(in_shape) != 3 or in_shape[2] not in (1, 3) or min(in_shape) < 1:
        raise ShapeError(
            "prepare: a photo can be brought to (height, width, 1) in grey or (height, width, 3) "
            f"in colour, and not to {tuple(in_shape)}"
        )
    from homespun.data.photo.steps import take_steps  # SciPy and Pillow are slow to import

    return take_steps(photo, in_shape, preparation)
