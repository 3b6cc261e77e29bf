"""SQL scripts are cut into statements where SQLite would, and errors know their line."""

from __future__ import annotations

from bot.grading.guest.sql import statements


def test_each_statement_knows_its_line() -> None:
    assert statements("select 1;\n\nselect 2;\nselect 3") == [
        (1, "select 1;"),
        (3, "\n\nselect 2;"),
        (4, "\nselect 3"),
    ]


def test_semicolons_in_strings_triggers_and_comments_do_not_cut() -> None:
    text = "select ';';\ncreate trigger t after insert on a begin select 1; select 2; end;\n-- a;\nselect 1;"
    assert [line for line, _ in statements(text)] == [1, 2, 3]


def test_nothing_is_no_statement() -> None:
    assert statements(" ;\n;; ") == []
