"""How far answers can be trusted, measured on the official test file; writes benchmarks/trust.md.

    python benchmarks/trust.py MODEL...

MODEL is a run's folder or a model file; without any, the model that `homespun predict` would ask.
Nothing is chosen here: calibration, promise and rejection are the model's own.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from far_sets import CHANGED, CHOSEN_BY, NEVER_SEEN, all_kinds
from homespun.data import load_fashion_mnist
from homespun.models import Model
from homespun.models.rejection import KEPT
from homespun.runs.evaluation import evaluate
from homespun.runs.far import separation
from homespun.runs.find_model import find_model
from homespun.runs.trust import PROMISE, trust_shares
from homespun.storage import load
from homespun.types import ByteArray

PAGE = Path(__file__).with_suffix(".md")
SEED = 1

HEAD = f"""# How far answers can be trusted

Written by `make trust`. Calibration, the promise of `yes` ({PROMISE:.0%}) and the threshold of
`unlike` (keeps {KEPT:.0%}) were fitted on the model's validation part; the figures are of the
official test file. AUROC: how often a picture of that kind scores as more unlike clothes than a
test picture. Wrongly kept: its share that is not marked `unlike`; wrongly trusted: that is marked
`yes`. The score was chosen by {", ".join(CHOSEN_BY)}, held against pictures of the training file;
{", ".join(NEVER_SEEN)} had no say. The last two kinds are clothes all the same, and nothing is
promised for them.
"""


def main() -> None:
    """Measure each model that is named, and write the page."""
    _, test = load_fashion_mnist(say=print)
    named = [Path(name) for name in sys.argv[1:]] or [None]
    parts = [HEAD]
    for name in named:
        path = find_model(name, Path("runs"))
        model = load(path)
        recipe = model.record.get("settings", model.record).get("recipe", "unknown")
        part = section(model, f"Recipe {recipe}", test.images, test.labels)
        print(part)
        parts.append(part)
    PAGE.write_text("\n".join(parts))


def section(model: Model, title: str, images: ByteArray, labels: np.ndarray) -> str:
    """Return what was measured of one model, as a part of the page."""
    if model.rejection is None:
        return f"## {title}\n\nIt was trained without a validation part, so it has no rejection.\n"
    answers = model.answer(images)
    figures = evaluate(answers.probabilities, labels, model.class_names)
    near = answers.unlikeness
    right = answers.probabilities.argmax(axis=1) == labels
    plain = model.loss.probabilities(model.predict_logits(images))
    before = evaluate(plain, labels, model.class_names)
    lines = [
        f"## {title}",
        "",
        f"Accuracy {figures.accuracy:.2%}, mean confidence "
        f"{answers.probabilities.max(axis=1).mean():.2%}. Expected calibration error (15 bins) "
        f"{figures.ece:.2%}; as trained it was {before.ece:.2%}. Temperature "
        f"{model.temperature:.3f}, smoothing {model.smoothing:.4f}; `yes` from "
        f"{'never' if model.sure_from is None else f'{model.sure_from:.1%}'} on.",
        "",
        "| trust | share of test pictures | right of these |",
        "|---|---|---|",
    ]
    for kind, row in trust_shares(answers.trust, right).items():
        accuracy = "" if row["accuracy"] is None else f"{row['accuracy']:.1%}"
        lines.append(f"| {kind} | {row['share']:.1%} | {accuracy} |")
    lines += [
        "",
        "| pictures | n | AUROC | wrongly kept | wrongly trusted |",
        "|---|---|---|---|---|",
    ]
    kinds = all_kinds(images, SEED)
    for name in (*CHOSEN_BY, *NEVER_SEEN, *CHANGED):
        far = model.answer(kinds[name])
        marks = np.array(far.trust)
        lines.append(
            f"| {name} | {len(marks):,} | {separation(near, far.unlikeness):.3f} "
            f"| {(marks != 'unlike').mean():.1%} | {(marks == 'yes').mean():.1%} |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
