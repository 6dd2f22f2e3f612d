"""Spark for real: a local cluster with executors of their own, one of which is killed, and documents that kill their workers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batches import CLEANER, dirty, records, results
from test_batch_faults import children, dump

pytestmark = [pytest.mark.component, pytest.mark.filterwarnings("default")]

pytest.importorskip("pyspark")

MASTER = "local-cluster[2,1,1024]"
POISONOUS = str(Path(__file__).parent / "poisonous")
CLEAN = [sys.executable, "-c", "from cleaner.cli.app import run; run()"]


@pytest.fixture(scope="module", autouse=True)
def _surroundings() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYTHONPATH", POISONOUS)
        yield


def executors(pid: int) -> list[int]:
    found = []
    for child in children(pid):
        try:
            if b"CoarseGrainedExecutorBackend" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
        except OSError:
            continue
    return found


def test_the_command_with_a_killed_executor_gives_what_a_local_run_gives(tmp_path: Path) -> None:
    source = dump(tmp_path / "dump", 40)
    with (source / "a.jsonl").open("a") as more:
        more.write(json.dumps({"id": "bad", "text": "POISON-kill "}) + "\n" + json.dumps({"id": "good", "text": dirty(1)}) + "\n")
    (source / "texts/bad.txt").write_text("POISON-exit ")

    def command(out: str, *more: str) -> list[str]:
        options = ["--removals", "clean", "--removals", "dolma", "--isolated", "--select", "ads,share"]
        return [*CLEAN, "batch", str(source), "--out", str(tmp_path / out), *options, *more]

    local = subprocess.run(command("local"), capture_output=True, text=True, check=False)
    assert local.returncode == 2
    assert "2 documents failed: see" in local.stderr
    spark = command("spark", "--engine", "spark", "--master", MASTER)
    with subprocess.Popen(spark, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        # As soon as a shard is in hand, one executor goes.
        while not list((tmp_path / "spark/.shards").glob("*/data")):
            assert run.poll() is None, run.communicate()
            time.sleep(0.05)
        os.kill(executors(run.pid)[0], signal.SIGKILL)
        out, err = run.communicate()
    assert (run.returncode, out) == (2, ""), err
    assert "Traceback" not in err
    assert results(tmp_path / "spark") == results(tmp_path / "local")
    failures = records((tmp_path / "spark/failures.jsonl").read_bytes())
    assert {failure["id"] for failure in failures} == {"bad", "texts/bad.txt"}
    counts = [json.loads((tmp_path / out / "run.json").read_bytes())["totals"] for out in ("local", "spark")]
    assert counts[0] == counts[1]


def test_a_finished_run_needs_no_cluster(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": dirty(1)}) + "\n")
    command = [*CLEAN, "batch", str(tmp_path / "a.jsonl"), "--out", str(tmp_path / "out"), "--isolated", "--select", "ads"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    again = subprocess.run([*command, "--engine", "spark", "--master", "spark://nowhere:1"], capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert "1 of them were done before" in again.stderr


@pytest.fixture(scope="module")
def spark(_surroundings: None) -> Iterator[Any]:
    from cleaner.adapters.spark import session

    made = session(MASTER)
    yield made
    made.stop()


def test_a_data_frame(spark: Any) -> None:
    from cleaner.adapters.spark import clean_dataframe

    texts = [dirty(n) for n in range(500)]
    texts[123] = "POISON-kill "
    frame = spark.createDataFrame(
        [(n, text, f"https://a.example/{n}") for n, text in enumerate(texts)], "n long, text string, url string"
    ).repartition(4)
    rows = sorted(clean_dataframe(frame, CLEANER).collect())
    assert [row.n for row in rows] == list(range(500))
    poisoned = rows.pop(123)
    assert (poisoned.text, poisoned.clean_status) == (texts[123], "failed")
    assert "the worker died of SIGKILL" in poisoned.clean_reason
    for row in rows:
        cleaned = CLEANER.clean(dirty(row.n))
        assert row.text == cleaned.text
        assert json.loads(row.clean_removals or "[]") == [[each.start, each.end, each.rule, each.text] for each in cleaned.removals]


def test_a_column_that_is_not_there(spark: Any) -> None:
    from cleaner.adapters.spark import clean_dataframe
    from cleaner.errors import ConfigError

    with pytest.raises(ConfigError, match='there is no column "txet"; did you mean "text"'):
        clean_dataframe(spark.createDataFrame([("x",)], "text string"), CLEANER, text="txet")
