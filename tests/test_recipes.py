"""The recipes of docs/batch.md, run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from batches import dirty

PAGE = (Path(__file__).parents[1] / "docs" / "batch.md").read_text("utf-8")
RECIPES = dict(re.findall(r"<!-- recipe: (\w+) -->\n```python\n(.*?)```", PAGE, re.DOTALL))


@pytest.mark.parametrize("name", sorted(RECIPES))
@pytest.mark.component
@pytest.mark.filterwarnings("default")
def test_recipe(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few_rules: Path) -> None:
    pytest.importorskip(name)
    monkeypatch.chdir(tmp_path)
    pq.write_table(pa.table({"n": range(60), "text": [dirty(n) for n in range(60)], "url": [None] * 60}), "in.parquet")
    exec(compile(RECIPES[name], f"docs/batch.md: {name}", "exec"), {"__name__": "recipe"})  # noqa: S102
    table = pq.read_table("out.parquet").sort_by("n")
    from cleaner import Cleaner

    cleaner = Cleaner()
    assert table["text"].to_pylist() == [cleaner.clean(dirty(n)).text for n in range(60)]
    if "clean_status" in table.schema.names:
        assert set(table["clean_status"].to_pylist()) == {"cleaned", "unchanged"}


def test_there_are_some() -> None:
    assert set(RECIPES) == {"duckdb", "polars", "datasets"}
