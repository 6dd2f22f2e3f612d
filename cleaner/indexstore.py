"""The prefilter's index as it is stored, and kept in memory: small, since what a key leads to is unpacked when it is asked for."""

from __future__ import annotations

import marshal
from array import array
from bisect import bisect_left
from collections.abc import Iterator, KeysView, Mapping, Sequence
from itertools import accumulate, chain
from typing import Any


class Edges:
    """Literals at the ends of lines, in order, and the rules of each.

    ``known`` are the literals. Of hundreds of thousands a set and a tuple take half the memory of a mapping to numbers.
    """

    __slots__ = ("_edges", "_owners", "_starts", "known")

    def __init__(self, edges: tuple[str, ...], starts: bytes | array[int], owners: bytes | array[int]) -> None:
        self.known = frozenset(edges)
        self._edges = edges
        self._starts = array("I", starts)
        self._owners = array("i", owners)

    @classmethod
    def of(cls, edges: Mapping[str, Sequence[int]]) -> Edges:
        """Return the literals of the mapping with their rules."""
        order = tuple(sorted(edges))
        starts = array("I", accumulate((len(edges[edge]) for edge in order), initial=0))
        return cls(order, starts, array("i", chain.from_iterable(edges[edge] for edge in order)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Edges, self.plain()

    def plain(self) -> tuple[tuple[str, ...], bytes, bytes]:
        """Return the arguments that make the same edges: thousands of tuples would take long to read."""
        return self._edges, self._starts.tobytes(), self._owners.tobytes()

    def owners(self, edge: str) -> Sequence[int]:
        """Return the rules of a known literal."""
        number = bisect_left(self._edges, edge)
        return self._owners[self._starts[number] : self._starts[number + 1]]


class Groups(Mapping[bytes, Sequence[tuple[bytes, tuple[int, ...]]]]):
    """Groups of literals by how they begin."""

    __slots__ = ("_stored",)

    def __init__(self, stored: Mapping[bytes, bytes]) -> None:
        self._stored = stored

    def __reduce__(self) -> tuple[Any, ...]:
        return Groups, (self._stored,)

    def __getitem__(self, begun: bytes) -> Sequence[tuple[bytes, tuple[int, ...]]]:
        found: list[tuple[bytes, tuple[int, ...]]] = marshal.loads(self._stored[begun])  # noqa: S302
        return found

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)

    def keys(self) -> KeysView[bytes]:
        """Return the beginnings, as a set."""
        return self._stored.keys()
