"""Ray Data: a dataset's text column cleaned, batch by batch."""

from __future__ import annotations

from typing import Any

from cleaner.arrow import ArrowCleaner, arrow_cleaner
from cleaner.pipeline import Cleaner

#: Ray repeats a task whose worker died for ever unless it is told how often.
_RETRIES = 3


def clean_dataset(dataset: Any, cleaner: Cleaner, text: str = "text", url: str = "url", timeout: float = 60, **options: Any) -> Any:
    """Return the dataset with its text column cleaned and the columns of ``cleaner.arrow`` added; lazily, as Ray does.

    ``options`` go to ``map_batches`` (``batch_size``, ``num_cpus``, ...).
    """
    options = {"batch_size": 1000, "ray_remote_args_fn": _remote, **options}
    made = arrow_cleaner(cleaner, text, url, timeout=timeout)
    return dataset.map_batches(_clean, batch_format="pyarrow", fn_kwargs={"made": made}, **options)


def _remote() -> dict[str, int]:
    return {"max_retries": _RETRIES}


def _clean(table: Any, made: ArrowCleaner) -> Any:
    return made.table(table)
