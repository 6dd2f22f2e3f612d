"""What a batch run costs beside cleaning, what the pool adds to that, peak memory, and whether counts and outputs are right.

    python benchmarks/batch.py [DOCUMENTS | FILE.jsonl] [WORKERS]

Makes DOCUMENTS texts of about 600 characters as JSON Lines, Parquet and loose files, or takes the documents of FILE. They are
cleaned by a run that does all in one process and by one with a pool. Both count the processor time that cleaning took, so that
what all else costs is a share of it: on a busy machine the same work takes up to twice as much time, cleaning as well as the rest.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from unittest.mock import patch

from cleaner.batch.model import Choice, Job
from cleaner.batch.options import Options
from cleaner.batch.run import run
from cleaner.batch.work import Processor
from cleaner.pipeline import Cleaner
from cleaner.types import Cleaned, Document

SENTENCES = (
    "The council met on Monday and put off the sale of the old mill by the river.",
    "Nobody in the valley could say who would pay for the new roof.",
    "Two of the seven members were against it, and said so at some length.",
    "The next meeting is in May, when the snow on the pass is gone.",
)
JUNK = ("Advertisement", "Share this article on Facebook", "Your email address will not be published.", "All rights reserved.")


def text(number: int) -> str:
    """A made-up article with some junk."""
    lines = [" ".join(SENTENCES[(number + line) % 4 : (number + line) % 4 + 2]) + f" ({number})" for line in range(4)]
    lines.insert(number % 5, JUNK[number % 4])
    return "\n\n".join(lines) + "\n"


def dump(folder: Path, count: int) -> None:
    """Write the texts in three formats."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    third = count // 3
    with (folder / "a.jsonl").open("w") as lines:
        for number in range(third):
            lines.write(json.dumps({"id": number, "text": text(number)}) + "\n")
    rows = [{"id": number, "text": text(number)} for number in range(third, 2 * third)]
    pq.write_table(pa.Table.from_pylist(rows), folder / "b.parquet", row_group_size=10_000)
    for number in range(2 * third, count):
        path = folder / f"c/{number % 100:02d}/{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(number))


def outputs(folder: Path, count: int) -> Iterator[str]:
    """Yield the cleaned texts in the order of their numbers."""
    import pyarrow.parquet as pq

    third = count // 3
    yield from _texts(folder / "a.jsonl")
    yield from pq.read_table(folder / "b.parquet")["text"].to_pylist()
    yield from ((folder / f"c/{number % 100:02d}/{number}.txt").read_text() for number in range(2 * third, count))


def _texts(file: Path) -> Iterator[str]:
    with file.open() as lines:
        yield from (json.loads(line)["text"] for line in lines)


class Alone:
    """In place of a pool: does the work in this process."""

    def __init__(self, setup: Callable[[], Any], *_: object, **__: object) -> None:
        self._work = setup()

    def __enter__(self) -> Alone:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __class_getitem__(cls, _: object) -> type[Alone]:
        return cls

    def map(self, tasks: Iterator[Any], idle: Callable[[], None]) -> Iterator[tuple[Any, Any]]:
        for task in tasks:
            yield task, self._work(task, {}, abs)


class Timed(Processor):
    """Does what a worker does, and keeps in a file how long cleaning took."""

    folder: ClassVar[Path]

    def _made(self, choice: Choice) -> Cleaner:
        known = choice in self._cleaners
        cleaner = super()._made(choice)
        if not known:
            clean, spent = cleaner.clean, [0.0]
            file = os.open(self.folder / f"{os.getpid()}-{len(self._cleaners)}", os.O_WRONLY | os.O_CREAT)

            def timed(document: Document) -> Cleaned:
                began = time.thread_time()
                cleaned = clean(document)
                spent[0] += time.thread_time() - began
                # At once: a worker is killed when there is nothing left to do.
                os.pwrite(file, b"%.6f" % spent[0], 0)
                return cleaned

            cleaner.clean = timed  # type: ignore[method-assign, assignment]
        return cleaner


def timed(folder: Path, job: Job) -> Timed:
    """Make the work of a process whose times are kept in the folder."""
    Timed.folder = folder
    return Timed(job)


class Watch(threading.Thread):
    """Watches the resident memory and the processor time of a process and of all that descend from it, while they run."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.parent: list[int] = []
        self.worker: list[int] = []
        self.seconds: dict[int, float] = {}
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.1):
            others = _children(self.process)
            self.parent.append(_resident(self.process))
            self.worker.append(max(map(_resident, others), default=0))
            for each in (self.process, *others):
                self.seconds[each] = max(self.seconds.get(each, 0), _seconds(each))

    def __str__(self) -> str:
        return f"peak memory {_peaks(self.parent)} MB in the parent, {_peaks(self.worker)} MB in a worker (in each quarter of the run)"


def _peaks(sizes: list[int]) -> str:
    quarter = max(1, -(-len(sizes) // 4))
    return ", ".join(f"{max(sizes[at : at + quarter]) / 1e6:.0f}" for at in range(0, len(sizes), quarter))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return 0


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                found += [int(child), *_children(int(child))]
        except OSError:
            continue
    return found


class Measured(NamedTuple):
    """A run: its watch, the seconds on the clock, those of the processor that cleaning took, and all."""

    watch: Watch
    clock: float
    cleaning: float
    used: float

    @property
    def beside(self) -> float:
        """All else, as a share of the cleaning."""
        return self.used / self.cleaning - 1


def measured(source: Path, out: Path, workers: int) -> Measured:
    """Do a run in a process of its own, with workers or (0) without, and watch it."""
    out.mkdir()
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, __file__, "--run", str(source), str(out), str(workers)])
    watch = Watch(process.pid)
    watch.start()
    process.wait()
    watch.done.set()
    watch.join()
    times = [float(file.read_text()) for file in out.glob("*-*")]
    return Measured(watch, time.monotonic() - began, sum(times), sum(watch.seconds.values()))


def do(source: Path, out: Path, workers: int) -> None:
    """Clean the source; without workers, in this process."""
    options = Options([str(source)], out / "out", workers=workers or 1)
    with nullcontext() if workers else patch("cleaner.batch.run.Pool", Alone):
        run(options, Cleaner(), processor=partial(timed, out))


def main(what: str, workers: int) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        count = int(what) if what.isdigit() else len(Path(what).read_bytes().splitlines())
        source = folder / "in" if what.isdigit() else Path(what)
        if what.isdigit():
            source.mkdir()
            dump(source, count)
        alone, pooled = measured(source, folder / "alone", 0), measured(source, folder / "pooled", workers)
        print(f"{count:,} documents: {json.loads((folder / 'pooled/out/run.json').read_text())['totals']}")
        for name, each in (("in one process", alone), (f"{workers} workers", pooled)):
            print(f"{name}: {each.cleaning:.1f} s of processor time for cleaning, {each.beside:.1%} of that for all else")
        print(f"the pool costs {(1 + pooled.beside) / (1 + alone.beside) - 1:+.1%}; {pooled.clock:.1f} s on the clock")
        print(f"{pooled.watch}")
        if what.isdigit():
            cleaner = Cleaner()
            assert all(cleaner.clean(text(number)).text == out for number, out in enumerate(outputs(folder / "pooled/out/data", count)))
            print("outputs are the same as one by one")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        do(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    else:
        arguments = [*sys.argv[1:], *("9000", "1")[len(sys.argv) - 1 :]]
        main(arguments[0], int(arguments[1]))
