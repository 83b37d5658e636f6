from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.table import Table

from homespun.cli.output import drawing, print_json, print_line, print_table, say


def test_data_go_to_standard_output_and_talk_to_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_line("a result")
    say("some talk")
    assert capsys.readouterr() == ("a result\n", "some talk\n")


def test_a_long_line_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    line = "word " * 500 + "[bold]end[/] :smile:"
    say(line)
    print_line(line)
    assert capsys.readouterr() == (line + "\n", line + "\n")


@pytest.mark.parametrize("write", [say, print_line])
def test_nothing_steers_the_terminal_or_breaks_the_line(
    capsys: pytest.CaptureFixture[str], write: object
) -> None:
    assert callable(write)
    write("Ärmel \x1b[31mred\r\n\tend\u202e")
    out, err = capsys.readouterr()
    assert out + err == "Ärmel \\x1b[31mred\\r\\n\\tend\\u202e\n"


def test_json_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    data = {"name": "Ärmel", "numbers": [1, 0.1 + 0.2, None, True]}
    print_json(data)
    out, err = capsys.readouterr()
    assert json.loads(out) == data
    assert out.isascii()
    assert err == ""
    with pytest.raises(ValueError, match="JSON"):
        print_json(float("nan"))


def test_a_table_is_as_wide_as_it_needs_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("name", *map(str, range(20)))
    table.add_row("[bold]", *["1000"] * 20)
    print_table(table)
    out, _ = capsys.readouterr()
    assert "[bold]" in out
    assert "…" not in out
    assert out.count("1000") == 20


def test_time_and_size_of_a_page_are_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    with drawing(page, clock=iter([10.0, 17.25]).__next__):
        page.write_bytes(bytes(2_340_000))
    assert capsys.readouterr() == ("", "the page took 7.2 s and is 2.3 MB\n")
