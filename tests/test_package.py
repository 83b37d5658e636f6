"""What a user gets: the package as it is imported, built and installed."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import metadata
from pathlib import Path

import pytest
from PIL import Image

import homespun

ROOT = Path(__file__).parent.parent
OPTIONAL = {"matplotlib", "jinja2", "fastapi", "onnx", "onnxruntime", "ray", "pyarrow", "mpi4py"}
SLOW = {"rich", "sklearn", "scipy", "typer", "pooch"}


def modules_after(statement: str) -> set[str]:
    """Top-level modules that a fresh process has imported after `statement`."""
    code = f"{statement}; import sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    return set(subprocess.check_output([sys.executable, "-c", code], text=True).split())


def test_import_brings_nothing_slow_or_optional_along() -> None:
    modules = modules_after("import homespun")
    assert "homespun" in modules
    assert not modules & (OPTIONAL | SLOW | {"numpy"})


def test_every_public_name_is_there_and_needs_nothing_optional() -> None:
    modules = modules_after("from homespun import *; assert Dataset and NNClassifier and load")
    assert not modules & (OPTIONAL - {"pyarrow"})  # scikit-learn looks for pandas, pandas for it


def test_the_answer_to_a_photo_waits_for_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    photo = tmp_path / "shirt.png"
    Image.new("RGB", (60, 60), "white").save(photo)
    modules = modules_after(
        f"import sys; sys.argv = ['homespun', 'predict', {str(photo)!r}]\n"
        "from homespun.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "print()\n"
        "for name in ('scipy.stats', 'scipy.optimize'): assert name not in sys.modules, name\n"
        "import sys"
    )
    assert "homespun" in modules
    assert not modules & (OPTIONAL | {"sklearn", "pandas", "pooch"})


@pytest.mark.parametrize("room", ["runs", "report"])
def test_names_that_wait_are_those_that_a_room_lists(room: str) -> None:
    module = importlib.import_module(f"homespun.{room}")
    assert dir(module) == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name).__name__ == name
    with pytest.raises(AttributeError, match=f"homespun.{room}' has no attribute 'nonsense'"):
        _ = module.nonsense


def test_dir_lists_what_there_is() -> None:
    assert dir(homespun) == sorted(homespun.__all__)
    for name in dir(homespun):
        assert getattr(homespun, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = homespun.nonsense


def test_metadata_is_that_of_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    installed = metadata("homespun")
    assert installed["Version"] == project["version"]
    assert installed["License-Expression"] == "MIT"
    assert set(project["optional-dependencies"]) <= set(installed.get_all("Provides-Extra") or ())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a new place")
    assert " " in str(folder)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_the_wheel_holds_every_file_of_the_package_and_no_other(wheel: Path) -> None:
    source = ROOT / "src"
    expected = {
        file.relative_to(source).as_posix()
        for file in (source / "homespun").rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == expected
    assert {"homespun/py.typed", "homespun/report/templates/run.html"} <= held


TRAIN_A_MOMENT = """
import json, sys
from pathlib import Path
import numpy as np
import homespun
from homespun.runs import RunFolder, Settings
from homespun.runs.execute import execute

rng = np.random.default_rng(0)
labels = np.arange(300) % 2
images = rng.integers(0, 100, (300, 8, 8, 1), dtype=np.uint8)
images[labels == 1, :4] += 120
pictures = homespun.Dataset(images, labels, ("dark", "light"))
folder = RunFolder(Path("a run"))
record = execute(folder, Settings("mlp", seed=1, epochs=3, validation=30), pictures, pictures)
model = homespun.load(folder.model)
right = model.predict(images) == labels
print(json.dumps({
    "from": homespun.__file__,
    "told": record["result"]["test"]["accuracy"],
    "found": right.mean(),
    "hash": model.parameters.weight_hash() == record["result"]["weight_hash"],
}))
"""


def test_the_wheel_installs_into_a_new_environment_and_trains_there(wheel: Path) -> None:
    folder = wheel.parent
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    programs = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    constraints = folder / "versions.txt"  # without hashes: a wheel of our own has none to hold to
    locked = (ROOT / "constraints.txt").read_text()
    constraints.write_text("\n".join(re.findall(r"(?m)^[\w.-]+==[^\s;]+", locked)))
    quickly = ["--quiet", "--no-compile", "--timeout", "15"]  # a server that stalls is asked again
    install = ["-m", "pip", "install", *quickly, "--constraint", constraints, wheel]
    subprocess.run([programs / "python", *install], check=True)

    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    trained = subprocess.run(
        [programs / "python", "-c", TRAIN_A_MOMENT],
        cwd=folder,
        env=clean,
        check=True,
        capture_output=True,
        text=True,
    )
    assert trained.stderr == ""
    told = json.loads(trained.stdout)
    assert Path(told["from"]).is_relative_to(folder)
    assert told["hash"]
    assert told["told"] == told["found"] > 0.5

    version = subprocess.check_output(
        [programs / "homespun", "--version"], cwd=folder, env=clean, text=True
    )
    assert version == f"homespun {metadata('homespun')['Version']}\n"
