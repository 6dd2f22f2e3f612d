"""Ray Data for real, with a document that kills its worker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batches import CLEANER, dirty

pytestmark = [pytest.mark.component, pytest.mark.filterwarnings("default")]

pytest.importorskip("ray")


def test_a_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    import ray

    from cleaner.adapters.ray import clean_dataset

    path = str(Path(__file__).parent / "poisonous")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, runtime_env={"env_vars": {"PYTHONPATH": path}})
    try:
        texts = [dirty(n) for n in range(500)]
        texts[123] = "POISON-kill "
        dataset = ray.data.from_items([{"n": n, "text": text} for n, text in enumerate(texts)], override_num_blocks=4)
        rows = sorted(clean_dataset(dataset, CLEANER, batch_size=100).take_all(), key=lambda row: row["n"])
    finally:
        ray.shutdown()
    assert [row["n"] for row in rows] == list(range(500))
    poisoned = rows.pop(123)
    assert (poisoned["text"], poisoned["clean_status"]) == (texts[123], "failed")
    assert "the worker died of SIGKILL" in poisoned["clean_reason"]
    for row in rows:
        cleaned = CLEANER.clean(dirty(row["n"]))
        assert row["text"] == cleaned.text
        assert json.loads(row["clean_removals"] or "[]") == [[each.start, each.end, each.rule, each.text] for each in cleaned.removals]
