"""What people name to what is read: files, folders, globs and archives to a list that is the same every time."""

from __future__ import annotations

import glob
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cleaner.batch.formats import ENDINGS
from cleaner.batch.model import Entry
from cleaner.batch.streams import split_ending
from cleaner.errors import ConfigError, ReadError, did_you_mean

STDIN = "-"
#: How files that the project excludes are counted among those left alone.
EXCLUDED = "excluded"
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


class Sources:
    """The files that the names stand for, in a fixed order. ``ignored`` counts what was left alone, by ending, once they are listed.

    ``names`` are files, folders (all that is beneath), globs, or ``-`` for JSON Lines on standard input.
    ``format`` is that of all of them; empty: by their names. ``beside`` is a folder that is not looked into.
    ``base`` is the folder below which names begin; empty: what the sources have in common. ``excluded``
    tells of a file below a folder that it is to be left alone; one that is named is not asked about.
    """

    def __init__(
        self,
        names: Sequence[str],
        format: str = "",  # noqa: A002
        beside: Path | None = None,
        base: str = "",
        excluded: Callable[[Path], bool] | None = None,
    ) -> None:
        self.ignored: Counter[str] = Counter()
        self._excluded = excluded
        self._format = format
        self._beside = beside.resolve() if beside else None
        roots = list(dict.fromkeys(path for name in names if name != STDIN for path in _expanded(name)))
        folders = {root for root in roots if root.is_dir()}
        # What lies below a folder that is named, too, is not done twice.
        self._roots = [root for root in roots if folders.isdisjoint(root.parents)]
        self.standard_input = STDIN in names
        if self.standard_input and len(names) > 1:
            raise ConfigError("standard input (-) cannot be mixed with other sources")
        if self._beside and any(root.resolve() == self._beside for root in self._roots):
            raise ConfigError(f"{beside}: is both source and output; name another folder with --out")
        self.base = Path(base) if base else _base(self._roots)
        #: How much of a path is above where names begin.
        self._above = len(os.path.join(self.base, ""))

    def __iter__(self) -> Iterator[Entry]:
        self.ignored.clear()
        if self.standard_input:
            yield Entry(STDIN, "stdin.jsonl", self._format or "jsonl", "", 0)
        for root in self._roots:
            if root.is_dir():
                for path in self._walk(str(root)):
                    if self._excluded and self._excluded(Path(path)):
                        self.ignored[EXCLUDED] += 1
                    elif entry := self._entry(path, named=False):
                        yield entry
            elif entry := self._entry(str(root), named=True):
                yield entry

    def _walk(self, folder: str) -> Iterator[str]:
        # Names and not paths: a folder may hold millions of small files.
        names: list[str] = []
        folders: set[str] = set()
        try:
            with os.scandir(folder) as found:
                for each in found:
                    if each.name.startswith("."):
                        continue
                    if each.is_dir(follow_symlinks=False):
                        folders.add(each.name)
                    elif not each.is_file():
                        continue
                    names.append(each.name)
        except OSError as error:
            raise ReadError(f"{folder}: cannot be read: {error.strerror}") from None
        names.sort()
        for name in names:
            path = os.path.join(folder, name)
            if name not in folders:
                yield path
            elif self._beside is None or Path(path).resolve() != self._beside:
                yield from self._walk(path)

    def _entry(self, path: str, named: bool) -> Entry | None:
        plain, compression = split_ending(os.path.basename(path))
        ending = os.path.splitext(plain)[1].lower()
        format_ = self._format or ENDINGS.get(ending, "")
        if ending == ".tgz":
            compression = "gzip"
        if not format_:
            if not named:
                self.ignored[ending or "no ending"] += 1
                return None
            format_ = "jsonl" if _starts(Path(path), compression).lstrip()[:1] == b"{" else "files"
        about = os.stat(path)
        return Entry(path, path[self._above :], format_, compression, about.st_size, about.st_mtime_ns)


def to_line(entry: Entry) -> str:
    """Return an entry as a line of a list of sources."""
    return json.dumps([entry.path, entry.name, entry.format, entry.compression, entry.size, entry.changed]) + "\n"


def from_line(line: str) -> Entry:
    """Return the entry on a line of a list of sources."""
    return Entry(*json.loads(line))


def _expanded(name: str) -> list[Path]:
    path = Path(name)
    if path.exists():
        return [path.absolute()]
    if glob.has_magic(name):
        found = sorted(Path(each).absolute() for each in glob.glob(name, recursive=True))
        files = [each for each in found if each.is_file()]
        if files or found:
            return files or found
        raise ConfigError(f"{name}: nothing fits this pattern")
    siblings = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    hint = did_you_mean(path.name, siblings)
    raise ConfigError(f"{name}: no such file or folder{hint}")


def _base(roots: Sequence[Path]) -> Path:
    """Return the folder below which names are counted: what all the sources have in common."""
    if not roots:
        return Path.cwd()
    folders = [root if root.is_dir() and len(roots) == 1 else root.parent for root in roots]
    return Path(os.path.commonpath(folders))


def _starts(path: Path, compression: str) -> bytes:
    from cleaner.batch.streams import DAMAGED, open_stream

    try:
        with open_stream(path, compression) as stream:
            return stream.read(256)
    except DAMAGED:
        return b""
