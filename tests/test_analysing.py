"""Finding out about patterns in several processes: the same as in one, whatever becomes of the others."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cleaner import analysing, patterns
from cleaner.patterns import Analysis

FILES = [(str(path), path.read_text("utf-8")) for path in sorted((Path(__file__).parent / "small_library").rglob("*.toml"))]
BROKEN = ("broken.toml", '[[rule]]\nid = "a"\nline = "(join"\nunless = "\\\\bus"\n')


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_known", {})
    monkeypatch.setattr(patterns, "_used", set())


def found(monkeypatch: pytest.MonkeyPatch, processes: int) -> dict[str, Analysis]:
    patterns._known.clear()
    patterns._used.clear()
    monkeypatch.setattr(analysing, "_WORTH", 1)
    monkeypatch.setattr(analysing, "_processors", lambda: processes)
    return analysing.ahead([*FILES, BROKEN])


def test_several_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = found(monkeypatch, 1)
    assert {each.whole is not None for each in alone.values()} == {True, False}
    assert found(monkeypatch, 3) == alone
    # The others' share was theirs to find out.
    assert len(patterns._known) < len(alone)


def test_a_fault_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    for processes in (1, 4):
        known = found(monkeypatch, processes)
        assert "missing )" in known["(join"].error
        assert known[r"\bus"].error == ""


@pytest.mark.parametrize("script", ["exit 1", "echo nonsense", "cat"])
def test_of_a_process_that_fails_nothing_is_believed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    whole = found(monkeypatch, 1)
    monkeypatch.setattr(sys, "executable", str(program))
    part = found(monkeypatch, 2)
    assert part == {pattern: whole[pattern] for pattern in part}
    assert 0 < len(part) < len(whole)


def test_without_an_interpreter_to_start_all_is_found_here(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = found(monkeypatch, 1)
    for name, value in (("executable", ""), ("executable", "/nowhere/python"), ("frozen", True)):
        with monkeypatch.context() as patch:
            patch.setattr(sys, name, value, raising=False)
            assert set(found(monkeypatch, 2)) <= set(whole)
            assert (len(patterns._known) == len(whole)) is (value != "/nowhere/python")
