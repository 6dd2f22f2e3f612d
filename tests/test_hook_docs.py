"""The recipes of docs/hook.md, run as they are written as far as a machine without network can."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import given
from cleaner.config import find

PAGE = (given.ROOT / "docs" / "hook.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"<!-- (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL))
DIRTY = "The mill stands.\nAdvertisement\nIt is old (share) now.\n"
CLEAN = "The mill stands.\nIt is old now.\n"
NAMES = ("articles/a.txt", "articles/two words.txt", "articles/two\nlines.txt", os.fsdecode(b"articles/odd-\xff.txt"))


@pytest.fixture
def project(tmp_path: Path, few_rules: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with dirty articles, and a command `clean` with a few rules."""
    folder = tmp_path / "project"
    (folder / "articles").mkdir(parents=True)
    for name in NAMES:
        (folder / name).write_text(DIRTY)
    (folder / "notes.txt").write_text(DIRTY)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    command = tmp_path / "bin" / "clean"
    command.parent.mkdir()
    command.write_text(
        f"#!{sys.executable}\nfrom pathlib import Path\nimport cleaner.rulefiles\n"
        f"cleaner.rulefiles.shipped_folder = lambda: Path({str(few_rules)!r})\n"
        "from cleaner.cli.app import run\nrun()\n"
    )
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    return folder


def shell(folder: Path, *command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)


def steps(workflow: str) -> list[str]:
    """The commands of a workflow, but for those that install something."""
    return [line.partition("run: ")[2] for line in BLOCKS[workflow].splitlines() if "run: " in line and "pip install" not in line]


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_make(project: Path) -> None:
    (project / "Makefile").write_text(BLOCKS["Makefile"])
    done = shell(project, "make", "check")
    assert done.returncode == 2
    assert done.stderr.count(b"[ads/label] Advertisement") == len(NAMES)
    assert shell(project, "make", "fix").returncode == 0
    assert [(project / name).read_text() for name in NAMES] == [CLEAN] * len(NAMES)
    assert (project / "notes.txt").read_text() == DIRTY
    done = shell(project, "make", "check")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_the_workflow_annotates_and_fails_until_all_is_well(project: Path) -> None:
    (step,) = steps(".github/workflows/clean.yml")
    done = shell(project, "bash", "-e", "-c", step)
    assert done.returncode == 123
    assert done.stdout.count(b"::error title=clean (ads/label),file=articles/") == len(NAMES)
    assert b"file=articles/two%0Alines.txt,line=2" in done.stdout
    for name in NAMES:
        (project / name).write_text(CLEAN)
    done = shell(project, "bash", "-e", "-c", step)
    assert (done.returncode, done.stdout) == (0, b"")


def test_code_scanning_gets_its_log_and_fails_only_on_what_could_not_be_done(project: Path) -> None:
    (step,) = steps(".github/workflows/code-scanning.yml")
    assert shell(project, "bash", "-e", "-c", step).returncode == 0
    assert (project / "clean.sarif").read_text().count('"ruleId": "ads/label"') == len(NAMES)
    (project / "articles" / "binary.txt").write_bytes(b"\0")
    assert shell(project, "bash", "-e", "-c", step).returncode == 1


def test_the_settings_are_settings(tmp_path: Path) -> None:
    (tmp_path / "clean.toml").write_text(BLOCKS["clean.toml"])
    settings = find(tmp_path)
    assert settings.excluded(tmp_path / "tests/fixtures/dirty/a.txt")
    assert settings.profile_of(tmp_path / "dumps/a.txt") == "aggressive"


@pytest.mark.component
@pytest.mark.parametrize("workflow", [name for name in BLOCKS if "workflows" in name])
def test_the_workflows_fit_their_schema(workflow: str, tmp_path: Path) -> None:
    (tmp_path / "clean.yml").write_text(BLOCKS[workflow])
    shell = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(tmp_path / "clean.yml")]
    done = subprocess.run(shell, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.component
def test_the_hook_is_configured_as_pre_commit_wants_it(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(BLOCKS[".pre-commit-config.yaml"])
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", str(tmp_path / "config.yaml")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
