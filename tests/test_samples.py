from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from cleaner import samples, stress

_PARTS = st.sampled_from(
    ["ab", "c?", "[xyz]+", "(?:one|two three)", ".{0,20}", r"\d{2,4}", r"\bword\b", "[^.!?]{0,40}", "(?:a |b )*", r"\w{3}", "é", "的"]
)


@given(st.lists(_PARTS, min_size=1, max_size=6).map("".join))
def test_what_is_made_matches(pattern: str) -> None:
    compiled = regex.compile(pattern, regex.IGNORECASE)
    made = [*samples.at_random(pattern, 5), *filter(None, [samples.shortest(pattern)])]
    assert all(compiled.fullmatch(text) for text in made)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("read (?:more|on)", "read on"),
        ("a{3}b*c?", "aaa"),
        (r"save my name\b.{0,60}\bbrowser", "save my name browser"),
        (r"\d{1,2} minutes?", "1 minute"),
        ("[éè]t[éè]", "été"),
        ("(?i:x)|longer", "x"),
        ("[\u4e00-\u4e05]b", "\u4e00b"),
        (r"(?>ab|c)d", "cd"),
        (r"x.{3,40}y", "xaaay"),
    ],
)
def test_shortest(pattern: str, text: str) -> None:
    assert samples.shortest(pattern) == text


def test_no_sample_of_what_is_not_known() -> None:
    assert samples.shortest(r"(a+)\1b") is None
    assert samples.at_random(r"(?P<x>a)(?P=x)", 5) == []


def test_no_sample_that_the_pattern_does_not_match() -> None:
    assert samples.shortest("(?=never).*x") is None


def test_random_samples_are_the_same_each_time_and_differ_by_seed() -> None:
    pattern = "(?:a|b|c|d)(?:e|f|g|h)(?:i|j|k|l)"
    assert samples.at_random(pattern, 10) == samples.at_random(pattern, 10)
    assert samples.at_random(pattern, 10) != samples.at_random(pattern, 10, seed=1)


def test_no_sample_of_an_invalid_pattern() -> None:
    assert samples.shortest("(") is None
    assert list(samples.adversarial("(", 100)) == []


def test_random_samples_take_every_branch() -> None:
    assert set(samples.at_random("tea|coffee|milk", 60)) == {"tea", "coffee", "milk"}


def test_adversarial_texts_draw_out_each_repeat() -> None:
    texts = list(samples.adversarial(r"start (?:\w+ ?)+end", 200))
    assert any(text.startswith("start aaaaaaaa") and len(text) > 150 and text.endswith("\x01") for text in texts)
    assert any(text.count("start ") > 5 for text in texts)


@pytest.mark.parametrize("pattern", [r"(?:a|aa)+", r"x(?:[ab]+)+y", r"(?:read |read )*more"])
def test_patterns_that_backtrack_are_slow(pattern: str) -> None:
    assert stress.slowest(pattern, whole=True)


@pytest.mark.parametrize(
    "pattern",
    [
        r"subscribe to our newsletter\b[^.!?]{0,80}",
        r"(?:please )?read (?:more|on)\.{0,3}",
        r"\d{1,2} (?:min|minutes) read",
        ".{0,200}reserved",
    ],
)
def test_linear_patterns_are_not(pattern: str) -> None:
    assert stress.slowest(pattern, whole=True) is None
    assert stress.slowest(pattern, whole=False) is None
