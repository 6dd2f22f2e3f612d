"""Sets of lines as integers: bit i stands for line i, so that a conjunction is one ``&``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

#: Turns the bytes 0 and 1 into digits.
_DIGITS = b"01" + bytes(254)


def of(flags: Sequence[bool]) -> int:
    """Return the set of the indexes whose flag is true."""
    if not flags:
        return 0
    return int(bytes(flags[::-1]).translate(_DIGITS), 2)


def these(indexes: Collection[int]) -> int:
    """Return the set of the indexes."""
    if len(indexes) < 32:
        bits = 0
        for index in indexes:
            bits |= 1 << index
        return bits
    digits = bytearray(b"0" * (max(indexes) + 1))
    for index in indexes:
        digits[-1 - index] = 0x31
    return int(digits, 2)


def below(count: int) -> int:
    """Return the set of the indexes under ``count``."""
    return (1 << max(count, 0)) - 1


def members(bits: int) -> Iterator[int]:
    """Yield the indexes in the set, smallest first."""
    digits = f"{bits:b}"[::-1]
    index = digits.find("1")
    while index >= 0:
        yield index
        index = digits.find("1", index + 1)


def first(bits: int) -> int:
    """Return the smallest index; -1: the set is empty."""
    return (bits & -bits).bit_length() - 1


def last(bits: int) -> int:
    """Return the largest index; -1: the set is empty."""
    return bits.bit_length() - 1


def widen(bits: int, radius: int) -> int:
    """Return every index at most ``radius`` away from one in the set; it may reach past the last line."""
    reach = 0
    while reach < radius:
        step = min(reach + 1, radius - reach)
        bits |= bits << step | bits >> step
        reach += step
    return bits


def between(bits: int, width: int) -> int:
    """Return the indexes right below ``width`` indexes of the set and right above as many."""
    found = bits << 1 & bits >> 1
    for step in range(2, width + 1):
        found &= bits << step & bits >> step
    return found


def runs(bits: int, shortest: int) -> int:
    """Return the indexes that stand in an unbroken run of at least ``shortest``."""
    heads = bits
    size = 1
    while size < shortest and heads:
        step = min(size, shortest - size)
        heads &= heads >> step
        size += step
    reach = 1
    while reach < shortest:
        step = min(reach, shortest - reach)
        heads |= heads << step
        reach += step
    return heads
