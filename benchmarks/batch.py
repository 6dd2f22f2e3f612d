"""What a batch run costs: processor time beside plain cleaning, peak memory, and whether counts and outputs are right.

    python benchmarks/batch.py [DOCUMENTS | FILE.jsonl] [WORKERS]

Makes DOCUMENTS texts of about 600 characters as JSON Lines, Parquet and loose files, or takes the documents of FILE. They are
cleaned alone, one after the other; by a run without other processes that knows the results already, which shows what reading,
counting and writing cost; and by `clean batch`. Each of these is a process of its own, whose processor time is counted and not
the time on the clock. On a busy machine the same work still takes up to twice as much of it, so that differences of long times
say little there.
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
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

from cleaner.batch.model import Choice
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

#: Cleaned before anything is measured, so that patterns are compiled and caches are warm.
_WARM_UP = 200


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


def cleaning(source: Path, count: int) -> float:
    """Return the processor seconds that cleaning the documents takes, whoever reads and writes them."""
    cleaner = Cleaner()
    if source.is_dir():
        documents = [Document(str(number), text(number)) for number in range(count)]
    else:
        with source.open() as lines:
            rows = map(json.loads, lines)
            documents = [Document(str(number), row["text"], row.get("url")) for number, row in enumerate(rows)]
    for document in documents[:_WARM_UP]:
        cleaner.clean(document)
    began = time.process_time()
    for document in documents:
        cleaner.clean(document)
    return time.process_time() - began


class Knowing(Processor):
    """Does all that a worker does, but cleans no text twice."""

    known: ClassVar[dict[str, Cleaned]] = {}

    def _made(self, choice: Choice) -> Cleaner:
        cleaner = super()._made(choice)
        clean = Cleaner.clean

        def remembered(document: Document) -> Cleaned:
            if document.text not in self.known:
                self.known[document.text] = clean(cleaner, document)
            return self.known[document.text]

        cleaner.clean = remembered  # type: ignore[method-assign, assignment]
        return cleaner


def beside(source: Path, out: Path) -> float:
    """Return the processor seconds that a run in one process takes beside cleaning, from the first file to the report."""
    cleaner = Cleaner()
    with patch("cleaner.batch.run.Pool", Alone):
        run(Options([str(source)], out / "first"), cleaner, processor=Knowing)
        began = time.process_time()
        run(Options([str(source)], out / "second"), cleaner, processor=Knowing)
    return time.process_time() - began


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
        used, own = sum(self.seconds.values()), self.seconds[self.process]
        return (
            f"{used:.1f} s of processor time, {own:.1f} of them the parent's; peak memory {_peaks(self.parent)} MB in the parent, "
            f"{_peaks(self.worker)} MB in a worker (in each quarter of the run)"
        )


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


def apart(step: str, *arguments: object) -> float:
    """Do a step in a process of its own and return what it says."""
    command = [sys.executable, __file__, f"--{step}", *map(str, arguments)]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout or 0)


def batch(source: Path, out: Path, workers: int) -> Watch:
    """Run `clean batch` and watch it."""
    command = [sys.executable, "-c", "from cleaner.cli.app import run; run()", "batch", str(source), "--out", str(out), "-j", str(workers)]
    process = subprocess.Popen([*command, "--isolated"])
    watch = Watch(process.pid)
    watch.start()
    process.wait()
    watch.done.set()
    watch.join()
    return watch


def main(what: str, workers: int) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        count = int(what) if what.isdigit() else len(Path(what).read_bytes().splitlines())
        source = folder / "in" if what.isdigit() else Path(what)
        if what.isdigit():
            apart("dump", source, count)
        alone = [apart("cleaning", source, count)]
        other = apart("beside", source, folder / "known")
        wall = time.monotonic()
        watch = batch(source, folder / "out", workers)
        wall = time.monotonic() - wall
        alone.append(apart("cleaning", source, count))
        plain = sum(alone) / 2
        totals = json.loads((folder / "out/run.json").read_text())["totals"]
        used = sum(watch.seconds.values())
        print(f"{count:,} documents: {totals}")
        print(f"cleaning alone {plain:.1f} s of processor time, {plain / count * 1e3:.3f} ms a document ({alone[0]:.1f}, {alone[1]:.1f})")
        print(f"all else, in one process, {other:.2f} s, {other / count * 1e3:.3f} ms a document ({other / plain:.1%} of the cleaning)")
        print(f"{workers} workers {watch}")
        print(f"{used / plain - 1:+.1%} over cleaning alone, {wall:.1f} s on the clock")
        if what.isdigit():
            cleaner = Cleaner()
            assert all(cleaner.clean(text(number)).text == out for number, out in enumerate(outputs(folder / "out/data", count)))
            print("outputs are the same as one by one")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--dump"]:
        Path(sys.argv[2]).mkdir()
        dump(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["--cleaning"]:
        print(cleaning(Path(sys.argv[2]), int(sys.argv[3])))
    elif sys.argv[1:2] == ["--beside"]:
        print(beside(Path(sys.argv[2]), Path(sys.argv[3])))
    else:
        arguments = [*sys.argv[1:], *("9000", "1")[len(sys.argv) - 1 :]]
        main(arguments[0], int(arguments[1]))
