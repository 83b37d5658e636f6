"""`homespun models`: the recipes and what they cost, or the layers of one."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table

from homespun.cli.output import AsJson, print_json, print_line, print_table
from homespun.data import CLASS_NAMES
from homespun.models import RECIPES, count_macs, find_recipe, read_measured, summarise
from homespun.nn import named_arrays, shapes_of
from homespun.training import Plan

_IN_SHAPE = (28, 28, 1)
_N_SAMPLES = 55_000


def models(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A recipe, to see its layers.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the recipes, or the layers of one of them.

    Weights and multiply-adds (an image, forward) are those for Fashion-MNIST. Accuracy is that on
    the official test file, mean and standard deviation over seeds, measured by `make accuracy`;
    under flips a picture and its mirror image answer together.
    """
    if name is None:
        _list(as_json)
    else:
        _layers(name, as_json)


def _plan(name: str) -> Plan:
    return find_recipe(name).plan(n_samples=_N_SAMPLES, n_classes=len(CLASS_NAMES))


def _list(as_json: bool) -> None:
    measured = read_measured()
    rows: list[dict[str, Any]] = []
    for recipe in RECIPES.values():
        network = _plan(recipe.name).network
        arrays = named_arrays(shapes_of(network, _IN_SHAPE)[0])
        learnt = [a for n, a in arrays.items() if not n.split(".")[-1].startswith("running_")]
        figures = measured.get(recipe.name, {})
        rows.append(
            {
                "name": recipe.name,
                "summary": recipe.summary,
                "weights": sum(array.size for array in learnt),
                "macs": count_macs(network, _IN_SHAPE),
                "epochs": recipe.epochs,
                "accuracy": figures.get("accuracy"),
                "spread": figures.get("spread"),
                "accuracy_with_flips": figures.get("accuracy_with_flips"),
                "seeds": figures.get("seeds"),
                "minutes": figures.get("minutes"),
            }
        )
    if as_json:
        print_json(rows)
        return
    table = Table("recipe", box=SIMPLE)
    for column in ("weights", "multiply-adds", "minutes", "accuracy", "flips", "seeds"):
        table.add_column(column, justify="right")
    for row in rows:
        accuracy, flips, minutes = "not measured", "", ""
        if row["accuracy"] is not None:
            accuracy = f"{row['accuracy']:.2%} ± {row['spread']:.2%}"
            flips = f"{row['accuracy_with_flips']:.2%}"
            minutes = f"{row['minutes']:.1f}"
        costs = (f"{row['weights']:,}", f"{row['macs']:,}", minutes)
        table.add_row(row["name"], *costs, accuracy, flips, str(row["seeds"] or ""))
    print_table(table)
    for row in rows:
        print_line(f"{row['name']:5} {row['summary']}")


def _layers(name: str, as_json: bool) -> None:
    plan = _plan(name)
    rows = summarise(plan.network, _IN_SHAPE, plan.shard_size)
    if as_json:
        print_json(
            [
                {
                    "layer": row.name,
                    "out_shape": list(row.out_shape),
                    "weights": row.weights,
                    "macs": row.macs,
                    "memory": row.memory,
                    "share": row.share,
                }
                for row in rows
            ]
        )
        return
    table = Table("layer", title=f"{name}, shards of {plan.shard_size}", box=SIMPLE)
    for column in ("output", "weights", "multiply-adds", "KB a shard", "time"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(
            "  " * row.depth + row.name,
            " x ".join(map(str, row.out_shape)),
            f"{row.weights:,}",
            f"{row.macs:,}",
            f"{row.memory / 1000:,.0f}",
            f"{row.share:.1%}",
        )
    sums = (sum(row.weights for row in rows), sum(row.macs for row in rows))
    memory = sum(row.memory for row in rows) / 1000
    table.add_row("all", "", f"{sums[0]:,}", f"{sums[1]:,}", f"{memory:,.0f}", "100.0%")
    print_table(table)
