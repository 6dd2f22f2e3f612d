from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from cleaner.batch import sources
from cleaner.batch.sources import Sources
from cleaner.errors import ConfigError, ReadError


@pytest.fixture
def dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of all kinds of files, to stand in."""
    for name in ("b.jsonl", "a/x.csv", "a/y.txt.gz", "a/.hidden.txt", ".git/z.txt", "a/logo.PNG", "a/README", "archive.tgz"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "records").write_text('{"text": "x"}\n')
    (tmp_path / "packed.gz").write_bytes(gzip.compress(b' {"text": "x"}\n'))
    (tmp_path / "broken.gz").write_bytes(b"not gzip")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(*names: str, **options: object) -> list[tuple[str, str, str]]:
    return [(entry.name, entry.format, entry.compression) for entry in Sources(names, **options)]  # type: ignore[arg-type]


def test_a_folder_stands_for_what_is_beneath_in_a_fixed_order(dump: Path) -> None:
    found = Sources([str(dump)])
    want = [("a/x.csv", "table", ""), ("a/y.txt.gz", "files", "gzip"), ("archive.tgz", "tar", "gzip"), ("b.jsonl", "jsonl", "")]
    for _ in range(2):
        assert [(entry.name, entry.format, entry.compression) for entry in found] == want
        assert found.ignored == {".png": 1, "no ending": 4}


def test_names_are_counted_below_what_the_sources_have_in_common(dump: Path) -> None:
    assert [name for name, _, _ in listed("a/x.csv", "b.jsonl")] == ["a/x.csv", "b.jsonl"]
    assert [name for name, _, _ in listed("a/x.csv")] == ["x.csv"]
    assert [name for name, _, _ in listed("a/x.csv", base=str(dump))] == ["a/x.csv"]


def test_globs(dump: Path) -> None:
    assert [name for name, _, _ in listed("**/*.csv", "*.jsonl")] == ["a/x.csv", "b.jsonl"]
    assert [name for name, _, _ in listed("a*")] == ["archive.tgz"]
    assert [name for name, _, _ in listed(".gi*")] == ["z.txt"]
    with pytest.raises(ConfigError, match="nothing fits this pattern"):
        Sources(["*.parquet"])


def test_nothing_is_listed_twice(dump: Path) -> None:
    assert listed("a", "a/x.csv", "a", "a/../a/x.csv") == listed("a")


def test_a_named_file_without_a_telling_ending_is_looked_into(dump: Path) -> None:
    assert listed("records", "packed.gz", "broken.gz", "a/README") == [
        ("records", "jsonl", ""), ("packed.gz", "jsonl", "gzip"), ("broken.gz", "files", "gzip"), ("a/README", "files", ""),
    ]  # fmt: skip
    assert listed("records", format="table") == [("records", "table", "")]


def test_the_output_folder_is_no_source(dump: Path) -> None:
    (dump / "out").mkdir()
    (dump / "out/c.txt").write_text("x")
    assert "out/c.txt" not in [name for name, _, _ in listed(str(dump), beside=dump / "out")]
    with pytest.raises(ConfigError, match="is both source and output"):
        Sources(["out"], beside=dump / "out")


def test_standard_input(dump: Path) -> None:
    assert listed("-") == [("stdin.jsonl", "jsonl", "")]
    with pytest.raises(ConfigError, match="cannot be mixed"):
        Sources(["-", "b.jsonl"])


def test_what_is_not_there(dump: Path) -> None:
    with pytest.raises(ConfigError, match=r'b\.jsnol: no such file or folder; did you mean "b\.jsonl"\?'):
        Sources(["b.jsnol"])
    with pytest.raises(ConfigError, match="nowhere/x: no such file or folder$"):
        Sources(["nowhere/x"])


def test_a_folder_that_cannot_be_looked_into(dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def scandir(path: Path) -> object:
        raise PermissionError(13, "Permission denied")

    found = Sources(["a"])
    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(ReadError, match="a: cannot be read: Permission denied"):
        list(found)


def test_an_entry_comes_back_from_its_line(dump: Path) -> None:
    odd = os.fsdecode(b"odd-\xff.txt")
    Path(odd).write_text("x")
    [entry] = Sources([odd])
    assert sources.from_line(sources.to_line(entry)) == entry
