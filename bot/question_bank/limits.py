"""The sizes within which a bank is read; beyond them reading stops with a problem instead of a full machine.

The numbers are generous for what people write by hand and small for a server: the largest bank
seen in the wild (9,500 Markdown questions) has 4 MB in its largest file.
"""

FILE_BYTES = 5 * 1024 * 1024
"""Largest single file of the native format."""
FOREIGN_BYTES = 64 * 1024 * 1024
"""Largest text file of another format; 100,000 multiple-choice questions as CSV have about 25 MB."""
BANK_BYTES = 200 * 1024 * 1024
"""Largest sum of the files of one bank."""
BANK_FILES = 50_000
"""Most files in one bank's folder."""
FOLDER_DEPTH = 12
"""Deepest nesting of folders."""
YAML_DEPTH = 24
"""Deepest nesting inside one YAML document; the format itself needs 6."""
YAML_NODES = 400_000
"""Most values in one YAML file, aliases counted as often as they are used."""

TITLE_CHARS = 200
PROMPT_CHARS = 20_000
LINE_CHARS = 4_000
"""Longest option, hint, rubric point."""
CODE_CHARS = 200_000
FILES_PER_QUESTION = 200
LIST_ITEMS = 100
"""Most hints, tags, cases, variants in one question."""
