from __future__ import annotations

import os
from pathlib import Path

import pytest

from cleaner.batch.formats.parquet import from_rows
from cleaner.batch.outputs import Outputs, rename
from cleaner.errors import WriteError


def test_what_is_beyond_a_checkpoint_is_cut_away(tmp_path: Path) -> None:
    first = Outputs(tmp_path, {})
    first.append("a/b.txt", b"one\n")
    lengths, finished = first.checkpoint()
    assert (lengths, finished) == ({"a/b.txt": 4}, [])
    first.append("a/b.txt", b"lost\n")
    first.close()
    second = Outputs(tmp_path, lengths)
    second.append("a/b.txt", b"two\n")
    second.finish("a/b.txt")
    second.finish("never begun")
    assert second.checkpoint() == ({}, ["a/b.txt"])
    assert not (tmp_path / "a/b.txt").exists()
    second.settle()
    assert (tmp_path / "a/b.txt").read_bytes() == b"one\ntwo\n"
    rename(tmp_path, ["a/b.txt"])


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
def test_many_outputs_that_are_finished_are_not_many_open_files(tmp_path: Path) -> None:
    outputs = Outputs(tmp_path, {})
    before = len(os.listdir("/proc/self/fd"))
    for number in range(20):
        outputs.append(f"{number:02}", b"x")
        outputs.finish(f"{number:02}")
    assert len(os.listdir("/proc/self/fd")) == before
    lengths, finished = outputs.checkpoint()
    assert (lengths, len(finished)) == ({}, 20)
    outputs.settle()
    assert sorted(os.listdir(tmp_path)) == finished


def test_an_output_that_somebody_cut_or_took_away_is_not_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(b"on")
    with pytest.raises(WriteError, match="is shorter than it was; the run cannot go on from here: use --restart"):
        Outputs(tmp_path, {"a": 4})
    with pytest.raises(WriteError, match=r"b\.part: cannot be written: No such file"):
        Outputs(tmp_path, {"b": 4})


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_wherever_it_is_met(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.part").symlink_to("/dev/full")
    outputs = Outputs(tmp_path, {})
    full = "No space left on device; what was done so far is safe, run the same command again to go on"
    outputs.append("a", b"x")
    with pytest.raises(WriteError, match=rf"a\.part: cannot be written: {full}"):
        outputs.checkpoint()
    with pytest.raises(WriteError, match=full):
        outputs.append("b", b"x" * (1 << 20))
    with pytest.raises(WriteError, match=full):
        outputs.place("c", b"x")
    assert not (tmp_path / "c.part").is_symlink()
    outputs.close()
    (tmp_path / "t.parquet.part").symlink_to("/dev/full")
    table = Outputs(tmp_path, {})
    batch = from_rows([{"id": n, "url": None, "text": os.urandom(4000).hex()} for n in range(500)])
    with pytest.raises(WriteError, match=r"t\.parquet\.part: cannot be written: .*No space left"):
        table.append_table("t.parquet", batch, True)
    assert not table.resumable
    table.close()


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("a file")
    outputs = Outputs(tmp_path, {})
    with pytest.raises(WriteError, match="x: cannot be written"):
        outputs.append("x/y", b"1")
    (tmp_path / "z").mkdir()
    outputs.append("z", b"1")
    outputs.finish("z")
    outputs.checkpoint()
    with pytest.raises(WriteError, match=r"z\.part: cannot be written: Is a directory"):
        outputs.settle()


def test_many_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.batch.outputs._FOLDERS", 3)
    outputs = Outputs(tmp_path, {})
    for n in range(10):
        outputs.place(f"{n}/x", b"x")
    assert len(list(tmp_path.glob("*/x"))) == 10
