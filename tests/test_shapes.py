"""Each predicate on lines made for it; the set of lines it holds for is given by their numbers."""

from __future__ import annotations

import pytest

import given
from cleaner import bits
from cleaner.looks import LONG_PROSE
from cleaner.origin import in_language, on_site
from cleaner.shapes import PREDICATES, Shapes
from cleaner.types import Document, Predicate
from given import LONG, PROSE, paragraphs


def holds(shapes: Shapes, name: str, *args: float | str) -> list[int]:
    return list(bits.members(shapes.predicate(Predicate(name, args))))


def test_the_sample_sentences_are_what_they_are_said_to_be() -> None:
    shapes = given.shapes(PROSE, LONG)
    assert 15 <= shapes.words[0] < LONG_PROSE <= shapes.words[1]


class TestWords:
    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("one", 1),
            ("one two", 2),
            ("* one two", 2),
            ("東京都は昨日、新しい橋を", 5),
            ("서울 시장은 어제", 3),
            ("ab 京", 2),
            ("ยา", 1),
            ("京", 1),
        ],
    )
    def test_count(self, line: str, words: int) -> None:
        assert given.shapes(line).words == [words]


class TestEnded:
    @pytest.mark.parametrize(
        "line", ["So.", "So!", "So?", 'He said "so."', "(So.)", "そう。", "そう。」", "क्या।", "نعم؟", "*So.*", "So.’”"]
    )
    def test_ends_a_sentence(self, line: str) -> None:
        assert given.shapes(line).ended == [True]

    @pytest.mark.parametrize("line", ["So", "U.S.", "i.e.", 'He said "so"', "Why: because", "a;b", '"', "(1)"])
    def test_ends_none(self, line: str) -> None:
        assert given.shapes(line).ended == [False]


class TestProse:
    def test_words_and_an_end(self) -> None:
        shapes = given.shapes("One two three four.", "One two three.", "One two three four")
        assert holds(shapes, "prose", 4) == [0]

    def test_twice_the_words_and_two_sentence_ends_need_no_end(self) -> None:
        shapes = given.shapes("One two. Three four. And so on and", "One two. Three four", "One two three four five six seven eight")
        assert holds(shapes, "prose", 4) == [0]

    def test_unspaced_scripts(self) -> None:
        shapes = given.shapes("東京都は昨日、新しい橋を開いた。", "東京都。")
        assert holds(shapes, "prose", 6) == [0]


def test_noterm_max_words_min_words() -> None:
    shapes = given.shapes("One two", "One two.", "One two three")
    assert holds(shapes, "noterm", 2) == [0]
    assert holds(shapes, "max_words", 2) == [0, 1]
    assert holds(shapes, "min_words", 3) == [2]


def test_bullet() -> None:
    shapes = given.shapes("- one", "* two", "• three", "1. four", "12) five", "six", "-seven", "1999. eight", "> nine")
    assert holds(shapes, "bullet") == [0, 1, 2, 3, 4, 8]


def test_unless_looks_anywhere_in_the_line_and_ignores_case() -> None:
    shapes = given.shapes("Buy now", "by the river", "I said: BUY")
    assert holds(shapes, "unless", "buy") == [1]


class TestCopies:
    def test_ignore_case_and_decoration(self) -> None:
        shapes = given.shapes("Share", "other", "- SHARE", "share", "twice", "twice")
        assert holds(shapes, "copies", 3) == [0, 2, 3]
        assert holds(shapes, "copies", 2) == [0, 2, 3, 4, 5]

    def test_later_copy(self) -> None:
        assert holds(given.shapes("a", "b", "A", "a"), "later_copy") == [0, 2]


class TestPlace:
    def test_head(self) -> None:
        shapes = given.shapes("a", "b", "c", PROSE, "d", PROSE)
        assert holds(shapes, "head", 0) == [0, 1, 2]
        assert holds(shapes, "head", 2) == [0]
        assert holds(shapes, "head", 5) == []

    def test_tail(self) -> None:
        shapes = given.shapes("a", PROSE, "b", PROSE, "c", "d", "e")
        assert holds(shapes, "tail", 0) == [4, 5, 6]
        assert holds(shapes, "tail", 2) == [6]

    def test_without_prose_there_is_neither_head_nor_tail(self) -> None:
        shapes = given.shapes("a", "b")
        assert holds(shapes, "head", 0) == []
        assert holds(shapes, "tail", 0) == []

    def test_first_and_last(self) -> None:
        shapes = given.shapes(*"abcde")
        assert holds(shapes, "first", 2) == [0, 1]
        assert holds(shapes, "last", 2) == [3, 4]
        assert holds(shapes, "first", 9) == holds(shapes, "last", 9) == [0, 1, 2, 3, 4]

    def test_last_prose(self) -> None:
        shapes = given.shapes(PROSE, "a", PROSE, "b", PROSE, "c")
        assert holds(shapes, "last_prose", 2) == [2, 4]
        assert holds(shapes, "last_prose", 9) == [0, 2, 4]

    def test_run(self) -> None:
        shapes = given.shapes("a", "b", "Ends.", "c", "d", "e", "f g h", "i")
        assert holds(shapes, "run", 3, 2) == [3, 4, 5]
        assert holds(shapes, "run", 3, 3) == [3, 4, 5, 6, 7]
        assert holds(shapes, "run", 6, 3) == []

    def test_desert(self) -> None:
        shapes = given.shapes("a", "b", PROSE, "c", "d", "e")
        assert holds(shapes, "desert", 1, 12) == [0, 4, 5]
        assert holds(shapes, "desert", 2, 12) == [5]
        assert holds(shapes, "desert", 0, 12) == [0, 1, 3, 4, 5]

    def test_between_prose(self) -> None:
        assert holds(given.shapes("a", PROSE, "b", PROSE, "c", "d", PROSE), "between_prose") == [2]

    def test_outside_core(self) -> None:
        shapes = given.shapes("a", "b", "c", "Heading", PROSE, "d", PROSE, "e", "f", "g")
        assert holds(shapes, "outside_core", 12, 2.0, 0) == [0, 1, 2, 7, 8, 9]
        assert holds(shapes, "outside_core", 12, 2.0, 2) == [0, 9]

    def test_the_core_takes_in_what_costs_less_than_it_gains(self) -> None:
        weak = "Twelve words in one line make just enough prose for the core."
        shapes = given.shapes(PROSE, *["x"] * 5, weak, "y")
        assert holds(shapes, "outside_core", 12, 2.0, 0) == [7]
        assert holds(shapes, "outside_core", 12, 3.0, 0) == [1, 2, 3, 4, 5, 6, 7]

    def test_short_sentences_are_worth_a_little(self) -> None:
        shapes = given.shapes("He was there then.", PROSE, "She said no.")
        assert holds(shapes, "outside_core", 12, 2.0, 0) == [2]

    def test_long_lines_count_for_sixty_words(self) -> None:
        long = "word " * 200 + "end."
        sixty = "word " * 59 + "end."
        shapes = given.shapes(long, *["x"] * 31, sixty, *["x"] * 31, PROSE)
        assert 0 not in holds(shapes, "outside_core", 12, 2.0, 0)
        assert 32 in holds(shapes, "outside_core", 12, 2.0, 0)

    def test_without_prose_nothing_is_outside(self) -> None:
        assert holds(given.shapes("a", "b"), "outside_core", 12, 2.0, 0) == []


class TestCompany:
    def test_phrase_and_near_phrase(self) -> None:
        shapes = given.shapes(*"abcdef", phrases=given.phrases(line=[2]))
        assert holds(shapes, "phrase") == [2]
        assert holds(shapes, "near_phrase", 1) == [1, 2, 3]
        assert holds(shapes, "near_phrase", 9) == [0, 1, 2, 3, 4, 5]

    def test_cluster_takes_two(self) -> None:
        shapes = given.shapes(*"abcdefgh", phrases=given.phrases(line=[1], block=[4]))
        assert holds(shapes, "cluster", 2) == [2, 3]
        assert holds(shapes, "cluster", 3) == [1, 2, 3, 4]
        assert holds(shapes, "cluster", 1) == []

    def test_alone_are_sentences_between_paragraphs_without_company(self) -> None:
        sentence = "Send us your story by the evening tide."
        lines = [PROSE, sentence, PROSE, "Send us your story", PROSE, sentence, "Send us your story", PROSE]
        assert holds(given.shapes(*lines, phrases=given.phrases(line=[1])), "alone", 2) == [1]
        assert holds(given.shapes(*lines, phrases=given.phrases(line=[1, 3])), "alone", 2) == []
        assert holds(given.shapes(*lines, phrases=given.phrases(line=[1, 6])), "alone", 2) == [1]

    def test_one_phrase_is_no_cluster(self) -> None:
        assert holds(given.shapes(*"abc", phrases=given.phrases(line=[1])), "cluster", 8) == []


class TestMarkers:
    def test_are_what_after_and_tail_rules_match(self) -> None:
        shapes = given.shapes(*"abcdef", phrases=given.phrases(line=[0], after=[1], tail=[3], span=[5]))
        assert list(bits.members(shapes.markers)) == [1, 3]
        assert holds(shapes, "phrase") == [0, 1, 3]

    def test_marker_zone_ends_with_a_sentence_or_a_long_line(self) -> None:
        long = "word " * 24 + "word"
        shapes = given.shapes("Related", "a", "b", "Ends.", "c", "Related", long, "d", phrases=given.phrases(after=[0, 5]))
        assert holds(shapes, "marker_zone", 9) == [0, 1, 2, 5]
        assert holds(shapes, "marker_zone", 1) == [0, 1, 5]

    def test_the_only_line_between_a_marker_and_prose_is_a_heading(self) -> None:
        shapes = given.shapes("Related", "a", PROSE, "Related", "b", "c", phrases=given.phrases(after=[0, 3]))
        assert holds(shapes, "marker_zone", 9) == [0, 3, 4, 5]

    def test_a_line_of_24_words_is_still_a_teaser(self) -> None:
        shapes = given.shapes("Related", "word " * 23 + "word", phrases=given.phrases(after=[0]))
        assert holds(shapes, "marker_zone", 9) == [0, 1]

    def test_tail_zone(self) -> None:
        shapes = given.shapes(PROSE, PROSE, PROSE, "Related", "a", "b", phrases=given.phrases(tail=[3]))
        assert holds(shapes, "tail_zone", 0) == [3, 4, 5]

    def test_tail_zone_needs_three_prose_lines_before_it(self) -> None:
        shapes = given.shapes(PROSE, PROSE, "Related", "a", phrases=given.phrases(tail=[2]))
        assert holds(shapes, "tail_zone", 0.5) == []

    def test_tail_zone_may_hold_a_share_of_the_prose(self) -> None:
        shapes = given.shapes(PROSE, PROSE, PROSE, "Related", "a", PROSE, phrases=given.phrases(tail=[3]))
        assert holds(shapes, "tail_zone", 0.25) == [3, 4, 5]
        assert holds(shapes, "tail_zone", 0.24) == []

    def test_tail_zone_begins_at_the_first_marker_that_fits(self) -> None:
        lines = [PROSE, PROSE, PROSE, "Related", PROSE, "Comments", "a"]
        assert holds(given.shapes(*lines, phrases=given.phrases(tail=[3, 5])), "tail_zone", 0.1) == [5, 6]
        assert holds(given.shapes(*lines, phrases=given.phrases(tail=[3, 5])), "tail_zone", 0.3) == [3, 4, 5, 6]

    @pytest.mark.parametrize(
        ("markers", "zone"),
        [
            (["Comments", "Comments", "Comments"], [3, 4, 5, 6, 7, 8]),
            (["Comments", "Comments", "Comments", "Comments"], []),
            (["2 Comments", "2 Comments"], [3, 4, 5, 6]),
            (["2 Comments", "1 Comment"], []),
            (["2 Comments", "Related"], [3, 4, 5, 6]),
        ],
    )
    def test_a_marker_under_each_part_ends_none(self, markers: list[str], zone: list[int]) -> None:
        lines = [PROSE] * 3 + [line for marker in markers for line in (marker, "a")]
        shapes = given.shapes(*lines, phrases=given.phrases(tail=range(3, len(lines), 2)))
        assert holds(shapes, "tail_zone", 0.1) == zone

    def test_above_title(self) -> None:
        title = "Ferry to the islands stops for winter"
        lines = [title, "Home", "News", title, PROSE, "x", title]
        assert holds(given.shapes(*lines), "above_title", 0.1) == [1, 2]
        assert holds(given.shapes(*lines, title=title), "above_title", 0.1) == [1, 2]
        assert holds(given.shapes(*lines), "above_title", 1) == [1, 2, 3, 4, 5]

    def test_two_words_are_no_title_unless_the_page_says_so(self) -> None:
        lines = ["Old mill", "Home", "Old mill", PROSE]
        assert holds(given.shapes(*lines), "above_title", 0.1) == []
        assert holds(given.shapes(*lines, title="Old mill"), "above_title", 0.1) == [1]

    def test_the_headline_is_the_last_title_without_prose_above_it(self) -> None:
        title = "A mill burns by the river"
        assert given.shapes(f"{title} | The Post", title, "Home", title, PROSE, title).headline == 3
        assert given.shapes("Home", PROSE).headline == -1

    def test_above_title_needs_two_titles_and_prose(self) -> None:
        title = "Ferry to the islands stops for winter"
        assert holds(given.shapes(title, "Home", PROSE), "above_title", 0.1) == []
        assert holds(given.shapes(title, "Home", title), "above_title", 0.1) == []

    def test_lines_that_begin_alike_are_no_copies_of_the_title(self) -> None:
        title = "Ferry to the islands stops for winter"
        assert holds(given.shapes(*[title, "x"] * 4, title, PROSE), "above_title", 0.1) == [1, 2, 3, 4, 5, 6, 7]
        assert holds(given.shapes(*[title, "x"] * 5, title, PROSE), "above_title", 0.1) == []

    def test_above_a_title_in_other_words(self) -> None:
        lines = ["Ferry to the islands stops for winter | The Post", "Home", "Ferry to the islands will stop for the winter", PROSE]
        assert holds(given.shapes(*lines), "above_title", 0.1) == [1]


class TestDocument:
    def test_prose_share(self) -> None:
        shapes = given.shapes(PROSE, "five words that end nothing")
        share = shapes.words[0] / sum(shapes.words)
        assert holds(shapes, "prose_share", share) == [0, 1]
        assert holds(shapes, "prose_share", share + 0.01) == []

    def test_prose_lines(self) -> None:
        shapes = given.shapes(PROSE, "a", PROSE)
        assert holds(shapes, "prose_lines", 2) == [0, 1, 2]
        assert holds(shapes, "prose_lines", 3) == []

    def test_prose_words(self) -> None:
        assert given.shapes(PROSE, "a b", PROSE).prose_words == 2 * 15

    def test_empty(self) -> None:
        shapes = given.shapes()
        assert holds(shapes, "prose_share", 0) == []
        assert all(not holds(shapes, name, *args) for name, args in ARGUMENTS.items())

    @pytest.mark.parametrize(
        ("url", "there"),
        [
            ("https://example.com/a", True),
            ("https://www.example.com/", True),
            ("https://EXAMPLE.com:8080/", True),
            ("https://notexample.com/", False),
            ("https://example.com.evil.net/", False),
            ("https://evil.net/example.com", False),
            ("example.com", False),
            ("http://[broken", False),
            (None, False),
        ],
    )
    def test_sites(self, url: str | None, there: bool) -> None:
        assert on_site(Document("", "", url), "other.org", "example.com") is there
        assert holds(given.shapes("a", url=url), "sites", "other.org", "example.com") == [0] * there

    @pytest.mark.parametrize(("language", "there"), [("de", True), ("de-AT", True), ("DE", True), ("en", False), ("", False)])
    def test_langs(self, language: str, there: bool) -> None:
        assert in_language(Document("", "", metadata={"language": language}), "fr", "de") is there
        assert holds(given.shapes("a", language=language), "langs", "fr", "de") == [0] * there

    def test_an_unknown_language_is_none(self) -> None:
        assert not in_language(Document("", ""), "de")


class TestConditions:
    def test_none_holds_always(self) -> None:
        assert given.shapes(*"abc").holds((), 0b101) == 0b101

    def test_a_conjunction_is_and_a_choice_is_or(self) -> None:
        shapes = given.shapes(*"abcdef")
        first, last = Predicate("first", (2,)), Predicate("last", (5,))
        assert shapes.holds(((first, last),), shapes.all) == 0b000010
        assert shapes.holds(((first,), (Predicate("last", (1,)),)), shapes.all) == 0b100011

    def test_not(self) -> None:
        shapes = given.shapes(*"abc")
        assert shapes.holds(((Predicate("first", (1,), negated=True),),), shapes.all) == 0b110

    def test_only_among_those_asked_for(self) -> None:
        shapes = given.shapes(*"abc")
        assert shapes.holds(((Predicate("first", (2,)),),), 0b110) == 0b010

    def test_a_predicate_is_computed_once(self) -> None:
        asked: list[str] = []
        shapes = given.shapes(*"abc", phrases=lambda kind: asked.append(kind) or 0b1)  # type: ignore[func-returns-value]
        for _ in range(3):
            holds(shapes, "phrase")
        assert sorted(asked) == ["after", "block", "line", "tail"]

    def test_a_predicate_is_not_computed_when_nothing_is_left(self) -> None:
        shapes = given.shapes(*"abc", phrases=lambda kind: pytest.fail("asked"))
        assert shapes.holds(((Predicate("min_words", (9,)), Predicate("phrase")),), shapes.all) == 0


#: Arguments to call each predicate with.
ARGUMENTS: dict[str, tuple[float | str, ...]] = {
    "head": (1,), "tail": (1,), "first": (1,), "last": (1,), "last_prose": (1,), "run": (1, 9), "desert": (1, 12), "between_prose": (),
    "outside_core": (12, 1.0, 0), "phrase": (), "near_phrase": (1,), "cluster": (8,), "alone": (6,), "prose": (12,), "noterm": (9,), "max_words": (9,),
    "min_words": (1,), "copies": (1,), "later_copy": (), "echo": (), "bullet": (), "prose_share": (0.5,), "prose_lines": (0,), "sites": ("a.b",),
    "langs": ("en",), "unless": ("x",), "tail_zone": (0.1,), "marker_zone": (12,), "above_title": (0.1,), "heading": (),
}  # fmt: skip


def test_every_predicate_has_a_test_here_and_stays_among_the_lines() -> None:
    assert set(ARGUMENTS) == set(PREDICATES)
    shapes = given.shapes("a", *paragraphs(3), "b", phrases=given.phrases(line=[70]))
    for name, args in ARGUMENTS.items():
        assert shapes.predicate(Predicate(name, args)) & ~shapes.all == 0, name


def test_heading_is_what_markdown_marks() -> None:
    shapes = given.shapes("## Share", "Share", "#share")
    assert shapes.predicate(Predicate("heading")) == 0b001


class TestEcho:
    def test_said_in_prose_or_a_second_time_in_the_core(self) -> None:
        text = "The harbour master closed the north quay on Monday because of the storm, the town said in the evening."
        shapes = given.shapes("North Quay", "Car ferries", "Storms", "Then", text, "Then", text, "Contact us")
        assert holds(shapes, "echo") == [0, 3, 5]

    def test_a_line_of_the_core_alone_is_no_echo_of_itself(self) -> None:
        assert holds(given.shapes(PROSE, "Between", LONG), "echo") == []

    def test_finished_and_long_lines_never_are(self) -> None:
        text = "The harbour master closed the north quay on Monday because of the storm, the town said in the evening."
        assert holds(given.shapes("the north quay on Monday.", text.rstrip("."), text), "echo") == []


def test_a_costly_predicate_asked_about_few_lines_at_a_time_says_what_it_says_of_all() -> None:
    lines = ("mill", PROSE, "Mill", "old mill", LONG, "old mill", "mill")
    for predicate in (Predicate("echo"), Predicate("unless", ("old",)), Predicate("echo", (), True)):
        whole, piecemeal = given.shapes(*lines), given.shapes(*lines)
        wanted = whole.holds(((predicate,),), whole.all)
        found = 0
        for line in range(len(lines)):
            found |= piecemeal.holds(((predicate,),), 1 << line)
        assert found == wanted
        assert 0 < wanted < whole.all
