from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from batches import CLEANER, dirty, go, records
from cleaner.arrow import ADDED, arrow_cleaner
from cleaner.errors import ConfigError

TEXTS = [None if n == 7 else dirty(n) for n in range(40)]
BATCH = pa.RecordBatch.from_pydict({"n": pa.array(range(40), pa.int32()), "text": pa.array(TEXTS, pa.large_string()), "kind": ["a"] * 40})


@pytest.mark.parametrize("isolate", [False, True])
def test_all_rows_come_back_cleaned(isolate: bool) -> None:
    made = pickle.loads(pickle.dumps(arrow_cleaner(CLEANER, isolate=isolate)))
    result = made(BATCH)
    assert result.schema == made.schema(BATCH.schema)
    assert result.schema.names == ["n", "text", "kind", *ADDED]
    assert result.select(["n", "kind"]) == BATCH.select(["n", "kind"])
    cleaned = [CLEANER.clean(text) if text else None for text in TEXTS]
    assert result["text"].to_pylist() == [each and each.text for each in cleaned]
    assert result["clean_status"].to_pylist() == ["cleaned" if each and each.changed else "unchanged" for each in cleaned]
    removals = [json.loads(each or "[]") for each in result["clean_removals"].to_pylist()]
    assert removals == [[[r.start, r.end, r.rule, r.text] for r in each.removals] if each else [] for each in cleaned]
    assert set(result["clean_reason"].to_pylist()) == {None}


def test_the_removals_are_those_of_a_batch_run(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    go(tmp_path / "a.jsonl", out=tmp_path / "out", removals=("clean",))
    import gzip

    sidecar = records(gzip.decompress((tmp_path / "out/removals/a.jsonl.jsonl.gz").read_bytes()))
    result = arrow_cleaner(CLEANER, isolate=False)(BATCH)
    assert [json.loads(each or "[]") for each in result["clean_removals"].to_pylist()] == [entry["removals"] for entry in sidecar]


def test_tables_and_iterators_of_batches() -> None:
    made = arrow_cleaner(CLEANER, isolate=False)

    def batches() -> Iterator[pa.RecordBatch]:
        yield BATCH.slice(0, 10)
        yield BATCH.slice(10)

    assert pa.Table.from_batches(made.batches(batches())) == made.table(pa.table(BATCH))
    empty = made.table(pa.table(BATCH).slice(0, 0))
    assert empty.schema == made.schema(BATCH.schema)


def test_a_refused_row_says_why() -> None:
    strict = type(CLEANER)(CLEANER.ruleset, profile="aggressive", max_removed=0.0)
    text = "Nobody in the whole valley knew why the old mill by the river had been sold (share).\n"
    result = arrow_cleaner(strict, isolate=False)(pa.RecordBatch.from_pydict({"text": [text]}))
    assert result["text"].to_pylist() == [text]
    assert result["clean_status"].to_pylist() == ["refused"]
    assert "of the prose would go" in result["clean_reason"][0].as_py()


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(ConfigError, match='there is no column "txet"; did you mean "text"'):
        arrow_cleaner(CLEANER, text="txet")(BATCH)
