"""The prefilter's index as it is stored: what a key leads to is unpacked when it is asked for."""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Iterator, KeysView, Mapping, Sequence
from typing import Any, TypeVar

_Key = TypeVar("_Key")
_Found = TypeVar("_Found")


class _Stored(Mapping[_Key, _Found]):
    """A mapping of which the keys are at hand, each with what tells where its value is."""

    __slots__ = ("_stored",)

    def __init__(self, stored: dict[_Key, Any]) -> None:
        self._stored = stored

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)

    def keys(self) -> KeysView[_Key]:
        """Return the keys, as a set."""
        return self._stored.keys()


class Edges(_Stored[str, tuple[int, ...]]):
    """Literals at the ends of lines, and the rules of each."""

    __slots__ = ("_owners", "_starts")

    def __init__(self, edges: Sequence[str], starts: bytes, owners: bytes) -> None:
        super().__init__(dict(zip(edges, range(len(edges)), strict=True)))
        self._starts = array("I", starts)
        self._owners = array("i", owners)

    def __reduce__(self) -> tuple[Any, ...]:
        return Edges, (tuple(self._stored), self._starts.tobytes(), self._owners.tobytes())

    def __getitem__(self, edge: str) -> tuple[int, ...]:
        number = self._stored[edge]
        return tuple(self._owners[self._starts[number] : self._starts[number + 1]])


class Groups(_Stored[bytes, Sequence[tuple[bytes, tuple[int, ...]]]]):
    """Groups of literals by how they begin."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return Groups, (self._stored,)

    def __getitem__(self, begun: bytes) -> Sequence[tuple[bytes, tuple[int, ...]]]:
        found: list[tuple[bytes, tuple[int, ...]]] = marshal.loads(self._stored[begun])  # noqa: S302
        return found
