"""Change sound files at random and read them: no reader may do anything but read, or refuse.

For each kind of file it prints how many mutants were read, by the error that refused them. Anything
else is a finding: another error, or an import, a process, a socket or another file opened while
reading. Mutants that found something are kept in tests/corpus, and are read first ever after.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from homespun.data import (
    Dataset,
    Manifest,
    Scaling,
    encode_idx,
    read_idx,
    read_manifest,
    read_photo,
)
from homespun.data.folder.manifest import SPLITS, Row
from homespun.data.folder.metadata import read_metadata
from homespun.errors import DataError, FileError, ModelFileError, PhotoError
from homespun.models import Model
from homespun.nn import BatchNorm, Chain, Dense, Flatten, Parameters, ReLU, SoftmaxCrossEntropy
from homespun.optim import AdamW, Constant
from homespun.report.history import read_history
from homespun.runs import RunFolder, Settings, has_ended
from homespun.runs.execute import execute
from homespun.runs.memory import peak_memory
from homespun.runs.versions import differences
from homespun.storage import inspect, load, load_checkpoint, save, save_checkpoint
from homespun.training import Plan, TrainingState, begin, train
from homespun.tune.folder import StudyFolder
from homespun.tune.wanted import Wanted
from sample_photos import sample_photos

CORPUS = Path(__file__).parent.parent / "tests" / "corpus"
GOLDEN = CORPUS.parent / "golden" / "format-2"
"""Its model has all that a file can hold of trust."""
SUSPICIOUS = {
    "code", "compile", "ctypes", "exec", "import", "marshal", "mmap", "open", "os", "pickle", "pty",
    "shutil", "signal", "socket", "subprocess", "tempfile", "urllib", "webbrowser",
}  # fmt: skip
TELLING = [b"", b"\0", b"\xff" * 4, b"\x7f\xff\xff\xff", b"NaN", b"-1", b"1e999", b'"', b"{", b"[[",
           b"\\ud800", b"null", b"0" * 30, b"\x1f\x8b\x08", b"__import__", b"\n", b","]  # fmt: skip

METADATA_CSV = [
    b'file_name,label\na.jpg,hat\n"b, c.jpg",9\n',
    "\ufeffsplit,file_name,label\r\ntrain,x/\u00e4.png,R\u00f6cke\r\ntest,y.png,hat\r\n".encode(),
]
METADATA_JSONL = [
    b'{"file_name": "a.jpg", "label": "hat"}\n\n{"file_name": "test/b.jpg", "label": 9}\n',
    b'{"file_name": "a.jpg", "split": "val", "class": 1}',
]


class Watch:
    """Notes what happens while a file is read that has no place there."""

    def __init__(self) -> None:
        self.reading: str | None = None
        self.events: list[str] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.reading is None or event.split(".")[0] not in SUSPICIOUS:
            return
        if event == "open" and str(arguments[0]) == self.reading and arguments[1] in ("r", "rb"):
            return
        self.events.append(f"{event} {arguments[:1]!r}")


@dataclass
class Target:
    """A kind of file: sound samples, what reads them, and how it may refuse.

    Attributes:
        name: of the kind.
        file_name: what the file is called where it is read.
        samples: sound files.
        read: takes the path.
        refusals: the errors that may come.
        mend: makes a mutant pass the first checks, so that it gets further.
        outcomes: how many mutants ended how.
    """

    name: str
    file_name: str
    samples: list[bytes]
    read: Callable[[Path], object]
    refusals: tuple[type[Exception], ...]
    mend: Callable[[bytes], bytes] = bytes
    outcomes: Counter[str] = field(default_factory=Counter)


def targets(folder: Path) -> list[Target]:
    """Return every kind of file that homespun reads."""
    rng = np.random.default_rng(0)
    shapes = [(5,), (3, 4), (2, 3, 4), (2, 3, 2, 3)]
    idx = [encode_idx(rng.integers(0, 9, shape, dtype=np.uint8)) for shape in shapes]
    data = Dataset(
        rng.integers(0, 256, (30, 2, 2, 1), dtype=np.uint8), np.arange(30) % 2, ("a", "b")
    )
    state = begin(_plan(), data)
    train(_plan(), data, data, state=state)
    run = RunFolder(folder / "run")
    execute(run, Settings("mlp", seed=1, epochs=1, validation=10), data, data)
    own = RunFolder(folder / "own")
    own.path.mkdir()
    own.write_record(
        Settings("fast", 0, 1, None, "/some/pictures", 32, {"lr": 0.5, "augment": False}),
        {"data": {}, "made_with": {}},
    )
    study = StudyFolder(folder)
    study.write_record(Wanted("fast", 0, None, 50, changes={"width": 0.5}), {"n_train": 3})
    save(_model(), folder / "model")
    save_checkpoint(state, folder / "checkpoint")
    refusals = (FileError, ModelFileError)
    return [
        Target("idx", "idx", idx, _read_idx, (DataError, FileError)),
        Target("idx-gz", "idx.gz", [gzip.compress(i) for i in idx], _read_idx,
               (DataError, FileError), gzip.compress),
        Target("model", "model.safetensors",
               [(folder / "model").read_bytes(), (GOLDEN / "model.safetensors").read_bytes()],
               _read_model, refusals, _true_length),
        Target("checkpoint", "checkpoint.safetensors", [(folder / "checkpoint").read_bytes()],
               lambda path: load_checkpoint(path, _empty(state, data)), refusals, _true_length),
        Target("run", "run.json", [run.record.read_bytes(), own.record.read_bytes()], _read_record,
               refusals),
        Target("study", "study.json", [study.record.read_bytes()], _read_study, refusals),
        Target("metrics", "metrics.csv", [run.metrics.read_bytes()], read_history, refusals),
        Target("photo", "photo.jpg", sample_photos(), read_photo, (PhotoError,)),
        Target("metadata-csv", "metadata.csv", METADATA_CSV, read_metadata,
               (DataError, FileError)),
        Target("metadata-jsonl", "metadata.jsonl", METADATA_JSONL, read_metadata,
               (DataError, FileError)),
        Target("manifest", "manifest.csv", [_manifest().encode()], read_manifest,
               (DataError, FileError)),
    ]  # fmt: skip


def mutants(target: Target, draw: random.Random) -> Iterator[bytes]:
    """Yield changed samples for ever."""
    while True:
        mutant = bytearray(draw.choice(target.samples))
        is_packed = target.name == "idx-gz" and draw.random() < 0.5
        if is_packed:  # what is changed before it is packed gets past the checks of gzip
            mutant = bytearray(gzip.decompress(bytes(mutant)))
        for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
            change(mutant, draw, target.samples)
        content = bytes(mutant)
        if is_packed or (target.mend is _true_length and draw.random() < 0.5):
            content = target.mend(content)
        yield content


def read_one(target: Target, path: Path, content: bytes, watch: Watch) -> str | None:
    """Read the mutant; return what was found wrong, or None."""
    path.write_bytes(content)
    watch.events.clear()
    watch.reading = str(path)
    is_fine = True
    try:
        target.read(path)
        outcome = "sound"
    except target.refusals as error:
        outcome = type(error).__name__
        if "\n" in str(error):
            outcome, is_fine = "more than one line", False
    except Exception as error:
        outcome, is_fine = f"unexpected {type(error).__name__}", False
    finally:
        watch.reading = None
    target.outcomes[outcome] += 1
    if watch.events:
        return f"{target.name}: while reading: {'; '.join(watch.events)}"
    return None if is_fine else f"{target.name}: {outcome}"


def main() -> int:
    """Read the corpus and then mutants for some seconds; return 1 if something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=float, nargs="?", default=float("inf"),
                        help="how long; 0 reads the corpus alone")  # fmt: skip
    parser.add_argument("--mutants", type=int, help="of each kind, instead of seconds")
    parser.add_argument("--only", nargs="+", metavar="KIND", help="these kinds of file")
    parser.add_argument("--seed", type=int, default=None, help="another each time by default")
    chosen = parser.parse_args()
    if chosen.mutants is None and chosen.seconds == float("inf"):
        parser.error("say how many seconds, or --mutants")
    seed = random.randrange(2**32) if chosen.seed is None else chosen.seed
    findings = []
    with tempfile.TemporaryDirectory() as folder:
        kinds = [
            kind for kind in targets(Path(folder)) if not chosen.only or kind.name in chosen.only
        ]
        if unknown := set(chosen.only or ()) - {kind.name for kind in kinds}:
            parser.error(f"no such kind of file: {', '.join(sorted(unknown))}")
        watch = Watch()
        for target in kinds:
            for sample in target.samples:  # what is imported only once is imported by now
                read_one(target, Path(folder, target.file_name), sample, watch)
            read_one(target, Path(folder, target.file_name), b"", watch)
            target.outcomes.clear()
        found, n_kept = replay(kinds, Path(folder), watch)
        findings += found
        before = _peak_megabytes()
        limits = chosen.seconds, chosen.mutants
        findings += fuzz(kinds, Path(folder), watch, *limits, random.Random(seed))
        grown = _peak_megabytes() - before
    n_cases = sum(sum(target.outcomes.values()) for target in kinds) - n_kept
    print(f"fuzz: seed {seed}; {n_kept} kept cases; {n_cases:,} mutants; {len(findings)} findings; "
          f"peak memory grew by {grown:.0f} MB")  # fmt: skip
    for target in kinds:
        shown = ", ".join(f"{n:,} {outcome}" for outcome, n in target.outcomes.most_common())
        print(f"  {target.name:11} {sum(target.outcomes.values()):,}: {shown}")
    for finding in findings:
        print(finding)
    return 1 if findings else 0


def replay(kinds: list[Target], folder: Path, watch: Watch) -> tuple[list[str], int]:
    """Read every kept case; return what was found, and how many there were."""
    findings, n = [], 0
    for target in kinds:
        for case in sorted((CORPUS / target.name).glob("*.bin")):
            n += 1
            found = read_one(target, folder / target.file_name, case.read_bytes(), watch)
            if found:
                findings.append(f"{found} ({case})")
    return findings, n


def fuzz(
    kinds: list[Target],
    folder: Path,
    watch: Watch,
    seconds: float,
    most: int | None,
    draw: random.Random,
) -> list[str]:
    """Read mutants of each kind in turn; keep those that find something, the first of each sort."""
    findings: dict[str, bytes] = {}
    streams = [(target, mutants(target, draw)) for target in kinds]
    end = time.monotonic() + seconds
    rounds = 0
    while time.monotonic() < end and (most is None or rounds < most):
        rounds += 1
        for target, stream in streams:
            content = next(stream)
            found = read_one(target, folder / target.file_name, content, watch)
            if found and found not in findings:
                findings[found] = content
                keep(target, content)
    return list(findings)


def keep(target: Target, content: bytes) -> None:
    """Write the case into the corpus."""
    place = CORPUS / target.name
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{hashlib.sha256(content).hexdigest()[:12]}.bin").write_bytes(content)


def change(mutant: bytearray, draw: random.Random, samples: list[bytes]) -> None:
    """Change one thing."""
    start = draw.randrange(len(mutant) + 1)
    piece = slice(start, start + draw.randint(1, 12))
    match draw.randrange(8):
        case 0:
            mutant[piece] = bytes(draw.randrange(256) for _ in range(draw.randint(1, 4)))
        case 1:
            mutant[start:start] = draw.choice(TELLING)
        case 2:
            mutant[piece] = draw.choice(TELLING)
        case 3:
            del mutant[piece]
        case 4:
            mutant[start:start] = mutant[piece]
        case 5:
            del mutant[start:]
        case 6:
            mutant[start:] = draw.choice(samples)[start:]
        case 7 if start < len(mutant):
            mutant[start] ^= 1 << draw.randrange(8)


def _true_length(content: bytes) -> bytes:
    """Give a safetensors file the true length of its header, so that it is read further."""
    length = max(content.rfind(b"}") + 1 - 8, 0)
    return length.to_bytes(8, "little") + content[8:]


def _read_idx(path: Path) -> object:
    return read_idx(path, most_bytes=2**20)


def _read_model(path: Path) -> object:
    inspect(path)
    return load(path)


def _read_record(path: Path) -> object:
    """Read the record, and ask of it what commands ask."""
    record = RunFolder(path.parent).read_record()
    differences(record["made_with"], record.get("went_on_with", [{}])[-1])
    return Settings(**record["settings"]), has_ended(record), record["data"].get("sha256")


def _read_study(path: Path) -> object:
    return Wanted(**StudyFolder(path.parent).read_record()["wanted"])


def _manifest() -> Manifest:
    digest = hashlib.sha256(b"").hexdigest()
    return Manifest(tuple(Row(f"{i}, x.jpg", digest, split) for i, split in enumerate(SPLITS)))


def _empty(state: TrainingState, data: Dataset) -> TrainingState:
    return begin(state.progress.plan, data)


def _plan() -> Plan:
    network = Chain(Flatten(), Dense(3), BatchNorm(), ReLU(), Dense(2))
    return Plan(network, AdamW(), Constant(0.01), epochs=2, batch_size=16)


def _model() -> Model:
    network = _plan().network
    parameters = Parameters(network.init(np.random.default_rng(0), (2, 2, 1))[0])
    scaling = Scaling((70.0,), (90.0,))
    return Model(network, parameters, SoftmaxCrossEntropy(), scaling, (2, 2, 1), ("a", "b"))


def _peak_megabytes() -> float:
    return (peak_memory() or 0) / 2**20


if __name__ == "__main__":
    sys.exit(main())
