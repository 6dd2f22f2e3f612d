from __future__ import annotations

import pytest

from cleaner import bits, repeats
from cleaner.lines import Lines

TITLE = "Ferry to the islands stops for the winter"


def told(found: int) -> list[int]:
    return list(bits.members(found))


def of_title(*texts: str, title: str = TITLE) -> list[int]:
    lines = Lines("\n".join(texts))
    return told(repeats.of_title(lines, bits.below(len(lines)), title))


def test_words_are_without_case_and_punctuation() -> None:
    assert repeats.words("“Don’t” — STOP, 3.5 ﬁne_print!") == " don t stop 3 5 fine print "
    assert repeats.words("— …") == ""


class TestTitle:
    def test_one_stays(self) -> None:
        assert of_title(TITLE, "text", TITLE) == [2]

    def test_a_single_one_stays(self) -> None:
        assert of_title("text", TITLE) == []

    def test_the_form_with_the_site_goes(self) -> None:
        assert of_title(f"{TITLE} | The Harbour Post", TITLE) == [0]
        assert of_title(f"The Harbour Post - {TITLE}", TITLE) == [0]

    def test_case_and_punctuation_do_not_matter(self) -> None:
        assert of_title(TITLE, f"“{TITLE.upper()}”") == [1]

    def test_only_among_the_lines_asked_for(self) -> None:
        lines = Lines(f"{TITLE}\n{TITLE}\n{TITLE}")
        assert told(repeats.of_title(lines, 0b011, TITLE)) == [1]

    def test_without_a_title_the_first_line_is_taken_for_it(self) -> None:
        assert of_title(TITLE, "text", TITLE, title="") == [2]

    def test_below_a_longer_form_the_headline_stays(self) -> None:
        lines = Lines(f"{TITLE} | The Harbour Post\n{TITLE}\nHome\n{TITLE}\n{TITLE}")
        assert told(repeats.of_title(lines, bits.below(5), TITLE, headline=3)) == [0, 1, 4]
        assert told(repeats.of_title(lines, bits.below(5) & ~1, TITLE, headline=3)) == [3, 4]

    def test_of_no_lines(self) -> None:
        assert repeats.of_title(Lines(""), 0, "") == 0

    def test_a_title_without_words(self) -> None:
        assert of_title("!!!", "!!!", title="!!!") == []


class TestTitleForms:
    def test_with_and_without_the_site(self) -> None:
        assert repeats.title_forms("Ferry to the islands stops - The Post") == {
            " ferry to the islands stops the post ",
            " ferry to the islands stops ",
        }

    def test_a_short_part_is_no_title(self) -> None:
        assert repeats.title_forms("Ferry | The Post of the Northern Islands and Coast") == {
            " ferry the post of the northern islands and coast ",
            " the post of the northern islands and coast ",
        }

    def test_a_hyphen_inside_a_word_is_no_separator(self) -> None:
        assert repeats.title_forms("Long-time ferry-man retires") == {" long time ferry man retires "}

    def test_of_nothing(self) -> None:
        assert repeats.title_forms("") == frozenset()


class TestResembles:
    def test_most_words_shared(self) -> None:
        assert repeats.resembles(TITLE, "Ferry to the islands will stop for the winter")

    def test_too_few_words(self) -> None:
        assert not repeats.resembles("Ferry stops today", "Ferry stops today")

    def test_too_small_a_share(self) -> None:
        assert repeats.resembles("a b c d e f g h", "a b c d e f x y")
        assert not repeats.resembles("a b c d e f g h", "a b c d e f x y z")

    def test_other_numbers(self) -> None:
        assert not repeats.resembles("What is new in the Harbour 2.1", "What is new in the Harbour 2.0")
        assert repeats.resembles("What is new in the Harbour 2.1", "What is new in the Harbour")


def of_lines(*texts: str, among: int | None = None) -> list[int]:
    lines = Lines("\n".join(texts))
    return told(repeats.of_lines(lines, bits.below(len(lines)) if among is None else among))


class TestLines:
    def test_the_first_stays(self) -> None:
        assert of_lines("Share this", "text", "share this!", "SHARE THIS") == [2, 3]

    def test_an_earlier_one_counts_even_if_it_is_not_asked_for(self) -> None:
        assert of_lines("a b", "a b", "a b", among=0b100) == [2]

    def test_lines_without_words_are_no_copies(self) -> None:
        assert of_lines("!?!", "x", "!?!") == []


def of_passages(*texts: str, ignoring: str = "") -> list[int]:
    lines = Lines("\n".join(texts))
    return told(repeats.of_passages(lines, bits.below(len(lines)), ignoring))


class TestPassages:
    def test_a_line_that_stands_in_a_longer_one(self) -> None:
        assert of_passages("We were afraid of the sea.", 'She paused. "We were afraid of the sea," she said.') == [0]
        assert of_passages('She paused. "We were afraid of the sea," she said.', "We were afraid of the sea") == [1]

    def test_of_equals_the_first_stays(self) -> None:
        assert of_passages("one two three", "x", "One two three!") == [2]

    def test_whole_words_only(self) -> None:
        assert of_passages("is land", "the island lands") == []

    def test_the_longer_one_stays(self) -> None:
        assert of_passages("one two three four", "one two") == [1]

    def test_ignoring_must_be_found(self) -> None:
        quoted = "We were afraid of the sea. Tweet this"
        body = "She paused. We were afraid of the sea. Nobody spoke."
        assert of_passages(quoted, body, ignoring="tweet this") == [0]
        assert of_passages(body, quoted, ignoring="tweet this") == [1]
        assert of_passages("We were afraid", body, ignoring="tweet this") == []

    def test_nothing_but_what_is_ignored_stays(self) -> None:
        assert of_passages("Tweet this", "Please tweet this to all.", ignoring="tweet this") == []


def of_metadata(line: str, *kinds: str, **metadata: str) -> bool:
    return bool(repeats.of_metadata(Lines(line), 1, kinds, metadata))


class TestMetadata:
    @pytest.mark.parametrize(
        ("line", "author"),
        [
            ("Ann Lee", "Ann Lee"),
            ("By Ann Lee", "Ann Lee"),
            ("by ANN LEE", "Ann Lee"),
            ("Von Ann Lee", "Ann Lee"),
            ("Ann Lee", "Ann Lee; Bo Ek"),
            ("Bo Ek", "Ann Lee, Bo Ek"),
            ("By Ann Lee and Bo Ek", "Ann Lee and Bo Ek"),
        ],
    )
    def test_author(self, line: str, author: str) -> None:
        assert of_metadata(line, "author", author=author)

    @pytest.mark.parametrize("line", ["Ann Lee was born in Hull", "Lee", "By", "Bo Ek", "Byron Ann Lee"])
    def test_not_the_author(self, line: str) -> None:
        assert not of_metadata(line, "author", author="Ann Lee")

    @pytest.mark.parametrize(
        "line",
        ["March 4, 2024", "4 March 2024", "4. März 2024", "March 4th, 2024", "04/03/2024", "Monday, March 4, 2024, 09:15", "2024-03-04"],
    )
    def test_date(self, line: str) -> None:
        assert of_metadata(line, "date", date="2024-03-04")

    @pytest.mark.parametrize(
        "line",
        [
            "March 5, 2024",
            "March 4, 2023",
            "March 2024",
            "05/04/2024",
            "On 4 March 2024 the ferry left the harbour late again",
            "4 of 2024 11",
        ],
    )
    def test_not_the_date(self, line: str) -> None:
        assert not of_metadata(line, "date", date="2024-03-04")

    @pytest.mark.parametrize("date", ["2024", "2024-03", "yesterday", "--"])
    def test_a_date_that_is_none_is_never_said(self, date: str) -> None:
        assert not of_metadata("March 4, 2024", "date", date=date)

    def test_site(self) -> None:
        assert of_metadata("THE POST", "site", site="The Post")
        assert not of_metadata("The Post says", "site", site="The Post")

    def test_only_the_kinds_asked_for(self) -> None:
        assert not of_metadata("The Post", "author", "date", site="The Post")
        assert not of_metadata("The Post", "site", site="")
