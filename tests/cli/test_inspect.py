from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homespun.cli.inspect import inspect
from homespun.runs import RunFolder
from homespun.storage import load

Command = Callable[..., Any]


def test_json_has_the_promised_keys(homespun: Command, trained: Any) -> None:
    done = homespun("inspect", trained.model, "--json")
    assert (done.status, done.err) == (0, "")
    told = json.loads(done.out)
    assert {
        "format", "classes", "input_shape", "layers", "weights", "weight_hash", "trained_on"
    } <= told.keys()  # fmt: skip
    trained_told = json.loads(trained.outcome.out)
    assert told["weight_hash"] == trained_told["weight_hash"]
    assert told["weights"] == trained_told["weights"]
    assert told["input_shape"] == [28, 28, 1]
    assert told["classes"][9] == "Ankle boot"
    assert told["trained_on"]["settings"]["seed"] == 7


def test_people_see_every_layer_and_array(homespun: Command, small_run: RunFolder) -> None:
    out = homespun("inspect", small_run.model).out
    model = load(small_run.model)
    assert f"weight hash  {model.parameters.weight_hash()}\n" in out
    assert "input        28 x 28 x 1 pixels\n" in out
    lines = [line.strip() for line in out.splitlines()]
    for layer in model.network.layers:
        assert any(line.startswith(f"{type(layer).__name__}(") for line in lines)
    for name, array in model.parameters.named().items():
        assert f"{name:12} {' x '.join(map(str, array.shape))}" in lines


def test_nothing_is_built(
    homespun: Command, small_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("the model was built")

    monkeypatch.setattr("homespun.storage.model_file.build_layer", forbidden)
    monkeypatch.setattr("homespun.storage.model_file.shapes_of", forbidden)
    assert homespun("inspect", small_run.model).status == 0


def test_what_is_no_model_is_one_line(
    homespun: Command, small_run: RunFolder, tmp_path: Path
) -> None:
    (tmp_path / "half").write_bytes(small_run.model.read_bytes()[:1000])
    (tmp_path / "empty").write_bytes(b"")
    for name, problem in {
        tmp_path / "half": "half: is not a sound model file",
        tmp_path / "empty": "empty: is not a sound model file",
        tmp_path / "missing": "missing: cannot be read",
        tmp_path: "is not a file",
        small_run.record: "run.json: is not a sound model file",
    }.items():
        assert problem in homespun("inspect", name).complaint


@pytest.mark.parametrize(
    "network",
    [
        {},
        {"part": None},
        {"part": ["x"], "layers": ["text", 3, None, {"part": "Dense", "n_out": {"a": 1}}]},
        {"part": "Chain", "layers": {"part": "\x1b[31m\n"}},
    ],
    ids=repr,
)
def test_a_network_that_homespun_would_not_build_is_shown_all_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], network: dict[str, Any]
) -> None:
    about = {
        "format": 1,
        "class_names": ["\x1b[2J"],
        "in_shape": ["a"],
        "network": network,
        "arrays": {"\n": [1]},
        "n_weights": 1,
        "weight_hash": "",
        "scaling": {},
        "loss": {},
        "record": {"\r": []},
    }
    monkeypatch.setattr(
        importlib.import_module("homespun.cli.inspect"), "inspect_file", lambda path: about
    )
    inspect(Path("model"))
    out = capsys.readouterr().out
    assert out.isascii()
    assert "\x1b" not in out
    assert "\r" not in out
