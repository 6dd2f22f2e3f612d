from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.spans import cut, lift, resolve, restore
from cleaner.types import Removal

SIZE = 30
spans = st.lists(
    st.tuples(st.integers(0, SIZE), st.integers(0, SIZE), st.sampled_from(["a/a", "b/b", "c/c"])).map(
        lambda span: (min(span[:2]), max(span[:2]), span[2])
    ),
    max_size=8,
)
TEXT = "".join(chr(0x61 + index % 26) for index in range(SIZE))


def removals(resolved: list[tuple[int, int, str]], text: str = TEXT) -> list[Removal]:
    return [Removal(start, end, rule, text[start:end]) for start, end, rule in resolved]


class TestResolve:
    def test_sorts(self) -> None:
        assert resolve([(5, 7, "b"), (1, 2, "a")]) == [(1, 2, "a"), (5, 7, "b")]

    def test_nothing(self) -> None:
        assert resolve([]) == []

    def test_drops_the_empty(self) -> None:
        assert resolve([(3, 3, "a")]) == []

    def test_keeps_neighbours_apart(self) -> None:
        assert resolve([(0, 2, "a"), (2, 4, "b")]) == [(0, 2, "a"), (2, 4, "b")]

    def test_of_two_from_one_place_the_longer_wins(self) -> None:
        assert resolve([(0, 2, "short"), (0, 5, "long")]) == [(0, 5, "long")]

    def test_of_equals_the_first_named_wins(self) -> None:
        assert resolve([(0, 2, "z"), (0, 2, "a")]) == [(0, 2, "z")]

    def test_the_rest_of_the_later_one_stays(self) -> None:
        assert resolve([(0, 4, "a"), (2, 6, "b")]) == [(0, 4, "a"), (4, 6, "b")]

    def test_inside_another_nothing_is_left(self) -> None:
        assert resolve([(0, 6, "a"), (2, 4, "b"), (5, 8, "c")]) == [(0, 6, "a"), (6, 8, "c")]

    @given(spans)
    def test_result_is_sorted_disjoint_and_covers_the_same(self, given_spans: list[tuple[int, int, str]]) -> None:
        resolved = resolve(given_spans)
        assert all(start < end for start, end, _ in resolved)
        assert all(before[1] <= after[0] for before, after in pairwise(resolved))
        assert _covered(resolved) == _covered(given_spans)
        assert resolve(resolved) == resolved

    @given(spans)
    def test_every_piece_is_part_of_a_span_of_its_rule(self, given_spans: list[tuple[int, int, str]]) -> None:
        for start, end, rule in resolve(given_spans):
            assert any(low <= start and end <= high and rule == name for low, high, name in given_spans)


class TestCutAndRestore:
    def test_cut(self) -> None:
        assert cut("abcdef", removals([(0, 1, "r"), (2, 4, "r")], "abcdef")) == "bef"

    def test_cut_to_the_end(self) -> None:
        assert cut("abcdef", removals([(3, 6, "r")], "abcdef")) == "abc"

    def test_nothing_to_cut(self) -> None:
        assert cut("abc", []) == "abc"

    def test_restore_puts_each_piece_in_its_place(self) -> None:
        assert restore("bef", removals([(0, 1, "r"), (2, 4, "r")], "abcdef")) == "abcdef"

    def test_restore_of_nothing(self) -> None:
        assert restore("abc", []) == "abc"

    def test_restore_at_the_end(self) -> None:
        assert restore("abc", [Removal(3, 6, "r", "def")]) == "abcdef"

    @given(st.text(max_size=SIZE), spans)
    def test_restore_undoes_cut(self, text: str, given_spans: list[tuple[int, int, str]]) -> None:
        found = removals(resolve((min(start, len(text)), min(end, len(text)), rule) for start, end, rule in given_spans), text)
        kept = cut(text, found)
        assert restore(kept, found) == text
        assert len(kept) == len(text) - sum(len(removal.text) for removal in found)


class TestLift:
    def test_without_an_earlier_cut_nothing_moves(self) -> None:
        assert lift([(1, 3, "r")], []) == [(1, 3, "r")]

    def test_behind_a_gap(self) -> None:
        assert lift([(2, 4, "r")], [(0, 3, "x")]) == [(5, 7, "r")]

    def test_before_a_gap(self) -> None:
        assert lift([(0, 2, "r")], [(2, 5, "x")]) == [(0, 2, "r")]

    def test_begins_where_the_gap_was(self) -> None:
        assert lift([(2, 4, "r")], [(2, 5, "x")]) == [(5, 7, "r")]

    def test_across_a_gap_falls_in_two(self) -> None:
        assert lift([(1, 4, "r")], [(2, 5, "x")]) == [(1, 2, "r"), (5, 7, "r")]

    def test_across_two_gaps_falls_in_three(self) -> None:
        assert lift([(0, 6, "r")], [(2, 3, "x"), (5, 7, "x")]) == [(0, 2, "r"), (3, 5, "r"), (7, 9, "r")]

    @given(spans, st.integers(0, SIZE), st.integers(0, SIZE))
    @example([(0, 5, "a/a"), (5, 10, "b/b"), (12, 13, "c/c")], 3, 9)
    def test_lifted_pieces_hold_the_text_of_the_span(self, earlier: list[tuple[int, int, str]], one: int, other: int) -> None:
        removed = resolve(earlier)
        kept = cut(TEXT, removals(removed))
        start, end = sorted((min(one, len(kept)), min(other, len(kept))))
        if start == end:
            return
        pieces = lift([(start, end, "r/r")], removed)
        assert "".join(TEXT[low:high] for low, high, _ in pieces) == kept[start:end]
        assert all(low < high for low, high, _ in pieces)
        assert not _covered(pieces) & _covered(removed)


def _covered(given_spans: list[tuple[int, int, str]]) -> set[int]:
    return {index for start, end, _ in given_spans for index in range(start, end)}
