"""Ray Data for real."""

from __future__ import annotations

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

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, runtime_env={"env_vars": {"PYTHONPATH": str(Path(__file__).parent)}})
    try:
        dataset = ray.data.from_items([{"n": n, "text": dirty(n)} for n in range(500)], override_num_blocks=4)
        rows = sorted(clean_dataset(dataset, CLEANER, batch_size=100).take_all(), key=lambda row: row["n"])
    finally:
        ray.shutdown()
    assert [row["text"] for row in rows] == [CLEANER.clean(dirty(n)).text for n in range(500)]
