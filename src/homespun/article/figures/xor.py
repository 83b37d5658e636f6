"""The picture of XOR: the sum that was watched, beside the one that should have been."""

from __future__ import annotations

from homespun.article.figures.canvas import BLUE, RED, Drawing, new_figure, tidy
from homespun.article.xor import PRINTED_EVERY, XorRecord

FLOOR = 1e-5
"""Where the logarithmic axis ends: below it the network has long learnt its four answers."""


def xor_sums(printed: XorRecord, mended: XorRecord) -> Drawing:
    """Draw the signed sums of errors and the sums of squares of both trainings."""
    figure = new_figure(11, 4.5)
    left, right = figure.subplots(1, 2)
    for record, colour, name in ((printed, RED, "as printed"), (mended, BLUE, "mended")):
        left.plot(record.epochs, record.sums, color=colour, linewidth=1, label=name)
        right.plot(record.epochs, record.squares, color=colour, linewidth=2, label=name)
    shown = printed.epochs % PRINTED_EVERY == 0
    left.plot(
        printed.epochs[shown], printed.sums[shown], "o", color=RED, markersize=5,
        label="what the article printed",
    )  # fmt: skip
    left.set_yscale("symlog", linthresh=1e-2)
    right.set_yscale("log")
    right.set_ylim(FLOOR, 4)
    tidy(left, title="Signed sum of the four errors", x="epoch")
    tidy(right, title="Sum of their squares", x="epoch")
    for ax in (left, right):
        ax.xaxis.set_major_formatter("{x:,.0f}")
    left.legend(frameon=False, fontsize=9)
    right.legend(frameon=False, fontsize=9, loc="lower left")
    _, stuck = printed.at(20_000)
    _, early = mended.at(5_000)
    return Drawing(
        figure,
        "Two charts over the epochs. The signed sum falls near zero at once in both trainings. The "
        f"sum of squares as printed is still {stuck:.2f} at epoch 20,000 and then drops; mended it "
        f"is {early:.4f} at epoch 5,000.",
    )
