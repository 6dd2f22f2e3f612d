"""A run: sources in, chunks through the pool in order, results out, and after every few seconds a place to go on from."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from cleaner.batch import names, streams
from cleaner.batch.journal import Cursor, Journal
from cleaner.batch.model import Done, Job, Work
from cleaner.batch.options import Options, Silent, Watcher
from cleaner.batch.outputs import Outputs
from cleaner.batch.pool import Pool, Worker
from cleaner.batch.reading import Reading
from cleaner.batch.sources import EXCLUDED, Sources
from cleaner.batch.work import Processor
from cleaner.errors import CleanError, ConfigError
from cleaner.pipeline import Cleaner
from cleaner.types import Stats
from cleaner.writers import write_file

#: Seconds between two places to go on from.
_CHECKPOINT = 2.0
#: At least so many times as long as it takes to save one.
_SAVING = 20
#: Points of the run's pace that are kept.
_PACE_POINTS = 200


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

    def __init__(self, options: Options, cleaner: Cleaner, watcher: Watcher, processor: Callable[[Job], Worker] = Processor) -> None:
        self._options = options
        self._processor = processor
        self._watcher = watcher
        self._sources = Sources(
            options.sources, options.format, options.out, options.base, options.project.excluded if options.project.exclude else None
        )
        self._reading = Reading(options, watcher)
        select = options.project.select if options.by_source else ()
        self._job = Job(cleaner.ruleset, cleaner.max_removed, options.removals, select, str((options.out / "data").absolute()))
        self._committing = False
        self._plan = {
            "rules": cleaner.ruleset.fingerprint,
            "settings": _by_source(options),
            "max_removed": cleaner.max_removed,
            "from": options.format,
            "to": options.to,
            "removals": list(options.removals),
            "fields": options.fields.known(),
            "limits": asdict(options.limits),
            "only_failures": _digest(options.only_failures),
        }

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
        pause = _CHECKPOINT

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
                    for work, done in pool.map(self._reading.work(journal, cursor), idle):
                        self._commit(outputs, cursor, work, done)
                        idle()
                        if time.monotonic() - saved > pause and outputs.resumable:
                            began = time.monotonic()
                            save()
                            saved = time.monotonic()
                            # However much there is to save, and however slow the disk: most of the time goes into cleaning.
                            pause = max(_CHECKPOINT, _SAVING * (saved - began))
                for name in (names.FAILURES, *self.common()):
                    outputs.finish(name)
                cursor.finished = True
                save()
                self.report(cursor)
            self._watcher.progress(cursor, journal.total, journal.total_bytes, final=True)
        except (KeyboardInterrupt, CleanError):
            # Caught between the parts of a result, the run goes on from where it was last saved.
            if outputs.resumable and not self._committing:
                with suppress(CleanError):
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
        # A line for each part: with all of it indented, JSON is written many times as slowly.
        parts = ",\n".join(f"{json.dumps(name)}: {json.dumps(part)}" for name, part in record.items())
        write_file(out / "run.json", f"{{{parts}}}\n".encode())
        write_file(out / "report.html", runreport.page(record).encode("utf-8", "backslashreplace"))

    # -- results to outputs

    def _commit(self, outputs: Outputs, cursor: Cursor, work: Work, done: Done) -> None:
        self._committing = True
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
        self._committing = False

    def common(self) -> list[str]:
        """Return the outputs that all loose files share."""
        out = names.loose_output(self._options.to)
        return [*([f"data/{out}"] if out else []), names.sidecar(""), names.attributes("", "files")]

    # -- smaller matters

    @property
    def _workers(self) -> int:
        if self._options.workers:
            return self._options.workers
        # Where that is not known (macOS), all processors count, whoever else may have been given them.
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def _left_alone(self) -> str:
        others = self._sources.ignored.copy()
        excluded = others.pop(EXCLUDED, 0)
        said = [f"{excluded:,} files that the project's settings exclude"] if excluded else []
        if others:
            common = ", ".join(f"{ending} {count:,}" for ending, count in others.most_common(5))
            said.append(f"{others.total():,} files of other kinds ({common})")
        return " " + " and ".join(said) if said else ""


def session(now: Stats, before: Stats) -> Stats:
    """Return the counts of what came after ``before``, which counts as skipped."""
    return Stats(
        now.cleaned - before.cleaned, now.unchanged - before.unchanged, now.refused - before.refused, now.failed - before.failed,
        now.skipped - before.skipped + before.documents, now.characters - before.characters, now.removed - before.removed,
        now.rules - before.rules,
    )  # fmt: skip


def _pace(cursor: Cursor, seconds: float) -> None:
    cursor.pace.append((round(seconds, 1), cursor.tally.stats.documents, cursor.bytes))
    if len(cursor.pace) > _PACE_POINTS:
        del cursor.pace[1:-1:2]


def _by_source(options: Options) -> dict[str, object]:
    """Return the settings by which sources have rules of their own, if they do."""
    project = options.project
    names = ("select", "ignore", "profile", "per_file_ignores", "per_file_profiles")
    # As JSON has it, tuples as lists: so it is compared.
    return json.loads(json.dumps({name: getattr(project, name) for name in names})) if options.by_source else {}


def _digest(path: Path | None) -> str:
    return sha256(path.read_bytes()).hexdigest() if path else ""
