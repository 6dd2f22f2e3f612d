"""One function from record batch to record batch, for every engine that speaks Arrow: Spark, Ray Data, DuckDB, Polars, datasets.

All rows come back, in order. The text column holds the cleaned text; three columns more say what
became of each row. A row that fails keeps its text and says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from cleaner.batch.formats.parquet import with_texts
from cleaner.batch.model import Job
from cleaner.batch.pool import Mark, Pool
from cleaner.batch.streams import needed
from cleaner.errors import CleanError, ConfigError, did_you_mean
from cleaner.pipeline import Cleaner
from cleaner.types import Document

#: The columns that are added, all of them texts: cleaned, unchanged, refused or failed; the removals as JSON, as in the sidecar of
#: a batch run; why a row was refused or failed.
STATUS, REMOVALS, REASON = "clean_status", "clean_removals", "clean_reason"
ADDED = (STATUS, REMOVALS, REASON)

#: Code points that go to a worker at once.
_CHUNK = 1 << 18
_ROWS = 256

#: Text and address of a row; text None: there is nothing to clean.
Row = tuple[str | None, str | None]
#: New text (None: the old one stays), status, removals, reason.
Result = tuple[str | None, str, str, str]


@dataclass(frozen=True, eq=False)
class ArrowCleaner:
    """Cleans record batches; can be pickled and sent to where they are.

    ``text`` and ``url`` name columns; a table without the second is cleaned without addresses. With
    ``isolate`` each process has a child that does the work: a document on which that dies, or hangs
    longer than ``timeout`` seconds, fails alone.
    """

    job: Job
    text: str = "text"
    url: str = "url"
    isolate: bool = True
    timeout: float = 60

    def schema(self, schema: Any) -> Any:
        """Return the schema of the results for batches of ``schema``; raises ``ConfigError`` if the text column is not there."""
        pa = needed("pyarrow", "Arrow data")
        if self.text not in schema.names:
            raise ConfigError(f'there is no column "{self.text}"{did_you_mean(self.text, schema.names)} (have: {", ".join(schema.names)})')
        for name in ADDED:
            schema = schema.append(pa.field(name, pa.string()))
        return schema

    def __call__(self, batch: Any) -> Any:
        """Return the batch cleaned."""
        pa = needed("pyarrow", "Arrow data")
        self.schema(batch.schema)
        texts = batch.column(self.text).to_pylist()
        urls = batch.column(self.url).to_pylist() if self.url in batch.schema.names else [None] * len(texts)
        results = list(self._results(list(zip(texts, urls, strict=True))))
        cleaned = with_texts(batch, self.text, [result[0] for result in results])
        for at, name in enumerate(ADDED, 1):
            cleaned = cleaned.append_column(pa.field(name, pa.string()), pa.array([result[at] or None for result in results], pa.string()))
        return cleaned

    def batches(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Yield the batches cleaned: what ``mapInArrow`` takes."""
        for batch in batches:
            yield self(batch)

    def table(self, table: Any) -> Any:
        """Return a table cleaned: what Ray Data, DuckDB, Polars and datasets hand over."""
        pa = needed("pyarrow", "Arrow data")
        return pa.Table.from_batches([self(batch) for batch in table.to_batches()], schema=self.schema(table.schema))

    def _results(self, rows: list[Row]) -> Iterator[Result]:
        if self.isolate:
            for _, results in _pool(self.job, self.timeout).map(_chunks(rows)):
                yield from results
        else:
            yield from _worker(self.job)(rows, {}, _unmarked)


def arrow_cleaner(cleaner: Cleaner, text: str = "text", url: str = "url", isolate: bool = True, timeout: float = 60) -> ArrowCleaner:
    """Return what cleans record batches just as ``cleaner`` cleans documents."""
    return ArrowCleaner(Job(cleaner.ruleset, cleaner.max_removed), text, url, isolate, timeout)


class _Rows:
    """The work on a list of rows, by the same ``Cleaner.clean`` as everything else."""

    def __init__(self, job: Job) -> None:
        self._cleaner = Cleaner(job.ruleset, profile="aggressive", max_removed=job.max_removed)

    def __call__(self, rows: list[Row], left_out: Mapping[int, str], mark: Mark) -> list[Result]:
        results = []
        for number, (text, url) in enumerate(rows, 1):
            mark(number)
            results.append((None, "failed", "", left_out[number]) if number in left_out else self._one(text, url))
        mark(0)
        return results

    def _one(self, text: str | None, url: str | None) -> Result:
        if text is None:
            return None, "unchanged", "", ""
        try:
            cleaned = self._cleaner.clean(Document("", text, url))
        except Exception as error:
            return None, "failed", "", str(error) if isinstance(error, CleanError) else f"{type(error).__name__}: {error}"
        if cleaned.refused:
            return None, "refused", "", cleaned.refused
        removals = [[each.start, each.end, each.rule, each.text] for each in cleaned.removals]
        status = "cleaned" if cleaned.changed else "unchanged"
        return cleaned.text if cleaned.changed else None, status, json.dumps(removals, ensure_ascii=False) if removals else "", ""


#: What this process has made ready, by rules and options: it outlasts the batches.
_POOLS: dict[tuple[str, float, float], Pool[list[Row], list[Result]]] = {}
_WORKERS: dict[tuple[str, float], _Rows] = {}


def _pool(job: Job, timeout: float) -> Pool[list[Row], list[Result]]:
    """Return this process's pool of one, which ends with the process."""
    key = (job.ruleset.fingerprint, job.max_removed, timeout)
    if key not in _POOLS:
        _POOLS[key] = Pool(partial(_Rows, job), 1, timeout)
    return _POOLS[key]


def _worker(job: Job) -> _Rows:
    key = (job.ruleset.fingerprint, job.max_removed)
    if key not in _WORKERS:
        _WORKERS[key] = _Rows(job)
    return _WORKERS[key]


def _unmarked(item: int) -> None:
    """Note nothing: no one watches."""


def _chunks(rows: list[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += len(row[0] or "")
        if size >= _CHUNK or len(chunk) >= _ROWS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
