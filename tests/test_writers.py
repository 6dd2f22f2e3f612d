from __future__ import annotations

import os
import shutil
import stat
import threading
from pathlib import Path

import pytest

from cleaner import writers
from cleaner.errors import WriteError
from cleaner.writers import write_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    return path


def full(*args: object, **more: object) -> None:
    raise OSError(28, "No space left on device")


def alone(file: Path) -> bool:
    return list(file.parent.iterdir()) == [file]


def test_replaces(file: Path) -> None:
    write_file(file, b"new")
    assert file.read_bytes() == b"new"
    assert alone(file)


def test_creates_with_the_usual_mode(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_file(tmp_path / "b.txt", b"new")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "b.txt").stat().st_mode) == 0o640


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o666])
def test_mode_stays(mode: int, file: Path) -> None:
    file.chmod(mode)
    write_file(file, b"new")
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "sub" / "link.txt"
    link.parent.mkdir()
    link.symlink_to(file)
    write_file(link, b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"


def test_other_names_of_the_file_stay(file: Path) -> None:
    other = file.with_name("b.txt")
    os.link(file, other)
    write_file(file, b"n")
    assert other.read_bytes() == b"n"
    assert other.samefile(file)
    write_file(file, b"longer than before")
    assert other.read_bytes() == b"longer than before"
    assert sorted(file.parent.iterdir()) == [file, other]


def test_read_only(file: Path) -> None:
    file.chmod(0o444)
    with pytest.raises(WriteError, match=r"a\.txt: is read-only; nothing was written"):
        write_file(file, b"new")
    assert file.read_bytes() == b"old"
    assert alone(file)


def test_not_ours_to_write(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(WriteError, match="is read-only"):
        write_file(file, b"new")


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_what_fails_leaves_the_old_file_and_nothing_else(step: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, step, full)
    with pytest.raises(WriteError, match=r"a\.txt: cannot be written: No space left on device"):
        write_file(file, b"new")
    monkeypatch.undo()
    assert file.read_bytes() == b"old"
    assert alone(file)


def test_a_full_disk_while_a_file_with_other_names_is_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = file.with_name("b.txt")
    os.link(file, other)
    fill = writers._fill
    done: list[bytes] = []

    def full_half_way(out: object, data: bytes) -> None:
        done.append(data)
        if len(done) == 1:
            fill(out, data[:1])  # type: ignore[arg-type]
            full()
        fill(out, data)  # type: ignore[arg-type]

    monkeypatch.setattr(writers, "_fill", full_half_way)
    with pytest.raises(WriteError, match="No space left"):
        write_file(file, b"new")
    assert file.read_bytes() == other.read_bytes() == b"old"
    assert sorted(file.parent.iterdir()) == [file, other]


def test_an_interrupt_leaves_the_old_file_and_nothing_else(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "copymode", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_file(file, b"new")
    assert file.read_bytes() == b"old"
    assert alone(file)


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"b\.txt: cannot be written: No such file or directory"):
        write_file(tmp_path / "none" / "b.txt", b"new")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="cannot be written: Is a directory"):
        write_file(tmp_path, b"new")


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_file(pipe, b"new")
    reader.join(10)
    assert read == [b"new"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
