"""The walk-through of docs/mining.md, followed: from a raw dump to reviewed rules to a cleaned dump."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

import given
from cleaner.mining.rulebook import RuleBook
from command import Command

PAGE = (given.ROOT / "docs" / "mining.md").read_text("utf-8")
DUMP = given.FIXTURES / "dump"
BLOCK = re.compile(r"<!-- (\w+) -->\n```\w*\n(.*?)```", re.DOTALL)


def blocks(name: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(PAGE) if kind == name]


def texts(path: Path) -> dict[str, str]:
    return {record["id"]: record["text"] for record in map(json.loads, path.read_text("utf-8").splitlines())}


def answer(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """All are accepted but the snow line, as the page says."""
    answers = "".join("r\n" if "snow line" in entry.table else "a\n" for entry in RuleBook(path).pending)
    monkeypatch.setattr("sys.stdin", io.StringIO(answers))


def follow(command: Command, monkeypatch: pytest.MonkeyPatch, folder: Path) -> str:
    """Run every command of the page, in order, and return all that was printed for people."""
    monkeypatch.chdir(folder)
    shutil.copy(DUMP / "three-sites.jsonl", folder)
    said = ""
    for kind, text in BLOCK.findall(PAGE):
        if kind not in ("run", "review"):
            continue
        for line in text.splitlines():
            if kind == "review":
                answer(monkeypatch, folder / "mined.toml")
            extra = ["--workers", "1"] if line.startswith("clean batch") else []
            done = command(*shlex.split(line)[1:], *extra)
            assert done.code == 0, f"{line}\n{done.err}"
            said += done.err
    return said


def check(folder: Path) -> None:
    assert texts(folder / "cleaned" / "data" / "three-sites.jsonl") == texts(DUMP / "three-sites.clean.jsonl")
    (cleaned,) = blocks("cleaned")
    assert texts(DUMP / "three-sites.clean.jsonl")["harbour-courier-0"].startswith(cleaned)
    for name in ("mined.html", "mined.evidence.json", "mined.rejected.json"):
        assert (folder / name).is_file()


@pytest.mark.usefixtures("small_library")
def test_the_walk_through_ends_in_a_cleaned_dump(command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = follow(command, monkeypatch, tmp_path)
    check(tmp_path)
    assert "1 rejected, 0 still to decide" in said
    assert "nothing to propose" in said


@pytest.mark.component
def test_the_walk_through_with_the_shipped_rules_says_what_the_page_says(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = follow(command, monkeypatch, tmp_path)
    check(tmp_path)
    for text in blocks("says"):
        for line in text.splitlines():
            # How much is left to propose changes with the shipped rules.
            assert re.sub(r"\d+", "0", line) in re.sub(r"\d+", "0", said)
    (evidence,) = blocks("evidence")
    assert evidence in (tmp_path / "mined.toml").read_text("utf-8")


@pytest.mark.usefixtures("small_library")
def test_one_bad_line(command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(DUMP / "three-sites.jsonl", tmp_path)
    (line,) = blocks("suggest")
    arguments = shlex.split(line)[1:]
    Path("page.txt").write_text(f"{given.LONG}\n{arguments[arguments.index('--remove') + 1]}\n")
    done = command(*arguments)
    assert done.code == 0
    (suggested,) = blocks("suggested")
    assert suggested in done.out
