"""Pictures in, answers out, and why there is none: the API as a client meets it."""

from __future__ import annotations

import io
import json
import re
import struct
import sys
import tempfile
import threading
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from homespun.cli import main
from homespun.data import prepare, read_photo
from homespun.models.coming_along import packaged_model
from homespun.serve import answering as answering_module
from homespun.serve import crowd
from homespun.serve.schemas import Predicted
from homespun.storage import load

SAID = ("label", "probability", "trust", "probabilities")


def only(response: Any) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    (answer,) = response.json()["answers"]
    found: dict[str, Any] = answer
    return found


def said(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in SAID}


@pytest.mark.parametrize(
    "name", ["test-bag.png", "photo-coat.jpg", "photo-trouser.jpg", "no-clothes.png"]
)
def test_python_the_command_line_and_the_api_say_the_same_to_the_last_bit(
    client: Any,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = Path(str(answering_module.__file__)).parent / "examples" / name
    model = load(packaged_model())
    pixels = prepare(read_photo(path), model.in_shape, model.preparation).pixels
    by_python = model.answer(pixels[np.newaxis]).named(model.class_names)[0]

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["homespun", "predict", str(path), "--json"])
    with pytest.raises(SystemExit):
        main()
    by_command = json.loads(capsys.readouterr().out)[0]

    by_api = only(client.post("/api/predict", content=path.read_bytes()))
    assert said(by_api) == said(by_command) == by_python


def test_the_answer_says_who_answered_and_follows_its_description(client: Any, bag: bytes) -> None:
    response = client.post("/api/predict", content=bag)
    told = response.json()
    model = load(packaged_model())
    assert told["model"] == {"name": "packaged", "weight_hash": model.parameters.weight_hash()}
    answer = only(response)
    assert answer["file"] == "picture"
    assert answer["label"] == "Bag"
    assert answer["trust"] == answer["trust_words"] == "yes"
    assert answer["milliseconds"] > 0
    assert list(answer["probabilities"]) == list(model.class_names)
    shown = Predicted.model_validate(told).model_dump(exclude_none=True)
    assert shown == told


def test_several_pictures_get_an_answer_or_a_reason_each_in_their_order(
    client: Any, bag: bytes, coat: bytes
) -> None:
    parts = [
        ("picture", ("Tasche, größer.png", bag)),
        ("picture", ("words.txt", b"not a picture")),
        ("picture", ("coat.png", coat)),  # what it holds decides, and not what it is called
        ("other", ("x", b"ignored")),
    ]
    first, second, third = client.post("/api/predict", files=parts).json()["answers"]
    assert [first["file"], first["label"]] == ["Tasche, größer.png", "Bag"]
    assert second == {"file": "words.txt", "error": second["error"], "code": "unknown-format"}
    assert [third["file"], third["label"]] == ["coat.png", "Coat"]
    assert said(third) == said(only(client.post("/api/predict", content=coat)))


def test_extras_are_told_when_they_are_wanted(client: Any, coat: bytes) -> None:
    plain = only(client.post("/api/predict", content=coat))
    assert not {"steps", "occlusion", "similar"} & plain.keys()
    query = {"steps": "true", "explain": "true", "similar": "true"}
    full = only(client.post("/api/predict", content=coat, params=query))
    assert said(full) == said(plain)
    assert {"steps", "occlusion", "similar"} <= full.keys()
    assert [step["name"] for step in full["steps"]] == [
        "photo", "cut_out", "centre", "grey", "dark_background", "small", "sharpen", "contrast",
    ]  # fmt: skip


def test_a_step_that_is_switched_off_is_left_out_as_in_python(client: Any, coat: bytes) -> None:
    model = load(packaged_model())
    from dataclasses import replace

    wanted = replace(model.preparation, cut_out=False, contrast=False)
    pixels = prepare(read_photo(coat), model.in_shape, wanted).pixels
    query = {"off": "contrast,cut_out", "steps": "1"}
    answer = only(client.post("/api/predict", content=coat, params=query))
    assert said(answer) == model.answer(pixels[np.newaxis]).named(model.class_names)[0]
    on = {step["name"]: step["is_on"] for step in answer["steps"]}
    assert [name for name, is_on in on.items() if not is_on] == ["cut_out", "contrast"]
    unknown = client.post("/api/predict", content=coat, params={"off": "contrast,blur"})
    assert client.problem(422, unknown) == "unknown-step"


def bomb() -> bytes:
    """The head of a PNG file of 13,000 x 13,000 pixels, and hardly any of them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 13_000, 13_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(13_001)))
    )


def heic() -> bytes:
    return b"\0\0\0\x18ftypavif" + bytes(100)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "empty-picture"),
        (b"hello", 415, "unknown-format"),
        (b"%PDF-1.7 and so on", 415, "unknown-format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unknown-format"),
        (b"<!DOCTYPE html><script>alert(1)</script>", 415, "unknown-format"),
        (b"PK\x03\x04" + bytes(50), 415, "unknown-format"),
        (heic(), 415, "unknown-format"),
        (b"\xff\xd8\xff\xe0" + bytes(50), 422, "damaged-picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), 422, "damaged-picture"),
        (b"GIF89a" + bytes(3), 422, "damaged-picture"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(4), 422, "damaged-picture"),
        (bomb(), 422, "too-many-pixels"),
    ],
)
def test_what_is_no_picture_is_told_why(
    client: Any, content: bytes, status: int, code: str
) -> None:
    for response in (
        client.post("/api/predict", content=content),
        client.post("/api/predict", files=[("picture", ("a.jpg", content, "image/jpeg"))]),
    ):
        assert client.problem(status, response) == code
        assert not re.search("Traceback|Error|/work|File", response.json()["detail"])


def test_a_picture_that_is_also_a_page_is_a_picture_and_nothing_else(client: Any) -> None:
    out = io.BytesIO()
    Image.new("L", (28, 28)).save(out, format="GIF")
    both = out.getvalue() + b"<script>alert(1)</script>"
    response = client.post("/api/predict", content=both, headers={"Content-Type": "text/html"})
    assert client.problem(415, response) == "unknown-body"
    response = client.post("/api/predict", content=both, headers={"Content-Type": "image/gif"})
    assert only(response)["label"]
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("application/json", b"{}", 415, "unknown-body"),
        ("multipart/form-data", b"--a--", 400, "bad-form"),
        ("multipart/form-data; boundary=a", b"nonsense", 400, "bad-form"),
        ("multipart/form-data; boundary=a", b"--a--\r\n", 422, "no-picture"),
        ("multipart/form-data; boundary=a", b"", 422, "no-picture"),
        (
            "multipart/form-data; boundary=a",
            b'--a\r\nContent-Disposition: form-data; name="picture"\r\n\r\nwords\r\n--a--\r\n',
            422,
            "no-picture",
        ),
        (
            "multipart/form-data; boundary=a",
            b"--a\r\nX: y\r\n\r\nwords\r\n--a--\r\n",
            400,
            "bad-form",
        ),
        (
            "multipart/form-data; boundary=a; charset=rot13",
            b'--a\r\nContent-Disposition: form-data; name="picture"\r\n\r\nwords\r\n--a--\r\n',
            422,
            "no-picture",
        ),
    ],
)
def test_bodies_that_hold_no_picture(
    client: Any, kind: str, body: bytes, status: int, code: str
) -> None:
    response = client.post("/api/predict", content=body, headers={"Content-Type": kind})
    assert client.problem(status, response) == code


def test_more_pictures_than_are_taken_in_one_request(serving: Any, bag: bytes) -> None:
    client = serving(most_pictures=2)
    parts = [("picture", ("bag.png", bag))]
    assert len(client.post("/api/predict", files=parts * 2).json()["answers"]) == 2
    assert client.problem(400, client.post("/api/predict", files=parts * 3)) == "bad-form"


@pytest.mark.parametrize("query", [{"steps": "7"}, {"explain": "maybe"}, {"off": "x" * 201}])
def test_wrong_values_in_the_address(client: Any, bag: bytes, query: dict[str, str]) -> None:
    response = client.post("/api/predict", content=bag, params=query)
    assert client.problem(422, response) == "wrong-value"
    assert "x" * 100 not in response.text


def test_a_large_upload_never_touches_the_disk(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    out = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (900, 900, 3), dtype=np.uint8)).save(out, format="PNG")
    assert len(out.getvalue()) > 2 * 2**20  # more than Starlette keeps in memory

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a file was made")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    only(client.post("/api/predict", files=[("picture", ("noise.png", out.getvalue()))]))


def test_neither_names_nor_what_cameras_write_are_logged(
    client: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    flags = Image.Exif()
    flags[0x010E] = "taken at my house"
    out = io.BytesIO()
    Image.new("RGB", (40, 40)).save(out, format="JPEG", exif=flags)
    assert b"my house" in out.getvalue()
    with caplog.at_level(0):
        client.post("/api/predict", files=[("picture", ("my child.jpg", out.getvalue()))])
        client.post("/api/predict", files=[("picture", ("my child.jpg", out.getvalue()[:200]))])
    written = caplog.text + "".join(capfd.readouterr())
    assert "my child" not in written
    assert "my house" not in written


def test_the_same_answer_alone_and_under_load(client: Any, bag: bytes, coat: bytes) -> None:
    """To the last bit: while others ask for other pictures and for extras."""
    import asyncio

    alone = {name: said(only(client.post("/api/predict", content=name))) for name in (bag, coat)}

    async def many() -> list[Any]:
        extras = {"explain": "true", "similar": "true"}
        asked = [
            client.http.post("/api/predict", content=content, params=extras if i % 10 == 0 else {})
            for i, content in enumerate([bag] * 20 + [coat])
        ]
        return await asyncio.gather(*asked)

    together = client.run(many())
    for content, response in zip([bag] * 20 + [coat], together, strict=True):
        assert said(only(response)) == alone[content]


def test_beyond_the_line_a_client_is_asked_to_come_again(
    serving: Any, bag: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    begun, go = threading.Event(), threading.Event()

    def held(content: bytes) -> Any:
        begun.set()
        go.wait()
        return read_photo(content)

    monkeypatch.setattr(answering_module, "read_photo", held)
    monkeypatch.setattr(crowd, "PAUSE", 0.0)
    client = serving(workers=1, queue=2)

    async def ask() -> list[Any]:
        asked = [asyncio.ensure_future(client.http.post("/api/predict", content=bag))]
        while not begun.is_set():
            await asyncio.sleep(0.001)
        asked += [
            asyncio.ensure_future(client.http.post("/api/predict", content=bag)) for _ in "ab"
        ]
        while b"homespun_queue_length 2.0" not in (await client.http.get("/metrics")).content:
            await asyncio.sleep(0.001)
        refused = [await client.http.post("/api/predict", content=bag) for _ in range(8)]
        live = await client.http.get("/api/model")  # the event loop is free all the while
        go.set()
        return [*await asyncio.gather(*asked), *refused, live]

    responses = client.run(ask())
    assert [response.status_code for response in responses] == [200] * 3 + [503] * 8 + [200]
    for response in responses[3:11]:
        assert client.problem(503, response) == "overloaded"
        assert response.headers["retry-after"] == "1"


def test_a_request_keeps_to_the_model_that_it_began_with(serving: Any, bag: bytes) -> None:
    from dataclasses import replace

    client = serving()
    served = client.app.state.serving.holder.current
    model = replace(
        served.model, class_names=tuple(name[::-1] for name in served.model.class_names)
    )
    client.app.state.serving.holder._current = replace(served, model=model, name="other")
    told = client.post("/api/predict", content=bag).json()
    assert (told["model"]["name"], told["answers"][0]["label"]) == ("other", "gaB")
