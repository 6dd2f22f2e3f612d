"""Rules as they are stored: each is made when it is first asked for, because a document needs few of them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

from cleaner.cachefile import Body, sealed, unsealed
from cleaner.errors import ConfigError

T = TypeVar("T")


class Records:
    """Stored records, one behind the other; ``make`` turns the plain data of one into what it stands for.

    ``starts`` tells where in the body each begins, and where the last one ends. Asking for a record raises ``ConfigError``
    if it is damaged, which takes a fault of the disk: the cache itself never changes a file in place.
    """

    __slots__ = ("_body", "_made", "_make", "_starts")

    def __init__(self, body: Body, starts: array[int], make: Callable[[Any], Any]) -> None:
        self._body = body
        self._starts = starts
        self._make = make
        self._made: dict[int, Any] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Records, (self._body, self._starts, self._make)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> Any:
        made = self._made.get(number)
        if made is None:
            made = self._made[number] = self._make(self._read(number))
        return made

    def _read(self, number: int) -> Any:
        try:
            return unsealed(self._body.read(self._starts[number], self._starts[number + 1]))
        except ValueError:
            self._body.discard()
            raise ConfigError("the cache of rules was damaged; run it again") from None


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
        return Shelf(self._records, array("I", map(self.numbers.__getitem__, positions)), self.about)


def picked(items: Sequence[T], positions: Sequence[int]) -> Sequence[T]:
    """Return what stands at those positions, still unmade where it is on a shelf."""
    if isinstance(items, Shelf):
        return items.picked(positions)
    return tuple(items[at] for at in positions)


def stored(records: Iterable[Any], body: bytearray) -> bytes:
    """Add the plain data of records to the body, and return where each begins and the last one ends, as an array has them."""
    starts = array("I", [len(body)])
    for record in records:
        body += sealed(record)
        starts.append(len(body))
    return starts.tobytes()
