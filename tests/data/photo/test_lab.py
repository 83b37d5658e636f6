from __future__ import annotations

import numpy as np
import pytest

from homespun.data.photo.lab import to_lab


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((119, 119, 119), (50.03, 0, 0)),  # Y = 0.184, so 116 Y^(1/3) - 16
        # the primaries of sRGB under D65, as tables of colour science give them
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
    ],
)
def test_known_colours(rgb: tuple[int, ...], lab: tuple[float, ...]) -> None:
    picture = np.full((2, 3, 3), rgb, dtype=np.uint8)
    np.testing.assert_allclose(to_lab(picture), np.broadcast_to(lab, (2, 3, 3)), atol=0.05)
