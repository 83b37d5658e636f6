"""Catalogues by both engines: pictures a second, memory, what a kill costs, and equal rows.

    python benchmarks/scale_catalog.py [--pictures N] [--many N] [--smoke]

Prints a section in Markdown. About 25 minutes on two idle cores, most of them for 200,000 pictures.
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from PIL import Image

from homespun.data import Preparation, load_fashion_mnist
from homespun.models.coming_along import packaged_model
from homespun.storage import load, save
from made_photos import GROUNDS, make_photo

JOB = Path(__file__).with_name("scale_catalog_job.py")
CLUSTER = Path(__file__).with_name("ray_cluster.py")
SIDE = 320
"""Pixels of the longer side of the photos."""
QUALITIES = range(50, 90)
"""Each made photo is stored once with each of these, so that no two files are equal."""
A_FOLDER = 1000
SIDES = (("local", 1), ("local", 2), ("ray", 1), ("ray", 2))

Figures = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Sizes:
    """How many pictures are taken for what."""

    pictures: int = 20_000
    many: int = 200_000
    killed: int = 4_000
    cut_out: int = 400


SMOKE = Sizes(80, 160, 400, 6)


def main() -> None:
    """Measure, and print the section."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=Sizes.pictures)
    parser.add_argument("--many", type=int, default=Sizes.many)
    parser.add_argument("--smoke", action="store_true", help="tiny")
    chosen = parser.parse_args()
    sizes = SMOKE if chosen.smoke else Sizes(chosen.pictures, chosen.many)
    with TemporaryDirectory(prefix="c", dir="/tmp") as folder:  # Ray's sockets want short names
        print(section(Path(folder), sizes))


def section(folder: Path, sizes: Sizes) -> str:
    """Return the section."""
    shop = make_shop(folder / "shop", sizes.pictures)
    plain = folder / "plain.safetensors"
    packaged = packaged_model()
    assert packaged is not None
    save(dataclasses.replace(load(packaged), preparation=Preparation.plain()), plain)
    rates: dict[tuple[str, int], Figures] = {}
    same = []
    for engine, workers in SIDES:
        output = folder / f"{engine}-{workers}.parquet"
        rates[engine, workers] = made(shop, output, plain, engine, workers)
        same.append(share_of_equal_rows(output, folder / "local-1.parquet"))
    many = link(shop, folder / "many", sizes.many)
    large = {e: made(many, folder / f"many-{e}.parquet", plain, e, 2) for e in ("local", "ray")}
    few = link(shop, folder / "few", sizes.killed)
    killed = {"local": killed_local(few, folder, plain), "ray": killed_ray(few, folder, plain)}
    some = link(shop, folder / "some", sizes.cut_out)
    cut_out = {w: made(some, folder / f"cut-{w}.parquet", packaged, "local", w) for w in (1, 2)}
    size = np.mean([path.stat().st_size for path in shop.rglob("*.jpg")])
    return "\n".join(
        [
            "## Catalogues",
            "",
            f"{sizes.pictures:,} JPEG files, no two the same: photos that made_photos.py makes,",
            f"brought to {SIDE} pixels and stored in {len(QUALITIES)} qualities,",
            f"{size / 1e3:.0f} kB on the mean, {A_FOLDER:,} in a folder. The network is",
            "that of the model in the package, photos fitted in plainly, as models see them that",
            "were trained on folders.",
            "Times begin when Python and the engine's library are loaded, and take in starting",
            "processes, answering, and writing the catalogue.",
            "",
            "| engine | workers | pictures/s | seconds | until the first rows |",
            "|---|---|---|---|---|",
            *(rate_line(*side, sizes.pictures, figures) for side, figures in rates.items()),
            "",
            f"Rows equal to those of one process, bit for bit: {min(same):.2%} at the least.",
            "",
            f"The object cut out of the photo first, as the model in the package does it "
            f"({sizes.cut_out:,} of the",
            f"pictures, local): {sizes.cut_out / cut_out[1]['seconds']:.1f} pictures/s with one "
            f"worker, {sizes.cut_out / cut_out[2]['seconds']:.1f} with two.",
            "",
            f"Peak resident memory with two workers; the {sizes.many:,} files are hard links to",
            f"the {sizes.pictures:,}. `all` adds up the peaks of all processes, with Ray also",
            "those of its servers.",
            "",
            "| engine | pictures | main process | largest worker | all |",
            "|---|---|---|---|---|",
            *(
                memory_line(engine, n, figures)
                for engine in ("local", "ray")
                for n, figures in (
                    (sizes.pictures, rates[engine, 2]),
                    (sizes.many, large[engine]),
                )
            ),
            "",
            f"Killed in the middle of {sizes.killed:,} pictures:",
            "",
            "| engine | what was killed | rows lost | rows doubled | rows equal |",
            "|---|---|---|---|---|",
            *(f"| {engine} | {line} |" for engine, line in killed.items()),
            "",
        ]
    )


def rate_line(engine: str, workers: int, n: int, figures: Figures) -> str:
    """Return a line of the first table."""
    seconds, first = figures["seconds"], figures["first"]
    return f"| {engine} | {workers} | {n / seconds:.0f} | {seconds:.1f} | {first:.1f} s |"


def memory_line(engine: str, n: int, figures: Figures) -> str:
    """Return a line of the table of memory."""
    shown = [f"{figures['peaks'][who] / 2**20:,.0f} MB" for who in ("main", "worker", "all")]
    return f"| {engine} | {n:,} | {' | '.join(shown)} |"


def make_shop(folder: Path, n: int) -> Path:
    """Make `n` JPEG files; the same for the same n."""
    _, test = load_fashion_mnist()
    rng = np.random.default_rng(0)
    grounds = list(GROUNDS)
    for i in range(-(-n // len(QUALITIES))):
        pixels = make_photo(test.images[i, ..., 0], grounds[i % len(grounds)], rng).pixels
        image = Image.fromarray(pixels)
        image.thumbnail((SIDE, SIDE))
        for j, quality in enumerate(QUALITIES):
            number = i * len(QUALITIES) + j
            if number < n:
                content = io.BytesIO()
                image.save(content, format="JPEG", quality=quality)
                place(folder, number).write_bytes(content.getvalue())
    return folder


def link(shop: Path, folder: Path, n: int) -> Path:
    """Make a tree of `n` files that are hard links to those of the shop, again and again."""
    files = sorted(shop.rglob("*.jpg"))
    for number in range(n):
        os.link(files[number % len(files)], place(folder, number))
    return folder


def place(folder: Path, number: int) -> Path:
    """Return where a picture lies; its folder is made."""
    path = folder / f"{number // A_FOLDER:04}" / f"{number:07}.jpg"
    if number % A_FOLDER == 0:
        path.parent.mkdir(parents=True)
    return path


@contextmanager
def started(
    path: Path, output: Path, model: Path, engine: str, workers: int, address: str | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Give a process that makes a catalogue."""
    about = {"path": str(path), "output": str(output), "model": str(model), "engine": engine}
    arguments = json.dumps({**about, "workers": workers, "address": address})
    print(f"{output.stem} ...", file=sys.stderr, flush=True)
    command = [sys.executable, str(JOB), arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process


def lines_of(process: subprocess.Popen[str]) -> Iterator[Figures]:
    """Yield what it says."""
    assert process.stdout is not None
    return map(json.loads, process.stdout)


def made(path: Path, output: Path, model: Path, engine: str, workers: int) -> Figures:
    """Make a catalogue, and return the figures of its making."""
    with started(path, output, model, engine, workers) as process:
        *_, last = lines_of(process)
    assert process.returncode == 0, f"{output.stem}: exit status {process.returncode}"
    return last


def share_of_equal_rows(output: Path, other: Path) -> float:
    """Return how many of the rows are equal, bit for bit, from 0 to 1."""
    rows, others = (pq.read_table(path).to_pylist() for path in (output, other))
    n_equal = sum(a == b for a, b in zip(rows, others, strict=False))
    return n_equal / max(len(rows), len(others))


def killed_local(path: Path, folder: Path, model: Path) -> str:
    """Kill a worker, then the whole command, let it go on, and return what came of it."""
    n = len(list(path.rglob("*.jpg")))
    output, whole = folder / "killed-local.parquet", folder / "whole.parquet"
    made(path, whole, model, "local", 1)
    with started(path, output, model, "local", 2) as process:
        workers = 0
        for line in lines_of(process):
            if workers == 0 and line.get("done", 0) > n // 4:
                os.kill(line["pids"][0], signal.SIGKILL)
                workers += 1
            if line.get("done", 0) > n // 2:
                process.kill()
    assert process.returncode == -signal.SIGKILL, "it ended before it was killed"
    assert not output.exists()
    made(path, output, model, "local", 2)
    return outcome("a worker (kill -9), then the whole command, which went on", output, whole)


def killed_ray(path: Path, folder: Path, model: Path) -> str:
    """Take a node away with all that is on it, and return what came of it."""
    n = len(list(path.rglob("*.jpg")))
    output = folder / "killed-ray.parquet"
    actors = -1
    with (
        subprocess.Popen(
            [sys.executable, str(CLUSTER), str(folder / "r")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as cluster,
    ):
        assert cluster.stdin is not None
        assert cluster.stdout is not None
        address = cluster.stdout.readline().strip()
        with started(path, output, model, "ray", 2, address) as process:
            for line in lines_of(process):
                if actors < 0 and line.get("done", 0) > n // 3:
                    print(file=cluster.stdin, flush=True)
                    actors = int(cluster.stdout.readline())
        cluster.stdin.close()
    assert process.returncode == 0, f"exit status {process.returncode}"
    return outcome(
        f"one of two nodes, on which {actors} actors were", output, folder / "whole.parquet"
    )


def outcome(what: str, output: Path, whole: Path) -> str:
    """Return the rest of a line of the table of kills."""
    ids = pq.read_table(output, columns=["id"])["id"].to_pylist()
    expected = set(pq.read_table(whole, columns=["id"])["id"].to_pylist())
    lost, doubled = len(expected - set(ids)), len(ids) - len(set(ids))
    return f"{what} | {lost} | {doubled} | {share_of_equal_rows(output, whole):.2%}"


if __name__ == "__main__":
    main()
