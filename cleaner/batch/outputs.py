"""Outputs of a run: each grows as ``NAME.part`` and gets its name when it is whole.

Pieces are appended. What had been written at a checkpoint is known by its length, so that a run
that was cut off goes on from there: anything beyond is cut away, and nothing is written twice.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from cleaner.errors import WriteError

PART = ".part"
#: Folders that are known to be there; beyond so many they are looked for again.
_FOLDERS = 10_000
#: More files than these are put on disk together with all else that waits for it, which is faster than one by one.
_FEW = 8


class Outputs:
    """Files below ``root``. ``lengths`` are those of the files that an earlier run left open; raises ``WriteError`` throughout."""

    def __init__(self, root: Path, lengths: dict[str, int]) -> None:
        # Texts and not paths: with many small files their parts would be most of the work.
        self._root = str(root)
        self._open: dict[str, BinaryIO] = {}
        self._tables: dict[str, Any] = {}
        self._finished: list[str] = []
        self._folders: set[str] = set()
        for name, length in lengths.items():
            path = self._part(name)
            try:
                stream = self._open[name] = Path(path).open("r+b")  # noqa: SIM115 - closed by settle or close
                if os.fstat(stream.fileno()).st_size < length:
                    self.close()
                    raise WriteError(f"{path}: is shorter than it was; the run cannot go on from here: use --restart")
                stream.truncate(length)
                stream.seek(length)
            except OSError as error:
                self.close()
                raise _error(path, error) from None

    @property
    def resumable(self) -> bool:
        """Whether all that is open can be gone on with: a table that is being written cannot."""
        return not self._tables

    def append(self, name: str, data: bytes) -> None:
        """Add to the end of an output, which is begun with the first piece."""
        path = self._part(name)
        try:
            if name not in self._open:
                self._open[name] = Path(path).open("wb")  # noqa: SIM115 - closed by settle or close
            self._open[name].write(data)
        except OSError as error:
            raise _error(path, error) from None

    def append_table(self, name: str, data: bytes, whole: bool, **how: str) -> None:
        """Add a record batch, in Arrow's stream format, to a Parquet output; ``whole``: a row group ends with it."""
        from cleaner.batch.formats.parquet import TableWriter

        path = self._part(name)
        try:
            if name not in self._tables:
                self._tables[name] = TableWriter(path)
            self._tables[name].write(data, whole, **how)
        except OSError as error:
            raise _error(path, error) from None

    def place(self, name: str, data: bytes) -> None:
        """Write a small output at once."""
        path = self._part(name)
        try:
            # With as few calls of the system as there can be: for a small file they are most of the work.
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
            try:
                left = memoryview(data)
                while left:
                    left = left[os.write(file, left) :]
            finally:
                os.close(file)
            os.replace(path, f"{self._root}/{name}")
        except OSError as error:
            with suppress(OSError):
                os.unlink(path)
            raise _error(path, error) from None

    def finish(self, name: str) -> None:
        """Say that an output is complete; it gets its name at the next ``settle``."""
        stream = self._tables.pop(name, None) or self._open.pop(name, None)
        if stream is not None:
            try:
                # Now, and not when it gets its name: a process may have no more than some hundred files open.
                stream.close()
            except OSError as error:
                raise _error(self._part(name), error) from None
            self._finished.append(name)

    def checkpoint(self) -> tuple[dict[str, int], list[str]]:
        """Put everything on disk; return the lengths of what is open and the names of what is finished but not yet called so."""
        lengths = {}
        for name, stream in self._open.items():
            try:
                stream.flush()
                os.fsync(stream.fileno())
            except OSError as error:
                raise _error(self._part(name), error) from None
            lengths[name] = stream.tell()
        if len(self._finished) > _FEW:
            os.sync()
        else:
            for name in self._finished:
                _put_on_disk(self._part(name))
        return lengths, list(self._finished)

    def settle(self) -> None:
        """Give what is finished its name."""
        rename(Path(self._root), self._finished)
        self._finished = []

    def close(self) -> None:
        """Close what is open and leave it as it is, to be gone on with."""
        for stream in (*self._open.values(), *self._tables.values()):
            with suppress(OSError):
                stream.close()
        self._open.clear()
        self._tables.clear()

    def _part(self, name: str) -> str:
        path = f"{self._root}/{name}{PART}"
        folder = os.path.dirname(path)
        if folder not in self._folders:
            try:
                os.makedirs(folder, exist_ok=True)
            except OSError as error:
                raise _error(folder, error) from None
            if len(self._folders) > _FOLDERS:
                self._folders.clear()
            self._folders.add(folder)
        return path


def rename(root: Path, names: list[str]) -> None:
    """Give finished outputs their names; those that have them already are left alone."""
    for name in names:
        part = root / (name + PART)
        try:
            if part.exists():
                os.replace(part, root / name)
        except OSError as error:
            raise _error(part, error) from None


def _put_on_disk(path: str) -> None:
    try:
        file = os.open(path, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise _error(path, error) from None


def _error(path: str | Path, error: OSError) -> WriteError:
    return WriteError(
        f"{path}: cannot be written: {error.strerror or error}; what was done so far is safe, run the same command again to go on"
    )
