"""The model in the package: trained on Fashion-MNIST and on real photos, judged, and written down.

`make packaged PHOTOS=folder` takes the photos of the public 'clothing dataset (small)', prepared as
`homespun predict` prepares them; without PHOTOS it trains on Fashion-MNIST alone. A fifth of the
photos, chosen by their SHA-256, is neither trained on nor chosen by: the card gives figures on it.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from rich.console import Console

from homespun.data import Dataset, Preparation, load_fashion_mnist, prepare, read_photo, split
from homespun.models import Model, find_recipe
from homespun.runs import evaluate
from homespun.runs.trust import with_trust
from homespun.storage import save
from homespun.training import train
from homespun.training.progress import ShowProgress
from homespun.types import Array, ByteArray, Shape

PLACE = Path(__file__).parents[1] / "src/homespun/models/packaged"
FOLDERS = {
    "dress": "Dress",
    "longsleeve": "Pullover",
    "outwear": "Coat",
    "pants": "Trouser",
    "shirt": "Shirt",
    "t-shirt": "T-shirt/top",
}
"""The photos' folders that are classes of Fashion-MNIST, too."""

RECIPE = find_recipe("photo")
PREPARATION = Preparation()
TIMES = 4
"""How often a photo is seen in an epoch: Fashion-MNIST has thirty pictures for each of them."""
PARTS = ("train", "validation", "test")
N_VALIDATION = 5000
SEED = 0


@dataclass(frozen=True)
class Parts:
    """The photos, prepared: what is trained on, what is chosen by, what is judged on."""

    train: Dataset
    validation: Dataset
    test: Dataset


def read_photos(folder: Path, like: Dataset) -> Parts:
    """Return the photos in `folder` that show a class of `like`, as its pictures are."""
    paths = [path for name in FOLDERS for path in sorted((folder / name).iterdir())]
    pictures = joblib.Parallel(n_jobs=-1, verbose=1)(
        joblib.delayed(_read)(path, like.images.shape[1:]) for path in paths
    )
    labels = np.array([like.class_names.index(FOLDERS[path.parent.name]) for path in paths])
    images = np.stack([pixels for _, pixels in pictures])
    parts = np.array([part for part, _ in pictures])
    whole = Dataset(images, labels, like.class_names)
    return Parts(*(whole.take(np.flatnonzero(parts == name)) for name in PARTS))


def _read(path: Path, in_shape: Shape) -> tuple[str, ByteArray]:
    """Return which part the photo belongs to, and what a model sees of it."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).digest()
    part = "test" if digest[0] % 5 == 0 else "validation" if digest[1] % 8 == 0 else "train"
    return part, prepare(read_photo(content), in_shape, PREPARATION).pixels


def joined(first: Dataset, second: Dataset, times: int = 1) -> Dataset:
    """Return `first` and, so many times, `second`."""
    images = np.concatenate([first.images, *[second.images] * times])
    labels = np.concatenate([first.labels, *[second.labels] * times])
    return Dataset(images, labels, first.class_names)


def make(photos: Parts | None, training_file: Dataset) -> Model:
    """Train, and fit what tells how far answers can be trusted."""
    data, validation = split(training_file, N_VALIDATION, SEED)
    if photos is not None:
        data = joined(data, photos.train, TIMES)
        validation = joined(validation, photos.validation)
    plan = RECIPE.plan(n_samples=len(data), n_classes=data.n_classes, seed=SEED)
    result = train(plan, data, validation, callbacks=[ShowProgress(Console(stderr=True))])
    model = Model(
        network=plan.network,
        parameters=result.parameters,
        loss=plan.loss,
        scaling=result.scaling,
        in_shape=data.images.shape[1:],
        class_names=data.class_names,
        preparation=PREPARATION,
    )
    return with_trust(model, data, validation)


def judge(model: Model, data: Dataset) -> dict[str, Any]:
    """Return accuracy, calibration and trust of the model's answers to these pictures."""
    answers = model.answer(data.images)
    found = evaluate(answers.probabilities, data.labels, data.class_names)
    trust = np.array(answers.trust)
    right = answers.probabilities.argmax(axis=1) == data.labels
    return {
        "n": found.n,
        "accuracy": found.accuracy,
        "interval": list(found.interval),
        "ece": found.ece,
        **{
            kind: {"share": float(np.mean(trust == kind)), "right": _mean(right[trust == kind])}
            for kind in ("yes", "unsure", "unlike")
        },
    }


def _mean(values: Array) -> float | None:
    return float(values.mean()) if len(values) else None


def card(model: Model, judged: dict[str, dict[str, Any]], with_photos: bool) -> str:
    """Return the model card as Markdown with Hugging Face's head."""
    trained_on = "the training file of Fashion-MNIST (55,000 pictures; 5,000 more chose the epoch)"
    if with_photos:
        trained_on += (
            ", and seven tenths of the photos in six classes of the public 'clothing dataset "
            "(small)' (CC0); a tenth more chose the epoch with the 5,000"
        )
    rows = [
        f"| {name} | {found['n']:,} | {found['accuracy']:.1%} | {found['ece']:.1%} | "
        f"{found['yes']['share']:.0%} | {_percent(found['yes']['right'])} | "
        f"{found['unlike']['share']:.0%} |"
        for name, found in judged.items()
    ]
    return "\n".join(
        [
            "---",
            "license: mit",
            "library_name: homespun",
            "pipeline_tag: image-classification",
            "tags: [fashion-mnist, numpy]",
            "---",
            "",
            "# The model in the package",
            "",
            "Says which of ten kinds of clothing a picture shows.",
            f"Recipe `{RECIPE.name}`, seed {SEED}, {model.parameters.vector.size:,} weights, hash",
            f"`{model.parameters.weight_hash()}`.",
            "",
            f"Trained on {trained_on}.",
            "Made by `make packaged"
            + (" PHOTOS=folder" if with_photos else "")
            + "`, which also wrote this card; no figure below chose anything.",
            "",
            "| judged on | pictures | right | ECE | `yes` | right of these | `unlike` |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
            "Limits: ten classes of clothing and nothing else; one product a picture. Shoes and",
            "bags are not among the photos, and people who wear the clothes were not looked at, so",
            "nothing is known of these. `unlike` and `unsure` are part of the answer:",
            "docs/trust.md says what they mean. ECE is the expected calibration error, 15 bins.",
            "",
        ]
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def main() -> None:
    """Make the model, judge it, and write it with its card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", nargs="?", type=Path, help="the folder of photos, by class")
    arguments = parser.parse_args()
    training_file, test = load_fashion_mnist()
    photos = None if arguments.photos is None else read_photos(arguments.photos, training_file)
    model = make(photos, training_file)
    judged = {"the official test file": judge(model, test)}
    if photos is not None:
        judged["photos held back"] = judge(model, photos.test)
    PLACE.mkdir(parents=True, exist_ok=True)
    model = replace(model, record={"recipe": RECIPE.name, "seed": SEED, "judged": judged})
    save(model, PLACE / "model.safetensors")
    text = card(model, judged, photos is not None)
    (PLACE / "README.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
