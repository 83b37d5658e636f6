from __future__ import annotations

import pyarrow as pa

from homespun.catalog.rows import part_schema, part_table, row_schema

ROW = {
    "id": 4,
    "label": "b",
    "probability": 0.75,
    "probabilities": {"a": 0.25, "b": 0.75},
    "trust": "yes",
}


def test_a_row_holds_an_answer_or_an_error() -> None:
    table = part_table(3, [ROW, {"id": 5, "path": "x", "error": "why"}], ("a", "b"))
    assert table.schema == part_schema(("a", "b"))
    nothing = dict.fromkeys(("path", "label", "probability", "probabilities", "trust", "error"))
    assert table.to_pylist() == [
        {"chunk": 3, "chunk_rows": 2, **nothing, **ROW},
        {"chunk": 3, "chunk_rows": 2, **nothing, "id": 5, "path": "x", "error": "why"},
    ]


def test_each_class_is_a_field_whatever_it_is_called() -> None:
    names = ("T-shirt/top", "a.b", "", "Röcke & Hosen")
    kind = row_schema(names).field("probabilities").type
    assert [kind.field(i).name for i in range(kind.num_fields)] == list(names)
    assert {kind.field(i).type for i in range(kind.num_fields)} == {pa.float32()}
