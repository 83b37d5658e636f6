"""A picture stored in each of the eight orientations, and a decompression bomb.

Prints how many different pictures a model would see of one photo, and what the bomb cost. Memory
is the system's own figure, the peak of the resident memory.
"""

from __future__ import annotations

import io
import struct
import sys
import tempfile
import time
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from homespun.data import prepare, read_photo
from homespun.errors import PhotoError
from homespun.runs.memory import peak_memory

TAG = 0x0112
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How the sensor saw an upright scene, for each value of the flag (Exif 2.3, tag 0112)."""

BOMB_SIDE = 13_000
MOST_SECONDS = 0.05
MOST_BYTES = 5 * 2**20
IN_SHAPE = (28, 28, 1)


def scene() -> Image.Image:
    """Return a picture that looks different in each orientation."""
    pixels = np.full((120, 90, 3), 240, np.uint8)
    pixels[20:100, 15:40] = (180, 30, 40)
    pixels[70:100, 40:75] = (40, 60, 160)
    pixels[20:35, 40:50] = (20, 120, 60)
    return Image.fromarray(pixels)


def stored(flag: int) -> bytes:
    """Return a file of the scene as a camera writes it that was held so."""
    turn = STORED[flag]
    picture = scene() if turn is None else scene().transpose(turn)
    exif = Image.Exif()
    exif[TAG] = flag
    out = io.BytesIO()
    picture.save(out, "PNG", exif=exif)
    return out.getvalue()


def bomb(path: Path) -> None:
    """Write a sound PNG of one colour, 13,000 pixels a side, without ever holding it."""
    packer = zlib.compressobj(9)
    row = bytes(1 + -(-BOMB_SIDE // 8))  # a filter byte, and a bit a pixel
    pixels = b"".join(packer.compress(row) for _ in range(BOMB_SIDE)) + packer.flush()
    header = struct.pack(">IIBBBBB", BOMB_SIDE, BOMB_SIDE, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, content in chunks:
            check = zlib.crc32(kind + content)
            file.write(struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check))


def read_bomb(path: Path) -> tuple[str, float]:
    """Return what was said of it, and after how many seconds."""
    started = time.perf_counter()
    try:
        read_photo(path)
    except PhotoError as error:
        return str(error).removeprefix(f"{path}: "), time.perf_counter() - started
    return "read", time.perf_counter() - started


def main() -> int:
    """Print the figures; return 1 if one is out of bounds."""
    seen = {prepare(read_photo(stored(flag)), IN_SHAPE).pixels.tobytes() for flag in STORED}
    print(f"orientations: {len(STORED)} files of one photo, {len(seen)} different pictures seen")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bomb.png")
        bomb(path)
        size = path.stat().st_size
        before = peak_memory() or 0
        readings = [read_bomb(path) for _ in range(5)]
        grown = (peak_memory() or 0) - before
    told, seconds = readings[0][0], min(seconds for _, seconds in readings)
    print(
        f"bomb: a PNG of {size / 1000:.0f} kB with {BOMB_SIDE:,} x {BOMB_SIDE:,} pixels: {told!r}, "
        f"after {1000 * seconds:.1f} ms (the best of five), {grown / 1e6:.1f} MB more memory"
    )
    is_cheap = seconds < MOST_SECONDS and grown < MOST_BYTES
    return 0 if len(seen) == 1 and told != "read" and is_cheap else 1


if __name__ == "__main__":
    sys.exit(main())
