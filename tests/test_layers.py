"""Imports go downwards only, and a plain run imports nothing heavy."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import given

PACKAGE = given.ROOT / "cleaner"

#: From the ground floor up; modules of one row do not know each other. A folder stands for all that is in it.
FLOORS = (
    ("errors",),
    ("types",),
    ("charset", "bits", "spans", "matchers", "cachefile", "indexstore"),
    ("shelf",),
    ("fold", "casing"),
    ("lines", "normalize", "origin"),
    ("repeats", "looks"),
    ("standing",),
    ("shapes",),
    ("trees", "rarity"),
    ("literals",),
    ("clues",),
    ("prefilter", "patterns"),
    ("rulemodel", "places"),
    ("conditions", "rulefaults", "parts"),
    ("rulefile",),
    ("rulefiles", "ruleset"),
    ("rulecache", "analysing"),
    ("loading", "phrases"),
    ("find",),
    ("html",),
    ("extract",),
    ("pipeline",),
    ("readers",),
    ("writers", "report", "config"),
)
#: Everything else stands above the core and below the command line.
CORE = {name: floor for floor, names in enumerate(FLOORS) for name in names}
ABOVE_CORE, TOP = len(FLOORS), len(FLOORS) + 1
#: Read from below at run time only.
EXCEPTIONS = {("errors", "types")}


def floor(module: str) -> int:
    return TOP if module in ("cli", "__main__") else CORE.get(module, ABOVE_CORE)


def imports(path: Path) -> set[str]:
    """The modules of the package that a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "cleaner":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("cleaner.")}
    return found


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_downwards(path: Path) -> None:
    own = name_of(path)
    wrong = [
        other
        for other in imports(path) - {own}
        if (own, other) not in EXCEPTIONS and (floor(other) > floor(own) or (floor(other) == floor(own) and own in CORE))
    ]
    assert not wrong, f"{own} must not import {', '.join(wrong)}"


def test_modules_above_the_core_do_not_go_round_in_circles() -> None:
    above = {name_of(path): imports(path) for path in MODULES if floor(name_of(path)) == ABOVE_CORE}
    left = dict(above)
    while left:
        free = [name for name, needed in left.items() if not needed & left.keys() - {name}]
        assert free, f"import each other: {', '.join(left)}"
        for name in free:
            del left[name]


def test_every_floor_is_there() -> None:
    assert set(CORE) <= {name_of(path) for path in MODULES}


def test_there_are_no_utils() -> None:
    assert not [path for path in MODULES if path.stem in ("utils", "util", "helpers", "common", "misc")]


#: Not pydantic: some versions of typer bring it along; what is ours does without (see the last test).
HEAVY = ("trafilatura", "lxml", "pyarrow", "rich", "ftfy", "cchardet", "cleaner.rulefile", "cleaner.rulemodel")


def loaded(*arguments: str, before: str = "") -> list[str]:
    """The heavy packages that a run of the command imports."""
    program = (
        "import json, sys\n"
        f"sys.argv = ['clean', *{list(arguments)!r}]\n"
        f"{before}\n"
        "from cleaner.cli.app import run\n"
        "try: run()\n"
        "except SystemExit: pass\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "80"})
    return list(json.loads(done.stderr.splitlines()[-1]))


def test_a_plain_run_with_a_warm_cache_imports_nothing_heavy(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("The mill stands by the river.\nYour email address will not be published.\n")
    loaded(str(file))
    assert loaded(str(file)) == []
    assert loaded(str(file), "--check") == []


def test_the_library_with_a_warm_cache_imports_nothing_heavy() -> None:
    names = (*HEAVY, "pydantic", "typer")
    program = f"import sys, cleaner; cleaner.clean('a'); print([name for name in {names!r} if name in sys.modules])"
    shown = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert shown[1] == "[]\n"


def test_a_hook_with_nothing_to_do_imports_next_to_nothing(tmp_path: Path, rule_cache: Path) -> None:
    (tmp_path / "a.txt").write_text("The mill stands by the river.\n")
    program = (
        "import os, sys\nfrom cleaner import cachefile\nfrom cleaner.cli import entry\n"
        "cachefile.SETTLED = -(10**20)\n"  # somebody may be editing the package
        "sys.argv = ['clean', *sys.argv[1:]]\n"
        "try: entry.main()\n"
        "except SystemExit: pass\n"
        "print(*sorted(name for name in sys.modules if name.startswith('cleaner') or name in ('re', 'typing', 'typer', 'pathlib')))"
    )
    check = [sys.executable, "-S", "-c", f"import sys; sys.path = {sys.path!r}\n{program}", "--check", "a.txt"]
    environment = {**os.environ, "DECHAFF_CACHE": str(shutil.copytree(rule_cache, tmp_path / "cache"))}
    shown = [
        subprocess.run([*check[:4], *words], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment).stdout
        for words in (check[4:], check[4:], ["--version"])
    ]
    light = "cleaner cleaner.cachefile cleaner.cli cleaner.cli.entry cleaner.verdicts"
    assert "cleaner.pipeline" in shown[0]
    assert shown[1] == f"{light}\n"
    assert shown[2].splitlines()[1] == light
