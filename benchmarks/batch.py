"""What a batch run costs: processor time beside plain cleaning, peak memory, and whether counts and outputs are right.

    python benchmarks/batch.py [DOCUMENTS] [WORKERS]

Makes DOCUMENTS texts of about 600 characters as JSON Lines, Parquet and loose files, cleans them one by one in this process and
then as a batch in others, and compares. Processor time, not wall-clock time: that of other programs does not count.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.batch.model import Chunk, Fields, Job, Work
from cleaner.batch.options import Options
from cleaner.batch.run import run
from cleaner.batch.work import Processor
from cleaner.pipeline import Cleaner

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


def outputs(folder: Path, count: int) -> list[str]:
    """Return the cleaned texts in the order of their numbers."""
    third = count // 3
    found = [json.loads(line)["text"] for line in (folder / "a.jsonl").open()]
    found += pq.read_table(folder / "b.parquet")["text"].to_pylist()
    return found + [(folder / f"c/{number % 100:02d}/{number}.txt").read_text() for number in range(2 * third, count)]


class Watch(threading.Thread):
    """Watches the resident memory and the processor time of this process and of all its children, while they run."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.parent = self.largest_child = 0
        self.seconds: dict[int, float] = {}
        self.done = threading.Event()

    def run(self) -> None:
        before = _seconds(os.getpid())
        while not self.done.wait(0.1):
            self.parent = max(self.parent, _resident(os.getpid()))
            children = _children(os.getpid())
            self.largest_child = max([self.largest_child, *map(_resident, children)])
            for pid in children:
                self.seconds[pid] = max(self.seconds.get(pid, 0), _seconds(pid))
            self.seconds[os.getpid()] = _seconds(os.getpid()) - before


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


def costs(cleaner: Cleaner) -> tuple[float, float]:
    """Return the processor seconds that a document costs: cleaned alone, and all that a worker does. The best of several, in turn."""
    numbers = range(400)
    items = [json.dumps({"id": number, "text": text(number)}).encode() + b"\n" for number in numbers]
    processor = Processor(Job(cleaner.ruleset, cleaner.max_removed))
    work = Work(Chunk(items, 1, len(items), 0), "jsonl", "a", "a", "", "", Fields("text", id="id"), (1, 0))
    alone, whole = [], []
    for _ in range(8):
        began = time.process_time()
        for number in numbers:
            cleaner.clean(text(number))
        alone.append(time.process_time() - began)
        began = time.process_time()
        processor(work, {}, abs)
        whole.append(time.process_time() - began)
    return min(alone) / len(items), min(whole) / len(items)


def main(count: int, workers: int) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        (folder / "in").mkdir()
        dump(folder / "in", count)
        cleaner = Cleaner()
        plain, worker = costs(cleaner)
        watch = Watch()
        watch.start()
        wall = time.monotonic()
        outcome = run(Options([str(folder / "in")], folder / "out", workers=workers), cleaner)
        wall = time.monotonic() - wall
        watch.done.set()
        watch.join()
        used, parent = sum(watch.seconds.values()), watch.seconds[os.getpid()]
        stats = outcome.total
        assert stats.documents == count
        assert outputs(folder / "out/data", count) == [cleaner.clean(text(number)).text for number in range(count)]
        print(
            f"{count:,} documents, {workers} workers: {stats.cleaned:,} cleaned, {stats.unchanged:,} unchanged; outputs equal one by one\n"
            f"a document costs {plain * 1e3:.2f} ms to clean, {worker * 1e3:.2f} ms ({worker / plain - 1:+.0%}) in a worker, "
            f"read from JSON Lines, counted and written,\nand the parent {parent / count * 1e3:.3f} ms; "
            f"the run took {used:.1f} s of processor time, {wall:.1f} s on the clock\n"
            f"peak memory {watch.parent / 1e6:.0f} MB in the parent, {watch.largest_child / 1e6:.0f} MB in a worker"
        )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], "9000", "2"][:2]))
