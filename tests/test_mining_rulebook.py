from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleaner.errors import ConfigError, RuleError
from cleaner.loading import load
from cleaner.mining import review, write
from cleaner.mining.model import Candidate, Context, Evidence, Mined
from cleaner.mining.rulebook import RuleBook, decided, rejected_file
from cleaner.rulefile import parse


def candidate(name: str, site: str = "one.example", **fields: object) -> Candidate:
    kind = next(iter(fields), "line")
    evidence = Evidence(3, 4, 5, (1, 2, 3), 99, 0.25, (Context("doc-1", "above", "[[rule]]", "below\nit"),), ("nearly this",))
    return Candidate(
        name, site, kind, "Says 'no' \\ \"yes\".", dict(fields) or {"line": f"{name} goes"}, (site,) if site else (), (f"{name} goes",),
        ("It stays.", "This stays, too.", "And a third."), evidence,
    )  # fmt: skip


CANDIDATES = [
    candidate("first"),
    candidate("second", line=r"it's \d[\d.,:/]* o'clock", when=[{"outside_core": True}, {"run": {"min": 4, "max_words": 8}}]),
    candidate("third", "two.example", block={"from": "from here", "to": "to 'here'", "max_lines": 9}),
    candidate("fourth", "two.example", html={"css": ["div.box"]}),
    candidate("fifth", "", tail="read more", max_prose_share=0.02),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "mined.toml"
    file.write_text(write.file(CANDIDATES, file.name), "utf-8")
    return file


# -- writing


def test_a_written_file_is_a_rule_file_and_says_what_the_candidates_say(path: Path) -> None:
    raw = parse(path.read_text("utf-8"), str(path), "mined")
    assert not raw.problems
    assert [rule.id for rule in raw.rules] == [f"mined/{each.name}" for each in CANDIDATES]
    tables = tomllib.loads(path.read_text("utf-8"))["rule"]
    for table, each in zip(tables, CANDIDATES, strict=True):
        assert {key: table[key] for key in each.fields} == each.fields
        assert (table["status"], table["confidence"], table["why"]) == ("experimental", "report", each.why)
        assert table["keeps"] == list(each.keeps[:2])


def test_evidence_stands_above_each_rule_as_comments() -> None:
    said = write.comments(CANDIDATES[0])
    assert all(line.startswith("# ") for line in said.splitlines())
    assert "on 3 of 4 documents (75%), 5 lines; head 1, body 2, tail 3" in said
    assert "would remove 99 characters, 25.00% of this group's text" in said
    assert "#     - [[rule]]" in said
    assert "near miss: nearly this" in said


def test_evidence_as_json() -> None:
    record = json.loads(json.dumps(write.evidence(Mined(CANDIDATES, 9, 1, 0, 2, 400, {"a heading": 3}))))
    assert record["left_out"] == {"a heading": 3}
    assert record["candidates"][0]["evidence"]["contexts"] == [
        {"document": "doc-1", "before": "above", "text": "[[rule]]", "after": "below\nit"}
    ]


@pytest.mark.parametrize("text", ["a'b", 'a"b\\c', "tab\tend\nnext", "\x7f\x00", "\u2028", "plain"])
def test_texts_come_back_from_toml(text: str) -> None:
    assert tomllib.loads(f"a = {write.toml(text)}\nb = {write.toml(text, pattern=True)}") == {"a": text, "b": text}


# -- deciding


def test_an_accepted_rule_edits_and_keeps_its_place(path: Path) -> None:
    book = RuleBook(path)
    book.accept(book.pending[1])
    assert [entry.pending for entry in RuleBook(path).entries] == [True, False, True, True, True]
    rules = {rule.id: rule for rule in load([path], shipped=False).rules}
    assert (rules["mined/second"].confidence, rules["mined/second"].status) == ("safe", "stable")
    assert rules["mined/first"].confidence == "report"
    assert path.read_text("utf-8").count("near miss") == 5


def test_a_rejected_rule_goes_and_is_remembered(path: Path) -> None:
    book = RuleBook(path)
    for entry in list(book.pending):
        book.reject(entry)
    assert RuleBook(path).entries == []
    assert set(RuleBook.rejected(path)) == {each.key for each in CANDIDATES}
    assert "[[rule]]" not in path.read_text("utf-8")


def test_what_was_decided_is_known_when_it_is_mined_again(path: Path) -> None:
    assert decided(path.with_name("other.toml")) == ("", set())
    book = RuleBook(path)
    book.accept(book.pending[0])
    book.reject(book.pending[1])
    text, keys = decided(path)
    assert [rule.id for rule in parse(text, "mined.toml", "mined").rules] == ["mined/first"]
    assert keys == {CANDIDATES[0].key, CANDIDATES[2].key}
    again = write.file([CANDIDATES[1]], path.name, text)
    assert [rule.id for rule in parse(again, "mined.toml", "mined").rules] == ["mined/first", "mined/second"]


def test_an_edited_rule_counts_as_accepted_and_its_first_form_does_not_come_back(path: Path) -> None:
    book = RuleBook(path)
    entry = book.pending[0]
    book.edit(entry, entry.table.replace("first goes", "the first goes"))
    assert not RuleBook(path).entries[0].pending
    assert CANDIDATES[0].key in decided(path)[1]


def test_an_edit_that_is_no_rule_changes_nothing(path: Path) -> None:
    before = path.read_text("utf-8")
    book = RuleBook(path)
    with pytest.raises(RuleError):
        book.edit(book.pending[0], '[[rule]]\nid = "x"\nlin = "a"\n')
    with pytest.raises(ConfigError, match="one rule"):
        book.edit(book.pending[0], "# nothing\n")
    with pytest.raises(ConfigError, match="lacks why and keeps"):
        book.edit(book.pending[0], "[[rule]]\nid = 'x'\nline = 'a'\nremoves = ['a']\n")
    assert path.read_text("utf-8") == before


def test_faults_of_the_files_are_said(path: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="make it with `clean mine`"):
        RuleBook(tmp_path / "none.toml")
    rejected_file(path).write_text("{")
    with pytest.raises(ConfigError, match="begin anew"):
        decided(path)


# -- a session


def session(path: Path, answers: str, edited: str | None = None) -> tuple[review.Outcome, list[str]]:
    given = iter(answers)
    shown: list[str] = []
    outcome = review.session(
        RuleBook(path), lambda prompt: next(given, "q"), shown.append, lambda table: edited and table.replace("goes", edited)
    )
    return outcome, shown


def states(path: Path) -> Iterator[str]:
    for entry in RuleBook(path).entries:
        yield f"{entry.id.partition('/')[2]} {'pending' if entry.pending else 'accepted'}"


def test_a_session_shows_each_rule_with_its_evidence_and_saves_each_answer(path: Path) -> None:
    outcome, shown = session(path, "arsq")
    assert (outcome.accepted, outcome.rejected) == (1, 1)
    assert list(states(path)) == ["first accepted", "third pending", "fourth pending", "fifth pending"]
    assert "\n1 of 5: mined/first" in shown
    assert "      - [[rule]]" in shown
    assert "  line = 'first goes'" in shown


def test_a_site_at_a_time(path: Path) -> None:
    outcome, _ = session(path, "gagrq")
    assert (outcome.accepted, outcome.rejected) == (2, 2)
    assert list(states(path)) == ["first accepted", "second accepted", "fifth pending"]


def test_an_unknown_answer_is_explained_and_asked_again(path: Path) -> None:
    outcome, shown = session(path, "xgxa")
    assert outcome.accepted == 1
    assert sum("the rule edits texts from now on" in line for line in shown) == 2


def test_an_edit_that_fails_is_asked_about_again(path: Path) -> None:
    outcome, shown = session(path, "ea", "goes|(")
    assert outcome.accepted == 1
    assert any("not a valid pattern" in line for line in shown)
    outcome, _ = session(path, "e", "really goes")
    assert outcome.accepted == 1
