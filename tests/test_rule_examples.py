"""The runner of the rules' examples: that it passes what is right, and says of each kind of fault what it is and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner import examples
from cleaner.library import Library
from cleaner.loading import build

ARTICLE = "\n".join(
    f"In the {word} year the mill by the lower river ground more grain than in any year before it." for word in ("first", "second", "third")
)

#: A text on which ``(?:a|aa)+`` tries every way to divide it before it gives up.
HANGING = "a" * 200 + "!a"


def made(source: str, name: str = "one.toml") -> Library:
    ruleset = build([(name, source)])
    return Library(ruleset, ruleset.rules, {name: source}, frozenset())


def rule(what: str, removes: str, keeps: str = '"A gold coin."', name: str = "a") -> str:
    return f'[[rule]]\nid = "{name}"\nwhy = "A test."\n{what}\nremoves = [{removes}]\nkeeps = [{keeps}]\n'


def found(*rules: str, clean: tuple[Path, ...] = ()) -> list[str]:
    return [str(problem) for problem in examples.run(made("\n".join(rules)), clean).problems]


@pytest.mark.parametrize(
    "passing",
    [
        rule("line = 'join us(?: now)?'", '"- Join us:", "JOIN US NOW\\n\\njoin us"'),
        rule('line = "don\'t miss it"', '"Don’t miss it"'),
        rule("span = '\\(opens in a new tab\\)'", '"(opens in a new tab)"'),
        rule("after = 'related'", '"Related\\nA mill\\nA river"'),
        rule("tail = 'leave a reply'", '"Leave a reply", "Leave a Reply\\nName\\nSite"'),
        rule("block = { from = 'sign up', to = 'thanks' }", '"Sign up\\nName\\nThanks"'),
        rule("line = 'join us'\nwhen = { last = 2, prose_lines = 1 }", '"Join us"'),
        rule("line = 'join us'\nsites = ['example.com']", '"Join us"'),
        rule("line = 'mach mit'\nlangs = ['de']", '"Mach mit"'),
        rule("line = 'join us'\nconfidence = 'report'", '"Join us"'),
        rule("metadata = ['author']", '"Ann Lee"', '"Ann Lees"'),
        rule("metadata = ['author']", '{ from = "By Ann Lee\\n\\nGold.", to = "Gold.", author = "Ann Lee" }'),
        rule("repeat = 'line'", '{ from = "Gold is here.\\n\\nGold is here.", to = "Gold is here." }'),
        rule(
            "html = { tokens = ['share-bar'] }", """{ from = '<p>Gold</p><i class="share-bar">x</i>', to = '<p>Gold</p>' }""", "'<p>x</p>'"
        ),
    ],
)
def test_right_examples_pass(passing: str) -> None:
    assert found(passing) == []


@pytest.mark.parametrize(
    ("failing", "message"),
    [
        (rule("line = 'join us'", '"Join us today"'), 'removes: the pattern does not match "Join us today"'),
        (rule("line = 'join us'", '"Join us\\nJoin them"'), 'removes: the pattern does not match "Join them"'),
        (rule("line = 'join us'\nwhen = { head = 3 }", '"Join them"'), 'removes: the pattern does not match "Join them"'),
        (rule("span = 'join us'", '"The choir says: join us"'), 'removes: the rule alone leaves "The choir says:"'),
        (rule("after = 'related'", '"Related\\nIt rained all day."'), 'removes: the rule alone leaves "It rained all day."'),
        (rule("block = { from = 'sign up', to = 'thanks' }", '"Sign up\\nName"'), 'removes: the pattern does not match "Name"'),
        (rule("line = 'join us'\nunless = 'now'", '"Join us", "Join us now"'), 'removes: the pattern does not match "Join us now"'),
        (rule("line = 'join us(?: now)?'\nunless = 'now'", '"Join us now"'), 'removes: the rule alone leaves "Join us now"'),
        (rule("line = 'join us'", '" - "'), "removes: an example without any words exercises nothing"),
        (rule("repeat = 'line'", '"Gold\\nGold"'), 'removes: the rule alone leaves "Gold"'),
        (
            rule("line = 'tin'", '{ from = "Tin\\nGold", to = "Lead" }'),
            'line 1 of the result is "Gold" instead of "Lead" (removed something: one/a)',
        ),
        (rule("line = 'tin'", '{ from = "Gold", to = "Lead" }'), "(removed something: no rule)"),
        (rule("line = 'join us'", '"Join us"', '"Join us"'), 'keeps: the rule takes "Join us"'),
        (rule("line = 'join us'\nsites = ['example.com']", '"Join us"', '"Join us"'), 'keeps: the rule takes "Join us"'),
        (rule("tail = 'comments'", '"Comments"', '"Comments"'), 'keeps: below an article the rule takes "Comments"'),
        (rule("line = '(?:a|aa)+'", f'"{HANGING}"'), "removes: a pattern runs out of time on it"),
        (rule("html = { tokens = ['bar'] }", """{ from = '<i class="car">x</i>', to = "" }"""), "removes: what is left is"),
        (
            rule("html = { tokens = ['bar'] }", """{ from = '<i class="bar">x</i>', to = "" }""", """'<p class="bar">Gold</p>'"""),
            "keeps: what is left of",
        ),
    ],
)
def test_a_wrong_example_is_named(failing: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.find.TIMEOUT", 0.1)
    monkeypatch.setattr("cleaner.examples.TIMEOUT", 0.1)
    (problem,) = found(failing)
    assert message in problem
    assert "[one/a]" in problem


def test_a_pattern_that_hangs_on_what_it_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.find.TIMEOUT", 0.1)
    monkeypatch.setattr("cleaner.examples.TIMEOUT", 0.1)
    (problem,) = found(rule("line = '(?:a|aa)+'", '"aa"', f'"{HANGING}"'))
    assert "keeps: a pattern runs out of time on it" in problem


def test_a_clean_document_on_which_a_pattern_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.find.TIMEOUT", 0.1)
    monkeypatch.setattr("cleaner.examples.TIMEOUT", 0.1)
    document = tmp_path / "a.txt"
    document.write_text(HANGING, "utf-8")
    (problem,) = found(rule("line = '(?:a|aa)+'", '"aa"'), clean=(document,))
    assert "cannot be tested: rule one/a ran longer than" in problem


def test_a_problem_points_at_the_example() -> None:
    source = rule("line = 'join us'", '\n  "Join us",\n  "Join them",\n')
    assert found(source)[0].startswith("one.toml:7 [one/a]")


def test_keeps_are_safe_from_all_other_rules() -> None:
    (problem,) = found(rule("line = 'tin'", '"Tin"', '"Copper"'), rule("line = 'copper'\nconfidence = 'aggressive'", '"Copper"', name="b"))
    assert problem.startswith("one.toml:6 [one/a]")
    assert 'keeps: one/b (one.toml:8) takes "Copper"' in problem


def test_protected_examples_are_found() -> None:
    (problem,) = found(rule("line = 'tin'\nwhen = { head = 2 }", '"Tin"'), '[[protect]]\npattern = "tin"\n')
    assert 'removes: "Tin" is shielded by the [[protect]] at one.toml:9' in problem


def test_keywords_that_hide_a_match_are_found() -> None:
    (problem,) = found(rule("line = 'join us'\nkeywords = ['them']", '"Join us"'))
    assert 'the rule alone leaves "Join us"' in problem


def test_clean_documents_stay_whole(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text(f"{ARTICLE}\nTin\n", "utf-8")
    (problem,) = found(rule("line = 'tin'", '"Tin"'), clean=(document,))
    assert problem == f'{document}:4 [one/a] is clean, but one.toml:1 takes "Tin"'
    assert found(rule("line = 'lead'", '"Lead"'), clean=(document,)) == []


def test_a_clean_document_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (problem,) = found(rule("line = 'tin'", '"Tin"'), clean=(tmp_path / "none.txt",))
    assert "cannot be tested" in problem


def test_what_was_run_is_counted() -> None:
    outcome = examples.run(made(rule("line = 'tin'", '"Tin", "TIN"')))
    assert (outcome.rules, outcome.examples, outcome.documents) == (1, 3, 0)
