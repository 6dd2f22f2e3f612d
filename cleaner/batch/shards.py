"""A dump in shards of whole files that others can clean, anywhere and in any order, and that come together as one run.

Each shard is a run of its own below ``.shards/`` of the output folder: it can be cut off, repeated
and gone on with like any other. When all are done their outputs are moved to where a single run
would have written them, and their counts are added in the order of the sources.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cleaner.batch import names
from cleaner.batch.journal import Cursor, Journal
from cleaner.batch.model import Entry
from cleaner.batch.options import Options, Silent, Watcher
from cleaner.batch.outputs import Outputs
from cleaner.batch.run import Outcome, Run, session
from cleaner.batch.sources import STDIN
from cleaner.errors import ConfigError
from cleaner.pipeline import Cleaner
from cleaner.ruleset import RuleSet

SHARDS = ".shards"
#: Small files that make a shard together.
_LOOSE = 2000
_LOOSE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Order:
    """What whoever cleans a shard has to know; can be pickled."""

    options: Options
    ruleset: RuleSet
    max_removed: float
    shards: tuple[tuple[str, ...], ...]

    def folder(self, number: int) -> Path:
        """Return where a shard is cleaned."""
        return self.options.out / SHARDS / str(number)


class Shards:
    """The shards of a dump. Holds the output folder until ``close``; raises ``ConfigError`` and ``WriteError`` as a run does."""

    def __init__(self, options: Options, cleaner: Cleaner, watcher: Watcher) -> None:
        if list(options.sources) == [STDIN]:
            raise ConfigError("standard input (-) cannot be cleaned in shards; use --engine local")
        if names.loose_output(options.to) and options.to == "parquet":
            raise ConfigError("loose files cannot be made one Parquet file in shards; use --to jsonl, or --engine local")
        self._watcher = watcher
        self._run = Run(options, cleaner, watcher)
        self._journal = Journal(options.out)
        if options.restart:
            self._journal.clear()
        self._cursor = self._run.begin(self._journal)
        self._entries = [entry for _, entry in self._journal.entries(0)]
        shards = tuple(tuple(entry.path for entry in group) for group in _groups(self._entries))
        base = str(self._run.base)
        self._order = Order(replace(options, sources=(), base=base, restart=False), cleaner.ruleset, cleaner.max_removed, shards)

    def order(self) -> Order:
        """Return what to send to where the shards are cleaned."""
        return self._order

    def waiting(self) -> list[int]:
        """Return the numbers of the shards that are not done."""
        if self._cursor.finished:
            return []
        return [number for number in range(len(self._order.shards)) if not (self._order.folder(number) / "run.json").exists()]

    def merge(self) -> Outcome:
        """Bring the results of all shards together; this, too, can be cut off and done again."""
        before = self._cursor.tally.stats
        if not self._cursor.finished:
            self._cursor = Cursor()
            outputs = Outputs(self._order.options.out, {})
            for number in range(len(self._order.shards)):
                self._take(number, outputs)
            self._cursor.entry = len(self._entries)
            self._cursor.finished = True
            for name in (names.FAILURES, *self._run.common()):
                outputs.finish(name)
            self._journal.save(self._cursor, outputs)
            outputs.close()
            self._run.report(self._cursor)
            shutil.rmtree(self._order.options.out / SHARDS, ignore_errors=True)
        return Outcome(self._cursor.tally.stats, session(self._cursor.tally.stats, before), self._cursor)

    def close(self) -> None:
        """Let others have the output folder."""
        self._journal.close()

    def _take(self, number: int, outputs: Outputs) -> None:
        """Add a shard's counts to those of the run and copy its outputs; what all loose files share is joined."""
        folder = self._order.folder(number)
        journal = Journal(folder)
        cursor = journal.stored()
        journal.close()
        self._cursor.tally.add(cursor.tally)
        self._cursor.bytes += cursor.bytes
        self._cursor.sessions += cursor.sessions
        joined = {names.FAILURES, *self._run.common()}
        for name in joined:
            if (folder / name).exists():
                with (folder / name).open("rb") as piece:
                    while data := piece.read(1 << 20):
                        outputs.append(name, data)
        for top in ("data", "removals", "attributes"):
            for path in sorted((folder / top).rglob("*")):
                name = path.relative_to(folder).as_posix()
                if path.is_file() and name not in joined:
                    target = self._order.options.out / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    # A link, not a move: should this be cut off, the shard is still whole.
                    target.unlink(missing_ok=True)
                    os.link(path, target)


def clean_shard(order: Order, number: int) -> None:
    """Clean one shard, unless it is done; what was begun is gone on with."""
    options = replace(order.options, sources=order.shards[number], out=order.folder(number))
    cleaner = Cleaner(order.ruleset, profile="aggressive", max_removed=order.max_removed)
    Run(options, cleaner, Silent()).run()


def _groups(entries: Sequence[Entry]) -> list[list[Entry]]:
    groups: list[list[Entry]] = []
    size = 0
    for entry in entries:
        joins = entry.format == "files" and groups and groups[-1][-1].format == "files"
        if joins and len(groups[-1]) < _LOOSE and size < _LOOSE_BYTES:
            groups[-1].append(entry)
            size += entry.size
        else:
            groups.append([entry])
            size = entry.size
    return groups
