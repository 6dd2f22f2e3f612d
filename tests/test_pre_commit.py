"""The hooks under the real pre-commit: installed from this source, run on made-up repositories."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import given

pytestmark = pytest.mark.component

DIRTY = "The mill stands by the river.\n\nYour email address will not be published.\n"
CLEAN = "The mill stands by the river.\n"


def run(*command: str | bytes, folder: Path, code: int | None = 0) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=600)
    printed = (done.stdout + done.stderr).decode(errors="surrogateescape")
    assert code is None or done.returncode == code, printed
    return printed


def pre_commit(*arguments: str, folder: Path, code: int | None = 0) -> str:
    return run(sys.executable, "-m", "pre_commit", *arguments, folder=folder, code=code)


def repository(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    run("git", "init", "-q", folder=folder)
    return folder


def commit(folder: Path, code: int = 0) -> str:
    run("git", "add", "-A", folder=folder)
    return run("git", "commit", "-m", "more", folder=folder, code=code)


def changed(folder: Path) -> str:
    return run("git", "status", "--porcelain", folder=folder)


@pytest.fixture(scope="module", autouse=True)
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> object:
    """A git that knows nobody's settings, and a pre-commit with a store of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for who in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{who}_NAME", "A. Tester")
            patch.setenv(f"GIT_{who}_EMAIL", "tester@example.com")
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("PRE_COMMIT_HOME", str(tmp_path_factory.mktemp("store")))
        for name in list(os.environ):
            if name.startswith("GIT_") and name.rpartition("_")[2] in ("DIR", "TREE", "FILE"):
                patch.delenv(name)
        yield


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory, surroundings: object) -> Path:
    """A repository of the hooks: this source, committed."""
    folder = repository(tmp_path_factory.mktemp("hooks"))
    for name in ("cleaner", "rules"):
        shutil.copytree(given.ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (*given.ROOT.glob("[!.]*"), given.ROOT / ".pre-commit-hooks.yaml"):
        if file.is_file():
            shutil.copy(file, folder)
    commit(folder)
    return folder


@pytest.fixture
def project(hooks: Path, tmp_path: Path) -> Path:
    """A repository that uses the hook ``clean``."""
    folder = repository(tmp_path / "project")
    configure(folder, hooks, "clean")
    return folder


def configure(folder: Path, hooks: Path, hook: str, *settings: str) -> None:
    revision = run("git", "rev-parse", "HEAD", folder=hooks).strip()
    lines = ["repos:", f"- repo: {hooks}", f"  rev: {revision}", "  hooks:", f"  - id: {hook}", *(f"    {each}" for each in settings)]
    (folder / ".pre-commit-config.yaml").write_text("\n".join(lines) + "\n")
    run("git", "add", "-A", folder=folder)


def test_the_manifest_is_valid() -> None:
    run(sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml", folder=given.ROOT)
    run(sys.executable, "-m", "pre_commit", "validate-config", ".pre-commit-config.yaml", folder=given.ROOT)


@pytest.mark.parametrize("hook", ["clean", "clean-check"])
def test_what_is_plain_text_but_no_prose_is_left_out(hook: str) -> None:
    from pre_commit.clientlib import load_manifest

    settings = next(each for each in load_manifest(given.ROOT / ".pre-commit-hooks.yaml") if each["id"] == hook)
    left_out = re.compile(settings["exclude"]).search
    for name in (
        "LICENSE", "deep/LICENSE-MIT.txt", "licence.txt", "NOTICE", "README.md", "README", "docs/CHANGELOG.txt", "NEWS", "AUTHORS.txt",
        "requirements.txt", "requirements-dev.txt", "dev-requirements.txt", "constraints.txt", "requirements/base.txt", "CMakeLists.txt",
        "static/robots.txt", "clean-protect.txt",
    ):  # fmt: skip
        assert left_out(name), name
    for name in (
        "a.txt",
        "notice-board/a.txt",
        "news.txt",
        "news/a.txt",
        "licensed.txt",
        "readme-first/a.txt",
        "robots-on-stage.txt",
        "requirement.txt",
    ):
        assert not left_out(name), name


def test_try_repo_changes_and_fails_and_then_passes(hooks: Path, tmp_path: Path) -> None:
    folder = repository(tmp_path / "project")
    for name in ("a.txt", "deep/b.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(DIRTY)
    (folder / "c.txt").write_text(CLEAN)
    (folder / "page.html").write_text(f"<html><body><p>{DIRTY}</p></body></html>\n")
    (folder / "README.md").write_text(DIRTY)
    (folder / "LICENSE").write_text(DIRTY)
    (folder / "requirements-dev.txt").write_text(DIRTY)
    commit(folder)
    printed = pre_commit("try-repo", str(hooks), "clean", "--all-files", folder=folder, code=1)
    assert "files were modified by this hook" in printed
    assert "deep/b.txt: cleaned (comments/" in printed
    assert changed(folder).split() == ["M", "a.txt", "M", "deep/b.txt"]
    assert (folder / "a.txt").read_text() == CLEAN
    run("git", "add", "-A", folder=folder)
    printed = pre_commit("try-repo", str(hooks), "clean", "--all-files", folder=folder)
    assert "Passed" in printed


def test_an_installed_hook_blocks_a_dirty_commit(project: Path) -> None:
    pre_commit("install", folder=project)
    commit(project)
    (project / "a.txt").write_text(DIRTY)
    assert "a.txt: cleaned" in commit(project, code=1)
    assert "a.txt" not in run("git", "ls-tree", "--name-only", "HEAD", folder=project)
    commit(project)
    assert run("git", "show", "HEAD:a.txt", folder=project) == CLEAN


def test_the_check_reports_and_changes_nothing(project: Path, hooks: Path) -> None:
    configure(project, hooks, "clean-check")
    (project / "a.txt").write_text(DIRTY)
    commit(project)
    assert "a.txt:3: [comments/" in pre_commit("run", "--all-files", folder=project, code=1)
    assert changed(project) == ""
    run(
        sys.executable,
        "-c",
        "from cleaner.cli.app import run; run()",
        "--check",
        "--baseline",
        "known.json",
        "--update-baseline",
        "a.txt",
        folder=project,
    )
    configure(project, hooks, "clean-check", "args: [--baseline, known.json, --]")
    assert "Passed" in pre_commit("run", "--all-files", folder=project)


def test_what_a_project_excludes_stays_dirty(project: Path) -> None:
    (project / "clean.toml").write_text('exclude = ["fixtures"]\n')
    (project / "fixtures").mkdir()
    (project / "fixtures" / "a.txt").write_text(DIRTY)
    commit(project)
    assert "Passed" in pre_commit("run", "--all-files", folder=project)
    assert changed(project) == ""


def test_rule_files_are_tested(project: Path, hooks: Path) -> None:
    configure(project, hooks, "clean-rules")
    rule = '[[rule]]\nid = "bell"\nwhy = "A bell."\nline = \'ring the tidal bell\'\nremoves = ["{}"]\nkeeps = ["They ring it."]\n'
    (project / "rules").mkdir()
    (project / "rules" / "own.toml").write_text(rule.format("Ring the tidal bell"))
    commit(project)
    assert "Passed" in pre_commit("run", "--all-files", folder=project)
    (project / "rules" / "own.toml").write_text(rule.format("Ring the other bell"))
    assert "[own/bell]" in pre_commit("run", "--all-files", folder=project, code=1)


def test_500_files(project: Path) -> None:
    for number in range(500):
        (project / f"{number}.txt").write_text(f"Mill number {number} stands by the river.\n" + DIRTY)
    commit(project)
    assert pre_commit("run", "--all-files", folder=project, code=1).count(": cleaned (") == 500
    assert len(changed(project).splitlines()) == 500
    commit(project)
    assert "Passed" in pre_commit("run", "--all-files", folder=project)
    assert changed(project) == ""


def test_odd_files(project: Path, tmp_path: Path) -> None:
    other = repository(tmp_path / "other")
    (other / "sub.txt").write_text(DIRTY)
    commit(other)
    run("git", "-c", "protocol.file.allow=always", "submodule", "add", str(other), "module", folder=project)
    outside = tmp_path / "outside.txt"
    outside.write_text(DIRTY)
    (project / "link.txt").symlink_to(outside)
    (project / "to-nowhere.txt").symlink_to("nowhere")
    for name in ("two words.txt", "two\nlines.txt", "-x.txt", "ü.txt"):
        (project / name).write_text(DIRTY)
    (project / "crlf.txt").write_bytes(DIRTY.replace("\n", "\r\n").encode())
    (project / "crlf-clean.txt").write_bytes(b"The mill.\r\nIt is old.\r\n")
    (project / "no-end.txt").write_text(DIRTY.rstrip("\n"))
    (project / "latin.txt").write_bytes(f"Die Mühle ist alt und schön.\n{DIRTY}".encode("latin-1"))
    commit(project)
    pre_commit("run", "--all-files", folder=project, code=1)
    for name in ("two words.txt", "two\nlines.txt", "-x.txt", "ü.txt", "no-end.txt"):
        assert (project / name).read_text() == CLEAN
    assert (project / "crlf.txt").read_bytes() == CLEAN.replace("\n", "\r\n").encode()
    assert (project / "crlf-clean.txt").read_bytes() == b"The mill.\r\nIt is old.\r\n"
    assert (project / "latin.txt").read_bytes() == f"Die Mühle ist alt und schön.\n{CLEAN}".encode("latin-1")
    assert (outside.read_text(), (project / "module" / "sub.txt").read_text()) == (DIRTY, DIRTY)
    assert (project / "link.txt").is_symlink()
    commit(project)
    assert "Passed" in pre_commit("run", "--all-files", folder=project)
    assert changed(project) == ""
