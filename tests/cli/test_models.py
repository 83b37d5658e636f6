import json
import subprocess
import sys

from homespun.models import RECIPES, read_measured


def models(*arguments):
    command = [sys.executable, "-m", "homespun", "models", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_recipe_is_listed_with_what_it_costs():
    rows = json.loads(models("--json").stdout)
    assert [row["name"] for row in rows] == list(RECIPES)
    for row in rows:
        assert {"name", "weights", "macs", "accuracy", "minutes"} <= row.keys()
        assert row["weights"] > 0 < row["macs"]
    text = models().stdout
    assert all(name in text for name in RECIPES)


def test_what_was_measured_is_shown_with_mirror_images_too():
    measured = read_measured()
    rows = {row["name"]: row for row in json.loads(models("--json").stdout)}
    text = models().stdout
    for name, figures in measured.items():
        assert rows[name]["accuracy_with_flips"] == figures["accuracy_with_flips"]
        assert f"{figures['accuracy']:.2%}" in text
        assert f"{figures['accuracy_with_flips']:.2%}" in text


def test_the_layers_of_one():
    rows = json.loads(models("mlp", "--json").stdout)
    assert rows[1]["layer"] == "Dense(1024)"
    assert rows[1]["macs"] == 784 * 1024
    assert "Dense(1024)" in models("mlp").stdout


def test_a_misspelt_recipe_is_one_line():
    done = models("mpl")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "did you mean mlp" in done.stderr
