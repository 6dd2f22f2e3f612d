from __future__ import annotations

from pathlib import Path

import pytest

from cleaner import lint
from cleaner.library import Library
from cleaner.loading import build

ENTRIES = tuple[tuple[str, str], ...]


def rule(
    what: str,
    removes: str = '"Subscribe to our letter by carrier pigeon"',
    keeps: str = '"They subscribe to our letter by carrier pigeon."',
    name: str = "a",
) -> str:
    return f'[[rule]]\nid = "{name}"\nwhy = "A test."\n{what}\nremoves = [{removes}]\nkeeps = [{keeps}]\n'


def library(*rules: str, path: str = "one.toml", shipped: bool = False) -> Library:
    source = "\n".join(rules)
    ruleset = build([(path, source)])
    return Library(ruleset, ruleset.rules, {path: source}, frozenset([path] if shipped else ()))


def found(made: Library, **options: object) -> list[tuple[str, str]]:
    return [(each.check, str(each.problem)) for each in lint.run(made, **options) if not each.note]  # type: ignore[arg-type]


GOOD = rule("line = 'subscribe to our letter by carrier pigeon'")


def test_a_good_rule_is_not_found_fault_with() -> None:
    assert lint.run(library(GOOD)) == []


@pytest.mark.parametrize(
    ("check", "bad", "message"),
    [
        ("empty", rule("line = '(?:subscribe to our letter by carrier pigeon)?'"), "matches the empty text"),
        ("empty", rule("span = 'x*'\nwhen = { head = 1 }"), "matches the empty text"),
        ("empty", rule("block = { from = 'subscribe to our letter by carrier pigeon', to = '.*' }"), "matches the empty text"),
        ("empty", rule("line = 'subscribe to our letter by carrier pigeon'\nunless = 'x?'"), "matches the empty text"),
        ("too-short", rule("line = 'ad'", '"ad"', '"an ad"'), 'matches as little as "ad"'),
        ("too-short", rule("line = 'sport'", '"sport"', '"a sport"'), 'matches as little as "sport"'),
        ("too-short", rule("span = 'more ?'", '"more"', '"no more"'), 'matches as little as "more"'),
        ("too-short", rule("line = '[!?]+'\nwhen = { head = 1 }", '"!"', '"?"'), 'matches as little as "!"'),
        ("unanchored", rule("line = 'sign up.*'", '"Sign up today"', '"They sign up today"'), "is unanchored and generic"),
        ("unanchored", rule("line = '.*sign up'", '"Today sign up"', '"They sign up today"'), "is unanchored and generic"),
        ("keyword", rule("line = 'subscribe to our (?:letter|paper) by carrier pigeon'\nkeywords = ['letter']"), "none of its keywords"),
        ("slow", rule("line = 'subscribe to our (?:letter|by|carrier|\\w+ ?)+ pigeon'"), "is slow"),
        ("exercise", rule("line = 'subscribe to our letter by carrier pigeon'", keeps='"Gold was found."'), "shares no word with the rule"),
        ("exercise", rule("line = 'news by carrier pigeon'", '"News by carrier pigeon", "NEWS by carrier pigeon"'), "another example"),
        ("exercise", rule("line = 'more news here'", '"More news here"', '"Here they met."'), "none nearly matches"),
        ("exercise", rule("line = 'news by pigeon'", '{ from = "Gold", to = "Gold" }', '"News by pigeon came."'), "the same without"),
        ("no-literal", rule("line = '\\d{4} \\w{12}'", '"1234 abcdefghijkl"', '"1234 abcdefghijkl."'), "tried on every line"),
    ],
)  # fmt: skip
def test_bad_rules_are_found(check: str, bad: str, message: str) -> None:
    problems = [text for name, text in found(library(bad)) if name == check]
    assert problems
    assert all(message in text and text.startswith("one.toml:") and "[one/a]" in text for text in problems)


@pytest.mark.parametrize(
    ("check", "good"),
    [
        ("too-short", rule("line = '广告内容推荐'", '"广告内容推荐"', '"广告内容推荐很多。"')),
        ("too-short", rule("line = 'sport'\nwhen = { head = 3 }", '"sport"', '"a sport"')),
        ("too-short", rule("line = 'sport'\nsites = ['example.com']", '"sport"', '"a sport"')),
        ("too-short", rule("line = '© ?afp'", '"© AFP"', '"The © of AFP is old."')),
        ("unanchored", rule("line = 'sign up.{0,80}'", '"Sign up today"', '"They sign up today"')),
        (
            "unanchored",
            rule("line = 'sign up for our weekly letter.*'", '"Sign up for our weekly letter"', '"They sign up for our weekly letter"'),
        ),
        ("unanchored", rule("line = 'sign up.*'\nwhen = { last = 6 }", '"Sign up today"', '"They sign up today"')),
        ("keyword", rule("line = 'subscribe to our (?:letter|paper) by carrier pigeon'\nkeywords = ['pigeon']")),
        ("exercise", rule("line = 'by [a-z ]{3,20}'\nwhen = { first = 3 }", '"By Ann Lee"', '"By noon it rained."')),
        ("exercise", rule("line = 'xyz more news'", '"（xyz more news）", "xyz more news"', '"No more news came."')),
        ("exercise", rule("repeat = 'line'", '{ from = "Gold\\nGold", to = "Gold" }', '"Gold"')),
    ],
)
def test_good_rules_are_not(check: str, good: str) -> None:
    assert check not in [name for name, _ in found(library(good))]


def test_a_document_that_another_rule_would_clean_as_well_exercises_nothing() -> None:
    example = '{ from = "Gold\\n\\nSubscribe to our letter by carrier pigeon", to = "Gold" }'
    twin = rule("line = 'subscribe to .{0,40}pigeon'", example, name="twin")
    problems = [text for name, text in found(library(GOOD, twin)) if name == "exercise"]
    assert problems == [
        "one.toml:12 [one/twin] removes: this document comes out the same without the rule (exercise)".removesuffix(" (exercise)")
    ]
    assert [text for name, text in found(library(twin)) if name == "exercise"] == []


def test_checks_can_be_left_out() -> None:
    bad = library(rule("line = 'ad'", '"ad"', '"an ad"'))
    assert {name for name, _ in found(bad, skip=["too-short", "no-literal"])} <= {"exercise"}


def test_a_few_rules_without_a_literal_are_only_noted() -> None:
    bare = rule("line = '\\d{4} \\w{12}'", '"1234 abcdefghijkl"', '"1234 abcdefghijkl."', name="bare")
    words = [f"say the word number {number}th of all" for number in range(60)]
    many = [rule(f"line = '{text}'", f'"{text}"', f'"They {text}."', name=f"r-{number}") for number, text in enumerate(words)]
    (note,) = [each for each in lint.run(library(*many, bare), skip=["shadowed"]) if each.check == "no-literal"]
    assert note.note
    assert "[one/bare]" in str(note.problem)


def test_rules_that_another_one_makes_idle() -> None:
    wide = rule("line = 'subscribe to our .{0,60}'", '"Subscribe to our paper today"', '"They subscribe to our paper today."', name="wide")
    ((check, problem),) = found(library(GOOD, wide))
    assert check == "shadowed"
    assert problem.startswith("one.toml:1 [one/a] is shadowed: one/wide (one.toml:8) takes all its examples")


@pytest.mark.parametrize("narrow", ["when = { head = 1 }", "sites = ['example.com']", "confidence = 'aggressive'", "company = false"])
def test_a_stricter_rule_makes_no_other_idle(narrow: str) -> None:
    wide = rule(
        f"line = 'subscribe to our .{{0,60}}'\n{narrow}",
        '"Subscribe to our paper today"',
        '"They subscribe to our paper today."',
        name="wide",
    )
    assert "shadowed" not in [name for name, _ in found(library(GOOD, wide))]


def test_rules_of_two_languages_may_overlap() -> None:
    sources = [
        (f"rules/{code}/one.toml", GOOD.replace('id = "a"', f'id = "{code}-a"').replace("subscribe", verb))
        for code, verb in (("da", "subscribe"), ("no", "(?:subscribe)"))
    ]
    ruleset = build(sources)
    assert found(Library(ruleset, ruleset.rules, dict(sources), frozenset(dict(sources)))) == []
    general = ("rules/one.toml", GOOD.replace("subscribe", "(?:please )?subscribe", 1))
    ruleset = build([general, *sources])
    made = Library(ruleset, ruleset.rules, dict([general, *sources]), frozenset(dict([general, *sources])))
    assert [text.split(" is ")[0] for _, text in found(made)] == ["rules/da/one.toml:1 [one/da-a]", "rules/no/one.toml:1 [one/no-a]"]


def test_of_two_that_match_the_same_the_later_one_is_idle() -> None:
    twin = rule("line = 'subscribe to our letter by (?:carrier )?pigeon'", name="twin")
    assert [text.split(" is ")[0] for name, text in found(library(GOOD, twin)) if name == "shadowed"] == ["one.toml:8 [one/twin]"]


def test_the_same_pattern_twice() -> None:
    problems = found(library(GOOD, rule("line = 'subscribe to our letter by carrier pigeon'", name="b")))
    assert ("duplicate", "one.toml:8 [one/b] has the same pattern as one/a (one.toml:1)") in problems


def test_the_same_id_in_two_files_of_a_folder() -> None:
    sources = [("x/one.toml", GOOD), ("y/one.toml", GOOD)]
    ruleset = build(sources)
    made = Library(ruleset, ruleset.rules, dict(sources), frozenset())
    assert ("duplicate", "y/one.toml:1 [one/a] is defined at x/one.toml:1 already, which it changes without a word") in found(made)
    stacked = Library(ruleset, ruleset.rules, dict(sources), frozenset(["x/one.toml"]))
    assert "duplicate" not in [name for name, _ in found(stacked)]


def test_a_language_folder_wants_its_prefix() -> None:
    assert [name for name, _ in found(library(GOOD, path="rules/de/one.toml", shipped=True))] == ["prefix"]
    german = GOOD.replace('id = "a"', 'id = "de-a"')
    assert found(library(german, path="rules/de/one.toml", shipped=True)) == []
    assert found(library(GOOD, path="rules/de/one.toml")) == []


def test_a_site_rule_wants_its_site() -> None:
    assert [name for name, _ in found(library(GOOD, path="sites/one.toml"))] == ["site"]
    assert found(library("sites = ['example.com']\n" + GOOD, path="sites/one.toml")) == []


def test_a_protection_of_everything() -> None:
    assert found(library(GOOD, "[[protect]]\npattern = 'x*'\n")) == [
        ("protect", "one.toml:8 protects every line: its pattern matches the empty text")
    ]


def test_a_part_that_nothing_uses() -> None:
    pattern = "line = '{{verb}} to our letter by carrier pigeon'"
    parts = "[parts]\nverb = 'subscribe'\nnoun = 'letter'\n\n"
    assert found(library(f"{parts}{rule(pattern)}")) == [("unused-part", 'one.toml:3 names a part "noun" that nothing in the file uses')]


def test_a_schema_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    made = library("#:schema ./rule.schema.json\n" + GOOD, path=str(path))
    assert found(made) == [("schema-line", f'{path}:1 names a schema that is not there: "./rule.schema.json"')]
    (tmp_path / "rule.schema.json").touch()
    assert found(made) == []


def test_rules_that_are_dead_on_a_corpus() -> None:
    made = library(
        GOOD,
        rule(
            "after = 'most read stories of the week'",
            '"Most read stories of the week"',
            '"The most read stories of the week are these."',
            name="b",
        ),
    )
    assert found(made, corpus=["Gold.\n- SUBSCRIBE to our letter by carrier pigeon"]) == [
        ("dead", "one.toml:8 [one/b] is dead on this corpus: it matches no line of 1 document")
    ]
    assert found(made, corpus=[]) == []


def test_findings_come_in_the_order_of_the_files() -> None:
    bad = [
        rule("line = 'ad'", '"ad"', '"an ad"', name="a"),
        rule("line = '.*sign up'", '"Today sign up"', '"They sign up today"', name="b"),
    ]
    lines = [each.problem.location.line for each in lint.run(library(*bad))]
    assert lines == sorted(lines)
    assert len(lines) >= 2
