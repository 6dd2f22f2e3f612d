from __future__ import annotations

import pytest
import regex
from hypothesis import given as examples
from hypothesis import strategies as st

from cleaner.fold import fold
from cleaner.lines import Lines
from cleaner.mining import slots


def matches(pattern: str, text: str) -> bool:
    return regex.compile(pattern, regex.IGNORECASE).fullmatch(text) is not None


def test_keys_ignore_case_punctuation_and_numbers() -> None:
    assert slots.keys("About us (12,300)\nABOUT US: 7\nx_y") == ["about us 0", "about us 0", "x y"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("By Ada Lind", "by N"),
        ("BY ADA LIND", "by N"),
        ("Edited by Ada Lind", "edited by N"),
        ("Published May 4, 2031", "published M 0 0"),
        ("Two comments", None),
        ("12 comments", None),
        ("Ada", None),
        ("A B", None),
        (" ".join(["Word"] * 13), None),
    ],
)
def test_templates_leave_names_and_dates_open(line: str, said: str | None) -> None:
    assert slots.template(line) == said


def test_a_line_pattern_takes_the_line_with_other_numbers_and_nothing_else() -> None:
    pattern = slots.line_pattern("Read 3,200 letters (free) & more? [today]")
    assert matches(pattern, "read 9 letters (free) & more? [today]")
    assert not matches(pattern, "read nine letters (free) & more? [today]")
    assert not matches(pattern, "read 9 letters (free) & more? [today] and tomorrow")


def test_a_template_pattern_takes_other_names() -> None:
    pattern = slots.template_pattern("Edited by Ada Lind")
    assert matches(pattern, "Edited by Jo van der Holt")
    assert not matches(pattern, "Edited by")
    assert not matches(pattern, "Edited by the men who came from the north of the country")


def test_one_pattern_for_the_lines_of_a_template() -> None:
    assert slots.merged(["Edited by Ada Lind", "Edited by Bo Marr", "Edited by Cleo Sund"]) == [r"edited by \S+(?: \S+){0,4}"]
    two = slots.merged(["By Ada Lind | Holm", "By Bo Marr"])
    assert all(any(matches(pattern, line) for pattern in two) for line in ("By Ada Lind | Holm", "By Bo Marr"))


@examples(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_patterns_match_the_lines_that_they_are_made_of(text: str) -> None:
    for core in Lines(text).cores:
        assert matches(slots.line_pattern(core), core)
        assert matches(slots.template_pattern(core), core) or slots.template(core) is None or "  " in core


@examples(st.text(st.characters(max_codepoint=127), max_size=60))
def test_a_line_says_the_same_beside_other_scripts(text: str) -> None:
    assert slots.keys(f"{text}\n\u0436")[:-1] == slots.keys(text)


@examples(st.text(max_size=80))
def test_a_key_for_each_line(text: str) -> None:
    folded = fold(text)
    assert len(slots.keys(folded)) == folded.count("\n") + 1
