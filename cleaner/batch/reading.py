"""Sources to work: the chunks of all of them, in order, from wherever a run goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cleaner.batch import names, streams
from cleaner.batch.formats import files, format_of
from cleaner.batch.journal import Cursor, Journal
from cleaner.batch.model import Choice, Chunk, Entry, Fields, Work
from cleaner.batch.options import Options, Watcher
from cleaner.batch.sources import STDIN
from cleaner.errors import CleanError, ReadError


class Reading:
    """Reads a run's sources; a source that cannot be read becomes work that says so."""

    def __init__(self, options: Options, watcher: Watcher) -> None:
        self._options = options
        self._watcher = watcher
        self._wanted = _wanted(options.only_failures) if options.only_failures else None
        self._told: set[tuple[str, Fields]] = set()

    def work(self, journal: Journal, cursor: Cursor) -> Iterator[Work]:
        """Yield all that is to be done after the cursor, small files together."""
        loose: list[Entry] = []
        chosen = Choice()
        first = cursor.entry
        size = 0
        for number, entry in journal.entries(cursor.entry):
            wanted = (
                None
                if self._wanted is None
                else self._wanted.get(entry.name if entry.format != "files" else streams.split_ending(entry.name)[0])
            )
            if entry.format == "files":
                if self._wanted is None or wanted:
                    choice = self._options.choice(entry.path)
                    if loose and choice != chosen:
                        yield self._loose(loose, first, number, chosen)
                        loose, first, size = [], number, 0
                    chosen = choice
                    loose.append(entry)
                    size += entry.size
                if size >= self._options.limits.chunk or len(loose) >= self._options.limits.records:
                    yield self._loose(loose, first, number + 1, chosen)
                    loose, first, size = [], number + 1, 0
                continue
            if loose:
                yield self._loose(loose, first, number, chosen)
                loose, size = [], 0
            first = number + 1
            if self._wanted is None or wanted:
                yield from self._of_entry(number, entry, cursor.units if number == cursor.entry else 0, wanted)
        if loose:
            yield self._loose(loose, first, journal.total, chosen)

    def _loose(self, entries: list[Entry], first: int, after: int, choice: Choice) -> Work:
        chunk = files.loose(entries, first + 1, self._options.limits)
        to = self._options.to
        return Work(chunk, "files", "", names.loose_output(to), names.target("files", to), "", Fields(), (after, 0), choice=choice)

    def _of_entry(self, number: int, entry: Entry, skip: int, wanted: frozenset[int] | None) -> Iterator[Work]:
        """Yield the chunks of one source, the last of which closes it; a source that cannot be read ends with an error."""
        out, compression = names.output(entry, self._options.to)
        to = names.target(entry.format, self._options.to)
        blank = Work(
            Chunk([], skip + 1, 0, 0), entry.format, entry.name, out, to, compression, Fields(), (number + 1, 0), closes=True,
            only=wanted, choice=self._options.choice(entry.path),
        )  # fmt: skip
        last: Work | None = None
        reached = skip
        try:
            for chunk, fields in self._chunks(entry, skip):
                if last:
                    yield replace(last, next=(number, reached), closes=False)
                reached = chunk.first + chunk.units - 1
                last = replace(blank, chunk=chunk, fields=fields)
            yield last or blank
        except Exception as error:
            # Whatever a reader of the format stumbles over: the other sources can do nothing for it.
            reason = str(error) if isinstance(error, CleanError) else f"{entry.name}: cannot be read: {_about(error)}"
            yield replace(last or blank, error=reason)

    def _chunks(self, entry: Entry, skip: int) -> Iterator[tuple[Chunk, Fields]]:
        form = format_of(entry.format)
        limits = self._options.limits
        with self._open(entry) as stream:
            chunks = form.chunks(stream, entry.name, limits, 0)
            first = next(chunks, None)
            if first is None:
                return
            fields = form.guess(first, self._options.fields, entry.name, names.target(entry.format, self._options.to))
            self._tell(entry, fields)
            if not skip:
                yield first, fields
                yield from ((chunk, fields) for chunk in chunks)
                return
        with self._open(entry) as stream:
            yield from ((chunk, fields) for chunk in form.chunks(stream, entry.name, limits, skip))

    def _open(self, entry: Entry) -> Any:
        if entry.path == STDIN:
            return os.fdopen(os.dup(0), "rb")
        return streams.open_stream(Path(entry.path), entry.compression)

    def _tell(self, entry: Entry, fields: Fields) -> None:
        if (entry.format, fields) not in self._told and fields.known():
            self._told.add((entry.format, fields))
            self._watcher.note(f"{entry.name}: " + ", ".join(f'{what} in "{name}"' for what, name in fields.known().items()))


def _about(error: Exception) -> str:
    return str(error) if isinstance(error, streams.DAMAGED) else f"{type(error).__name__}: {error}".removesuffix(": ")


def _wanted(path: Path) -> dict[str, frozenset[int]]:
    """Return the records that a list of failures names, by source."""
    found: dict[str, set[int]] = {}
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    record = json.loads(line)
                    found.setdefault(record["source"], set()).add(int(record["record"]))
                except (ValueError, KeyError, TypeError):
                    raise ReadError(f"{path}:{number}: is not a line of a failures.jsonl") from None
    except UnicodeDecodeError:
        raise ReadError(f"{path}: is not a failures.jsonl") from None
    except OSError as error:
        raise ReadError(f"{path}: cannot be read: {error.strerror or error}") from None
    return {source: frozenset(records) for source, records in found.items()}
