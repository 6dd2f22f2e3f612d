"""Rule files together: stacking, selection, faults of all files at once, the fingerprint."""

from __future__ import annotations

import pickle
from fnmatch import fnmatchcase
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies

import given
from cleaner import rulefiles
from cleaner.errors import ConfigError, RuleError
from cleaner.loading import build, load
from cleaner.rulefiles import rule_files
from cleaner.ruleset import named
from cleaner.types import Location, Predicate
from given import rule


def faults(*sources: str) -> list[str]:
    with pytest.raises(RuleError) as caught:
        build([(f"{name}.toml", source) for name, source in zip(("one", "two", "three"), sources, strict=False)])
    return [str(problem) for problem in caught.value.problems]


class TestStacking:
    def test_a_later_rule_overrides_what_it_names_and_inherits_the_rest(self) -> None:
        rules = given.ruleset(
            rule("line = 'x'\nwhen = { first = 2 }\nconfidence = 'aggressive'"), '[[rule]]\nid = "one/a"\nwhen = { last = 1 }\n'
        ).rules
        assert len(rules) == 1
        assert (rules[0].pattern, rules[0].confidence, rules[0].when) == ("x", "aggressive", ((Predicate("last", (1,)),),))
        assert rules[0].location == Location("two.toml", 1)

    def test_a_later_rule_may_change_the_kind(self) -> None:
        overridden = given.ruleset(rule("line = 'x'"), '[[rule]]\nid = "one/a"\nspan = "y"\n').rules[0]
        assert (overridden.kind, overridden.pattern) == ("span", "y")

    def test_off_and_on_again(self) -> None:
        off = '[[rule]]\nid = "one/a"\nenabled = false\n'
        assert given.ruleset(rule("line = 'x'"), off).rules == ()
        assert len(given.ruleset(rule("line = 'x'"), off, '[[rule]]\nid = "one/a"\nenabled = true\n').rules) == 1

    def test_the_order_is_that_of_first_mention(self) -> None:
        rules = given.ruleset(
            rule("line = 'x'", "b") + rule("line = 'x'", "a"), rule("line = 'x'", "c") + '[[rule]]\nid = "one/b"\nline = "y"\n'
        ).rules
        assert [each.id for each in rules] == ["one/b", "one/a", "two/c"]

    def test_conditions_of_any_file_serve_all(self) -> None:
        made = given.ruleset(rule("line = 'x'\nwhen = 'label'"), "[conditions]\nlabel = { max_words = 4 }\n")
        assert made.rules[0].when == ((Predicate("max_words", (4,)),),)

    def test_a_later_condition_replaces_an_earlier_one_everywhere(self) -> None:
        made = given.ruleset(
            "[conditions]\nlabel = { max_words = 4 }\n" + rule("line = 'x'\nwhen = 'label'"), "[conditions]\nlabel = { max_words = 9 }\n"
        )
        assert made.rules[0].when == ((Predicate("max_words", (9,)),),)

    def test_a_condition_in_a_choice_stands_for_all_that_it_holds(self) -> None:
        edge = "edge = [{ last = 1 }, 'label', { first = 1 }]\nlabel = [{ first = 1 }, { max_words = 4 }]\n"
        made = given.ruleset(rule("line = 'x'\nwhen = [{ bullet = true }, 'edge']"), f"[conditions]\n{edge}")
        assert [each.name for conjunction in made.rules[0].when for each in conjunction] == ["bullet", "last", "first", "max_words"]

    def test_where_all_of_several_conditions_hold_one_conjunction_of_each_does(self) -> None:
        conditions = "edge = [{ first = 1 }, { last = 1 }]\nshort = { max_words = 4 }\nend = { all = ['edge', 'short'], bullet = true }\n"
        made = given.ruleset(rule("line = 'x'\nwhen = 'end'"), f"[conditions]\n{conditions}")
        short, bullet = Predicate("max_words", (4,)), Predicate("bullet")
        assert made.rules[0].when == ((bullet, Predicate("first", (1,)), short), (bullet, Predicate("last", (1,)), short))

    def test_what_two_conditions_ask_for_is_asked_once(self) -> None:
        conditions = "[conditions]\na = { first = 1, bullet = true }\nb = { first = 1, heading = true }\n"
        made = given.ruleset(rule("line = 'x'\nwhen = { all = ['a', 'b'] }"), conditions)
        assert [each.name for each in made.rules[0].when[0]] == ["first", "bullet", "heading"]

    def test_sites_narrow_every_choice(self) -> None:
        made = given.ruleset(rule("line = 'x'\nsites = ['a.b']\nwhen = [{ first = 1 }, { last = 1 }]"))
        sites = Predicate("sites", ("a.b",))
        assert made.rules[0].when == ((sites, Predicate("first", (1,))), (sites, Predicate("last", (1,))))

    def test_rules_of_shape_look_into_few_lines(self) -> None:
        asked = "unless = 'a'\nwhen = { echo = true, max_words = 4, not = { unless = 'b', bullet = true } }"
        shape, phrase = (given.ruleset(rule(f"{kind}\n{asked}")).rules[0].when[0] for kind in ("lines = 'structural'", "line = 'x'"))
        assert [(*each.args, each.name) for each in shape][2:] == [("b", "unless"), ("a", "unless"), ("echo",)]
        assert set(shape) == set(phrase)
        assert phrase[0] == Predicate("unless", ("a",))

    def test_protections_add_up(self) -> None:
        assert [each.pattern for each in given.ruleset("[[protect]]\npattern = 'x'\n", "[[protect]]\npattern = 'y'\n").protections] == [
            "x",
            "y",
        ]


class TestFaults:
    def test_of_all_files_at_once(self) -> None:
        found = faults("[[rule]]\nid = 'a'\nlin = 'x'\n", "[[rule]]\nid = 'b'\nline = '('\n", "[[rule\n")
        assert [fault.split(":")[0] for fault in found if "lacks" not in fault] == ["one.toml", "two.toml", "three.toml"]

    @pytest.mark.parametrize("key", ["why", "removes", "keeps"])
    def test_a_rule_needs_a_reason_and_examples(self, key: str) -> None:
        source = given.filled(rule("line = 'x'"))
        assert faults("\n".join(line for line in source.split("\n") if not line.startswith(key))) == [f'one.toml:1 [one/a] lacks "{key}"']

    def test_a_rule_needs_a_kind(self) -> None:
        assert faults(given.filled(rule(""))) == [
            "one.toml:1 [one/a] does not say what goes: give it one of line, span, block, after, tail, lines, remnant, repeat, metadata, html"
        ]

    def test_a_mistyped_override_is_told_what_it_may_mean(self) -> None:
        found = faults(given.filled(rule("line = 'x'", "join-free")), '[[rule]]\nid = "one/join-fre"\nwhen = { first = 1 }\n')
        assert 'did you mean "one/join-free"?' in found[0]

    def test_to_switch_off_what_is_not_there(self) -> None:
        found = faults(given.filled(rule("line = 'x'", "join-free")), '[[rule]]\nid = "one/join-fre"\nenabled = false\n')
        assert found == ['two.toml:1 [one/join-fre] switches off a rule that is not there; did you mean "one/join-free"?']

    def test_twice_in_one_file(self) -> None:
        source = given.filled(rule("line = 'x'") + rule("line = 'y'"))
        assert faults(source) == [
            f"one.toml:{source[: source.rindex('[[rule]]')].count(chr(10)) + 1} [one/a] is defined twice in this file; first at one.toml:1"
        ]

    def test_an_unknown_condition(self) -> None:
        found = faults("[conditions]\nlabel = { first = 1 }\n" + given.filled(rule("line = 'x'\nwhen = 'lable'")))
        assert 'asks for a condition "lable" that no file defines; did you mean "label"?' in found[0]

    def test_an_unknown_condition_in_a_choice_and_in_a_condition(self) -> None:
        edge = "[conditions]\nedge = ['lable']\nlabel = { first = 1 }\n"
        found = faults(edge + given.filled(rule("line = 'x'\nwhen = ['edge', 'egde']")))
        assert [fault.split(" that ")[0] for fault in found] == [
            'one.toml:2 asks for a condition "lable"',
            'one.toml:4 [one/a] asks for a condition "egde"',
        ]

    def test_an_unknown_condition_among_several(self) -> None:
        found = faults("[conditions]\nedge = { first = 1 }\n" + given.filled(rule("line = 'x'\nwhen = { all = ['edge', 'egde'] }")))
        assert 'asks for a condition "egde" that no file defines; did you mean "edge"?' in found[0]

    def test_names_are_no_predicates_that_could_be_denied(self) -> None:
        found = faults("[conditions]\nedge = { first = 1 }\n" + given.filled(rule("line = 'x'\nwhen = { not = { all = ['edge'] } }")))
        assert found == ['one.toml:9 [one/a] unknown key "all"']

    def test_a_condition_that_is_all_of_itself(self) -> None:
        found = faults("[conditions]\na = { all = ['b'] }\nb = { all = ['a'], first = 1 }\n" + given.filled(rule("line = 'x'\nwhen = 'a'")))
        assert found == ['one.toml:2 condition "a" asks for itself', 'one.toml:3 condition "b" asks for itself']

    def test_conditions_in_a_circle(self) -> None:
        found = faults("[conditions]\na = 'b'\nb = ['c', { first = 1 }]\nc = 'b'\n" + given.filled(rule("line = 'x'\nwhen = 'a'")))
        assert found == ['one.toml:3 condition "b" asks for itself', 'one.toml:4 condition "c" asks for itself']

    @pytest.mark.parametrize(("broken", "told"), [("[conditions]\nlabel = { frist = 1 }\n", 1), ("[conditions\nlabel = 1\n", 1)])
    def test_a_condition_with_a_fault_is_not_missing_elsewhere(self, broken: str, told: int) -> None:
        assert len(faults(broken, given.filled(rule("line = 'x'\nwhen = 'label'")))) == told

    def test_lines_by_shape_need_a_when(self) -> None:
        assert 'give it a "when"' in faults(given.filled(rule("lines = 'structural'")))[0]


class TestSelect:
    RULES = given.ruleset(
        rule("line = 'x'", "a") + rule("line = 'x'\nconfidence = 'aggressive'", "b") + rule("line = 'x'\nconfidence = 'report'", "c"),
        rule("line = 'x'", "a") + rule("line = 'x'", "long-name"),
    )

    @pytest.mark.parametrize(
        ("options", "chosen"),
        [
            ({}, ["one/a", "two/a", "two/long-name"]),
            ({"profile": "aggressive"}, ["one/a", "one/b", "two/a", "two/long-name"]),
            ({"select": ["two"]}, ["two/a", "two/long-name"]),
            ({"select": ["one/a", "two/l*"]}, ["one/a", "two/long-name"]),
            ({"select": ["*/a"]}, ["one/a", "two/a"]),
            ({"ignore": ["two"]}, ["one/a"]),
            ({"select": ["two"], "ignore": ["two/a"]}, ["two/long-name"]),
            ({"select": ["one/b"]}, []),
        ],
    )
    def test_names(self, options: dict[str, object], chosen: list[str]) -> None:
        selected = self.RULES.select(**options)  # type: ignore[arg-type]
        assert [each.id for each in selected.rules] == chosen
        assert len(selected.clues) == len(chosen)

    def test_what_was_left_out_stays_out(self) -> None:
        assert [self.RULES.select(profile=each).wide for each in ("safe", "aggressive")] == [False, True]
        again = self.RULES.select().select(profile="aggressive")
        assert ([each.id for each in again.rules], again.wide) == (["one/a", "two/a", "two/long-name"], False)
        assert not self.RULES.select(profile="aggressive").select().wide

    @pytest.mark.parametrize("key", ["select", "ignore"])
    def test_unknown_names(self, key: str) -> None:
        with pytest.raises(ConfigError, match='no rule or family is called "two/long-nam"; did you mean "two/long-name"'):
            self.RULES.select(**{key: ["two/long-nam"]})  # type: ignore[arg-type]

    def test_unknown_profile(self) -> None:
        with pytest.raises(ConfigError, match='no profile "agressive"; did you mean "aggressive"'):
            self.RULES.select(profile="agressive")

    def test_rule_by_id(self) -> None:
        assert self.RULES.rule("two/a").id == "two/a"
        with pytest.raises(ConfigError, match='did you mean "two/long-name"'):
            self.RULES.rule("two/long-names")

    def test_fingerprint_tells_choices_apart(self) -> None:
        prints = {
            self.RULES.select(*args).fingerprint for args in ((), (["one"],), ([], ["one"]), ([], [], "aggressive"), (["one"], ["two"]))
        }
        assert len(prints) == 5
        assert self.RULES.select(["one", "two"]).fingerprint == self.RULES.select(["two", "one"]).fingerprint


class TestLiterals:
    def test_are_those_of_the_pattern(self) -> None:
        rules = given.ruleset(rule("line = 'share this'", "a") + rule("span = '\\d+'", "b") + rule("repeat = 'title'", "c"))
        assert [each.literals for each in rules.clues] == [("\nshare this\n",), None, None]

    def test_keywords_come_first(self) -> None:
        assert given.ruleset(rule("span = '[^x]+share'\nkeywords = ['Share', 'Teilen']")).clues[0].literals == ("share", "teilen")


class TestFiles:
    def test_a_folder_stands_for_its_files_outer_ones_first(self, tmp_path: Path) -> None:
        for name in ("b.toml", "a.toml", "de/a.toml", "note.md"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("")
        assert rule_files([tmp_path]) == [tmp_path / "a.toml", tmp_path / "b.toml", tmp_path / "de" / "a.toml"]

    def test_paths_that_are_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="no rule files"):
            rule_files([tmp_path])
        with pytest.raises(ConfigError, match="no such rule file or folder"):
            rule_files([tmp_path / "x.toml"])

    def test_not_utf8(self, tmp_path: Path) -> None:
        file = tmp_path / "x.toml"
        file.write_bytes(b"# \xe9\n")
        with pytest.raises(RuleError, match=r"x\.toml:1 is not UTF-8: byte 2"):
            load([file], shipped=False)

    def test_unreadable(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "x.toml"
        file.write_text("")

        def refuse(*args: object) -> str:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_text", refuse)
        with pytest.raises(ConfigError, match=r"x\.toml: cannot be read: Permission denied"):
            load([file], shipped=False)

    def test_examples_come_only_when_asked_for(self, tmp_path: Path) -> None:
        file = tmp_path / "own.toml"
        file.write_text(given.filled(rule("line = 'x'")))
        assert load([file], shipped=False).rules[0].removes == ()
        assert load([file], shipped=False, examples=True).rules[0].keeps == ("gold",)

    def test_fingerprint_is_of_the_content_and_not_of_the_folder(self, tmp_path: Path) -> None:
        prints = []
        for folder, pattern in (("a", "x"), ("b", "x"), ("c", "y")):
            (tmp_path / folder).mkdir()
            file = tmp_path / folder / "own.toml"
            file.write_text(given.filled(rule(f"line = '{pattern}'")))
            made = load([file], shipped=False)
            assert made.rules[0].location.path == str(file)
            prints.append(made.fingerprint)
        assert prints[0] == prints[1] != prints[2]

    def test_shipped_rules_are_named_from_rules_on(self, few_rules: Path) -> None:
        assert {str(each.location).split(":")[0] for each in load().rules} == {"rules/ads.toml", "rules/share.toml"}

    def test_shipped_folder_is_there(self) -> None:
        assert (rulefiles.shipped_folder() / "conditions.toml").is_file()


def test_travels_between_processes() -> None:
    made = given.ruleset(rule("line = 'x'\nwhen = { first = 1 }") + "[[protect]]\npattern = 'x'\n")
    assert pickle.loads(pickle.dumps(made)) == made


def test_what_is_not_prepared_is_told_before_it_takes_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DECHAFF_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "own.toml"
    file.write_text(given.filled(rule("line = 'junk'")))
    told: list[str] = []
    monkeypatch.setattr("cleaner.rulecache.shipped_folder", lambda: tmp_path)
    load([file], shipped=False, building=lambda: told.append("once"))
    load([file], shipped=False, building=lambda: told.append("again"))
    file.write_text(given.filled(rule("line = 'other junk'")))
    load([file], shipped=False, building=lambda: told.append("nearly all is known by now"))
    assert told == ["once"]


@hypothesis.given(strategies.text("ab/*?[]", max_size=8), strategies.text("ab/*?[]", max_size=6))
def test_names_are_ids_families_and_globs(rule_id: str, name: str) -> None:
    assert named(rule_id, [name]) == (name in (rule_id, rule_id.partition("/")[0]) or fnmatchcase(rule_id, name))
