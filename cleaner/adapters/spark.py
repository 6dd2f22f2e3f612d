"""Apache Spark: data frames inside a job, and whole dumps by path.

A data frame is cleaned through Arrow. A dump goes out as paths, a shard of files to a task, and
each task does what a local run would: unknown fields stay byte for byte, a task that is repeated
goes on where it was, and the results are those of a local run. For that, all executors must see
sources and output under the same paths.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from cleaner.arrow import ADDED, arrow_cleaner
from cleaner.batch.options import Options, Silent, Watcher
from cleaner.batch.run import Outcome
from cleaner.batch.shards import Shards, clean_shard
from cleaner.batch.streams import needed
from cleaner.errors import CleanError, ConfigError, did_you_mean
from cleaner.pipeline import Cleaner

_DEFAULTS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "1000",
}


def clean_dataframe(frame: Any, cleaner: Cleaner, text: str = "text", url: str = "url", timeout: float = 60) -> Any:
    """Return the data frame with its text column cleaned and the columns of ``cleaner.arrow`` added; lazily, as Spark does.

    Raises ``ConfigError`` if there is no column of that name.
    """
    from pyspark.sql.types import StringType, StructField, StructType

    if text not in frame.columns:
        raise ConfigError(f'there is no column "{text}"{did_you_mean(text, frame.columns)} (have: {", ".join(frame.columns)})')
    schema = StructType([*frame.schema.fields, *(StructField(name, StringType()) for name in ADDED)])
    return frame.mapInArrow(arrow_cleaner(cleaner, text, url, timeout=timeout).batches, schema)


def session(master: str) -> Any:
    """Return a session on the master: the one that is there, or a new one. On this machine workers run this Python.

    Elsewhere they run what ``PYSPARK_PYTHON`` says, where this package must be installed.
    """
    sql = needed("pyspark.sql", "Spark", "spark")
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = sql.SparkSession.builder.appName("clean").master(master)
    for name, value in _DEFAULTS.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made


def clean_dump(spark: Any, options: Options, cleaner: Cleaner, watcher: Watcher | None = None) -> Outcome:
    """Clean the sources into the output folder on Spark; the same as ``cleaner.batch.run.run`` does on this machine.

    ``spark`` is a session, or the address of a master, to which one is opened if there is anything to do.
    Raises ``ConfigError`` and ``WriteError`` as that does, and ``CleanError`` where Spark gives up.
    """
    shards = Shards(replace(options, workers=options.workers or 1), cleaner, watcher or Silent())
    try:
        waiting = shards.waiting()
        if waiting:
            with _told():
                made = session(spark) if isinstance(spark, str) else spark
                frame = made.createDataFrame([(number,) for number in waiting], "shard long").repartition(len(waiting), "shard")
                done = frame.mapInArrow(partial(_task, shards.order()), "shard long").collect()
            missing = set(waiting) - {row.shard for row in done}
            if missing:
                raise CleanError(f"Spark left {len(missing)} of {len(waiting)} shards undone; run the same command again to go on")
        return shards.merge()
    finally:
        shards.close()


@contextmanager
def _told() -> Iterator[None]:
    """Turn what Spark raises into one line: that of our own error in a worker, if that is the cause, or Spark's first."""
    try:
        yield
    except Exception as error:
        if not type(error).__module__.startswith(("py4j.", "pyspark.")):
            raise
        own = re.findall(r"^\s*cleaner\.errors\.\w+: (.+)$", str(error), re.MULTILINE)
        first = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise CleanError(f"Spark gave up: {own[-1] if own else first}; run the same command again to go on") from None


def _task(order: Any, batches: Iterator[Any]) -> Iterator[Any]:
    """Clean the shards of a task, in its executor."""
    import pyarrow as pa

    for batch in batches:
        for number in batch.column(0).to_pylist():
            clean_shard(order, number)
            yield pa.RecordBatch.from_pydict({"shard": pa.array([number], pa.int64())})
