from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cleaner.baseline import Baseline
from cleaner.errors import ConfigError
from cleaner.report import Finding


def finding(text: str, path: str = "a.txt", line: int = 1, rule: str = "ads/x") -> Finding:
    return Finding(path, line, line, rule, text)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "clean-baseline.json"


def written(file: Path, *findings: Finding, paths: tuple[str, ...] = ()) -> Baseline:
    Baseline(file, {}).write({*paths, *(each.path for each in findings)}, findings)
    return Baseline(file)


def test_what_is_listed_is_not_new_wherever_it_moves_and_whatever_its_rule_is_called(file: Path) -> None:
    known = written(file, finding("Ad", line=3))
    assert list(known.new([finding("Ad", line=9, rule="ads/y")])) == []


def test_another_text_or_another_file_is_new(file: Path) -> None:
    known = written(file, finding("Ad"))
    assert list(known.new([finding("Other")])) == [finding("Other")]
    assert list(known.new([finding("Ad", "b.txt")])) == [finding("Ad", "b.txt")]


def test_of_equal_findings_as_many_are_new_as_are_not_listed(file: Path) -> None:
    known = written(file, finding("Ad"), finding("Ad"))
    assert list(known.new([finding("Ad", line=number) for number in (1, 2, 3)])) == [finding("Ad", line=3)]


def test_an_update_replaces_the_files_looked_at_and_keeps_the_others(file: Path) -> None:
    written(file, finding("Ad"), finding("Old", "b.txt"))
    assert Baseline(file).write(["a.txt", "c.txt"], [finding("New", "c.txt")]) == (2, 2)
    known = Baseline(file)
    assert list(known.new([finding("Ad")])) == [finding("Ad")]
    assert list(known.new([finding("Old", "b.txt"), finding("New", "c.txt")])) == []


def test_paths_are_relative_to_the_file_so_that_any_folder_will_do(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = written(file, finding("Ad", "sub/a.txt"))
    (file.parent / "sub").mkdir()
    monkeypatch.chdir(file.parent / "sub")
    assert list(known.new([finding("Ad", "a.txt")])) == []
    assert list(known.new([finding("Ad", str(file.parent / "sub" / "a.txt"))])) == []


def test_the_file_is_sorted_readable_and_holds_any_name(file: Path) -> None:
    known = written(file, finding("Größe", "ü.txt"), finding("b"), finding("a"), finding("x", "odd\udcff.txt"))
    text = file.read_text("utf-8")
    assert "Größe" in text
    assert list(json.loads(text)["findings"]["a.txt"]) == [["ads/x", "a"], ["ads/x", "b"]]
    assert list(known.new([finding("x", "odd\udcff.txt")])) == []


def damage(content: str) -> Callable[[Path], object]:
    return lambda file: file.write_text(content)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda file: None, "no such baseline; make it with --update-baseline"),
        (lambda file: file.mkdir(), "cannot be read"),
        *(
            (damage(content), "is no baseline")
            for content in ("{", "[]", "{}", '{"form": 0, "findings": {}}', '{"form": 1, "findings": {"a": [1]}}')
        ),
    ],
)
def test_a_file_that_is_none(make: Callable[[Path], object], message: str, file: Path) -> None:
    make(file)
    with pytest.raises(ConfigError, match=message) as caught:
        Baseline(file)
    assert str(caught.value).startswith(str(file))
