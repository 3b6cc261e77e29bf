"""``python -m bot.question_bank.schema`` writes the published schema and the tables of the format's page."""

from __future__ import annotations

from pathlib import Path

from bot.question_bank.schema.published import schema_text, with_field_tables

ROOT = Path(__file__).resolve().parents[3]


def main() -> None:
    """Bring both files up to date."""
    page = ROOT / "docs" / "reference" / "bank-format.md"
    (ROOT / "questions" / "schema.json").write_text(schema_text(), encoding="utf-8")
    page.write_text(with_field_tables(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
