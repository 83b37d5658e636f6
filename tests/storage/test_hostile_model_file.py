"""Model files that nobody wrote in good faith."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from homespun import nn
from homespun.errors import FileError, ModelFileError
from homespun.models import Model
from homespun.storage import inspect, load, save

N_MUTANTS = 3000


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, small_model: Model) -> bytes:
    path = tmp_path_factory.mktemp("good") / "model"
    save(small_model, path)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.safetensors"


def refused(path: Path, content: bytes, read: Callable[[Path], object] = load) -> str:
    """The one line that reading `content` ends in."""
    path.write_bytes(content)
    with pytest.raises(ModelFileError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value).removeprefix(f"{path}: ")


def test_every_truncation_is_noticed(path: Path, good: bytes) -> None:
    refused(path, good + b"\0")
    for length in reversed(range(len(good))):
        os.truncate(path, length)
        with pytest.raises(ModelFileError):
            (load if length % 5 else inspect)(path)


def test_every_flipped_bit_of_the_weights_is_noticed(
    path: Path, good: bytes, open_up: Callable[[bytes], Any]
) -> None:
    start = len(good) - len(open_up(good).numbers)
    for position in range(start, len(good)):
        mutant = bytearray(good)
        mutant[position] ^= 1 << (position % 8)
        assert "weights" in refused(path, bytes(mutant))


def mutants(content: bytes) -> Iterator[bytes]:
    rng = np.random.default_rng(20)
    telling = b'0123456789{}[]",:-.eE\\ntfu'
    for _ in range(N_MUTANTS):
        mutant = bytearray(content)
        for _ in range(rng.integers(1, 4)):
            start = int(rng.integers(len(mutant)))
            piece = slice(start, start + int(rng.integers(1, 12)))
            match rng.integers(5):
                case 0:
                    mutant[start] = rng.integers(256)
                case 1:
                    mutant[start] = rng.choice(list(telling))
                case 2:
                    del mutant[piece]
                case 3:
                    mutant[start:start] = mutant[piece]
                case 4:
                    mutant[start] ^= 1 << rng.integers(7)
        # half of them get a true length, so that more of them are taken for a header
        if rng.integers(2):
            length = mutant.rfind(b"}") + 1 - 8
            mutant[:8] = max(length, 0).to_bytes(8, "little")
        yield bytes(mutant)


def test_a_mutant_is_refused_or_gives_a_sound_model(path: Path, good: bytes) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (3, 2, 3, 1), dtype=np.uint8)
    n_loaded = 0
    with open(path, "wb", buffering=0) as file:  # opened once: making it anew is what takes time
        for i, mutant in enumerate(mutants(good)):
            file.seek(0)
            file.write(mutant)
            file.truncate()
            if i % 5 == 0:
                with suppress(ModelFileError, FileError):
                    json.dumps(inspect(path), allow_nan=False)
            try:
                model = load(path)
            except (ModelFileError, FileError):
                continue
            n_loaded += 1
            answers = model.predict_proba(pictures, threads=1)
            np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)
            assert answers.shape == (3, len(model.class_names))
    assert 0 < n_loaded < N_MUTANTS / 2


WATCHER = """
import json, os, sys
from homespun import nn
from homespun.errors import FileError, ModelFileError
from homespun.storage import inspect, load

folder = sys.argv[1]
names = sorted(os.listdir(folder))
reading, events = None, []

def watch(event, args):
    if reading is None:
        return
    if event == "open" and str(args[0]) == reading and args[1] == "r":
        return
    if event.split(".")[0] in suspicious:
        events.append([os.path.basename(reading), event, repr(args[:1])])

suspicious = {"open", "import", "exec", "compile", "subprocess", "os", "socket", "shutil", "pickle",
              "marshal", "ctypes", "code", "pty", "mmap", "tempfile", "urllib", "glob", "signal"}
load(os.path.join(folder, "good"))  # what is imported only once is imported by now
inspect(os.path.join(folder, "good"))
sys.addaudithook(watch)
refused = []
for name in names:
    for read in (load, inspect):
        path = os.path.join(folder, name)
        try:
            reading = path
            read(path)
        except (FileError, ModelFileError):
            refused.append(name)
        finally:
            reading = None
print(json.dumps({"events": events, "refused": sorted(set(refused))}))
"""


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch bomb-went-off",)


def test_reading_opens_the_file_and_does_nothing_else(
    tmp_path: Path, good: bytes, open_up: Callable[[bytes], Any]
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "good").write_bytes(good)
    (folder / "pickle").write_bytes(pickle.dumps(Bomb()))
    (folder / "pickle-inside").write_bytes(good[:-60] + pickle.dumps(Bomb()))
    for name in ("os.system", "homespun.cli.main", "__import__('os').system('ls')", "antigravity"):
        for place in ("network", "loss"):
            opened = open_up(good)
            opened.about[place] = {"part": name, "function": name}
            (folder / f"{place} {name}").write_bytes(opened.closed())
        opened = open_up(good)
        opened.about["network"]["layers"][1]["initializer"] = {"function": name}
        (folder / f"initializer {name}").write_bytes(opened.closed())
    for i, mutant in enumerate(mutants(good)):
        if i % 20 == 0:
            (folder / f"mutant {i}").write_bytes(mutant)
    result = subprocess.run(
        [sys.executable, "-c", WATCHER, folder], capture_output=True, text=True, cwd=tmp_path
    )
    assert result.stderr == ""
    seen = json.loads(result.stdout)
    assert seen["events"] == []
    assert {"pickle", "pickle-inside", "network os.system"} <= set(seen["refused"])
    assert "good" not in seen["refused"]
    assert os.listdir(tmp_path) == ["files"]


@pytest.mark.parametrize("read", [load, inspect])
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "another kind of file"),
        (b"\0" * 7, "another kind of file"),
        (b"\0" * 8, "not sound JSON"),
        (b"\xff" * 100, "another kind of file"),
        ((1000).to_bytes(8, "little") + b"{}", "another kind of file"),
        ((2**20 + 1).to_bytes(8, "little") + b" " * (2**20 + 1), "another kind of file"),
        (pickle.dumps([1, 2, 3]), "another kind of file"),
        (b"PK\x03\x04" + b"\0" * 200, "another kind of file"),
        ((2).to_bytes(8, "little") + b"{}", "not homespun's"),
        ((2).to_bytes(8, "little") + b"[]", "not homespun's"),
        ((4).to_bytes(8, "little") + b"null", "not homespun's"),
        ((1).to_bytes(8, "little") + b"\xff", "not sound JSON"),
        (safetensors.numpy.save({"W": np.ones(3, np.float32)}), "not homespun's"),
        (safetensors.numpy.save({}, metadata={"homespun": "["}), "Expecting value"),
        (safetensors.numpy.save({}, metadata={"homespun": "[]"}), "not homespun's"),
        (safetensors.numpy.save({}, metadata={"homespun": '{"format": 1}'}), "network is missing"),
        (safetensors.numpy.save({}, metadata={"homespun": '{"format": 3}'}), "format 3"),
        (safetensors.numpy.save({}, metadata={"homespun": '{"format": true}'}), "format True"),
        (safetensors.numpy.save({}, metadata={"homespun": '{"format": 0}'}), "format 0"),
    ],
    ids=lambda value: value[:40] if isinstance(value, bytes | str) else "",
)
def test_other_kinds_of_files(
    path: Path, read: Callable[[Path], object], content: bytes, problem: str
) -> None:
    assert problem in refused(path, content, read)


def test_a_newer_format_says_what_may_help(
    path: Path, good: bytes, open_up: Callable[[bytes], Any]
) -> None:
    opened = open_up(good)
    opened.about["format"] = 3
    opened.about["something"] = "new"
    for read in (load, inspect):
        message = refused(path, opened.closed(), read)
        assert "format 3" in message
        assert "a newer one may read it" in message


CHANGES: list[tuple[str, Any]] = [
    ("network", None),
    ("network", []),
    ("network", {"part": "ReLU"}),
    ("network.layers", []),
    ("network.layers.1.n_out", 4),
    ("network.layers.1.n_out", -3),
    ("network.layers.1.n_out", 2**20),
    ("network.layers.1.n_out", 2**63),
    ("network.layers.1.bias", False),
    ("network.layers.1.part", "Linear"),
    ("network.layers.1.initializer.function", "zeros"),
    ("network.layers.4.rate", 1.5),
    ("network.layers.3.layer", {"part": "Flatten"}),
    ("loss", {"part": "ReLU"}),
    ("loss.label_smoothing", "0.1"),
    ("loss.label_smoothing", -0.1),
    ("scaling", {}),
    ("scaling", []),
    ("scaling.mean", "72"),
    ("scaling.mean", [72.9, 72.9]),
    ("scaling.mean", [None]),
    ("scaling.mean", [True]),
    ("scaling.mean", [-1.0]),
    ("scaling.mean", [256]),
    ("scaling.std", [0]),
    ("scaling.std", [-90.0]),
    ("scaling.std", [1e-300]),
    ("scaling.std", [10**19]),
    ("in_shape", "231"),
    ("in_shape", [6]),
    ("in_shape", [2, 3, 1, 1]),
    ("in_shape", [2.0, 3, 1]),
    ("in_shape", [-2, -3, 1]),
    ("in_shape", [0, 3, 1]),
    ("in_shape", [2**14, 2**14, 1]),
    ("in_shape", [2, 3, True]),
    ("class_names", "ab"),
    ("class_names", ["a"]),
    ("class_names", ["a", "b", "c"]),
    ("class_names", ["a", None]),
    ("weight_hash", None),
    ("weight_hash", "0" * 64),
    ("record", []),
    ("record", "trained well"),
]


@pytest.mark.parametrize(("place", "value"), CHANGES, ids=repr)
def test_a_description_that_does_not_fit_is_refused(
    path: Path, good: bytes, open_up: Callable[[bytes], Any], place: str, value: Any
) -> None:
    opened = open_up(good)
    *parents, last = place.split(".")
    target = opened.about
    for parent in parents:
        target = target[int(parent)] if isinstance(target, list) else target[parent]
    assert last in target
    target[last] = value
    assert "\n" not in refused(path, opened.closed())


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "1" * 400])
def test_numbers_that_are_none_are_refused(path: Path, good: bytes, number: str) -> None:
    for read in (load, inspect):
        content = good.replace(b"72.9", number.encode())
        content = (len(content) - len(good) + int.from_bytes(good[:8], "little")).to_bytes(
            8, "little"
        ) + content[8:]
        assert "not a number" in (message := refused(path, content, read)) or "large" in message


def test_a_name_that_stands_twice_is_refused(
    path: Path, good: bytes, open_up: Callable[[bytes], Any], put_header: Callable[..., bytes]
) -> None:
    opened = open_up(good)
    about = json.dumps(opened.about)
    twice = f'{{"record": {{}}, {about[1:]}'
    opened.header["__metadata__"]["homespun"] = twice
    assert "stands twice" in refused(path, put_header(json.dumps(opened.header), opened.numbers))
    opened = open_up(good)
    header = json.dumps(opened.header)
    array = json.dumps(opened.header["5.b"])
    for read in (load, inspect):
        content = put_header(f'{{"5.b": {array}, {header[1:]}', opened.numbers)
        assert "stands twice" in refused(path, content, read)


@pytest.mark.parametrize(
    "change",
    [
        {"data_offsets": [0, 4]},
        {"data_offsets": [0, 2**62]},
        {"data_offsets": [-8, 0]},
        {"data_offsets": [8, 0]},
        {"shape": [-2]},
        {"shape": [2**62, 8]},
        {"shape": [2**32, 2**32]},
        {"shape": ["2"]},
        {"shape": 2},
        {"dtype": "F64", "shape": [1]},
        {"dtype": "I32"},
        {"dtype": "U32"},
        {"dtype": "F16", "shape": [4]},
        {"dtype": "BF16", "shape": [4]},
        {"dtype": "BOOL", "shape": [8]},
        {"dtype": "F8_E4M3", "shape": [8]},
        {"dtype": "object"},
    ],
    ids=repr,
)
@pytest.mark.parametrize("read", [load, inspect])
def test_an_array_that_does_not_fit_is_refused(
    path: Path,
    good: bytes,
    open_up: Callable[[bytes], Any],
    read: Callable[[Path], object],
    change: dict[str, Any],
) -> None:
    opened = open_up(good)
    assert opened.header["5.b"]["shape"] == [2]
    opened.header["5.b"] |= change
    refused(path, opened.closed(), read)


def test_an_array_of_another_name_is_refused(
    path: Path, good: bytes, open_up: Callable[[bytes], Any]
) -> None:
    opened = open_up(good)
    opened.header["6.b"] = opened.header.pop("5.b")
    assert "5.b, 6.b" in refused(path, opened.closed())


def test_a_variance_below_0_is_refused(
    path: Path, new_model: Callable[..., Model], open_up: Callable[[bytes], Any]
) -> None:
    model = new_model(nn.Chain(nn.Flatten(), nn.Dense(2), nn.BatchNorm()))
    model.parameters.running[:] = 1
    save(model, path)
    opened = open_up(path.read_bytes())
    model.parameters.named()["2.running_var"][1] = -1
    start, end = opened.header["2.running_var"]["data_offsets"]
    numbers = bytearray(opened.numbers)
    numbers[start:end] = model.parameters.named()["2.running_var"].tobytes()
    opened.numbers = bytes(numbers)
    opened.about["weight_hash"] = model.parameters.weight_hash()
    assert "running_var holds numbers below 0" in refused(path, opened.closed())


def test_padding_as_wide_as_the_kernel_is_refused(
    path: Path, new_model: Callable[..., Model], open_up: Callable[[bytes], Any]
) -> None:
    save(new_model(nn.Chain(nn.Conv2D(2), nn.GlobalMaxPool()), (4, 4, 1)), path)
    opened = open_up(path.read_bytes())
    opened.about["network"]["layers"][0]["padding"] = [2, 3]
    assert "padding (2, 3)" in refused(path, opened.closed())


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite_are_refused(
    path: Path, small_model: Model, good: bytes, open_up: Callable[[bytes], Any], value: float
) -> None:
    opened = open_up(good)
    vector = small_model.parameters.vector.copy()
    vector[-1] = value
    start, end = opened.header["5.b"]["data_offsets"]
    numbers = bytearray(opened.numbers)
    numbers[start:end] = vector[-2:].tobytes()
    opened.numbers = bytes(numbers)
    opened.about["weight_hash"] = small_model.parameters.with_vector(vector).weight_hash()
    assert "not finite" in refused(path, opened.closed())


@pytest.mark.parametrize("first_layers", [[], [{"part": "Flatten"}]])
def test_a_small_file_takes_little_memory_whatever_it_promises(
    path: Path, good: bytes, open_up: Callable[[bytes], Any], first_layers: list[Any]
) -> None:
    opened = open_up(good)
    wide = opened.about["network"]["layers"][1] | {"n_out": 2**20}
    opened.about["network"]["layers"] = [*first_layers, *[wide] * 2000]
    opened.about["in_shape"] = [2**13, 2**13, 1]
    content = opened.closed()
    tracemalloc.start()
    message = refused(path, content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "weights" in message
    assert peak < 2**24


def test_a_network_that_takes_any_size_is_still_held_to_pictures_of_a_size(
    path: Path, new_model: Callable[..., Model], open_up: Callable[[bytes], Any]
) -> None:
    save(new_model(nn.Chain(nn.Conv2D(2), nn.GlobalMaxPool()), (4, 4, 1)), path)
    opened = open_up(path.read_bytes())
    opened.about["in_shape"] = [5, 5, 1]
    path.write_bytes(opened.closed())
    assert load(path).in_shape == (5, 5, 1)
    opened.about["in_shape"] = [2**14, 2**14, 1]
    assert "larger than any picture" in refused(path, opened.closed())
