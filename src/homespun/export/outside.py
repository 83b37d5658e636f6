"""What stays outside of an exported graph: from a photo to its inputs, as Python does it.

A reference for who writes it anew elsewhere.
"""

from __future__ import annotations

from homespun.data import Photo, Preparation
from homespun.types import Array, Shape


def photo_inputs(
    photo: Photo, in_shape: Shape, preparation: Preparation
) -> dict[str, Array] | None:
    """Return the inputs of a file that begins at the cut-out, by name.

    They are `photo`, made no larger than the steps have a use for, and, where objects are cut out,
    `mask`, what the object is in a coarser copy of it. None where the photo is already what the
    training pictures are, grey on black: nothing is cut out of such a one, and what `prepare` makes
    of it goes into a file for ready pictures.

    Args:
        photo: upright and in sRGB, as `read_photo` gives it.
        in_shape: (height, width, channel) of the model's pictures.
        preparation: the model's; `homespun export --json` and the file's metadata tell it, too.
    """
    from homespun.data.photo.steps import coarse_mask, is_ready, shrunk  # slow to import

    if is_ready(photo, in_shape, preparation):
        return None
    picture = shrunk(photo, in_shape)
    if not preparation.cut_out:
        return {"photo": picture}
    return {"photo": picture, "mask": coarse_mask(picture).astype("float32")}
