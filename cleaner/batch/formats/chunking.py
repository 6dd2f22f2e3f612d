"""Records to chunks: by size and number, in the same way wherever one begins to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cleaner.batch.model import Chunk, Limits
from cleaner.batch.streams import DAMAGED
from cleaner.errors import ReadError


def chunked(units: Iterator[tuple[Any, int]], limits: Limits, skip: int, name: str, head: Any = None) -> Iterator[Chunk]:
    """Yield (item, bytes) pairs after the first ``skip`` as chunks.

    A chunk ends with the item that fills it: those that follow a chunk's end are the same whether one
    reads on or begins there. Raises ``ReadError``, after the last good chunk, for a damaged source.
    """
    items: list[Any] = []
    size = number = 0
    error: Exception | None = None
    try:
        for item, bytes_ in units:
            number += 1
            if number <= skip:
                continue
            items.append(item)
            size += bytes_
            if size >= limits.chunk or len(items) >= limits.records:
                yield Chunk(items, number - len(items) + 1, len(items), size, head)
                items, size = [], 0
    except DAMAGED as caught:
        error = caught
    if items:
        yield Chunk(items, number - len(items) + 1, len(items), size, head)
    if error:
        raise ReadError(f"{name}: is damaged or cut short after its record {number}: {error}")
