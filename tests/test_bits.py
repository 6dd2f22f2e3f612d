from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import bits

INDEXES = st.sets(st.integers(0, 200), max_size=60)


def made(indexes: set[int]) -> int:
    return sum(1 << index for index in indexes)


def test_of() -> None:
    assert bits.of([True, False, True]) == 0b101
    assert bits.of([]) == 0
    assert bits.of([False]) == 0


@given(INDEXES)
def test_these_and_members_undo_each_other(indexes: set[int]) -> None:
    assert bits.these(indexes) == made(indexes)
    assert list(bits.members(made(indexes))) == sorted(indexes)


def test_many() -> None:
    indexes = set(range(0, 400, 3))
    assert bits.these(indexes) == made(indexes)


@pytest.mark.parametrize(("count", "expected"), [(-3, 0), (0, 0), (1, 1), (4, 0b1111)])
def test_below(count: int, expected: int) -> None:
    assert bits.below(count) == expected


@given(INDEXES)
def test_first_and_last(indexes: set[int]) -> None:
    assert bits.first(made(indexes)) == min(indexes, default=-1)
    assert bits.last(made(indexes)) == max(indexes, default=-1)


@given(INDEXES, st.integers(0, 9))
def test_widen(indexes: set[int], radius: int) -> None:
    near = {index + step for index in indexes for step in range(-radius, radius + 1) if index + step >= 0}
    assert bits.widen(made(indexes), radius) == made(near)


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 9))
def test_runs(flags: list[bool], shortest: int) -> None:
    wanted = set()
    start = 0
    for index, flag in enumerate([*flags, False]):
        if not flag:
            if index - start >= shortest:
                wanted |= set(range(start, index))
            start = index + 1
    assert bits.runs(bits.of(flags), shortest) == made(wanted)


@pytest.mark.parametrize(
    ("flags", "width", "expected"),
    [
        ([1, 0, 1], 1, {1}),
        ([1, 0, 0, 1], 1, set()),
        ([1, 1, 0, 1, 1], 2, {2}),
        ([0, 1, 0, 1, 1], 2, set()),
        ([1, 1, 0, 1], 2, set()),
        ([1, 1, 1, 1, 1], 2, {2}),
    ],
)
def test_between(flags: list[bool], width: int, expected: set[int]) -> None:
    assert set(bits.members(bits.between(bits.of(flags), width))) == expected
