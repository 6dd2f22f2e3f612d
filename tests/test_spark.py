"""Spark for real: a local cluster with executors of their own, one of which is killed."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batches import CLEANER, dirty, go, results
from cleaner.batch.model import Limits
from cleaner.batch.options import Options
from test_batch_faults import children, dump

pytestmark = [pytest.mark.component, pytest.mark.filterwarnings("default")]

pytest.importorskip("pyspark")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from cleaner.adapters.spark import session

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    # Workers must find the modules of the tests, as they would find those of a job.
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    made = session("local-cluster[2,1,1024]")
    yield made
    made.stop()


def executors() -> list[int]:
    found = []
    for pid in children(os.getpid()):
        try:
            if b"CoarseGrainedExecutorBackend" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
        except OSError:
            continue
    return found


def test_a_data_frame(spark: Any) -> None:
    from cleaner.adapters.spark import clean_dataframe

    frame = spark.createDataFrame(
        [(n, dirty(n), f"https://a.example/{n}") for n in range(500)], "n long, text string, url string"
    ).repartition(4)
    rows = sorted(clean_dataframe(frame, CLEANER).collect())
    assert [row.n for row in rows] == list(range(500))
    for row in rows:
        cleaned = CLEANER.clean(dirty(row.n))
        assert row.text == cleaned.text
        assert json.loads(row.clean_removals or "[]") == [[each.start, each.end, each.rule, each.text] for each in cleaned.removals]


def test_a_dump_with_a_killed_executor_is_what_a_local_run_gives(spark: Any, tmp_path: Path) -> None:
    from cleaner.adapters.spark import clean_dump

    source = dump(tmp_path / "dump", 40)
    limits = Limits(chunk=4096, records=16, document=100_000)
    go(source, out=tmp_path / "local", removals=("clean", "dolma"), limits=limits)
    options = Options([str(source)], tmp_path / "out", removals=("clean", "dolma"), limits=limits)
    killed: list[int] = []

    def kill() -> None:
        # As soon as a shard is in hand, one executor goes.
        while not list((tmp_path / "out/.shards").glob("*/data")):
            time.sleep(0.05)
        killed.append(executors()[0])
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    outcome = clean_dump(spark, options, CLEANER)
    killer.join(timeout=1)
    assert killed
    assert outcome.total.failed == 0
    assert results(tmp_path / "out") == results(tmp_path / "local")
    assert clean_dump(spark, options, CLEANER).session.skipped == outcome.total.documents
