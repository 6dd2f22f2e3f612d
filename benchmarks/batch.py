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

from cleaner.batch.run import Options, run
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


def cpu() -> float:
    """Processor seconds of this process and of its children that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


class Memory(threading.Thread):
    """Watches the resident memory of this process and of all its children."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.parent = self.largest_child = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.2):
            self.parent = max(self.parent, _resident(os.getpid()))
            self.largest_child = max([self.largest_child, *map(_resident, _children(os.getpid()))])


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
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


def main(count: int, workers: int) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        (folder / "in").mkdir()
        dump(folder / "in", count)
        cleaner = Cleaner()
        began = time.process_time()
        sample = range(0, count, max(1, count // 5000))
        for number in sample:
            cleaner.clean(text(number))
        plain = (time.process_time() - began) / len(sample) * count
        memory = Memory()
        memory.start()
        wall = time.monotonic()
        used = cpu()
        outcome = run(Options([str(folder / "in")], folder / "out", workers=workers), cleaner)
        used, wall = cpu() - used, time.monotonic() - wall
        memory.done.set()
        stats = outcome.total
        assert stats.documents == count
        assert outputs(folder / "out/data", count) == [cleaner.clean(text(number)).text for number in range(count)]
        print(
            f"{count:,} documents, {workers} workers: {stats.cleaned:,} cleaned, {stats.unchanged:,} unchanged; outputs equal one by one\n"
            f"cleaning alone {plain:.1f} s of processor time, the run {used:.1f} s ({used / plain - 1:+.0%}), {wall:.1f} s on the clock\n"
            f"peak memory {memory.parent / 1e6:.0f} MB in the parent, {memory.largest_child / 1e6:.0f} MB in a worker"
        )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], "9000", "2"][:2]))
