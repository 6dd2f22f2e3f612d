"""How a run goes: a line that is rewritten on a terminal, a line a minute in a log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from cleaner import runreport
from cleaner.batch import names
from cleaner.batch.journal import Cursor
from cleaner.batch.run import Outcome
from cleaner.report import shown, statistics
from cleaner.types import Stats

_ON_TERMINAL = 0.5
_IN_LOG = 60.0
#: Reasons for failures that are told; the report has more.
_REASONS = 5
_CLEAR = "\r\033[K"


class Progress:
    """Prints to ``stream``; the pace is that of this session."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._every = _ON_TERMINAL if self._terminal else _IN_LOG
        self._began = self._last = time.monotonic()
        self._start: int | None = None
        self._shown = False

    def note(self, message: str) -> None:
        """Print a line that stays."""
        self._clear()
        print(f"clean: {message}", file=self._stream, flush=True)

    def progress(self, cursor: Cursor, entries: int, size: int, final: bool = False) -> None:
        """Print how far the run is, if it is time to."""
        now = time.monotonic()
        if self._start is None:
            self._start = cursor.bytes
        if final:
            self._clear()
        elif now - self._last >= self._every:
            self._last = now
            self._print(status(cursor, entries, size, cursor.bytes - self._start, now - self._began))

    def _print(self, line: str) -> None:
        if self._terminal:
            print(f"{_CLEAR}{line}", end="", file=self._stream, flush=True)
            self._shown = True
        else:
            print(f"clean: {line}", file=self._stream, flush=True)

    def _clear(self) -> None:
        if self._shown:
            print(_CLEAR, end="", file=self._stream, flush=True)
            self._shown = False


def status(cursor: Cursor, entries: int, size: int, read: int, seconds: float) -> str:
    """Return one line: sources, documents, pace, share of junk, faults, time left.

    ``read`` are the bytes read in the last ``seconds``. The time left supposes that the sources still to come are
    like those that are behind, and so counts from the first that is done.
    """
    stats = cursor.tally.stats
    share = stats.removed / stats.characters if stats.characters else 0
    pace = read / 1e6 / max(seconds, 0.001)
    line = f"{cursor.entry:,}/{entries:,} sources, {stats.documents:,} documents, {pace:.1f} MB/s, {share:.1%} junk"
    if stats.failed or stats.refused:
        line += f", {stats.failed:,} failed, {stats.refused:,} refused"
    if cursor.entry and size and read:
        # Compressed sources are counted unpacked as they are read: then the number of sources is the better measure.
        done = max(cursor.entry / entries, min(cursor.bytes / size, 0.99) if cursor.bytes < size else 0)
        line += f", {_duration(seconds * (1 - done) / done)} left"
    elif size and read and cursor.bytes < size:
        line += f", {_duration(seconds * (size - cursor.bytes) / read)} left"
    return line


def summary(outcome: Outcome, out: Path) -> Iterator[str]:
    """Yield the end of a run in a few lines."""
    yield from list(statistics(outcome.total))[:1]
    session, total = outcome.session, outcome.total
    before = total.documents - total.skipped - (session.cleaned + session.unchanged + session.refused + session.failed)
    if before:
        yield f"{before:,} of them were done before"
    yield f"cleaned documents in {out / 'data'}, report in {out / 'report.html'}"
    for reason in runreport.reasons(out / names.FAILURES)[:_REASONS]:
        yield f"{reason['count']:6,d}  {shown(reason['example'])}"


def wrong(stats: Stats) -> str:
    """Return how many documents failed or were refused, as a part of a sentence; empty: none."""
    counts = ((stats.failed, "failed"), (stats.refused, "was refused" if stats.refused == 1 else "were refused"))
    return " and ".join(f"{count:,} {'document' if count == 1 else 'documents'} {what}" for count, what in counts if count)


def _duration(seconds: float) -> str:
    minutes = int(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min" if minutes else f"{int(seconds)} s"
