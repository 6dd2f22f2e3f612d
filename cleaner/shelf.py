"""Rules as they are stored: each is made when it is first asked for, because a document needs few of them."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Records:
    """Stored records, one behind the other; ``make`` turns the plain data of one into what it stands for."""

    __slots__ = ("_data", "_made", "_make", "_starts")

    def __init__(self, data: bytes, starts: Sequence[int], make: Callable[[Any], Any]) -> None:
        self._data = data
        self._starts = starts
        self._make = make
        self._made: dict[int, Any] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Records, (self._data, self._starts, self._make)

    def __getitem__(self, number: int) -> Any:
        made = self._made.get(number)
        if made is None:
            made = self._made[number] = self._make(marshal.loads(self._data[self._starts[number] : self._starts[number + 1]]))  # noqa: S302
        return made


class Shelf(Sequence[T], Generic[T]):
    """Some of the records, in an order; equal to the tuple of them."""

    __slots__ = ("_records", "about", "numbers")

    def __init__(self, records: Records, numbers: Sequence[int], about: Any = None) -> None:
        self._records = records
        #: The numbers of the records.
        self.numbers = numbers
        #: What is known of all the records without making them.
        self.about = about

    def __reduce__(self) -> tuple[Any, ...]:
        return Shelf, (self._records, self.numbers, self.about)

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Shelf[T]: ...
    def __getitem__(self, at: int | slice) -> T | Shelf[T]:
        if isinstance(at, slice):
            return Shelf(self._records, self.numbers[at], self.about)
        made: T = self._records[self.numbers[at]]
        return made

    def __iter__(self) -> Iterator[T]:
        return map(self._records.__getitem__, self.numbers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def picked(self, positions: Sequence[int]) -> Shelf[T]:
        """Return the shelf with only what stands at those positions."""
        return Shelf(self._records, [self.numbers[at] for at in positions], self.about)


def picked(items: Sequence[T], positions: Sequence[int]) -> Sequence[T]:
    """Return what stands at those positions, still unmade where it is on a shelf."""
    if isinstance(items, Shelf):
        return items.picked(positions)
    return tuple(items[at] for at in positions)


def stored(records: Sequence[Any]) -> tuple[bytes, list[int]]:
    """Return plain data as the bytes of its records, and where each begins and the last one ends."""
    data, starts = bytearray(), [0]
    for record in records:
        data += marshal.dumps(record)
        starts.append(len(data))
    return bytes(data), starts
