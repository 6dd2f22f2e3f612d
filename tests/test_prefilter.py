from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

import given
from cleaner.lines import Lines
from cleaner.pipeline import Cleaner
from cleaner.prefilter import Everything, Prefilter
from cleaner.readers import read_file
from cleaner.types import Clues


def candidates(text: str, *literals: tuple[str, ...] | None) -> dict[int, list[int]]:
    made = Prefilter([Clues(each) for each in literals])
    return {rule: sorted(lines) for rule, lines in made.candidates(Lines(text).cores).items()}


def test_where_a_literal_stands() -> None:
    assert candidates("share\nx\n* Share it\n", ("share",)) == {0: [0, 2]}


def test_without_literals_everywhere() -> None:
    assert candidates("a\nb\n", None) == {0: [0, 1]}


def test_any_of_several_literals() -> None:
    assert candidates("one\ntwo\nthree\n", ("one", "three")) == {0: [0, 2]}


def test_a_line_counts_once() -> None:
    assert candidates("share share\n", ("share", "shar")) == {0: [0]}


def test_several_rules_with_one_literal() -> None:
    assert candidates("x\nshare\n", ("share",), ("share",), ("other",)) == {0: [1], 1: [1]}


@pytest.mark.parametrize(("line", "there"), [("share", True), ("share it", True), ("we share", False), ("- share", True)])
def test_literal_from_the_start_of_the_line(line: str, there: bool) -> None:
    assert candidates(f"x\n{line}\ny\n", ("\nshare",)) == ({0: [1]} if there else {})


@pytest.mark.parametrize(("line", "there"), [("share", True), ("we share", True), ("share it", False)])
def test_literal_to_the_end_of_the_line(line: str, there: bool) -> None:
    assert candidates(f"x\n{line}\ny\n", ("share\n",)) == ({0: [1]} if there else {})


@pytest.mark.parametrize("asked", [1, 200], ids=["a few lines", "many lines"])
def test_beginnings_and_ends_beside_a_literal(asked: int) -> None:
    made = Prefilter([Clues(("share",), ("\nplease share", "\nnow"), ("page\n", "it\n"))])
    lines = ["please share it", "we share it", "please share them", "now share this page", "share it now"]
    for _ in range(asked):
        found = made.candidates(lines)
    assert {rule: sorted(at) for rule, at in found.items()} == {0: [0, 3]}


def test_whole_lines_in_a_row() -> None:
    assert candidates("share\nshare\nshare\n", ("\nshare\n",)) == {0: [0, 1, 2]}


def test_offsets_are_right_behind_letters_of_several_bytes() -> None:
    assert candidates("東京\nÄÖÜ ſhare\nöshare\n", ("share",)) == {0: [1, 2]}


def test_no_lines() -> None:
    assert candidates("", ("share",)) == {}
    assert candidates("***\n", None) == {0: []}


def test_lone_surrogates() -> None:
    assert candidates("\ud800\nshare \udfff\n", ("share",)) == {0: [1]}


def test_everything_holds_nothing_back() -> None:
    assert {rule: list(lines) for rule, lines in Everything([Clues(("x",)), Clues()]).candidates(["a", "b"]).items()} == {
        0: [0, 1],
        1: [0, 1],
    }


# -- the prefilter changes nothing

FIXTURES = sorted(path for folder in ("clean", "dirty") for path in (given.FIXTURES / folder).glob("*.txt"))


# Every rule on every line takes long: a quick run tries it on some of them.
@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem, marks=[pytest.mark.component] if at % 5 else []) for at, path in enumerate(FIXTURES)]
)
def test_same_removals_on_fixtures(path: object, shipped: Cleaner, unfiltered: Cleaner) -> None:
    document = read_file(path).document  # type: ignore[arg-type]
    assert shipped.clean(document) == unfiltered.clean(document)


#: The same letters in other code points, and what may come between letters.
_DISGUISES = {
    "s": "sS\u017fｓ", "k": "kK\u212aｋ", "i": "iI\u0131\u0130\u00ed", "a": "aA\u00e5\u212bａ", "e": "eE\u00e9", "'": "'\u2019\u00b4`", "-": "-\u2013\u2014\u2212",
    " ": " \u00a0\u2009\t\u3000", "o": "oO\u00f6\u03bf", ".": ".\u2024\u2026", '"': '"\u201c\u201d\u00ab', "m": "mM\u00b5", "ß": "ßẞ",
}  # fmt: skip
_NOISE = ["\u200b", "\u00ad", "\u0301", "\u0307", "\u0345", "\ufeff", "\n", "\r\n", "\u2028", "\x0b", "\x00", "-", "* ", "…", "\n\n\n"]


@st.composite
def disguised(draw: st.DrawFn, lines: list[str]) -> str:
    """Lines with some letters in disguise and some noise between them."""
    done = []
    for line in draw(st.lists(st.sampled_from(lines), min_size=1, max_size=6)):
        marks = list(line)
        for place in draw(st.lists(st.integers(0, len(marks) - 1), max_size=6)):
            mark = marks[place]
            variants = _DISGUISES.get(mark.lower(), mark.lower() + mark.upper())
            marks[place] = draw(st.sampled_from([*variants, *([mark + draw(st.sampled_from(_NOISE))] if draw(st.booleans()) else [])]))
        done.append("".join(marks))
    return draw(st.sampled_from(["\n", "\r\n", "\n\n"])).join(done) + draw(st.sampled_from(["", "\n"]))


#: Rules for which each shortcut of the literals could go wrong.
TRICKY = given.ruleset(
    "".join(
        given.rule(body, f"r{number}")
        for number, body in enumerate(
            [
                "line = 'share this'",
                "line = 'kiosk(?: shop)?'",
                "line = '(?:ask|skip|mask) is'",
                "line = 'İstanbul|ısı'",
                "line = 'straße'",
                "line = '(?f)strasse'",
                "line = 'μm .*'",
                "line = '[sk]iss+ me'",
                "line = '.{2}isk'",
                "line = '(?-i:Kiss)'",
                "line = 'ask|'",
                "span = 'ask me'",
                "span = '^is '",
                "span = '(?<=s)kis'",
                "span = ' - ask$'",
                "after = 'ask (?i:KISS)'",
                "tail = 'skis?'",
                "block = { from = 'kiss', to = 'ask' }",
                "line = '(?P<word>sk)(?P=word)'",
                "line = 'Å+'",
            ]
        )
    )
)
_BAITS = [
    "Share this", "kiosk shop", "kiosk", "mask is", "istanbul", "ısı", "straße", "strasse", "μm kiss", "kiss me", "disk", "Kiss", "ask",
    "please ask me", "is it", "skis", "you - ask", "ask kiss", "skis", "kiss", "sksk", "ååå", "*** ask", "risk",
]  # fmt: skip
FILTERED = Cleaner(TRICKY, max_removed=1)
UNFILTERED = Cleaner(TRICKY, max_removed=1, prefilter=Everything)


@settings(max_examples=300)
@hypothesis_given(disguised(_BAITS))
def test_same_removals_by_tricky_rules(text: str) -> None:
    assert FILTERED.clean(text) == UNFILTERED.clean(text)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@hypothesis_given(data=st.data())
def test_same_removals_of_disguised_junk(data: st.DataObject, shipped: Cleaner, unfiltered: Cleaner, junk_lines: list[str]) -> None:
    text = data.draw(disguised(junk_lines))
    assert shipped.clean(text) == unfiltered.clean(text)
