"""A model that answers for one picture at a time: the same bits in whatever company it comes."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from homespun.data import Preparation, prepare, read_photo
from homespun.data.folder.opening import open_picture
from homespun.models import Model
from homespun.types import ByteArray, FloatArray


class Classifier:
    """Answers for pictures, from entering the `with` block to leaving it.

    Products of matrices round differently with the number of rows, and with the place of a row
    among them; so each picture is asked about alone, on one thread. Against reading and preparing
    a photo that costs little.
    """

    def __init__(self, model: Model) -> None:
        self.model = model

    def __enter__(self) -> Classifier:
        self._limits = threadpool_limits(limits=1, user_api="blas")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._limits.restore_original_limits()

    def pixels(self, source: bytes | Path) -> ByteArray:
        """Return what the model sees of a photo, given by its file or by what that holds.

        Raises:
            UnreadableError: a file is missing or holds no picture; the reason has no path.
            PhotoError: the bytes are no picture.
        """
        photo = read_photo(source) if isinstance(source, bytes) else open_picture(source)[1]
        preparation = self.model.preparation or Preparation()
        return prepare(photo, self.model.in_shape, preparation).pixels

    def row(self, source: bytes | Path) -> dict[str, Any]:
        """Return the answer for a photo as every door gives it, or `error` and why there is none.

        Whatever a picture does to its reader, it is no reason to stop.
        """
        try:
            answers = self.model.answer(self.pixels(source)[np.newaxis], threads=1)
        except Exception as error:
            return {"error": _reason(error)}
        return answers.named(self.model.class_names)[0]

    def probabilities(self, pixels: ByteArray) -> FloatArray:
        """Return (n_classes,) for one picture of the model's shape, in a `with` block or not.

        Several threads may ask at once: a model sees to it that its own products take one thread.
        """
        found: FloatArray = self.model.predict_proba(pixels[np.newaxis], threads=1)[0]
        return found


def _reason(error: Exception) -> str:
    told = " ".join(str(error).split()).removeprefix("the picture: ")
    return told or type(error).__name__
