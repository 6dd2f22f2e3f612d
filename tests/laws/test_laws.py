"""The laws of the design, over generated documents and over the fixtures.

1. Lossless record. 2. Idempotent. 3. The prefilter is invisible (``test_prefilter.py`` has more of it).
4. One path. 5. Stateless. 6. Content wins.
"""

from __future__ import annotations

import json
import pickle
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st
from typer.testing import CliRunner

import given
from cleaner.cli.app import app
from cleaner.lines import Lines
from cleaner.looks import LONG_PROSE
from cleaner.normalize import normalize
from cleaner.pipeline import Cleaner
from cleaner.readers import read_file
from cleaner.ruleset import RuleSet
from cleaner.shapes import Shapes
from cleaner.spans import restore
from cleaner.types import Cleaned, Document, Protection

FIXTURES = sorted(path for folder in ("clean", "dirty", "html") for path in (given.FIXTURES / folder).iterdir() if path.suffix != ".clean")
TEXTS = [path for path in FIXTURES if path.suffix == ".txt"]
_PHRASES = ("line", "span", "block", "after", "tail")

each_fixture = pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
many = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])

_PROSE = [
    given.PROSE,
    given.LONG,
    *given.paragraphs(6),
    "“We never slept,” she said.",
    "Il pleuvait sur le port, et le bac ne partit pas avant midi passé.",
]
_LABELS = [
    "Home",
    "News",
    "Share",
    "Comments",
    "Related",
    "- 3 eggs",
    "1. Mix",
    "12 March 2024",
    "By Ann Lee",
    "Ferry stops for winter",
    "...",
    "***",
]
_ODD = [
    "\u200b",
    "\u00ad",
    "\u00a0",
    "e\u0301",
    "\ufeff",
    "\u202e",
    "\x00",
    "\x0c",
    "\u2028",
    "\ud800",
    "\U0001f469\u200d\U0001f467",
    "ſ",
    "\u212a",
    "İ",
    "ı",
    "\u0307",
    "\u0345",
    "\x0b",
    "\x85",
    "\t",
]


@st.composite
def documents(draw: st.DrawFn, junk: list[str]) -> Document:
    """Documents of prose, labels and junk, with odd characters and line ends strewn in."""
    line = st.sampled_from(_PROSE) | st.sampled_from(_LABELS) | st.sampled_from(junk)
    lines = draw(st.lists(line, max_size=14))
    for _ in range(draw(st.integers(0, 3))):
        if lines:
            number = draw(st.integers(0, len(lines) - 1))
            place = draw(st.integers(0, len(lines[number])))
            lines[number] = lines[number][:place] + draw(st.sampled_from(_ODD)) + lines[number][place:]
    text = draw(st.sampled_from(["\n", "\n\n", "\r\n", "\r", "\n \n\n"])).join(lines) + draw(st.sampled_from(["", "\n"]))
    known = draw(st.sampled_from([{}, {"title": "Ferry stops for winter", "author": "Ann Lee", "date": "2024-03-12"}, {"language": "de"}]))
    return Document("made up", text, draw(st.sampled_from([None, "https://www.example.com/a"])), known)


@cache
def document_of(path: Path) -> Document:
    return read_file(path).document


@cache
def cleaned_of(path: Path, cleaner: Cleaner) -> Cleaned:
    return cleaner.clean(document_of(path))


# -- 1. Lossless record


def lossless(cleaner: Cleaner, document: Document) -> None:
    cleaned = cleaner.clean(document)
    assert restore(cleaned.kept, cleaned.removals) == document.text
    reached = 0
    for removal in cleaned.removals:
        assert reached <= removal.start < removal.end <= len(document.text)
        assert removal.text == document.text[removal.start : removal.end]
        assert cleaner.rule(removal.rule).id == removal.rule
        reached = removal.end
    assert cleaned.text == (document.text if cleaned.refused else normalize(cleaned.kept))


@each_fixture
def test_1_lossless_on_fixtures(path: Path, shipped: Cleaner) -> None:
    lossless(shipped, document_of(path))


@many
@hypothesis_given(data=st.data())
def test_1_lossless(data: st.DataObject, shipped: Cleaner, junk_lines: list[str]) -> None:
    lossless(shipped, data.draw(documents(junk_lines)))


# -- 2. Idempotent


def idempotent(cleaner: Cleaner, document: Document) -> None:
    once = cleaner.clean(document)
    again = cleaner.clean(Document(document.id, once.text, document.url, document.metadata))
    assert again.text == once.text
    assert not again.changed
    assert bool(again.refused) == bool(once.refused)


@each_fixture
def test_2_idempotent_on_fixtures(path: Path, shipped: Cleaner) -> None:
    idempotent(shipped, document_of(path))


@many
@hypothesis_given(data=st.data())
def test_2_idempotent(data: st.DataObject, shipped: Cleaner, junk_lines: list[str]) -> None:
    idempotent(shipped, data.draw(documents(junk_lines)))


# -- 3. The prefilter is invisible


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@hypothesis_given(data=st.data())
def test_3_prefilter_is_invisible(data: st.DataObject, shipped: Cleaner, unfiltered: Cleaner, junk_lines: list[str]) -> None:
    document = data.draw(documents(junk_lines))
    assert shipped.clean(document) == unfiltered.clean(document)


# -- 4. One path


@pytest.fixture(scope="module")
def printed(library: RuleSet) -> dict[str, str]:
    """What the command prints of all text fixtures, by option."""
    names = [str(path) for path in TEXTS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cleaner.pipeline.load", lambda paths: library)
        runs = {
            option: CliRunner().invoke(app, ["--isolated", option, *names])
            for option in ("--format=json", "--diff", "--check", "--explain")
        }
    return {option: (run.stderr if option in ("--check", "--explain") else run.stdout) for option, run in runs.items()}


def test_4_json_shows_the_same_removals(printed: dict[str, str], shipped: Cleaner) -> None:
    for path, line in zip(TEXTS, printed["--format=json"].splitlines(), strict=True):
        record, expected = json.loads(line), cleaned_of(path, shipped)
        assert record["text"] == expected.text
        assert [(each["start"], each["end"], each["rule"], each["text"]) for each in record["removals"]] == [
            (each.start, each.end, each.rule, each.text) for each in expected.removals
        ]


@pytest.mark.parametrize("option", ["--check", "--explain"])
def test_4_findings_are_the_same_removals(option: str, printed: dict[str, str], shipped: Cleaner) -> None:
    found = re.findall(r"(?m)^(\S+):\d+: \[(\S+)\]", printed[option])
    assert found == [(str(path), removal.rule) for path in TEXTS for removal in cleaned_of(path, shipped).removals]


def test_4_the_diff_leads_to_the_same_text(printed: dict[str, str], shipped: Cleaner) -> None:
    diffs = re.split(r"(?m)^--- (.*) \(before\)\n\+\+\+ .* \(after\)\n", printed["--diff"])[1:]
    shown = dict(zip(diffs[::2], diffs[1::2], strict=True))
    for path in TEXTS:
        expected = cleaned_of(path, shipped)
        before = document_of(path).text.replace("\r\n", "\n")
        assert _patched(before, shown.get(str(path), "")) == (before if expected.refused else expected.text)


def _patched(before: str, diff: str) -> str:
    """The text that the hunks of a unified diff make of ``before``."""
    lines = before.splitlines(keepends=True)
    done: list[str] = []
    reached = 0
    for line in diff.splitlines(keepends=True):
        if header := re.match(r"@@ -(\d+)(?:,(\d+))? ", line):
            start = int(header[1]) - (header[2] != "0")
            done += lines[reached:start]
            reached = start
        elif line.startswith("+"):
            done.append(line[1:])
        elif not line.startswith("\\"):
            assert lines[reached].rstrip("\n") == line[1:].rstrip("\n")
            if line.startswith(" "):
                done.append(lines[reached])
            reached += 1
    return "".join(done + lines[reached:])


def test_4_a_copy_in_another_process_removes_the_same(shipped: Cleaner) -> None:
    copy = Cleaner(pickle.loads(pickle.dumps(shipped.ruleset)))
    for path in TEXTS[::7]:
        assert copy.clean(document_of(path)).removals == shipped.clean(document_of(path)).removals


# -- 5. Stateless


def test_5_order_does_not_matter(shipped: Cleaner, library: RuleSet) -> None:
    paths = FIXTURES[::3]
    forwards = [shipped.clean(document_of(path)) for path in paths]
    fresh = Cleaner(library)
    backwards = [fresh.clean(document_of(path)) for path in reversed(paths)]
    assert forwards == backwards[::-1]


@settings(max_examples=40)
@hypothesis_given(data=st.data())
def test_5_what_was_cleaned_before_does_not_matter(data: st.DataObject, shipped: Cleaner, junk_lines: list[str]) -> None:
    document = data.draw(documents(junk_lines))
    first = shipped.clean(document)
    shipped.clean(data.draw(documents(junk_lines)))
    assert shipped.clean(document) == first


# -- 6. Content wins


def content_wins(cleaner: Cleaner, document: Document) -> None:
    """Long prose that no phrase rule names stays, or what it says stands elsewhere in what is kept."""
    cleaned = cleaner.clean(document)
    said = " ".join(re.findall(r"\w+", cleaned.text.casefold()))
    for removal in cleaned.removals:
        if cleaner.rule(removal.rule).kind in _PHRASES:
            continue
        lines = Lines(normalize(removal.text))
        for line in range(len(lines)):
            if Shapes(lines, document).prose(LONG_PROSE) >> line & 1:
                words = " ".join(re.findall(r"\w+", lines.cores[line].casefold()))
                assert cleaner.rule(removal.rule).kind == "repeat", removal
                assert words in said, removal


@each_fixture
def test_6_content_wins_on_fixtures(path: Path, shipped: Cleaner) -> None:
    content_wins(shipped, document_of(path))


@many
@hypothesis_given(data=st.data())
def test_6_content_wins(data: st.DataObject, shipped: Cleaner, junk_lines: list[str]) -> None:
    content_wins(shipped, data.draw(documents(junk_lines)))


@many
@hypothesis_given(data=st.data())
def test_6_what_is_protected_stays(data: st.DataObject, junk_lines: list[str], protecting: Cleaner) -> None:
    document = data.draw(documents(junk_lines))
    for removal in protecting.clean(document).removals:
        assert not re.search("[aeiou]{2}", normalize(removal.text).casefold()), removal


@pytest.fixture(scope="module")
def protecting(shipped: Cleaner) -> Cleaner:
    """The shipped rules with every line protected that has two vowels in a row."""
    return Cleaner(replace(shipped.ruleset, protections=(Protection("[aeiou]{2}"),)))


@pytest.fixture(scope="module")
def thrifty(library: RuleSet) -> dict[float, Cleaner]:
    """Cleaners by the share of prose that they may remove."""
    return {budget: Cleaner(library, max_removed=budget) for budget in (0.0, 0.1, 0.3)}


@settings(max_examples=60)
@hypothesis_given(data=st.data(), budget=st.sampled_from([0.0, 0.1, 0.3]))
def test_6_no_document_is_gutted(data: st.DataObject, budget: float, thrifty: dict[float, Cleaner], junk_lines: list[str]) -> None:
    document = data.draw(documents(junk_lines))
    cleaned = thrifty[budget].clean(document)
    if cleaned.refused:
        assert cleaned.text == cleaned.kept == document.text
    elif all(removal.text.endswith(("\n", "\r")) for removal in cleaned.removals):
        assert prose_words(cleaned.text, document) >= (1 - budget) * prose_words(normalize(document.text), document) - 1e-9


def prose_words(text: str, document: Document) -> int:
    return Shapes(Lines(text), document).prose_words
