"""Dumps for tests and the cleaner that they are cleaned with: two rules, so that workers start fast."""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import given
from cleaner.batch.model import Limits, Record
from cleaner.batch.options import Options, Watcher
from cleaner.batch.pool import Pool, Worker
from cleaner.batch.run import Outcome, run
from cleaner.batch.work import Processor
from cleaner.pipeline import Cleaner
from cleaner.types import Document

RULES = given.rule("line = 'advertisement'", "label") + given.rule("span = ' \\(share\\)'", "span")
CLEANER = given.cleaner(RULES)

#: A watcher's notes, for tests that look at them.
Notes = list[str]


def dirty(number: int) -> str:
    """A text of which something goes, or not: every third is clean, and some need normalizing."""
    body = f"The mill of year {number} was sold – on a Monday.\n\nNobody knew why (share).\n"
    if number % 3 == 0:
        return body.replace(" (share)", "")
    return body.replace("\n\n", "\n\nAdvertisement\n\n") + (" \n\n\n" if number % 5 == 0 else "")


def jsonl(path: Path, count: int, first: int = 0, compress: Callable[[bytes], bytes] = bytes, **more: Any) -> Path:
    """A file of JSON Lines with so many documents; every second line is written with escapes."""
    lines = [
        json.dumps(
            {"id": f"d{n}", "url": f"https://www.site{n % 4}.example/{n}", "n": n, **more, "text": dirty(n)}, ensure_ascii=n % 2 == 0
        )
        + "\n"
        for n in range(first, first + count)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(compress("".join(lines).encode()))
    return path


class Noting:
    """A watcher that keeps what it is told."""

    def __init__(self) -> None:
        self.notes: Notes = []

    def note(self, message: str) -> None:
        self.notes.append(message)

    def progress(self, *_: object, **__: object) -> None:
        pass


class Here:
    """Does in this process what a pool does in others; what would travel between them is pickled all the same."""

    def __init__(self, setup: Callable[[], Worker], *_: object, **__: object) -> None:
        self._work = _travelled(setup)()

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __class_getitem__(cls, _: object) -> type[Here]:
        return cls

    def map(self, tasks: Iterator[Any], idle: Callable[[], None] = lambda: None) -> Iterator[tuple[Any, Any]]:
        for task in tasks:
            yield task, _travelled(self._work(_travelled(task), {}, abs))
            idle()


def _travelled(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


def go(
    *sources: Path | str,
    out: Path,
    cleaner: Cleaner = CLEANER,
    watcher: Watcher | None = None,
    processes: bool = False,
    processor: Callable[[Any], Worker] = Processor,
    **options: Any,
) -> Outcome:
    """A run with small chunks, in this process or with two workers."""
    options = {"workers": 2, "limits": Limits(chunk=4096, records=16, document=100_000), **options}
    with patch("cleaner.batch.run.Pool", Pool if processes else Here):
        return run(Options([str(source) for source in sources], out, **options), cleaner, watcher, processor)


def tree(folder: Path) -> Mapping[str, bytes]:
    """All files below a folder, with their content."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def results(out: Path) -> Mapping[str, bytes]:
    """All that a run wrote which must not depend on how it went."""
    return {name: data for name, data in tree(out).items() if name.startswith(("data/", "removals/", "attributes/", "failures"))}


def records(data: bytes) -> list[dict[str, Any]]:
    """The records of JSON Lines."""
    return [json.loads(line) for line in data.decode().split("\n") if line]


def poison(text: object) -> None:
    """Do what a document says, if it says something: ``POISON-kill ...`` and the like."""
    word = str(text).partition("POISON-")[2].partition(" ")[0]
    if word == "raise":
        raise ValueError("no luck")
    if word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "fault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "exit":
        os._exit(7)
    if word == "memory":
        bytearray(1 << 40)
    if word == "hang":
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        time.sleep(1000)


class Poisoned(Processor):
    """Works like the real one until it meets a document that says what it does."""

    def _document(self, record: Record) -> Document:
        poison(record.data)
        return super()._document(record)


if __name__ == "__main__":
    # A run in a process of its own, to be killed: OUT SOURCE...
    go(*sys.argv[2:], out=Path(sys.argv[1]), processes=True, removals=("clean", "dolma"))
