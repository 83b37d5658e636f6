from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from homespun.data import read_photo
from homespun.data.folder.layout import BY_CLASS, list_folder
from homespun.serve.corrections import folder_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "my corrections"
    folder.mkdir()
    return folder


def correct(client: Any, picture: Any, **about: Any) -> Any:
    about = {"label": "Coat", **about}
    return client.post("/api/corrections", files={"picture": ("coat.jpg", picture)}, data=about)


def kept_in(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def test_nothing_is_kept_unless_the_server_was_told_to(client: Any, coat: bytes) -> None:
    assert client.problem(403, correct(client, coat)) == "corrections-off"


def test_a_correction_lies_where_training_looks_for_it(
    serving: Any, folder: Path, coat: bytes, bag: bytes
) -> None:
    client = serving(corrections=folder)
    response = correct(client, coat)
    assert response.status_code == 201
    place = response.json()["kept"]
    assert place.startswith("Coat/")
    assert kept_in(folder) == [place]
    correct(client, bag, label="Bag")
    correct(client, coat)  # once more: the same file
    assert [kept.split("/")[0] for kept in kept_in(folder)] == ["Bag", "Coat"]
    listing = list_folder(folder)
    assert (listing.layout, listing.class_names) == (BY_CLASS, ("Bag", "Coat"))
    assert [entry.label for entry in listing.entries] == ["Bag", "Coat"]
    pixels = read_photo(folder / place).pixels
    np.testing.assert_array_equal(pixels, read_photo(coat).pixels)  # upright, nothing lost


def test_what_a_camera_wrote_beside_the_pixels_is_not_kept(serving: Any, folder: Path) -> None:
    flags = Image.Exif()
    flags[0x010E] = "taken at my house"
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 0, 0)).save(out, format="JPEG", exif=flags)
    assert b"my house" in out.getvalue()
    place = correct(serving(corrections=folder), out.getvalue()).json()["kept"]
    content = (folder / place).read_bytes()
    assert b"my house" not in content
    assert not Image.open(io.BytesIO(content)).getexif()
    assert "coat" not in place


def test_the_later_label_counts(serving: Any, folder: Path, coat: bytes) -> None:
    client = serving(corrections=folder)
    first = correct(client, coat, label="T-shirt/top").json()["kept"]
    second = correct(client, coat, label="Coat").json()["kept"]
    assert first.startswith("T-shirt_top/")
    assert kept_in(folder) == [second]


def test_a_large_photo_is_kept_no_larger_than_models_of_folders_see(
    serving: Any, folder: Path
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (3000, 1500), (9, 9, 9)).save(out, format="JPEG")
    place = correct(serving(corrections=folder), out.getvalue()).json()["kept"]
    assert read_photo(folder / place).pixels.shape == (512, 1024, 3)


@pytest.mark.parametrize(
    ("picture", "about", "status", "code"),
    [
        (None, {"label": "Hat"}, 422, "unknown-label"),
        (None, {"label": "../../etc"}, 422, "unknown-label"),
        (None, {"label": ""}, 422, "unknown-label"),
        (b"hello", {}, 415, "unknown-format"),
        (b"\x89PNG\r\n\x1a\n" + bytes(9), {}, 422, "damaged-picture"),
        (b"", {}, 422, "empty-picture"),
    ],
)
def test_what_cannot_be_kept_is_told_why(
    serving: Any,
    folder: Path,
    coat: bytes,
    picture: bytes | None,
    about: Any,
    status: int,
    code: str,
) -> None:
    client = serving(corrections=folder)
    response = correct(client, coat if picture is None else picture, **about)
    assert client.problem(status, response) == code
    assert kept_in(folder) == []


def test_bodies_that_are_no_correction(serving: Any, folder: Path, coat: bytes) -> None:
    client = serving(corrections=folder)
    raw = client.post("/api/corrections", content=coat, headers={"Content-Type": "image/jpeg"})
    assert client.problem(415, raw) == "unknown-body"
    no_picture = client.post(
        "/api/corrections", files={"other": ("a", coat)}, data={"label": "Coat"}
    )
    assert client.problem(422, no_picture) == "no-picture"
    no_label = client.post("/api/corrections", files={"picture": ("a", coat)})
    assert client.problem(422, no_label) == "unknown-label"
    label_as_file = client.post(
        "/api/corrections", files={"picture": ("a", coat), "label": ("Coat", b"Coat")}
    )
    assert client.problem(400, label_as_file) == "bad-form"


def test_nobody_can_fill_the_disk(serving: Any, folder: Path, coat: bytes, bag: bytes) -> None:
    client = serving(corrections=folder, most_corrections=1)
    assert correct(client, coat).status_code == 201
    assert client.problem(507, correct(client, bag)) == "corrections-full"
    assert len(kept_in(folder)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="folders are made unwritable otherwise there")
def test_a_folder_that_is_gone_is_told_of(serving: Any, folder: Path, coat: bytes) -> None:
    client = serving(corrections=folder)
    folder.rmdir()
    folder.write_bytes(b"a file in its place")
    assert client.problem(507, correct(client, coat)) == "corrections-full"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Coat", "Coat"),
        ("T-shirt/top", "T-shirt_top"),
        ("Röcke & Hosen", "Röcke & Hosen"),
        ("..", "_."),
        (".hidden", "_hidden"),
        ("a\\b:c\0d", "a_b_c_d"),
        (" ", "_"),
    ],
)
def test_a_label_becomes_the_name_of_one_folder(label: str, name: str) -> None:
    assert folder_of(label) == name
