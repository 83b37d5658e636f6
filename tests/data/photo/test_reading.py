from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from homespun.data import read_photo
from homespun.data.photo import kinds, reading
from homespun.errors import FileError, PhotoError

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
SCENE = np.random.default_rng(5).integers(0, 256, (6, 9, 3), dtype=np.uint8)
LOSSLESS: dict[str, dict[str, Any]] = {"PNG": {}, "BMP": {}, "WEBP": {"lossless": True}}


def stored(image: Image.Image | np.ndarray, kind: str = "PNG", **settings: Any) -> bytes:
    out = io.BytesIO()
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    image.save(out, format=kind, **settings)
    return out.getvalue()


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *more: bytes) -> bytes:
    """A PNG file written by hand (PNG specification, section 5), each row with its filter byte."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = [b"IHDR" + header, *more, b"IDAT" + zlib.compress(rows, 9), b"IEND"]
    chunks = [
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def pixel(content: bytes) -> tuple[int, ...]:
    """The colour of a picture of one pixel."""
    (((red, green, blue),),) = read_photo(content).pixels.tolist()
    return red, green, blue


@pytest.mark.parametrize("kind", LOSSLESS)
def test_pixels_come_as_they_were_stored_whatever_the_name(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a photo.jpg"
    path.write_bytes(stored(SCENE, kind, **LOSSLESS[kind]))
    before = path.stat().st_mtime_ns, path.read_bytes()
    for source in (path, str(path), path.read_bytes()):
        np.testing.assert_array_equal(read_photo(source).pixels, SCENE)
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


def test_jpeg_comes_nearly_as_it_was() -> None:
    smooth = np.zeros((32, 48, 3), np.uint8) + np.arange(48, dtype=np.uint8)[:, np.newaxis] * 5
    read = read_photo(stored(smooth, "JPEG", quality=95)).pixels
    assert np.abs(read.astype(int) - smooth).max() <= 6


def test_of_an_animation_the_first_picture_counts() -> None:
    pictures = [Image.new("RGB", (4, 3), colour) for colour in (GREEN, RED)]
    for kind in ("GIF", "WEBP"):
        content = stored(pictures[0], kind, save_all=True, append_images=pictures[1:])
        np.testing.assert_allclose(read_photo(content).pixels[0, 0], GREEN, atol=3)


STORED_AS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    # Exif 2.3, tag 0112: on which sides of the scene the first row and the first column lie
    1: lambda scene: scene,
    2: lambda scene: scene[:, ::-1],
    3: lambda scene: scene[::-1, ::-1],
    4: lambda scene: scene[::-1],
    5: lambda scene: scene.transpose(1, 0, 2),
    6: lambda scene: scene[:, ::-1].transpose(1, 0, 2),
    7: lambda scene: scene[::-1, ::-1].transpose(1, 0, 2),
    8: lambda scene: scene[::-1].transpose(1, 0, 2),
}


@pytest.mark.parametrize("flag", STORED_AS)
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_all_eight_orientations_give_the_same_photo(flag: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = flag
    turned = np.ascontiguousarray(STORED_AS[flag](SCENE))
    content = stored(turned, kind, exif=exif, **LOSSLESS[kind])
    np.testing.assert_array_equal(read_photo(content).pixels, SCENE)


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\0\x09garbage", b"no"])
def test_what_is_written_beside_a_picture_may_be_garbage(exif: bytes) -> None:
    assert read_photo(stored(SCENE, "JPEG", exif=exif)).pixels.shape == SCENE.shape


def test_an_orientation_that_does_not_exist_is_none() -> None:
    exif = Image.Exif()
    exif[0x0112] = 9
    np.testing.assert_array_equal(read_photo(stored(SCENE, exif=exif)).pixels, SCENE)


HALF_RED = (255, 127, 127)  # half of red over half of white, 127.5 a channel
COLOURS = {
    "grey": (stored(Image.new("L", (1, 1), 77)), (77, 77, 77)),
    "one bit": (stored(Image.new("1", (1, 1), 1)), WHITE),
    "16 bits of grey, scaled": (png(1, 1, 16, 0, b"\0\x80\x00"), (128, 128, 128)),
    "16 bits of grey, full": (png(1, 1, 16, 0, b"\0\xff\xff"), WHITE),
    "16 bits of grey, transparent": (png(1, 1, 16, 0, b"\0\x12\x34", b"tRNS\x12\x34"), WHITE),
    "16 bits of grey, not that": (
        png(1, 1, 16, 0, b"\0\x12\x34", b"tRNS\x12\x35"),
        (18, 18, 18),
    ),
    "16 bits of colour": (png(1, 1, 16, 2, b"\0\xff\xff\x00\x00\x80\x00"), (255, 0, 128)),
    "half transparent": (stored(Image.new("RGBA", (1, 1), (*RED, 127))), (255, 128, 128)),
    "all transparent": (stored(Image.new("RGBA", (1, 1), (*RED, 0))), WHITE),
    "grey and transparent": (stored(Image.new("LA", (1, 1), (0, 0))), WHITE),
    "colour that is transparent": (
        png(1, 1, 8, 2, b"\0\xff\x00\x00", b"tRNS\0\xff\0\0\0\0"),
        WHITE,
    ),
    "grey that is transparent": (png(1, 1, 8, 0, b"\0\x05", b"tRNS\0\x05"), WHITE),
    "palette": (png(1, 1, 8, 3, b"\0\x01", b"PLTE\0\0\0\x0a\x14\x1e"), (10, 20, 30)),
    "palette, transparent": (
        png(1, 1, 8, 3, b"\0\x01", b"PLTE\0\0\0\x0a\x14\x1e", b"tRNS\xff\0"),
        WHITE,
    ),
}


@pytest.mark.parametrize(("content", "colour"), COLOURS.values(), ids=COLOURS)
def test_every_kind_of_pixel_comes_as_colour_over_white(
    content: bytes, colour: tuple[int, ...]
) -> None:
    np.testing.assert_allclose(pixel(content), colour, atol=1)


def test_cmyk_comes_as_colour() -> None:
    ink = stored(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=95)
    np.testing.assert_allclose(read_photo(ink).pixels[4, 4], RED, atol=4)


def profile_with_red_and_blue_changed_over() -> bytes:
    content = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert content.count(b"rXYZ") == content.count(b"bXYZ") == 1
    return content.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")


def test_colours_go_through_the_profile_of_the_file() -> None:
    profile = profile_with_red_and_blue_changed_over()
    np.testing.assert_allclose(
        pixel(stored(Image.new("RGB", (1, 1), RED), icc_profile=profile)), BLUE, atol=3
    )
    half = Image.new("RGBA", (1, 1), (*RED, 127))
    np.testing.assert_allclose(pixel(stored(half, icc_profile=profile)), (128, 128, 255), atol=3)


def test_a_profile_that_is_broken_or_of_other_pixels_says_nothing() -> None:
    profile = profile_with_red_and_blue_changed_over()
    for broken in (b"garbage", profile[:200]):
        assert pixel(stored(Image.new("RGB", (1, 1), RED), icc_profile=broken)) == RED
    grey = stored(Image.new("L", (1, 1), 77), icc_profile=profile)
    assert pixel(grey) == (77, 77, 77)


def brand(name: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + name + b"\0\0\0\0mif1heic"


REFUSED = {
    "empty": (b"", "is empty"),
    "text": (b"hello\nworld", "is no JPEG, PNG, WebP, BMP or GIF picture"),
    "signature alone": (b"\x89PNG\r\n\x1a\n", "corrupt or cut off"),
    "PDF": (b"%PDF-1.7", "is a PDF document, .* expected JPEG, PNG, WebP, BMP or GIF"),
    "TIFF": (stored(SCENE, "TIFF"), "is a TIFF or raw camera file"),
    "icon": (stored(SCENE, "ICO"), "is no JPEG, PNG, WebP, BMP or GIF picture"),
    "AVIF": (brand(b"avif"), "is an AVIF picture, .* save it as JPEG"),
    "video": (brand(b"isom"), "is a video"),
    "SVG": (b"<svg xmlns='...'/>", "is an SVG drawing"),
}


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_picture_is_refused_in_one_line(
    content: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "a photo.png"
    path.write_bytes(content)
    with pytest.raises(PhotoError, match=words) as caught:
        read_photo(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert caught.value.path == path
    with pytest.raises(PhotoError, match=f"^the picture: .*{words}"):
        read_photo(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF"])
def test_a_file_that_is_cut_off_is_refused_unless_all_pixels_are_there(kind: str) -> None:
    whole = stored(np.kron(SCENE, np.ones((3, 3, 1), np.uint8)), kind)
    expected = read_photo(whole).pixels
    n_refused = 0
    for end in range(0, len(whole), 7):
        try:
            read = read_photo(whole[:end]).pixels
        except PhotoError:
            n_refused += 1
        else:
            np.testing.assert_array_equal(read, expected, err_msg=f"{end} of {len(whole)}")
    assert n_refused > 0.9 * len(range(0, len(whole), 7))


def huge(kind: str) -> bytes:
    """A small file whose header tells of 10,000 x 5,001 pixels."""
    width, height = 10_000, 5_001
    if kind == "PNG":
        return png(width, height, 8, 2, b"")
    if kind == "BMP":
        small = bytearray(stored(SCENE, "BMP"))
        small[18:26] = struct.pack("<ii", width, height)
        return bytes(small)
    if kind == "GIF":
        small = bytearray(stored(SCENE, "GIF"))
        small[6:10] = struct.pack("<HH", width, height)
        return bytes(small)
    if kind == "JPEG":
        small = bytearray(stored(SCENE, "JPEG"))
        at = small.index(b"\xff\xc0") + 5
        small[at : at + 4] = struct.pack(">HH", height, width)
        return bytes(small)
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes(4) + size
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF"])
def test_more_than_50_megapixels_are_refused_by_the_header(kind: str) -> None:
    with pytest.raises(PhotoError, match=r"10,000 x 5,001 pixels are over 50 megapixels"):
        read_photo(huge(kind))


@pytest.mark.parametrize(
    "settings", [{"lossless": True}, {"lossless": False}, {"lossless": True, "exif": b"x" * 9}]
)
def test_the_size_of_a_webp_file_is_read_from_each_kind_of_header(settings: Any) -> None:
    for size in ((1, 1), (300, 7), (16, 1000)):
        assert kinds.webp_size(stored(Image.new("RGB", size), "WEBP", **settings)) == size
    assert kinds.webp_size(stored(SCENE)) is None


BOMB = """
import sys
from homespun.data import read_photo
from homespun.errors import PhotoError
from homespun.runs.memory import peak_memory

read_photo(open("sound.png", "rb").read())
bomb = open("bomb.png", "rb").read()
before = peak_memory()
try:
    read_photo(bomb)
except PhotoError as error:
    print(peak_memory() - before, error)
"""


def test_a_bomb_is_refused_with_hardly_any_memory(tmp_path: Path) -> None:
    side = 13_000
    bomb = png(side, side, 1, 0, bytes(side * (1 + side // 8)))
    assert len(bomb) < 25_000
    (tmp_path / "bomb.png").write_bytes(bomb)
    (tmp_path / "sound.png").write_bytes(stored(SCENE))
    shown = subprocess.check_output([sys.executable, "-c", BOMB], text=True, cwd=tmp_path)
    grown, words = shown.split(maxsplit=1)
    assert int(grown) < 5 * 10**6
    assert "over 50 megapixels" in words


def test_pillows_own_limit_is_an_error_even_where_it_only_warns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for limit in (40, 20):  # 54 pixels: above the limit Pillow warns, above twice it raises
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        with pytest.raises(PhotoError, match="it has over 50 megapixels"):
            read_photo(stored(SCENE))


def test_a_file_that_is_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = stored(SCENE)
    path = tmp_path / "a.png"
    path.write_bytes(content)
    monkeypatch.setattr(reading, "LARGEST_FILE", len(content))
    read_photo(content)
    monkeypatch.setattr(reading, "LARGEST_FILE", len(content) - 1)
    with pytest.raises(FileError, match="is larger than"):
        read_photo(path)
    with pytest.raises(PhotoError, match="is larger than"):
        read_photo(content)


def test_a_file_that_is_not_there_is_no_picture_problem(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        read_photo(tmp_path / "none.jpg")


def test_heic_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "find_spec", lambda name: None)
    with pytest.raises(PhotoError, match=r"is a HEIC picture, .* pip install pillow-heif, or save"):
        read_photo(brand(b"heic"))


def test_heic_is_read_where_pillow_heif_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in registers itself with Pillow as pillow-heif does."""
    content = brand(b"heic") + stored(SCENE)

    def opened(file: Any, name: Any = None) -> Image.Image:
        start = file.read().index(b"\x89PNG")
        file.seek(0)
        return Image.open(io.BytesIO(file.read()[start:]))

    library = ModuleType("pillow_heif")
    library.register_heif_opener = lambda: monkeypatch.setitem(
        Image.OPEN, "HEIF", (opened, lambda start: start[4:8] == b"ftyp")
    )
    monkeypatch.setitem(sys.modules, "pillow_heif", library)
    monkeypatch.setattr(kinds, "find_spec", lambda name: object())
    np.testing.assert_array_equal(read_photo(content).pixels, SCENE)
