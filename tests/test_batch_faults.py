"""What goes wrong from inside and from outside: nothing is lost, nothing twice, nothing half."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from batches import CLEANER, Poisoned, dirty, go, jsonl, records, results, tree

TESTS = Path(__file__).parent


def children(pid: int) -> list[int]:
    """The processes that descend from one."""
    found: list[int] = []
    for task in Path("/proc").glob(f"{pid}/task/*/children"):
        try:
            direct = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        found += [each for child in direct for each in (child, *children(child))]
    return found


@pytest.mark.parametrize(
    ("poison", "reason"),
    [
        ("raise", "ValueError: no luck"), ("kill", "the worker died of SIGKILL"), ("fault", "the worker died of SIGSEGV"),
        ("exit", "the worker ended with exit code 7"), ("memory", "MemoryError"), ("hang", "took longer than 0.5 s"),
    ],
)  # fmt: skip
def test_the_poison_document_alone_is_left_out(tmp_path: Path, poison: str, reason: str) -> None:
    lines = jsonl(tmp_path / "a.jsonl", 30).read_bytes().splitlines(keepends=True)
    lines.insert(17, json.dumps({"id": "bad", "text": f"POISON-{poison} ", "n": 99}).encode() + b"\n")
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines))
    outcome = go(
        tmp_path / "a.jsonl",
        out=tmp_path / "out",
        processes=True,
        processor=Poisoned,
        timeout=0.5 if poison == "hang" else 60,
        removals=("clean", "dolma"),
    )
    assert (outcome.total.failed, outcome.total.documents) == (1, 31)
    [failure] = records((tmp_path / "out/failures.jsonl").read_bytes())
    assert (failure["source"], failure["record"], failure["id"], failure["status"]) == ("a.jsonl", 18, "bad", "failed")
    assert reason in failure["reason"]
    assert [record["text"] for record in records((tmp_path / "out/data/a.jsonl").read_bytes())] == [
        CLEANER.clean(dirty(n)).text for n in range(30)
    ]
    assert len(records(gzip.decompress((tmp_path / "out/removals/a.jsonl.jsonl.gz").read_bytes()))) == 30
    # Dolma's attributes go line by line with the source.
    assert len(records((tmp_path / "out/attributes/dechaff/a.jsonl").read_bytes())) == 31


def dump(folder: Path, size: int) -> Path:
    """Sources of several formats and sizes."""
    jsonl(folder / "a.jsonl", 40 * size)
    jsonl(folder / "b.jsonl.gz", 30 * size, 1000, compress=gzip.compress)
    for n in range(10 * size):
        path = folder / f"texts/{n % 7}/{n}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dirty(n), "utf-8")
    (folder / "c.csv").write_text("id,text\n" + "".join(f'{n},"{dirty(n)}"\n' for n in range(10 * size)), "utf-8")
    jsonl(folder / "z.jsonl", 10 * size, 5000)
    return folder


def storm(tmp_path: Path, size: int, kills: int, seed: int) -> tuple[Path, Path]:
    """A run that is killed again and again and gone on with, and one that is not."""
    source = dump(tmp_path / "dump", size)
    go(source, out=tmp_path / "calm", removals=("clean", "dolma"))
    chance = random.Random(seed)
    out = tmp_path / "storm"
    command = [sys.executable, str(TESTS / "batches.py"), str(out), str(source)]
    done = 0
    for _ in range(20 * kills):
        run = subprocess.Popen(command, stderr=subprocess.PIPE)
        while done < kills and run.poll() is None:
            time.sleep(chance.uniform(0.05, 0.9))
            workers = children(run.pid)
            victim = run.pid if chance.random() < 0.3 or not workers else chance.choice(workers)
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                continue
            done += 1
        _, errors = run.communicate()
        assert not errors, errors.decode()
        if run.returncode == 0 and done >= kills:
            break
        if run.returncode == 0:
            # Finished before all shots were fired: the rest go at a run that begins anew.
            subprocess.run(["rm", "-r", str(out)], check=True)
        assert run.returncode in (0, -signal.SIGKILL)
    assert run.returncode == 0
    return tmp_path / "calm", out


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds processes in /proc")
def test_killed_and_gone_on_with(tmp_path: Path) -> None:
    calm, stormy = storm(tmp_path, size=8, kills=3, seed=1)
    assert results(stormy) == results(calm)
    assert not [name for name in tree(stormy) if name.endswith(".part")]


@pytest.mark.component
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds processes in /proc")
def test_a_storm_of_kills(tmp_path: Path) -> None:
    calm, stormy = storm(tmp_path, size=150, kills=20, seed=2)
    assert results(stormy) == results(calm)
    assert not [name for name in tree(stormy) if name.endswith(".part")]
    counts = [json.loads((out / ".state/cursor.json").read_bytes())["tally"]["stats"] for out in (calm, stormy)]
    assert counts[0] == counts[1]
