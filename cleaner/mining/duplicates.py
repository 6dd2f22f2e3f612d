"""Documents that were seen before, but for some lines: an article under two addresses would make its own text look like junk."""

from __future__ import annotations

from array import array
from collections.abc import Collection

#: Hashes of prose lines by which a document is known, and what share of them makes another the same.
_SKETCH = 8
_SAME = 0.5
#: A document with fewer prose lines is a copy only if all its lines are those of another: one line may be on every page.
_LEAST_PROSE = 3
_SLOTS = 1 << 21


class Duplicates:
    """Remembers documents by a few of their prose lines in a table of fixed size (24 MB), in which newer ones displace older."""

    def __init__(self) -> None:
        self._lines = array("Q", bytes(8 * _SLOTS))
        self._documents = array("I", bytes(4 * _SLOTS))
        self._count = 0

    def is_copy(self, prose: Collection[int], whole: int) -> bool:
        """Return whether more than half of the document's prose lines, given by their values, are those of one earlier document.

        A document with hardly any prose is known by ``whole``, a value of all it says. It is remembered if it is not a copy.
        """
        sketch = sorted(set(prose), key=_scattered)[:_SKETCH]
        if len(sketch) < _LEAST_PROSE:
            sketch = [whole]
        shared: dict[int, int] = {}
        for line in sketch:
            slot = _scattered(line) % _SLOTS
            if self._lines[slot] == line and self._documents[slot]:
                earlier = self._documents[slot]
                shared[earlier] = shared.get(earlier, 0) + 1
        if max(shared.values(), default=0) > _SAME * len(sketch):
            return True
        self._count = self._count % 0xFFFFFFFF + 1
        for line in sketch:
            slot = _scattered(line) % _SLOTS
            self._lines[slot] = line
            self._documents[slot] = self._count
        return False


def _scattered(line: int) -> int:
    """Return the value mixed up, so that the smallest of a document's lines are no matter of their group."""
    return line * 0x9E3779B97F4A7C15 % (1 << 64) >> 20
