from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from batches import CLEANER, Here, go, results
from cleaner.batch.model import Limits
from cleaner.batch.options import Options, Silent
from cleaner.batch.shards import Shards, clean_shard
from cleaner.errors import ConfigError
from test_batch_faults import dump


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.batch.run.Pool", Here)


def options(source: Path, out: Path, **more: object) -> Options:
    limits = Limits(chunk=4096, records=16, document=100_000)
    return Options([str(source)], out, removals=("clean", "dolma"), workers=1, limits=limits, **more)  # type: ignore[arg-type]


def test_in_any_order_and_with_repeats_the_results_are_those_of_one_run(tmp_path: Path) -> None:
    source = dump(tmp_path / "dump", 5)
    (source / "b.jsonl.gz").write_bytes((source / "b.jsonl.gz").read_bytes()[:-20])
    (source / "bad.csv").write_text("no,columns\n1,2\n")
    whole = go(source, out=tmp_path / "whole", removals=("clean", "dolma"))
    shards = Shards(options(source, tmp_path / "out"), CLEANER, Silent())
    waiting = shards.waiting()
    assert len(waiting) > 4
    order = pickle.loads(pickle.dumps(shards.order()))
    for number in [*reversed(waiting), waiting[0]]:
        clean_shard(order, number)
    assert shards.waiting() == []
    outcome = shards.merge()
    shards.close()
    assert outcome.total == whole.total
    assert results(tmp_path / "out") == results(tmp_path / "whole")
    again = Shards(options(source, tmp_path / "out"), CLEANER, Silent())
    assert again.waiting() == []
    assert again.merge().session.skipped == whole.total.documents
    again.close()


def test_what_shards_cannot_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="use --engine local"):
        Shards(Options(["-"], tmp_path / "out"), CLEANER, Silent())
