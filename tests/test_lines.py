from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.lines import LineNumbers, Lines

LINES = st.text(st.sampled_from("ab \n\t*-•»“.\u3000é"), max_size=40)


def test_dead_lines_do_not_count() -> None:
    lines = Lines("one\n\n  \n* * *\n---\ntwo\n")
    assert lines.cores == ["one", "two"]
    assert len(lines) == 2


@pytest.mark.parametrize("empty", ["", "\n", "\n\n", " \n", "***"])
def test_no_live_line(empty: str) -> None:
    lines = Lines(empty)
    assert len(lines) == 0
    assert lines.cores == []


def test_span_takes_the_line_end_along() -> None:
    text = "one\n\ntwo\nthree"
    lines = Lines(text)
    assert [text[slice(*lines.span(line))] for line in range(3)] == ["one\n", "two\n", "three"]


def test_span_of_the_last_line_with_a_line_end() -> None:
    assert Lines("one\n").span(0) == (0, 4)


def test_core_is_folded_and_without_decoration() -> None:
    lines = Lines("• “Share” — this! →\n")
    assert lines.cores == ['"Share" - this!']


def test_content_keeps_what_leads_and_drops_trailing_space() -> None:
    lines = Lines("x\n\t• “Share” \u3000\n")
    assert lines.content(1) == (2, ' • "Share"')


def test_raw_is_the_whole_line_folded() -> None:
    assert Lines("* “a” \n").raw(0) == '* "a"'


def test_joined_has_a_line_end_on_either_side() -> None:
    assert Lines("- a\n\nb").joined == "\na\nb\n"
    assert Lines("").joined == "\n"


@given(LINES)
def test_spans_are_whole_lines_in_order(text: str) -> None:
    lines = Lines(text)
    reached = 0
    for line in range(len(lines)):
        start, end = lines.span(line)
        assert reached <= start < end <= len(text)
        assert start == 0 or text[start - 1] == "\n"
        assert end == len(text) or text[end - 1] == "\n"
        assert "\n" not in text[start : end - 1]
        assert lines.cores[line] in lines.folded[start:end]
        offset, content = lines.content(line)
        assert offset == start
        assert lines.folded[start:].startswith(content)
        reached = end


class TestLineNumbers:
    @pytest.mark.parametrize(("offset", "number"), [(0, 1), (1, 1), (2, 2), (3, 3), (4, 3), (5, 4)])
    def test_count_from_one(self, offset: int, number: int) -> None:
        assert LineNumbers("a\n\nb\nc\n").of(offset) == number

    def test_crlf_and_cr_are_one_line_end_each(self) -> None:
        numbers = LineNumbers("a\r\nb\rc\nd")
        assert [numbers.of(offset) for offset in (0, 3, 5, 7)] == [1, 2, 3, 4]

    @pytest.mark.parametrize("mark", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
    def test_what_an_editor_does_not_count_is_not_counted(self, mark: str) -> None:
        assert LineNumbers(f"a{mark}b\nc").of(4) == 2

    def test_behind_the_end(self) -> None:
        assert LineNumbers("a\nb\n").of(4) == 2
        assert LineNumbers("a\nb").of(3) == 2

    def test_of_nothing(self) -> None:
        assert LineNumbers("").of(0) == 1


WRAPPED = """A ferry that had carried three generations of islanders to school
and to market made its last crossing on Friday, an hour later than
the timetable said, with two hundred people and a brass band on its
deck who would not let it go without a song.

The company says that the new boat is faster and burns less oil, and
that it will not need a crew of nine, which is what the crew of nine
had feared since spring.
"""


def test_lines_of_a_wrapped_paragraph_are_one() -> None:
    lines = Lines(WRAPPED)
    assert len(lines) == 2
    assert lines.cores[0].endswith("without a song.")
    assert "school and to market" in lines.cores[0]
    start, end = lines.span(0)
    assert WRAPPED[start:end] == WRAPPED.split("\n\n", maxsplit=1)[0] + "\n"
    assert lines.content(0)[0] == start == 0
    assert lines.content(1)[1].startswith("The company says")


def test_short_lines_are_not_taken_for_wrapped_ones() -> None:
    assert len(Lines("the river\nis wide\nand cold\nand deep\nand old\n")) == 5


def test_close_lines_have_no_blank_line_above() -> None:
    assert Lines("a\nb\n\nc\nd").close == 0b1010
    assert Lines("a\nb").close == 0b10


_WRAP = "A line of more than forty characters that no sentence ends and\n"
_LAST = "that ends here.\n\n"
_WHOLE = "This line of more than forty characters is a whole paragraph.\n\n"


@pytest.mark.parametrize(("wraps", "wholes", "wrapped"), [(3, 0, False), (4, 0, True), (4, 6, True), (4, 7, False)])
def test_a_text_is_wrapped_if_enough_of_its_lines_are(wraps: int, wholes: int, wrapped: bool) -> None:
    lines = Lines((_WRAP + _LAST) * wraps + _WHOLE * wholes)
    assert len(lines) == (wraps if wrapped else 2 * wraps) + wholes


@pytest.mark.parametrize("below", ["- an item that begins a list", "  indented", "| a | b |", "> quoted"])
def test_in_a_wrapped_text_some_lines_still_stand_alone(below: str) -> None:
    assert len(Lines((_WRAP + _LAST) * 4 + _WRAP + below + "\n")) == 6


def test_in_a_wrapped_text_a_line_below_a_short_one_stands_alone() -> None:
    assert len(Lines((_WRAP + _LAST) * 4 + "A short line\nand another\n")) == 6


@pytest.mark.parametrize(("length", "count"), [(39, 6), (40, 5)])
def test_in_a_wrapped_text_a_line_of_forty_characters_goes_on_below(length: int, count: int) -> None:
    assert len(Lines((_WRAP + _LAST) * 4 + "x" * length + "\nAnd a capital\n")) == count


@pytest.mark.parametrize(
    ("core", "words"), [("ab cd 東京漢字", 3), ("a b c d 東京漢字語", 2), ("abcd efg 東京漢字", 3), ("港", 1), ("東京漢字語港", 3)]
)
def test_words_of_a_line_that_mixes_scripts(core: str, words: int) -> None:
    """Characters without spaces between words count by halves only where they are more than half of what is no space."""
    assert Lines(core).words == [words]


@pytest.mark.parametrize(
    ("core", "ended"),
    [("It rained.", True), ('"It rained."', True), ("(it rained)", False), ("It rained, he said", False), ('The word "rain"', False)],
)
def test_what_ends_a_sentence_stands_before_closing_marks(core: str, ended: bool) -> None:
    assert Lines(core).ended == [ended]


def test_what_lines_say_over_their_ends() -> None:
    lines = Lines("Permission is\nhereby Granted")
    for _ in range(2):
        assert lines.say(("no such text", "is hereby granted"))
        assert not lines.say(("no such text",))


@pytest.mark.parametrize(("core", "ended"), [("U.S.A.", False), ("Etc.ab.", True), ("Etc.", True), ("U.S)", False)])
def test_an_abbreviation_is_short(core: str, ended: bool) -> None:
    assert Lines(core).ended == [ended]


def test_lines_left_in_two_steps_may_turn_out_wrapped() -> None:
    junk = "Share this.\n"
    left = Lines((_WRAP + junk + _LAST + junk) * 4)
    assert not left.wrapped
    gone = {line for line, core in enumerate(left.cores) if core == "Share this."}
    first = sum(1 << line for line in sorted(gone)[:2])
    half = left.without(first)
    assert half is not None
    rest = sum(1 << line for line, core in enumerate(half.cores) if core == "Share this.")
    assert half.without(rest) is None


WITHOUT = st.lists(
    st.sampled_from(["", " ", "- item", "## Head", "A line of text that goes on.", "and on it goes", "東京の天気", "***", "x" * 60]),
    max_size=14,
)


@given(WITHOUT, st.integers(min_value=0), st.sampled_from(["", "\n"]))
def test_lines_that_are_left_are_those_of_the_text_that_is_left(raw: list[str], gone: int, end: str) -> None:
    text = "\n".join(raw) + end
    lines = Lines(text)
    gone &= (1 << len(lines)) - 1
    left = lines.without(gone)
    cut = "".join(text[a:b] for a, b in _kept(text, [lines.span(line) for line in range(len(lines)) if gone >> line & 1]))
    again = Lines(cut)
    assert (left is None) == (lines.wrapped or again.wrapped)
    if left is None:
        return
    for name in ("cores", "joined", "words", "ended", "contents", "casefolded", "close"):
        assert getattr(left, name) == getattr(again, name), name
    assert [text[slice(*left.span(line))] for line in range(len(left))] == [cut[slice(*again.span(line))] for line in range(len(again))]


def _kept(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    return list(zip(edges[::2], edges[1::2], strict=True))


class TestHolding:
    def test_lines_that_hold_one_of_the_texts(self) -> None:
        lines = Lines("Ferry stops\n\n* The MILL and the mill\nNothing\nA ferry to the mill\n")
        assert lines.holding(["mill"]) == 0b1010
        assert lines.holding(["ferry", "nothing"]) == 0b1101
        assert lines.holding(["river"]) == 0
        assert lines.holding([]) == 0

    def test_after_lines_are_gone(self) -> None:
        lines = Lines("One mill\nTwo\nThree mills\n")
        assert lines.words
        left = lines.without(0b001)
        assert left is not None
        assert left.holding(["mill"]) == 0b10

    def test_without_lines(self) -> None:
        assert Lines("").holding(["mill"]) == 0
