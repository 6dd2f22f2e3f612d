"""On how many documents of its group each line stands, exactly and with bounded memory: counts go through files on disk."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from hashlib import blake2b
from itertools import groupby
from pathlib import Path

#: A line's value: the number of its group above, a hash of what it says below.
HASH_BITS = 40
_PARTS = 256
#: Values of a part that wait in memory before they are written.
_BUFFER = 2048


def value(group: int, key: str) -> int:
    """Return the number that stands for a line of a group."""
    return group << HASH_BITS | int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=HASH_BITS // 8).digest(), "big")


class Counts:
    """Counts documents by value; ``folder`` takes eight bytes for each line of each document, and is the caller's to remove."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._buffers = [array("Q") for _ in range(_PARTS)]

    def add(self, values: Iterable[int]) -> None:
        """Count the different values of one document."""
        for each in set(values):
            buffer = self._buffers[each % _PARTS]
            buffer.append(each)
            if len(buffer) >= _BUFFER:
                self._flush(each % _PARTS)

    def frequent(self, needed: Callable[[int], int], per_group: int, total: int) -> dict[int, int]:
        """Return the values that stand on as many documents as ``needed`` says of their group, with that number.

        At most ``per_group`` of a group and ``total`` in all, those on most documents.
        """
        found: list[tuple[int, int]] = []
        for part in range(_PARTS):
            self._flush(part)
            for each, same in groupby(sorted(self._read(part))):
                count = sum(1 for _ in same)
                if count >= needed(each >> HASH_BITS):
                    found.append((count, each))
            if len(found) > 4 * total:
                found = _most(found, per_group, 2 * total)
        return {each: count for count, each in _most(found, per_group, total)}

    def _flush(self, part: int) -> None:
        if self._buffers[part]:
            with (self._folder / str(part)).open("ab") as file:
                self._buffers[part].tofile(file)
            self._buffers[part] = array("Q")

    def _read(self, part: int) -> array[int]:
        path = self._folder / str(part)
        values = array("Q")
        if path.exists():
            values.frombytes(path.read_bytes())
        return values


def _most(found: list[tuple[int, int]], per_group: int, total: int) -> list[tuple[int, int]]:
    kept = []
    groups: dict[int, int] = {}
    for count, each in sorted(found, key=lambda entry: (-entry[0], entry[1])):
        group = each >> HASH_BITS
        groups[group] = groups.get(group, 0) + 1
        if groups[group] <= per_group:
            kept.append((count, each))
    return kept[:total]
