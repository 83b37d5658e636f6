"""How good a model is on users' photos: made ones, whose truth is known, and real ones in a folder.

Made photos show pictures of the official test file, each kind of background the same number of
times; real ones lie in folders named by class. Each photo is classified as `homespun.data.prepare`
prepares it, and plain, as a grey picture made smaller. `make photos` runs it and writes
photos.md beside this file.

Whoever changes the preparation chooses with `--tune`: it takes made photos of pictures held out of
the training file, and four fifths of the real photos, chosen by the SHA-256 of their files; what is
written down is measured on the others.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from homespun.data import (
    CLASS_NAMES,
    Dataset,
    Preparation,
    load_fashion_mnist,
    prepare,
    read_photo,
    split,
)
from homespun.models import Model
from homespun.runs import find_run, latest_run
from homespun.runs.evaluation import calibration_error
from homespun.storage import load
from made_photos import GROUNDS, make_photo, to_file

PAGE = Path(__file__).with_name("photos.md")
SHAPE = (28, 28, 1)
WAYS = {"prepared": Preparation(), "plain": Preparation.plain()}
BAG = CLASS_NAMES.index("Bag")
FOLDERS = {
    "dress": "Dress",
    "longsleeve": "Pullover",
    "outwear": "Coat",
    "pants": "Trouser",
    "shirt": "Shirt",
    "t-shirt": "T-shirt/top",
}
"""Folders of the public 'clothing dataset (small)' that have a class of Fashion-MNIST."""
STRANGERS = ("hat", "shorts", "skirt")
"""Folders that have none: nothing that a model says of them can be right."""

Seen = dict[str, NDArray[np.uint8]]
"""One photo, or many, as a model sees it in each of WAYS."""


@dataclass(frozen=True)
class Score:
    """How the photos of one kind were answered.

    Attributes:
        truth: class indices.
        answers: what was said of the photos in each of WAYS, and of the pictures `themselves`.
        probabilities: of the prepared photos, (n, n_classes).
        trust: how far each answer to a prepared photo could be trusted.
    """

    truth: NDArray[np.int64]
    answers: dict[str, NDArray[np.int64]]
    probabilities: NDArray[np.float32]
    trust: NDArray[np.str_]

    def accuracy(self, way: str) -> float:
        """Return the share of right answers."""
        return float((self.answers[way] == self.truth).mean())

    def bags(self, way: str) -> str:
        """Return how often 'Bag' was said, and how often it is true."""
        return f"{(self.answers[way] == BAG).sum()} for {(self.truth == BAG).sum()}"

    def calibration(self) -> float:
        """Return the calibration error of the answers to prepared photos."""
        right = self.answers["prepared"] == self.truth
        return calibration_error(self.probabilities.max(axis=1), right)

    def trusted(self) -> str:
        """Return the shares of `yes`, `unsure` and `unlike` among prepared photos, for a table."""
        return " | ".join(f"{(self.trust == t).mean():.0%}" for t in ("yes", "unsure", "unlike"))

    def right_of_trusted(self) -> str:
        """Return how many of the answers marked `yes` are right."""
        sure = self.trust == "yes"
        right = self.answers["prepared"][sure] == self.truth[sure]
        return f"{right.mean():.0%}" if sure.any() else "-"


def drawn(data: Dataset, ground: str, number: int) -> tuple[int, np.random.Generator]:
    """Return which picture the photo of that number shows, and what draws all the rest of it."""
    rng = np.random.default_rng([number, list(GROUNDS).index(ground)])
    return int(rng.integers(len(data))), rng


def seen(content: bytes | Path) -> Seen:
    """Return the photo in a file as a model sees it."""
    photo = read_photo(content)
    return {way: prepare(photo, SHAPE, steps).pixels for way, steps in WAYS.items()}


def see_made(picture: NDArray[np.uint8], ground: str, rng: np.random.Generator) -> Seen:
    """Return how a model sees a photo made of the picture."""
    photo = make_photo(picture, ground, rng)
    quality, flag = int(rng.integers(40, 96)), int(rng.integers(1, 9))
    return seen(to_file(photo.pixels, orientation=flag, quality=quality))


def see_turned(picture: NDArray[np.uint8], ground: str, rng: np.random.Generator) -> list[Seen]:
    """Return how a model sees one photo under each of the eight orientation flags."""
    photo = make_photo(picture, ground, rng)
    return [seen(to_file(photo.pixels, orientation=flag)) for flag in range(1, 9)]


def score_made(model: Model, data: Dataset, ground: str, n: int, jobs: int) -> Score:
    """Make and classify `n` photos on one kind of background."""
    draws = [drawn(data, ground, number) for number in range(n)]
    pictures = np.array([picture for picture, _ in draws])
    photos = Parallel(jobs)(
        delayed(see_made)(data.images[picture, ..., 0], ground, rng) for picture, rng in draws
    )
    score = scored(model, data.labels[pictures].astype(np.int64), photos)
    score.answers["themselves"] = model.predict(data.images[pictures]).astype(np.int64)
    return score


def score_real(model: Model, files: Sequence[Path], name: str | None, jobs: int) -> Score:
    """Classify the photos of one folder, which show a class or, where it is None, none at all."""
    photos = Parallel(jobs)(delayed(seen)(file) for file in files)
    label = -1 if name is None else CLASS_NAMES.index(name)
    return scored(model, np.full(len(files), label), photos)


def scored(model: Model, truth: NDArray[np.int64], photos: Sequence[Seen]) -> Score:
    """Return what the model says of photos that show the classes `truth`."""
    found = model.answer(np.stack([photo["prepared"] for photo in photos]))
    return Score(truth, answer(model, photos), found.probabilities, np.array(found.trust))


def answer(model: Model, photos: Sequence[Seen]) -> dict[str, NDArray[np.int64]]:
    """Return the classes that the model names, for each of WAYS."""
    return {
        way: model.predict(np.stack([photo[way] for photo in photos])).astype(np.int64)
        for way in WAYS
    }


def is_for_tuning(file: Path) -> bool:
    """Say whether a real photo belongs to the four fifths that choices are made on."""
    return hashlib.sha256(file.read_bytes()).digest()[0] % 5 != 0


def together(scores: Sequence[Score]) -> Score:
    """Return all the answers as one."""
    return Score(
        np.concatenate([score.truth for score in scores]),
        {way: np.concatenate([s.answers[way] for s in scores]) for way in scores[0].answers},
        np.concatenate([score.probabilities for score in scores]),
        np.concatenate([score.trust for score in scores]),
    )


def made_table(scores: dict[str, Score]) -> list[str]:
    """Return the table of made photos, by background."""
    lines = [
        "| background | photos | the picture itself | photo, prepared | photo, plain "
        "| called 'Bag' for true bags, prepared | plain | calibration error, prepared |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for ground, score in scores.items():
        shares = [f"{score.accuracy(way):.1%}" for way in ("themselves", *WAYS)]
        others = [*(score.bags(way) for way in WAYS), f"{score.calibration():.1%}"]
        lines.append("| " + " | ".join([ground, f"{len(score.truth)}", *shares, *others]) + " |")
    return lines


def real_table(scores: dict[str, Score]) -> list[str]:
    """Return the table of real photos, by class."""
    lines = [
        "| folder | class | photos | prepared | plain | `yes` | `unsure` | `unlike` "
        "| right of `yes` |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for folder, score in scores.items():
        shares = " | ".join(f"{score.accuracy(way):.1%}" for way in WAYS)
        name = FOLDERS.get(folder, "")
        lines.append(
            f"| {folder} | {name} | {len(score.truth)} | {shares} | {score.trusted()} "
            f"| {score.right_of_trusted()} |"
        )
    return lines


def strangers_table(scores: dict[str, Score]) -> list[str]:
    """Return the table of photos that show no class of the model."""
    lines = ["| folder | photos | `yes` | `unsure` | `unlike` |", "|---|---|---|---|---|"]
    lines += [f"| {name} | {len(s.truth)} | {s.trusted()} |" for name, s in scores.items()]
    return lines


def flags_line(model: Model, data: Dataset, n: int, jobs: int) -> str:
    """Return what became of one photo stored under eight flags."""
    tasks = []
    for number in range(n):
        ground = list(GROUNDS)[number % len(GROUNDS)]
        picture, rng = drawn(data, ground, number)
        tasks.append(delayed(see_turned)(data.images[picture, ..., 0], ground, rng))
    answers = [answer(model, turned)["prepared"] for turned in Parallel(jobs)(tasks)]
    same = sum(len(set(eight.tolist())) == 1 for eight in answers)
    return f"Stored under each of the eight orientation flags, {same} of {n} photos got one answer."


def real_files(folder: Path, tune: bool, most: int) -> dict[str, list[Path]]:
    """Return the photos of each class that count, at most `most` of each."""
    return {
        name: [f for f in sorted((folder / name).iterdir()) if is_for_tuning(f) == tune][:most]
        for name in FOLDERS
    }


def main() -> None:
    """Measure and write the page, or with --tune only print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?", type=Path, help="a model file, or a run's folder")
    parser.add_argument("--photos", type=Path, help="real photos, a folder for each class")
    parser.add_argument("--made", type=int, default=500, help="made photos of each background")
    parser.add_argument("--most", type=int, default=10**6, help="real photos of each class")
    parser.add_argument("--jobs", type=int, default=-1, help="processes; all cores by default")
    parser.add_argument("--tune", action="store_true", help="measure on what choices are made on")
    chosen = parser.parse_args()
    path = latest_run(Path("runs")).model if chosen.model is None else chosen.model
    model = load(find_run(path).model if path.is_dir() else path)
    train, test = load_fashion_mnist()
    data = split(train, 5000, 0)[1] if chosen.tune else test
    scores = {g: score_made(model, data, g, chosen.made, chosen.jobs) for g in GROUNDS}
    scores["all"] = together(list(scores.values()))
    origin = "held-out training pictures" if chosen.tune else "pictures of the official test file"
    lines = ["# Users' photos", "", f"Model: {described(model)}. Written by `make photos`."]
    lines += ["", f"## Made of {origin}", "", *made_table(scores), ""]
    lines += [flags_line(model, data, min(40, chosen.made), chosen.jobs)]
    if chosen.photos:
        files = real_files(chosen.photos, chosen.tune, chosen.most)
        real = {
            folder: score_real(model, paths, FOLDERS[folder], chosen.jobs)
            for folder, paths in files.items()
        }
        real["all"] = together(list(real.values()))
        lines += ["", "## Real, by the public 'clothing dataset (small)'", "", *real_table(real)]
        strangers = {
            name: score_real(
                model, sorted((chosen.photos / name).iterdir())[: chosen.most], None, chosen.jobs
            )
            for name in STRANGERS
        }
        strangers["all"] = together(list(strangers.values()))
        lines += ["", "## Real, of kinds that the model does not know", ""]
        lines += strangers_table(strangers)
    page = "\n".join([*lines, ""])
    if not chosen.tune:
        PAGE.write_text(page)
    print(page)


def described(model: Model) -> str:
    """Return the model's recipe and weights in a few words."""
    recipe = model.record.get("settings", model.record).get("recipe", "unnamed")
    return f"recipe {recipe}, weights {model.parameters.weight_hash()[:12]}"


if __name__ == "__main__":
    main()
