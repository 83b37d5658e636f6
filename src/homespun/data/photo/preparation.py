"""Which steps turn a photo into what a model sees: switches, which are kept with the model."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

from homespun.errors import SettingError
from homespun.types import ByteArray


@dataclass(frozen=True)
class Preparation:
    """The steps that `prepare` takes, each of which can be switched off.

    As it stands it follows the makers of Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017,
    arXiv:1708.07747, section 2), and finds the object, which their photos showed on plain white.

    Attributes:
        cut_out: find the object and take the background away.
        dark_background: turn grey into its negative where the background is light, so that the
            object stands on black; off, the colours stay, and what is cut out stands on white.
        contrast: stretch the object's grey levels over the range that the training pictures have.
        centre: crop to the object, and bring its longer side to the frame's; off, the object stays
            where it was in the photo.
        sharpen: sharpen the small picture.
        fill: fill the frame, and cut off what sticks out; off, all of the photo is fitted in.

    Raises:
        SettingError: a switch is neither true nor false.
    """

    cut_out: bool = True
    dark_background: bool = True
    contrast: bool = True
    centre: bool = True
    sharpen: bool = True
    fill: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, bool):
                raise SettingError(
                    f"Preparation: expected true or false, got {field.name}={value!r}"
                )

    @classmethod
    def plain(cls, *, fill: bool = False) -> Preparation:
        """Return the one for models trained on folders of photos: fitted in, and nothing else."""
        return cls(
            cut_out=False,
            dark_background=False,
            contrast=False,
            centre=False,
            sharpen=False,
            fill=fill,
        )


class Step(NamedTuple):
    """One step that was taken: its name, what it did in plain words, and the picture after it.

    The picture is uint8, (height, width) or (height, width, 3).
    """

    name: str
    words: str
    picture: ByteArray


@dataclass(frozen=True, eq=False)
class Prepared:
    """What a model sees of a photo, and how it came to that.

    Attributes:
        pixels: uint8 of the model's shape (height, width, channel).
        steps: what was done, in order.
    """

    pixels: ByteArray
    steps: tuple[Step, ...]
