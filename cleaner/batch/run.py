"""A run: sources in, chunks through the pool in order, results out, and after every few seconds a place to go on from."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from cleaner.batch import names, streams
from cleaner.batch.formats import files, format_of
from cleaner.batch.journal import Cursor, Journal
from cleaner.batch.model import Chunk, Done, Entry, Fields, Job, Limits, Work
from cleaner.batch.outputs import Outputs
from cleaner.batch.pool import Pool, Worker
from cleaner.batch.sources import STDIN, Sources
from cleaner.batch.work import Processor
from cleaner.errors import CleanError, ConfigError, ReadError
from cleaner.pipeline import Cleaner
from cleaner.types import Stats
from cleaner.writers import write_file

#: Seconds between two places to go on from.
_CHECKPOINT = 2.0
#: Points of the run's pace that are kept.
_PACE_POINTS = 200


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do. ``timeout`` is in seconds for a document, ``memory`` in bytes for a worker (0: any).

    ``base`` is the folder below which outputs are named; empty: what the sources have in common.
    """

    sources: Sequence[str]
    out: Path
    fields: Fields = field(default_factory=Fields)
    format: str = ""
    to: str = ""
    removals: tuple[str, ...] = ()
    only_failures: Path | None = None
    base: str = ""
    restart: bool = False
    workers: int = 0
    timeout: float = 60
    memory: int = 4 << 30
    limits: Limits = field(default_factory=Limits)


class Watcher(Protocol):
    """Is told how a run goes."""

    def note(self, message: str) -> None:
        """Take a line for people."""

    def progress(self, cursor: Cursor, entries: int, size: int, final: bool = False) -> None:
        """Take the state of the run, often."""


class Silent:
    """A watcher that does not care."""

    def note(self, message: str) -> None:
        """Drop the line."""

    def progress(self, cursor: Cursor, entries: int, size: int, final: bool = False) -> None:
        """Drop the state."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a run: counts of all of it, and of this session, in which what was done before counts as skipped."""

    total: Stats
    session: Stats
    cursor: Cursor


def run(options: Options, cleaner: Cleaner, watcher: Watcher | None = None, processor: Callable[[Job], Worker] = Processor) -> Outcome:
    """Clean the sources into the output folder, or go on with what an earlier run began there.

    ``processor`` makes what works on the chunks, in each worker process.
    Raises ``ConfigError`` for a folder that holds something else, ``WriteError`` where outputs cannot
    be written; either way the same call goes on where the last one stopped.
    """
    return Run(options, cleaner, watcher or Silent(), processor).run()


class Run:
    """One run, step by step; ``run`` is all of them."""

    def __init__(
        self, options: Options, cleaner: Cleaner, watcher: Watcher, processor: Callable[[Job], Worker] = Processor
    ) -> None:
        self._options = options
        self._processor = processor
        self._watcher = watcher
        self._sources = Sources(options.sources, options.format, options.out, options.base)
        self._wanted = _wanted(options.only_failures) if options.only_failures else None
        self._job = Job(cleaner.ruleset, cleaner.max_removed, options.removals)
        self._plan = {
            "rules": cleaner.ruleset.fingerprint,
            "max_removed": cleaner.max_removed,
            "from": options.format,
            "to": options.to,
            "removals": list(options.removals),
            "fields": options.fields.known(),
            "limits": asdict(options.limits),
            "only_failures": _digest(options.only_failures),
        }
        self._told: set[tuple[str, Fields]] = set()

    @property
    def base(self) -> Path:
        """The folder below which the names of the outputs begin."""
        return self._sources.base

    def run(self) -> Outcome:
        """Do it all; see the function of the same name."""
        streams.needed("jinja2", "the report")
        journal = Journal(self._options.out)
        try:
            if self._options.restart:
                journal.clear()
            return self._go(journal, self.begin(journal))
        finally:
            journal.close()

    def begin(self, journal: Journal) -> Cursor:
        """Return where the run begins; raises ``ConfigError`` if the folder holds another, or there is nothing to do."""
        cursor = journal.begin(self._plan, self._sources)
        if not journal.total:
            raise ConfigError(f"nothing to clean in {', '.join(self._options.sources)}{self._left_alone()}")
        if self._sources.ignored:
            self._watcher.note(f"left alone{self._left_alone()}")
        return cursor

    def _go(self, journal: Journal, cursor: Cursor) -> Outcome:
        before = cursor.tally.stats
        if before.documents and not cursor.finished:
            self._watcher.note(f"going on with an earlier run: {before.documents:,} documents are done")
        outputs = Outputs(self._options.out, cursor.lengths)
        this = {"began": time.time(), "seconds": 0.0, "workers": self._workers, "skipped": before.documents}
        if not cursor.finished:
            cursor.sessions.append(this)
        seconds = sum(float(each["seconds"]) for each in cursor.sessions)
        started = saved = time.monotonic()

        def save() -> None:
            this["seconds"] = round(time.monotonic() - started, 3)
            _pace(cursor, seconds + this["seconds"])
            journal.save(cursor, outputs)

        def idle() -> None:
            self._watcher.progress(cursor, journal.total, journal.total_bytes)

        try:
            if not cursor.finished:
                setup = partial(self._processor, self._job)
                with Pool[Work, Done](
                    setup, self._workers, self._options.timeout, self._options.memory, preload=("cleaner.batch.work",)
                ) as pool:
                    for work, done in pool.map(self._work(journal, cursor), idle):
                        self._commit(outputs, cursor, work, done)
                        idle()
                        if time.monotonic() - saved > _CHECKPOINT and outputs.resumable:
                            save()
                            saved = time.monotonic()
                for name in (names.FAILURES, *self.common()):
                    outputs.finish(name)
                cursor.finished = True
                save()
                self.report(cursor)
            self._watcher.progress(cursor, journal.total, journal.total_bytes, final=True)
        except (KeyboardInterrupt, CleanError):
            if outputs.resumable:
                save()
            raise
        finally:
            outputs.close()
        return Outcome(cursor.tally.stats, session(cursor.tally.stats, before), cursor)

    def report(self, cursor: Cursor) -> None:
        """Write run.json and report.html."""
        from cleaner import runreport

        out = self._options.out
        record = runreport.record(cursor, self._plan, self._job.ruleset, out / names.FAILURES)
        write_file(out / "run.json", (json.dumps(record, indent=1) + "\n").encode())
        write_file(out / "report.html", runreport.page(record).encode("utf-8", "backslashreplace"))

    # -- sources to work

    def _work(self, journal: Journal, cursor: Cursor) -> Iterator[Work]:
        loose: list[Entry] = []
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
                    loose.append(entry)
                    size += entry.size
                if size >= self._options.limits.chunk or len(loose) >= self._options.limits.records:
                    yield self._loose(loose, first, number + 1)
                    loose, first, size = [], number + 1, 0
                continue
            if loose:
                yield self._loose(loose, first, number)
                loose, size = [], 0
            first = number + 1
            if self._wanted is None or wanted:
                yield from self._of_entry(number, entry, cursor.units if number == cursor.entry else 0, wanted)
        if loose:
            yield self._loose(loose, first, journal.total)

    def _loose(self, entries: list[Entry], first: int, after: int) -> Work:
        chunk = files.loose(entries, first + 1, self._options.limits)
        to = self._options.to
        return Work(chunk, "files", "", names.loose_output(to), names.target("files", to), "", Fields(), (after, 0))

    def _of_entry(self, number: int, entry: Entry, skip: int, wanted: frozenset[int] | None) -> Iterator[Work]:
        """Yield the chunks of one source, the last of which closes it; a source that cannot be read ends with an error."""
        out, compression = names.output(entry, self._options.to)
        to = names.target(entry.format, self._options.to)
        blank = Work(
            Chunk([], skip + 1, 0, 0), entry.format, entry.name, out, to, compression, Fields(), (number + 1, 0), closes=True, only=wanted
        )
        last: Work | None = None
        reached = skip
        try:
            for chunk, fields in self._chunks(entry, skip):
                if last:
                    yield replace(last, next=(number, reached), closes=False)
                reached = chunk.first + chunk.units - 1
                last = replace(blank, chunk=chunk, fields=fields)
            yield last or blank
        except (CleanError, *streams.DAMAGED, MemoryError) as error:
            reason = str(error) if isinstance(error, CleanError) else f"{entry.name}: cannot be read: {error}"
            yield replace(last or blank, error=reason)

    def _chunks(self, entry: Entry, skip: int) -> Iterator[tuple[Chunk, Fields]]:
        form = format_of(entry.format)
        limits = self._options.limits
        with self._open(entry) as stream:
            chunks = form.chunks(stream, entry.name, limits, 0)
            first = next(chunks, None)
            if first is None:
                return
            fields = form.guess(first, self._options.fields, entry.name)
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

    # -- results to outputs

    def _commit(self, outputs: Outputs, cursor: Cursor, work: Work, done: Done) -> None:
        for name, data in done.output:
            if name:
                outputs.place(f"data/{name}", data)
            elif work.to == "parquet" or (work.format == "parquet" and not work.to):
                outputs.append_table(f"data/{work.out}", data, **({"whole": False} if work.to else work.chunk.head))
            else:
                outputs.append(f"data/{work.out}", data)
        removals, attributes = names.sidecar(work.source), names.attributes(work.source, work.format)
        if "clean" in self._options.removals:
            outputs.append(removals, done.removals)
        if "dolma" in self._options.removals:
            outputs.append(attributes, done.attributes)
        if done.troubles:
            lines = "".join(json.dumps(trouble.record_of(), ensure_ascii=False) + "\n" for trouble in done.troubles)
            outputs.append(names.FAILURES, lines.encode("utf-8", "backslashreplace"))
        if work.closes:
            for name in (f"data/{work.out}", removals, attributes):
                outputs.finish(name)
        cursor.tally.add(done.tally)
        cursor.bytes += work.chunk.size
        cursor.entry, cursor.units = work.next

    def common(self) -> list[str]:
        """Return the outputs that all loose files share."""
        out = names.loose_output(self._options.to)
        return [*([f"data/{out}"] if out else []), names.sidecar(""), names.attributes("", "files")]

    # -- smaller matters

    @property
    def _workers(self) -> int:
        return self._options.workers or len(os.sched_getaffinity(0))

    def _tell(self, entry: Entry, fields: Fields) -> None:
        if (entry.format, fields) not in self._told and fields.known():
            self._told.add((entry.format, fields))
            self._watcher.note(f"{entry.name}: " + ", ".join(f'{what} in "{name}"' for what, name in fields.known().items()))

    def _left_alone(self) -> str:
        common = self._sources.ignored.most_common(5)
        if not common:
            return ""
        return (
            f" {sum(self._sources.ignored.values()):,} files of other kinds ("
            + ", ".join(f"{ending} {count:,}" for ending, count in common)
            + ")"
        )


def session(now: Stats, before: Stats) -> Stats:
    return Stats(
        now.cleaned - before.cleaned, now.unchanged - before.unchanged, now.refused - before.refused, now.failed - before.failed,
        now.skipped - before.skipped + before.documents, now.characters - before.characters, now.removed - before.removed,
        now.rules - before.rules,
    )  # fmt: skip


def _pace(cursor: Cursor, seconds: float) -> None:
    cursor.pace.append((round(seconds, 1), cursor.tally.stats.documents, cursor.bytes))
    if len(cursor.pace) > _PACE_POINTS:
        del cursor.pace[1:-1:2]


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
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{path}: cannot be read: {error}") from None
    return {source: frozenset(records) for source, records in found.items()}


def _digest(path: Path | None) -> str:
    return sha256(path.read_bytes()).hexdigest() if path else ""
